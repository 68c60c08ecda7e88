"""Questions to the stored events, written once as Ibis expressions.

The backend is a parameter: DuckDB, embedded, unless the caller brings another connection.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from detente.actors import counted
from detente.errors import DetenteError, NoData

if TYPE_CHECKING:
    from detente.record.store import Store

UNITS = {"day": "D", "week": "W", "month": "M", "quarter": "Q", "year": "Y"}


def connection() -> Any:
    """An in-memory DuckDB with which the expressions are run by default."""
    import ibis

    return ibis.duckdb.connect()


def pair_events(events: Any, a: str, b: str, as_of: date | None, since: date | None = None) -> Any:
    """Events from a to b and back, from `since` on, known on `as_of`; see `state_events`."""
    if since is not None:
        events = events.filter(events.date >= since)
    return state_events(events, as_of, (a, b))


def state_events(events: Any, as_of: date | None, states: Sequence[str] | None = None) -> Any:
    """Events between different states known on `as_of`, each on days on which both states lived.

    Former codes of a continuing state count as today's. With `states`, only events between two of them.
    """
    if as_of is not None:
        events = events.filter(events.known_on <= as_of)
    for side in ("sender", "receiver"):
        events = _of_all(events, side) if states is None else _of_some(events, side, states)
    return events.filter(events.sender != events.receiver)


def _of_some(events: Any, side: str, states: Sequence[str]) -> Any:
    """Conditions that a backend can push down to the files; for a few states faster than a join."""
    import ibis

    rows = counted(states)
    lived = [
        (events[side] != code) | ((events.date >= begins) & (events.date < ends))
        for code, _, begins, ends in rows
        if (begins, ends) != (date.min, date.max)
    ]
    former = [(code, counts) for code, counts, _, _ in rows if code != counts]
    events = events.filter(events[side].isin([code for code, *_ in rows]), *lived)
    if not former:
        return events
    today = ibis.cases(*((events[side] == code, counts) for code, counts in former), else_=events[side])
    return events.mutate(**{side: today})


def _of_all(events: Any, side: str) -> Any:
    import ibis

    rows = pl.DataFrame(counted(), schema=["code", "counts", "begins", "ends"], orient="row")
    known = ibis.memtable(rows.to_arrow())
    joined = events.join(known, events[side] == known.code)
    lived = joined.filter((joined.date >= joined.begins) & (joined.date < joined.ends))
    return lived.mutate(**{side: lived.counts}).select(events.columns)


def counts(events: Any, by: str) -> Any:
    """Per period and direction: the events of each quad class and the sum of intensity.

    `by` is day, week (from Monday), month, quarter or year. Events need date, sender, receiver, quad and
    intensity.
    """
    period = events.date.truncate(UNITS[by]).cast("date")
    q = events.quad
    return (
        events.mutate(period=period)
        .group_by("period", "sender", "receiver")
        .aggregate(
            verbal_cooperation=(q == 1).sum().cast("int64"),
            material_cooperation=(q == 2).sum().cast("int64"),
            verbal_conflict=(q == 3).sum().cast("int64"),
            material_conflict=(q == 4).sum().cast("int64"),
            intensity=events.intensity.cast("float64").sum(),
        )
    )


def in_area(events: Any, area: str) -> Any:
    """Events whose areas hold `area`."""
    return events.filter(events.areas.contains(area))


def of_sectors(events: Any, sectors: Sequence[str]) -> Any:
    """Events in which both sides are the state itself or one of the sectors."""

    def one(column: Any) -> Any:
        return column.isnull() | (column == "") | column.isin(list(sectors))

    return events.filter(one(events.sender_sector) & one(events.receiver_sector))


_SHARED: list[Any] = []


def shared_connection() -> Any:
    """One connection a process: opening DuckDB takes longer than most questions."""
    if not _SHARED:
        _SHARED.append(connection())
    return _SHARED[0]


def open_events(record: Store, source: str, con: Any | None = None) -> Any:
    """The events between different actors of one source, as an Ibis table."""
    paths = record.paths(record.parts("events", source, "pairs"))
    if not paths:
        raise NoData(f"no events of {source} are held")
    return (con or shared_connection()).read_parquet(paths)


def pair_counts(
    record: Store,
    a: str,
    b: str,
    *,
    source: str,
    by: str,
    as_of: date | None,
    area: str | None,
    sectors: Sequence[str] | None = None,
    con: Any | None = None,
) -> pl.DataFrame:
    """The counts of one pair, source and area as a frame; see `counts`."""
    events = pair_events(open_events(record, source, con), a, b, as_of)
    if sectors is not None:
        events = of_sectors(events, sectors)
    if area is not None and record.own_codebook:
        return _recoded_counts(record, events, by, area)
    if area is not None:
        events = in_area(events, area)
    return _sorted(pl.from_arrow(counts(events, by).to_pyarrow()))


def all_counts(
    record: Store,
    *,
    source: str,
    by: str,
    as_of: date | None,
    area: str | None = None,
    states: Sequence[str] | None = None,
    con: Any | None = None,
) -> pl.DataFrame:
    """The counts of all pairs of states, or of those among `states`; see `counts`."""
    if area is not None and record.own_codebook:
        raise DetenteError("areas of a codebook of your own are assigned pair by pair: count one pair, or all areas")
    events = state_events(open_events(record, source, con), as_of, states)
    if area is not None:
        events = in_area(events, area)
    return _sorted(pl.from_arrow(counts(events, by).to_pyarrow()))


def known_counts(record: Store, *, source: str, as_of: date | None, area: str | None = None) -> pl.DataFrame:
    """Counts by quad class and net intensity of all pairs of states by day and the day on which they became known."""
    events = state_events(open_events(record, source), as_of)
    if area is not None:
        if record.own_codebook:
            raise NoData("areas of a codebook of your own are assigned pair by pair, not for all pairs at once")
        events = in_area(events, area)
    q = events.quad
    found = events.group_by("date", "known_on", "sender", "receiver").aggregate(
        verbal_cooperation=(q == 1).sum().cast("int64"),
        material_cooperation=(q == 2).sum().cast("int64"),
        verbal_conflict=(q == 3).sum().cast("int64"),
        material_conflict=(q == 4).sum().cast("int64"),
        intensity=events.intensity.cast("float64").sum(),
    )
    days = pl.col("date", "known_on").cast(pl.Date)
    return (
        pl.DataFrame(pl.from_arrow(found.to_pyarrow()))
        .with_columns(days)
        .sort("date", "known_on", "sender", "receiver")
    )


def action_counts(
    record: Store, *, source: str, by: str, as_of: date | None, states: Sequence[str] | None = None
) -> pl.DataFrame:
    """Events of all pairs of states by period, sender, receiver and CAMEO root (its two digits): column count."""
    events = state_events(open_events(record, source), as_of, states)
    found = (
        events.mutate(period=events.date.truncate(UNITS[by]).cast("date"), root=events.action.substr(0, 2))
        .group_by("period", "sender", "receiver", "root")
        .aggregate(count=lambda t: t.count())
    )
    return _sorted(pl.from_arrow(found.to_pyarrow())).sort("period", "sender", "receiver", "root")


def third_counts(record: Store, a: str, b: str, *, source: str, as_of: date | None) -> pl.DataFrame:
    """States that both deal with: columns state, count (events with the side that has fewer), most first."""
    events = state_events(open_events(record, source), as_of)
    events = events.filter(events.sender.isin([a, b]) | events.receiver.isin([a, b]))
    found = events.group_by("sender", "receiver").aggregate(count=lambda t: t.count())
    frame = pl.DataFrame(pl.from_arrow(found.to_pyarrow()))
    inside = pl.col("sender").is_in([a, b])
    return (
        frame.select(
            pl.when(inside).then("sender").otherwise("receiver").alias("side"),
            pl.when(inside).then("receiver").otherwise("sender").alias("state"),
            "count",
        )
        .filter(~pl.col("state").is_in([a, b]))
        .group_by("state", "side")
        .agg(pl.col("count").sum())
        .group_by("state")
        .agg(pl.col("count").min(), pl.len().alias("sides"))
        .filter(pl.col("sides") == 2)
        .select("state", "count")
        .sort("count", "state", descending=[True, False])
    )


def count_events(record: Store, source: str, as_of: date | None) -> int:
    """How many events between different actors a source has that were known on `as_of`."""
    events = open_events(record, source)
    if as_of is not None:
        events = events.filter(events.known_on <= as_of)
    return int(events.count().to_pyarrow().as_py())


def volume(record: Store, *, source: str, by: str, as_of: date | None) -> pl.DataFrame:
    """All events of a source between different actors by period: columns period, volume."""
    events = open_events(record, source)
    if as_of is not None:
        events = events.filter(events.known_on <= as_of)
    found = (
        events.mutate(period=events.date.truncate(UNITS[by]).cast("date"))
        .group_by("period")
        .aggregate(volume=lambda t: t.count())
    )
    frame = pl.DataFrame(pl.from_arrow(found.to_pyarrow()))
    return frame.with_columns(pl.col("period").cast(pl.Date)).sort("period")


def _sorted(frame: Any) -> pl.DataFrame:
    return pl.DataFrame(frame).with_columns(pl.col("period").cast(pl.Date)).sort("period", "sender", "receiver")


def _recoded_counts(record: Store, events: Any, by: str, area: str) -> pl.DataFrame:
    """Counts by the areas of the user's own codebook, assigned anew to the pair's events."""
    import ibis

    frame = recode(record, pl.DataFrame(pl.from_arrow(events.to_pyarrow())))
    frame = frame.filter(pl.col("areas").list.contains(area))
    return _sorted(pl.from_arrow(counts(ibis.memtable(frame.to_arrow()), by).to_pyarrow()))


def recode(record: Store, frame: pl.DataFrame) -> pl.DataFrame:
    """Events with their areas assigned by the record's own codebook."""
    from detente.codebook import assign_areas

    return frame.with_columns(assign_areas(frame, record.codebook).alias("areas"))


def count_pair(
    record: Store,
    a: str,
    b: str,
    *,
    source: str,
    as_of: date | None,
    since: date | None = None,
    con: Any | None = None,
) -> int:
    """How many events of the pair a source has, from the day `since` on."""
    if not record.parts("events", source, "pairs"):
        return 0
    events = pair_events(open_events(record, source, con), a, b, as_of, since)
    return int(events.count().to_pyarrow().as_py())


def read_pair(
    record: Store,
    a: str,
    b: str,
    *,
    source: str,
    as_of: date | None,
    since: date | None = None,
    con: Any | None = None,
) -> pl.DataFrame:
    """The pair's events themselves, oldest first, from the day `since` on."""
    events = pair_events(open_events(record, source, con), a, b, as_of, since)
    frame = pl.DataFrame(pl.from_arrow(events.to_pyarrow()))
    if record.own_codebook:
        frame = recode(record, frame)
    return frame.sort("date", "event_id")
