"""Pooled forecasters that ship, for pairs whose own record is thin: yearly reports by quad class, cooperation share,
UN agreement.

`pooled.json` has, for each of several years, the cells of `detente.forecasts.series.hierarchical` fitted to all pairs
up to the end of that year (tools/fit_pooled.py, `make pooled`). A forecast as of a day uses the last year that ended
before it, and the pair's own past alone.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from detente.errors import NoData
from detente.forecasts.fan import Fan, bridge, never_narrower, shown
from detente.forecasts.series.dataset import Array, transform
from detente.forecasts.series.hierarchical import Cells, predict
from detente.forecasts.series.tidy import QUADS
from detente.measures.votes import case_agreement, full_years
from detente.record.facts import pair_figures

if TYPE_CHECKING:
    from detente.record.view import View

MOST = 3
ISSUES = {"": "all", "_nu": "nu", "_di": "di", "_me": "me", "_hr": "hr", "_co": "co", "_ec": "ec"}


@lru_cache(maxsize=1)
def _shipped() -> dict[str, Any]:
    return dict(json.loads(files("detente.forecasts").joinpath("pooled.json").read_text(encoding="utf-8")))


def cells_before(what: str, item: str, day: date, horizon: int) -> tuple[int, Cells] | None:
    """The cells of an item at a horizon, and their year, by the last year that ended before `day`; None before the
    first.
    """
    years = [int(year) for year in _shipped()[what] if date(int(year), 12, 31) < day]
    for year in sorted(years, reverse=True):
        cells = _shipped()[what][str(year)].get(item, {}).get(str(horizon))
        if cells:
            return year, Cells.of(cells)
    return None


def carry(values: dict[int, float], what: str, item: str, kind: str, day: date, ahead: int) -> tuple[Array, int] | None:
    """Quantiles (years, SHOWN) of the years from `day` on, `ahead` at most, carried from `values` (by year) over the
    years between, and the year of the cells; None where unknown: the cells reach three years, and no further than
    data that are not old.
    """
    if len(values) < 2:
        return None
    skipped = len(bridge(date(max(values), 12, 31), day, "year")) - 1
    if skipped >= MOST:
        return None
    years = range(min(values), max(values) + 1)
    z = transform(kind, np.array([[values.get(year, np.nan) for year in years]]))
    rows = []
    fitted = 0
    for horizon in range(1, min(skipped + ahead, MOST) + 1):
        fit = cells_before(what, item, day, horizon)
        if fit is None:
            return None
        fitted, cells = fit
        rows.append(predict(cells, z, np.zeros(1), kind, np.ones(1))[0])
    return never_narrower(shown(np.array(rows))[None], kind)[0, skipped:], fitted


@dataclass(frozen=True, slots=True)
class Yearly:
    """A yearly series of a pair: values by year, in words of what, and the shipped cells that carry it on."""

    a: str
    b: str
    name: str
    values: dict[int, float]
    words: str
    what: str
    item: str

    def fan(self, as_of: date, ahead: int) -> Fan:
        """What is to be expected from the period of the day after `as_of` on; NoData where it can't be carried."""
        kind, unit = ("count", "reports") if self.what == "counts" else ("share", "share")
        carried = carry(self.values, self.what, self.item, kind, as_of, ahead)
        if carried is None:
            raise NoData("the past held is too short, or too far back, to be carried on")
        quantiles, fitted = carried
        reached, years = len(quantiles), sorted(self.values)
        data_to = date(years[-1], 12, 31)
        first = bridge(data_to, as_of, "year")[-1].year
        return Fan(
            self.a,
            self.b,
            self.name,
            None,
            unit,
            "year",
            "hierarchical, pooled",
            f"{self.words}, {years[0]} to {years[-1]}; errors of all pairs up to {fitted}",
            data_to,
            None
            if reached >= ahead
            else f"{reached} year{'s' if reached > 1 else ''}: {MOST} years from the data at most",
            tuple((date(year, 1, 1), float(self.values[year])) for year in years),
            tuple(date(first + n, 1, 1) for n in range(reached)),
            quantiles,
            of_votes=self.what == "votes",
            conflictual=self.item in QUADS[2:],
        )


def counts_of(pair: View, ahead: int) -> list[Fan]:
    """The case's yearly counts of either direction by quad class, and the cooperative share of all, carried on.

    NoData where none is held, or none can be carried to `as_of`.
    """
    figures, series = pair_figures(pair), []
    for sender, receiver in ((pair.a, pair.b), (pair.b, pair.a)):
        mine = figures.filter(pl.col("subject") == f"{sender}>{receiver}")
        counts = {
            quad: _by_year(mine.filter(pl.col("measure") == f"icews_{quad}"), pl.col("value").sum()) for quad in QUADS
        }
        years = set.intersection(*map(set, counts.values()))
        total = {year: sum(counts[quad][year] for quad in QUADS) for year in years}
        share = {year: sum(counts[quad][year] for quad in QUADS[:2]) / n for year, n in total.items() if n}
        words = "yearly reports coded by ICEWS"
        series += [Yearly(sender, receiver, quad, counts[quad], words, "counts", quad) for quad in QUADS]
        series.append(Yearly(sender, receiver, "share", share, words, "share", "share"))
    return _fans(series, pair.day, ahead, "no events and no yearly counts of the pair are held")


def votes_of(pair: View, ahead: int) -> list[Fan]:
    """The pair's agreement in UN votes by issue, carried on: of the roll calls held, else of the figures of a case.

    NoData where none is held, or none can be carried to `as_of`.
    """
    series = [
        Yearly(
            pair.a, pair.b, f"UN agreement, {item}", _agreed(pair, suffix), "share of identical votes", "votes", item
        )
        for suffix, item in ISSUES.items()
    ]
    return _fans(series, pair.day, ahead, "none is held of the pair")


def _agreed(pair: View, suffix: str) -> dict[int, float]:
    counted = full_years(pair, issues=(suffix[1:],) if suffix else ())
    if counted.height or (suffix and full_years(pair).height):
        return dict(counted.select("year", "share").iter_rows())
    return _by_year(case_agreement(pair, suffix), pl.col("value").mean())


def _by_year(figures: pl.DataFrame, value: pl.Expr) -> dict[int, float]:
    return dict(figures.group_by(pl.col("date").dt.year().alias("year")).agg(value).sort("year").iter_rows())


def _fans(series: list[Yearly], as_of: date, ahead: int, none: str) -> list[Fan]:
    """The fans of all series that can be carried; NoData where none can, with why the last could not."""
    fans, why = [], none
    for one in series:
        if one.values:
            try:
                fans.append(one.fan(as_of, ahead))
            except NoData as error:
                why = str(error)
    if not fans:
        raise NoData(why)
    return fans
