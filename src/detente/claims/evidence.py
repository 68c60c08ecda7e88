"""What claims are checked against: the facts of a pair, the lives of its agreements, its series."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from detente.actors import counts_as
from detente.measures.in_force import Life, lives
from detente.record.facts import pair_figures

if TYPE_CHECKING:
    from detente.record.view import View


@dataclass(frozen=True, slots=True)
class Fact:
    """A dated fact, states in today's codes; `day` is the last day that its date may mean, `when` that written."""

    day: date
    when: str
    area: str
    kind: str
    tone: str
    channel: str
    actors: tuple[str, ...]
    third_party: tuple[str, ...]
    agreements: tuple[str, ...]
    text: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Evidence:
    """Facts (oldest first), lives of agreements and series of a pair, known on one day; `ends` is its last day."""

    facts: tuple[Fact, ...]
    lives: tuple[Life, ...]
    figures: pl.DataFrame
    begins: date
    ends: date

    def between(self, first: date, last: date, area: str | None = None) -> list[Fact]:
        """Facts after `first`, up to `last`, of an area (None: all)."""
        return [fact for fact in self.facts if first < fact.day <= last and (area is None or fact.area == area)]


def evidence(pair: View) -> Evidence:
    """The evidence on a pair known on `as_of` (None: all); it ends where the chronology does, or on that day."""
    dated = []
    written = {"day": 10, "month": 7, "year": 4}
    facts = pair.chronology
    for row in facts.sort("counts_from", "date", "event_id").iter_rows(named=True):
        dated.append(
            Fact(
                row["counts_from"],
                row["date"].isoformat()[: written[row["precision"]]],
                row["area"],
                row["kind"],
                row["tone"],
                row["channel"],
                tuple(map(counts_as, row["actors"])),
                tuple(row["third_party"].split(";")) if row["third_party"] else (),
                tuple(row["agreements"]),
                row["description"],
                tuple(url for url in (row["url"], row["url2"]) if url),
            )
        )
    begins, ends = (dated[0].day if dated else date.max), pair.chronology_ends
    ends = min(pair.as_of, ends) if pair.as_of else ends
    return Evidence(tuple(dated), tuple(lives(pair)), pair_figures(pair), begins, ends)
