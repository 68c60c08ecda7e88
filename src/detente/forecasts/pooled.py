"""Pooled forecasters that ship, for pairs whose own record is thin: yearly reports by quad class, cooperation share, UN agreement.

`pooled.json` has, for each of several years, the cells of `detente.forecasts.hierarchical` fitted to all pairs up to the end of that
year (tools/fit_pooled.py, `make pooled`). A forecast as of a day uses the last year that ended before it, and the pair's own past alone.
"""

from __future__ import annotations

import json
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from detente.forecasts.dataset import Array, transform
from detente.forecasts.fan import Fan, shown
from detente.forecasts.hierarchical import Cells, predict
from detente.forecasts.tidy import QUADS

if TYPE_CHECKING:
    from detente.record import Record

MOST = 3
ISSUES = {"": "all", "_nu": "nu", "_di": "di", "_me": "me", "_hr": "hr", "_co": "co", "_ec": "ec"}


@lru_cache(maxsize=1)
def _held() -> dict[str, Any]:
    return dict(json.loads(files("detente.forecasts").joinpath("pooled.json").read_text(encoding="utf-8")))


def cells_before(what: str, item: str, day: date, horizon: int) -> tuple[int, Cells] | None:
    """The cells of an item at a horizon, and their year, by the last year that ended before `day`; None before the first."""
    years = [int(year) for year in _held()[what] if date(int(year), 12, 31) < day]
    for year in sorted(years, reverse=True):
        found = _held()[what][str(year)].get(item, {}).get(str(horizon))
        if found:
            return year, Cells.of(found)
    return None


def carry(values: dict[int, float], what: str, item: str, kind: str, day: date, ahead: int) -> tuple[Array, int] | None:
    """Quantiles (years, COUNT) of the `ahead` years after the last of `values` (by year), and the year of the cells; None where unknown."""
    if len(values) < 2:
        return None
    years = range(min(values), max(values) + 1)
    z = transform(kind, np.array([[values.get(year, np.nan) for year in years]]))
    rows = []
    fitted = 0
    for horizon in range(1, min(ahead, MOST) + 1):
        found = cells_before(what, item, day, horizon)
        if found is None:
            return None
        fitted, cells = found
        rows.append(predict(cells, z, np.zeros(1), kind, np.ones(1))[0])
    return np.array(rows), fitted


def counts_of(record: Record, a: str, b: str, as_of: date, ahead: int) -> list[Fan]:
    """The case's yearly counts of either direction by quad class, and the cooperative share of all, carried on."""
    figures = record.table("figures", as_of).filter(
        pl.col("measure").str.starts_with("icews_") & pl.col("subject").is_in([f"{a}>{b}", f"{b}>{a}"])
    )
    found: list[Fan] = []
    for subject in (f"{a}>{b}", f"{b}>{a}"):
        mine = figures.filter(pl.col("subject") == subject)
        counts: dict[str, dict[int, float]] = {
            quad: dict(
                mine.filter(pl.col("measure") == f"icews_{quad}").select(pl.col("date").dt.year(), "value").iter_rows()
            )
            for quad in QUADS
        }
        years = set.intersection(*(set(values) for values in counts.values()))
        total = {year: sum(counts[quad][year] for quad in QUADS) for year in years}
        share = {year: sum(counts[quad][year] for quad in QUADS[:2]) / n for year, n in total.items() if n}
        sender, receiver = subject.split(">")
        for item, values, what, kind, unit in (
            *((quad, counts[quad], "counts", "count", "reports") for quad in QUADS),
            ("share", share, "share", "share", "share"),
        ):
            made = carry(values, what, item, kind, as_of, ahead)
            if made:
                basis = f"yearly reports coded by ICEWS, {min(values)} to {max(values)}; errors of all pairs up to {made[1]}"
                found.append(_carried(sender, receiver, item, unit, values, made[0], basis))
    return found


def votes_of(record: Record, a: str, b: str, as_of: date, ahead: int) -> list[Fan]:
    """The pair's agreement in UN votes by issue, carried on."""
    figures = record.table("figures", as_of).filter(pl.col("subject").is_in([f"{a}-{b}", f"{b}-{a}"]))
    found = []
    for suffix, item in ISSUES.items():
        values: dict[int, float] = dict(
            figures.filter(pl.col("measure") == f"un_agreement{suffix}")
            .select(pl.col("date").dt.year(), "value")
            .iter_rows()
        )
        made = carry(values, "votes", item, "share", as_of, ahead) if values else None
        if made:
            basis = f"share of identical votes, {min(values)} to {max(values)}; errors of all pairs up to {made[1]}"
            found.append(_carried(a, b, f"UN agreement, {item}", "share", values, made[0], basis))
    return found


def _carried(a: str, b: str, item: str, unit: str, values: dict[int, float], made: Array, basis: str) -> Fan:
    last = max(values)
    history = tuple((date(year, 1, 1), float(values[year])) for year in sorted(values))
    periods = tuple(date(last + n, 1, 1) for n in range(1, len(made) + 1))
    model = "hierarchical, pooled"
    return Fan(a, b, item, None, unit, "year", history, periods, shown(made), model, basis)
