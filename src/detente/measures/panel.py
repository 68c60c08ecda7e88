"""The panel: direction x area x period, with zeros where a source covers most of it and nulls where none does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from detente.actors import counted
from detente.errors import DetenteError, NoData
from detente.measures.coverage import LEAST
from detente.measures.months import months_before
from detente.measures.shares import share_interval
from detente.record.coverage import EVERY, periods
from detente.record.queries import UNITS, all_counts, count_events, count_pair, pair_counts

if TYPE_CHECKING:
    from detente.record import Record

COUNTS = ["verbal_cooperation", "material_cooperation", "verbal_conflict", "material_conflict"]
COLUMNS = [
    "period",
    "sender",
    "receiver",
    "area",
    *COUNTS,
    "intensity",
    "share",
    "share_low",
    "share_high",
    "covered",
    "source",
]
NO_EVENTS = (
    "the record holds no events{}; ingest files (detente ingest FILE...) or fetch some "
    "(detente fetch gdelt --from DAY --to DAY)"
)
RECENT = 48
GOVERNMENT = ("GOV", "MIL", "LEG", "SPY", "COP", "JUD", "IGO")


def choose_source(record: Record, source: str | None, as_of: date | None, *, pair: tuple[str, str]) -> str:
    """The event source to count: the one named, else the one with most events of the pair in the four years before
    `as_of`; of those with as many, the one that covers most days of these years, then the one with most events of the
    pair, then of any, in all.

    Whoever asks of a pair and a day gets the same one: an answer rests on one source. Sources report the same deeds, so
    their events are never added up.
    """
    held = record.event_sources()
    if source:
        if source not in held:
            raise NoData(f"no events of {source!r} are held; held: {', '.join(held) or 'none'}")
        return source
    held = [name for name in held if record.covers(name, as_of)]
    if not held:
        raise NoData(NO_EVENTS.format(f" of a day up to {as_of}" if as_of else ""))
    if len(held) == 1:
        return held[0]
    recent = months_before(as_of, RECENT) if as_of else None

    def events(name: str) -> tuple[int, ...]:
        late, whole = (count_pair(record, *pair, source=name, as_of=as_of, since=since) for since in (recent, None))
        spans = [(max(first, recent or first), last) for first, last in record.covers(name, as_of)]
        days = sum(max((last - first).days + 1, 0) for first, last in spans)
        return late, days, whole, count_events(record, name, as_of)

    return max(held, key=events)


def pair_panel(
    record: Record,
    a: str,
    b: str,
    *,
    by: str = "month",
    as_of: date | None = None,
    areas: Sequence[str | None] = (None,),
    source: str | None = None,
    sectors: str = "all",
) -> pl.DataFrame:
    """Directed counts by quad class of one pair, both directions, in every period.

    Columns: period (first day), sender, receiver, area (null for all events), the four counts,
    intensity (sum of Goldstein values: net cooperation), share (posterior mean of the cooperative
    share of reports) with its 90% interval, covered (share of the period in which both states existed and that
    the source's files deliver: a quarter hour of GDELT 2 is 1/96 of a day), source. Counts are as reported, never
    scaled. Where nothing was reported they are zero in a period that is covered by half or more, else null.
    `sectors="government"` keeps acts of states and their organs.

    Periods in which one of the two did not exist are left out. Raises NoData where no event source is held
    or none of its days is known on `as_of`.
    """
    if by not in UNITS:
        raise DetenteError(f"by must be one of {', '.join(UNITS)}, not {by!r}")
    chosen = choose_source(record, source, as_of, pair=(a, b))
    pairs = pl.DataFrame({"sender": [a, b], "receiver": [b, a]})
    kept = GOVERNMENT if sectors == "government" else None
    frames = []
    coverage = record.coverage(chosen, as_of, by)
    for area in areas:
        found = pair_counts(record, a, b, source=chosen, by=by, as_of=as_of, area=area, sectors=kept)
        frames.append(_complete(found, pairs, by, coverage, area))
    panel = pl.concat(frames)
    if panel.is_empty():
        raise NoData(f"{chosen} covers no day{f' known on {as_of}' if as_of else ''} on which both states existed")
    return panel.with_columns(pl.lit(chosen).alias("source")).select(COLUMNS)


def states_panel(
    record: Record,
    states: Sequence[str] | None = None,
    *,
    by: str = "month",
    as_of: date | None = None,
    area: str | None = None,
    source: str | None = None,
    least: int = 1,
) -> pl.DataFrame:
    """The columns of `pair_panel` for every directed pair of states, or of those named, in one pass.

    Pairs with fewer than `least` events (both directions, all periods) are left out; the rest have every period of
    the source, with zeros where it covers half of one or more. Raises NoData where no event source is held.
    """
    if by not in UNITS:
        raise DetenteError(f"by must be one of {', '.join(UNITS)}, not {by!r}")
    chosen = busiest_source(record, source, as_of)
    found = all_counts(record, source=chosen, by=by, as_of=as_of, area=area, states=states)
    low, high = pl.min_horizontal("sender", "receiver"), pl.max_horizontal("sender", "receiver")
    active = (
        found.group_by(low.alias("sender"), high.alias("receiver"))
        .agg(pl.sum_horizontal(COUNTS).sum().alias("n"))
        .filter(pl.col("n") >= least)
        .drop("n")
    )
    pairs = pl.concat([active, active.select(sender="receiver", receiver="sender")]).sort("sender", "receiver")
    return (
        _complete(found, pairs, by, record.coverage(chosen, as_of, by), area)
        .with_columns(pl.lit(chosen).alias("source"))
        .select(COLUMNS)
    )


def busiest_source(record: Record, source: str | None, as_of: date | None) -> str:
    """The event source named, else the one that holds most events among those that cover a day up to `as_of`."""
    held = [
        name for name in record.event_sources() if record.covers(name, as_of) and record.parts("events", name, "pairs")
    ]
    if source and source not in held:
        raise NoData(f"no events of {source!r} are known; held: {', '.join(held) or 'none'}")
    if not held:
        raise NoData(NO_EVENTS.format(f" of a day up to {as_of}" if as_of else ""))
    if source:
        return source
    return max(held, key=lambda name: count_events(record, name, as_of)) if len(held) > 1 else held[0]


def _complete(
    found: pl.DataFrame, pairs: pl.DataFrame, by: str, coverage: pl.DataFrame, area: str | None
) -> pl.DataFrame:
    firsts = [*coverage["period"].to_list(), *found["period"].to_list()]
    if not firsts:
        return pl.DataFrame(
            schema={
                "period": pl.Date,
                "sender": pl.Utf8,
                "receiver": pl.Utf8,
                "area": pl.Utf8,
                **dict.fromkeys(COUNTS, pl.Int64),
                "intensity": pl.Float64,
                "share": pl.Float64,
                "share_low": pl.Float64,
                "share_high": pl.Float64,
                "covered": pl.Float64,
            }
        )
    starts = pl.DataFrame({"period": periods(min(firsts), max(firsts), by)})
    covered = starts.join(coverage, on="period", how="left", maintain_order="left")
    grid = _while_both_lived(covered.with_columns(pl.col("covered").fill_null(0.0)).join(pairs, how="cross"), by)
    full = grid.join(found, on=["period", "sender", "receiver"], how="left", maintain_order="left")
    # Of a period that is hardly covered, silence says nothing.
    zero = (pl.col("covered") >= LEAST) & pl.col("verbal_cooperation").is_null()
    full = full.with_columns(pl.when(zero).then(0).otherwise(pl.col(c)).alias(c) for c in [*COUNTS, "intensity"])
    cooperative = (full["verbal_cooperation"] + full["material_cooperation"]).fill_null(0)
    total = cooperative + (full["verbal_conflict"] + full["material_conflict"]).fill_null(0)
    mean, low, high = share_interval(cooperative.to_numpy(), total.to_numpy())
    return full.with_columns(
        pl.lit(area, dtype=pl.Utf8).alias("area"),
        pl.Series("share", mean).fill_nan(None),
        pl.Series("share_low", low).fill_nan(None),
        pl.Series("share_high", high).fill_nan(None),
    ).select([c for c in COLUMNS if c != "source"])


def _while_both_lived(grid: pl.DataFrame, by: str) -> pl.DataFrame:
    """The rows of periods on some day of which both lived; days of no life are no days covered."""
    codes = {*grid["sender"].unique(), *grid["receiver"].unique()}
    lived = [(code, begins, ends) for code, counts, begins, ends in counted(codes) if code == counts]
    days = pl.DataFrame(lived, schema={"code": pl.Utf8, "from": pl.Date, "to": pl.Date}, orient="row")
    first, after = pl.col("period"), pl.col("period").dt.offset_by(EVERY[by])
    begins, ends = pl.max_horizontal(first, "from", "from_other"), pl.min_horizontal(after, "to", "to_other")
    return (
        grid.join(days, left_on="sender", right_on="code", maintain_order="left")
        .join(days, left_on="receiver", right_on="code", maintain_order="left", suffix="_other")
        .with_columns(((ends - begins).dt.total_days() / (after - first).dt.total_days()).alias("lived"))
        .filter(pl.col("lived") > 0)
        # What is covered of a life that fills a part of the period: no less than this.
        .with_columns((pl.col("covered") - (1 - pl.col("lived"))).clip(0.0).alias("covered"))
        .drop("from", "to", "from_other", "to_other", "lived")
    )
