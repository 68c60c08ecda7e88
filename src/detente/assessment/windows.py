"""Cooperative and conflictual entries of an area in windows of time, from facts or from events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl

from detente.errors import NoData
from detente.measures.months import months_before
from detente.measures.panel import choose_source
from detente.measures.shares import Share, share
from detente.record.facts import pair_facts
from detente.record.queries import read_pair

if TYPE_CHECKING:
    from detente.record import Record

HORIZON = 24
LEAST_EVENTS = 30


@dataclass(frozen=True, slots=True)
class Entries:
    """Dated entries of one pair: columns date, area, cooperative, and what the evidence needs."""

    facts: pl.DataFrame
    events: pl.DataFrame
    source: str | None
    covered: list[tuple[date, date]]


def collect(record: Record, a: str, b: str, as_of: date, source: str | None) -> Entries:
    """Everything dated that the record holds of the pair on `as_of`."""
    facts = pair_facts(record, a, b, as_of)
    empty = pl.DataFrame(schema={"date": pl.Date, "areas": pl.List(pl.Utf8), "quad": pl.Int8})
    start = months_before(as_of, 2 * HORIZON)
    try:
        chosen = choose_source(record, source, as_of, pair=(a, b), since=start)
    except NoData:
        if source:
            raise
        return Entries(facts, empty, None, [])
    if not record.covers(chosen, as_of):
        return Entries(facts, empty, None, [])
    events = read_pair(record, a, b, source=chosen, as_of=as_of, since=start)
    return Entries(facts, events, chosen, record.covers(chosen, as_of))


def fact_share(facts: pl.DataFrame, area: str | None, first: date, last: date) -> Share:
    """The cooperative share of the facts of an area (None: all) after `first`, up to `last`."""
    some = facts.filter((pl.col("counts_from") > first) & (pl.col("counts_from") <= last))
    if area is not None:
        some = some.filter(pl.col("area") == area)
    return share(some.filter(pl.col("tone") == "cooperative").height, some.height)


def event_share(events: pl.DataFrame, area: str | None, first: date, last: date) -> Share:
    """The cooperative share of the reports of an area (None: all) after `first`, up to `last`."""
    some = events.filter((pl.col("date") > first) & (pl.col("date") <= last))
    if area is not None:
        some = some.filter(pl.col("areas").list.contains(area))
    return share(some.filter(pl.col("quad") <= 2).height, some.height)


def event_windows(entries: Entries, as_of: date) -> tuple[date, date, date] | None:
    """(start, middle, end) of the two equal windows that events allow before `as_of`, None for too little.

    The later window is 24 months, or half of what the source covers where it covers less than 48.
    """
    start = months_before(as_of, 2 * HORIZON)
    spans = [(max(first, start), last) for first, last in entries.covered if last >= start]
    if not spans:
        return None
    first, last = spans[0][0], min(spans[-1][1], as_of)
    length = min((last - first).days // 2, (as_of - months_before(as_of, HORIZON)).days)
    if length < 14:
        return None
    middle = last - timedelta(days=length)
    return middle - timedelta(days=length), middle, last
