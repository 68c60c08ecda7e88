"""Cooperative and conflictual entries of an area in windows of time, from facts or from events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl

from detente.periods import HORIZON, is_old, months_before
from detente.uncertainty import Share

if TYPE_CHECKING:
    from detente.record.view import View

LEAST_EVENTS = 30
STALE = 3


@dataclass(frozen=True, slots=True)
class Entries:
    """What is known of one pair on a day, from its chronology and from the one event source of the answer.

    `windows` are those of `event_windows`; `ends` has the day to which the chronology of each area is complete,
    `facts_to` is that to which those of all areas are (at most the day itself).
    """

    as_of: date
    facts: pl.DataFrame
    facts_to: date | None
    ends: dict[str, date]
    events: pl.DataFrame
    source: str | None
    covered: list[tuple[date, date]]
    windows: tuple[date, date, date] | None

    @property
    def old(self) -> bool:
        """Whether the events ended so long before the day that they say nothing of now."""
        return not self.covered or is_old(self.covered[-1][1], self.as_of)

    @property
    def stale(self) -> bool:
        """Whether the events ended more than three months before the day: what they did then is no direction of now."""
        return not self.covered or is_old(self.covered[-1][1], self.as_of, STALE)

    @property
    def incomplete(self) -> bool:
        """Whether the day lies after that to which the chronology is complete: its silence since says nothing."""
        return self.facts_to is not None and self.facts_to < self.as_of

    def facts_say(self, area: str) -> bool:
        """Whether the chronology of an area covers at least half of the window before the day."""
        end = self.ends.get(area)
        return end is not None and end >= months_before(self.as_of, HORIZON // 2)


def collect(pair: View) -> Entries:
    """Everything dated that the record holds of the pair on `as_of`."""
    facts, source = pair.chronology, pair.source_held
    ends = {area: min(end, pair.day) for area, end in pair.area_ends.items()}
    facts_to = min(pair.chronology_ends, pair.day) if facts.height else None
    if source is None or not pair.covers:
        empty = pl.DataFrame(schema={"date": pl.Date, "areas": pl.List(pl.Utf8), "quad": pl.Int8})
        return Entries(pair.day, facts, facts_to, ends, empty, None, [], None)
    events = pair.reports(months_before(pair.covers[-1][1], 2 * HORIZON))
    return Entries(pair.day, facts, facts_to, ends, events, source, pair.covers, event_windows(pair.covers))


def fact_share(facts: pl.DataFrame, area: str | None, first: date, last: date) -> Share:
    """The cooperative share of the facts of an area (None: all) after `first`, up to `last`."""
    within = facts.filter((pl.col("counts_from") > first) & (pl.col("counts_from") <= last))
    if area is not None:
        within = within.filter(pl.col("area") == area)
    return Share(within.filter(pl.col("tone") == "cooperative").height, within.height)


def event_share(events: pl.DataFrame, area: str | None, first: date, last: date) -> Share:
    """The cooperative share of the reports of an area (None: all) after `first`, up to `last`."""
    within = events.filter((pl.col("date") > first) & (pl.col("date") <= last))
    if area is not None:
        within = within.filter(pl.col("areas").list.contains(area))
    return Share(within.filter(pl.col("quad") <= 2).height, within.height)


def event_windows(covered: Sequence[tuple[date, date]]) -> tuple[date, date, date] | None:
    """(start, middle, end) of the two equal windows that spans covered allow before their end, None for too little.

    The later window is 24 months, or half of what is covered where that is less than 48. How old they are is
    another question (`Entries.old`).

    >>> event_windows([(date(2018, 1, 1), date(2018, 8, 31))])
    (datetime.date(2018, 1, 1), datetime.date(2018, 5, 2), datetime.date(2018, 8, 31))
    """
    last = covered[-1][1]
    spans = [(max(first, months_before(last, 2 * HORIZON)), end) for first, end in covered]
    first = min(first for first, end in spans if end >= first)
    length = min((last - first).days // 2, (last - months_before(last, HORIZON)).days)
    if length < 14:
        return None
    middle = last - timedelta(days=length)
    return middle - timedelta(days=length), middle, last
