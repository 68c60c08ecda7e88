"""Datasets from a record: directed counts by quad class, cooperation shares, net intensity, agreement in UN votes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from detente.actors import life
from detente.errors import DetenteError, NoData
from detente.forecasts.series.dataset import Dataset, build
from detente.forecasts.series.tidy import QUADS, mark, most_active
from detente.measures.votes import all_similarity
from detente.periods import LONGER, period
from detente.record.queries import known_counts
from detente.record.view import busiest_source

if TYPE_CHECKING:
    from detente.record import Store

TARGETS = ("counts", "share", "intensity", "votes")


def from_record(
    record: Store,
    target: str = "counts",
    *,
    by: str = "week",
    as_of: date | None = None,
    source: str | None = None,
    areas: Sequence[str | None] = (None,),
    pairs: int | None = None,
    training_pairs: int | None = None,
    min_periods: int = 1,
    until: date | None = None,
    with_pair: tuple[str, str] | None = None,
) -> Dataset:
    """The dataset of all pairs of states in a record, as known on `as_of`, each row with the day from which it was
    known, in the periods that the source covers (`detente.forecasts.series.dataset.build`).

    `target` is one of counts (an item a quad class), share (cooperative acts of all), intensity (net, by direction)
    and votes (by issue and all together, undirected, by year). Items carry the area where `areas` names some. The
    rest as in `detente.forecasts.series.tidy.read_tidy`; `with_pair` is kept whatever its rank, and the clock begins
    when both its states lived.
    """
    if target not in TARGETS:
        raise DetenteError(f"the target is one of {', '.join(TARGETS)}, not {target!r}")
    if target == "votes":
        tidy, name, kind, covered = _votes(record, as_of), "UN agreement", "share", None
    else:
        period(by, LONGER)
        chosen = busiest_source(record, source, as_of)
        tidy = pl.concat([_events(record, target, chosen, by, as_of, area) for area in areas])
        name, kind = f"{target} of {chosen}", {"counts": "count", "share": "share", "intensity": "value"}[target]
        covered = record.coverage(chosen, as_of, by)
        born = [day for code in with_pair or () if (day := life(code)[0])]
        covered = covered.filter(pl.col("period") >= max(born, default=date.min))
    if tidy.is_empty():
        raise NoData(f"no {target} are known{f' on {as_of}' if as_of else ''}")
    kept, judged = most_active(tidy, by, pairs, training_pairs, min_periods, until)
    if with_pair is not None:
        ends = set(with_pair)
        own = tidy.filter(pl.col("a").is_in(ends) & pl.col("b").is_in(ends))
        kept = pl.concat([kept, own]).unique(maintain_order=True)
    return mark(build(kept, kind=kind, by=by, directed=target != "votes", name=name, covered=covered), judged)


def _events(record: Store, target: str, source: str, by: str, as_of: date | None, area: str | None) -> pl.DataFrame:
    frame = known_counts(record, source=source, as_of=as_of, area=area).rename({"sender": "a", "receiver": "b"})
    item, value, weight = pl.lit(target), pl.col("intensity"), pl.lit(1.0)
    if target == "counts":
        keys = ["a", "b", "date", "known_on"]
        frame = frame.unpivot(list(QUADS), index=keys, variable_name="item").filter(pl.col("value") > 0)
        item, value = pl.col("item"), pl.col("value").cast(pl.Float64)
    elif target == "share":
        every = pl.sum_horizontal(QUADS)
        value, weight = pl.sum_horizontal(QUADS[:2]) / every, every.cast(pl.Float64)
    named = pl.format("{}{}", pl.lit("" if area is None else f"{area} "), item).alias("item")
    return frame.select("a", "b", named, "date", "known_on", value.alias("value"), weight.alias("weight"))


def _votes(record: Store, as_of: date | None) -> pl.DataFrame:
    from detente.sources.unvotes import ISSUES

    issues = [
        all_similarity(record, as_of=as_of, issue=issue).select(
            "a",
            "b",
            pl.lit(issue or "all").alias("item"),
            pl.date("year", 1, 1).alias("date"),
            pl.col("agreement").alias("value"),
        )
        for issue in (None, *ISSUES)
    ]
    return pl.concat(issues).drop_nulls("value")
