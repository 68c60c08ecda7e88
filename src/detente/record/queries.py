"""Questions to the stored events, written once in narwhals over lazy frames.

The engine that runs a question is that of the frame that `open_events` opens: Polars. Another one that narwhals knows
(Spark, say) needs a line in `ENGINES` and no second copy of a question.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import narwhals as nw
import polars as pl

from detente.actors import counted
from detente.codebook import assign_areas
from detente.errors import DetenteError, NoData
from detente.periods import PERIODS
from detente.sources.schema import TABLES

if TYPE_CHECKING:
    from detente.record.commits import Part
    from detente.record.store import Store
    from detente.record.view import View

Events = nw.LazyFrame[pl.LazyFrame]

CLASSES = {"verbal_cooperation": 1, "material_cooperation": 2, "verbal_conflict": 3, "material_conflict": 4}


class Engine(NamedTuple):
    """How an engine opens Parquet files, and how it takes a small table of ours, both as lazy frames of its own."""

    scan: Callable[[list[str]], Any]
    take: Callable[[pl.DataFrame], Any]


POLARS = nw.Implementation.POLARS
ENGINES = {POLARS: Engine(partial(pl.scan_parquet, glob=False), pl.DataFrame.lazy)}


def event_parts(record: Store, source: str, pair: str = "") -> list[Part]:
    """The parts with events of one source between different actors; with a `pair` (as in "RUS-USA"), those of files
    that have its rows alone too.
    """
    return [part for part in record.parts("events", source) if part.kind in ("pairs", pair)]


def open_events(record: Store, source: str, pair: str = "", engine: nw.Implementation = POLARS) -> Events:
    """The events of `event_parts`, none of them read yet: the columns of that table.

    Raises NoData where no file of the source is held.
    """
    if source not in record.event_sources():
        raise NoData(f"no events of {source} are held")
    paths = record.paths(event_parts(record, source, pair))
    frame = ENGINES[engine].scan(paths) if paths else ENGINES[engine].take(pl.DataFrame(schema=TABLES["events"]))
    events: Events = nw.from_native(frame)
    return events


def collected(frame: Events, *by: str) -> pl.DataFrame:
    """The answer to a question, in memory, sorted by the columns named."""
    answer: pl.DataFrame = frame.collect("polars").to_native()
    return answer.sort(by)


def known(events: Events, as_of: date | None) -> Events:
    """The events known on a day, or all."""
    return events if as_of is None else events.filter(nw.col("known_on") <= as_of)


def state_events(events: Events, as_of: date | None, states: Sequence[str] | None = None) -> Events:
    """Events between different states known on `as_of`, each on days on which both states lived.

    Former codes of a continuing state count as today's. With `states`, only events between two of them.
    """
    lives = pl.DataFrame(counted(states), schema=["code", "counts", "begins", "ends"], orient="row")
    table, events = nw.from_native(ENGINES[events.implementation].take(lives)), known(events, as_of)
    if states is not None:
        # Files and groups of rows whose statistics show none of these codes are never read.
        codes = lives["code"].to_list()
        events = events.filter(nw.col("sender").is_in(codes), nw.col("receiver").is_in(codes))
    for side in ("sender", "receiver"):
        lived = (nw.col("date") >= nw.col("begins")) & (nw.col("date") < nw.col("ends"))
        joined = events.join(table, left_on=side, right_on="code").filter(lived)
        events = joined.with_columns(nw.col("counts").alias(side)).drop("counts", "begins", "ends")
    return events.filter(nw.col("sender") != nw.col("receiver"))


def pair_events(pair: View, source: str, since: date | None = None) -> Events:
    """A source's events between the two of a pair, from `since` on, known on its day; see `state_events`."""
    events = open_events(pair.record, source, pair.key)
    events = events if since is None else events.filter(nw.col("date") >= since)
    return state_events(events, pair.as_of, (pair.a, pair.b))


def counts(events: Events, *by: str) -> Events:
    """The events of each quad class and the sum of intensity (null where none is known), for each group of `by`.

    Events need the columns `by`, quad and intensity.
    """
    flags = ((nw.col("quad") == quad).cast(nw.Int64).alias(name) for name, quad in CLASSES.items())
    return (
        events.with_columns(nw.col("intensity").cast(nw.Float64), *flags)
        .group_by(*by)
        .agg(
            *(nw.col(name).sum() for name in CLASSES),
            nw.col("intensity").sum(),
            nw.col("intensity").count().alias("rated"),
        )
        .with_columns(nw.when(nw.col("rated") > 0).then("intensity").alias("intensity"))
        .drop("rated")
    )


def by_period(events: Events, by: str) -> Events:
    """The events with their period, its first day: by is day, week (from Monday), month, quarter or year."""
    day = nw.col("date")
    if by == "week":
        # narwhals truncates to no weeks: from Monday to Saturday so many days back, else (Sunday) six.
        back = (nw.when(day.dt.weekday() == n + 1).then(day.dt.offset_by(f"-{n}d")) for n in range(6))
        start = nw.coalesce(*back, day.dt.offset_by("-6d"))
    else:
        start = day.dt.truncate(PERIODS[by].every)
    return events.with_columns(start.cast(nw.Date).alias("period"))


def in_area(events: Events, area: str | None) -> Events:
    """Events whose areas hold `area`, or all."""
    return events if area is None else events.filter(nw.col("areas").list.contains(area))


def of_sectors(events: Events, sectors: Sequence[str] | None) -> Events:
    """Events in which both sides are the state itself or one of the sectors, or all."""
    if sectors is None:
        return events
    sides = (nw.col("sender_sector"), nw.col("receiver_sector"))
    return events.filter(*(side.is_null() | side.is_in(["", *sectors]) for side in sides))


def pair_counts(
    pair: View, source: str, *, by: str, area: str | None = None, sectors: Sequence[str] | None = None
) -> pl.DataFrame:
    """The counts of a pair in an area by period, sender and receiver, from a source; see `counts`."""
    events = of_sectors(pair_events(pair, source), sectors)
    if area is not None and pair.record.own_codebook:
        events = nw.from_native(recode(pair.record, collected(events)).lazy())
    columns = ("period", "sender", "receiver")
    return collected(counts(by_period(in_area(events, area), by), *columns), *columns)


def all_counts(
    record: Store,
    *,
    source: str,
    by: str,
    as_of: date | None,
    area: str | None = None,
    states: Sequence[str] | None = None,
) -> pl.DataFrame:
    """The counts of all pairs of states, or of those among `states`, by period, sender and receiver; see `counts`."""
    if area is not None and record.own_codebook:
        raise DetenteError("areas of a codebook of your own are assigned pair by pair: count one pair, or all areas")
    events = in_area(state_events(open_events(record, source), as_of, states), area)
    columns = ("period", "sender", "receiver")
    return collected(counts(by_period(events, by), *columns), *columns)


def known_counts(record: Store, *, source: str, as_of: date | None, area: str | None = None) -> pl.DataFrame:
    """The counts of all pairs of states by day and the day on which the events became known; see `counts`."""
    events = state_events(open_events(record, source), as_of)
    if area is not None and record.own_codebook:
        raise NoData("areas of a codebook of your own are assigned pair by pair, not for all pairs at once")
    columns = ("date", "known_on", "sender", "receiver")
    return collected(counts(in_area(events, area), *columns), *columns)


def action_counts(
    record: Store, *, source: str, by: str, as_of: date | None, states: Sequence[str] | None = None
) -> pl.DataFrame:
    """Events of all pairs of states by period, sender, receiver and CAMEO root (its two digits): column count."""
    events = by_period(state_events(open_events(record, source), as_of, states), by)
    columns = ("period", "sender", "receiver", "root")
    return collected(_number(events.with_columns(nw.col("action").str.slice(0, 2).alias("root")), *columns), *columns)


def third_counts(pair: View, source: str) -> pl.DataFrame:
    """States that both deal with, in a source: columns state, count (events with the side that has fewer), most
    first.
    """
    events = state_events(open_events(pair.record, source), pair.as_of)
    ours = nw.col("sender").is_in([pair.a, pair.b]), nw.col("receiver").is_in([pair.a, pair.b])
    # One of the two acts or is acted upon: the other side is the third state.
    sides = events.filter(ours[0] != ours[1]).with_columns(
        nw.when(ours[0]).then("sender").otherwise("receiver").alias("side"),
        nw.when(ours[0]).then("receiver").otherwise("sender").alias("state"),
    )
    both = _number(sides, "state", "side").group_by("state").agg(nw.col("count").min(), nw.len().alias("sides"))
    answer = collected(both.filter(nw.col("sides") == 2).select("state", "count"))
    return answer.sort("count", "state", descending=[True, False])


def count_events(record: Store, source: str, as_of: date | None) -> int:
    """How many events between different actors a source has that were known on `as_of`."""
    return _how_many(known(open_events(record, source), as_of))


def volume(record: Store, *, source: str, by: str, as_of: date | None) -> pl.DataFrame:
    """All events of a source between different actors by period: columns period, volume. Files of a pair alone don't
    count: how much else was reported they don't tell.
    """
    events = by_period(known(open_events(record, source), as_of), by)
    return collected(_number(events, "period"), "period").rename({"count": "volume"})


def recode(record: Store, frame: pl.DataFrame) -> pl.DataFrame:
    """Events with their areas assigned by the record's own codebook."""
    return frame.with_columns(assign_areas(frame, record.codebook).alias("areas"))


def count_pair(pair: View, source: str, since: date | None = None) -> int:
    """How many events of the pair a source has, from the day `since` on."""
    return _how_many(pair_events(pair, source, since))


def read_pair(pair: View, source: str, since: date | None = None) -> pl.DataFrame:
    """The pair's events themselves, in a source, oldest first, from the day `since` on."""
    frame = collected(pair_events(pair, source, since), "date", "event_id")
    return recode(pair.record, frame) if pair.record.own_codebook else frame


def _number(events: Events, *by: str) -> Events:
    return events.group_by(*by).agg(nw.len().cast(nw.Int64).alias("count"))


def _how_many(events: Events) -> int:
    return int(collected(events.select(nw.len())).item())
