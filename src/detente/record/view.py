"""A pair seen on a day: which source tells of it, over which span, how well covered and how old; settled once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Self, TypeVar

from detente.actors import state_name
from detente.errors import DetenteError, NoData
from detente.periods import is_old, months_before
from detente.record.facts import area_ends, chronology_ends, pair_facts
from detente.record.queries import count_events, count_pair, read_pair, volume

if TYPE_CHECKING:
    import polars as pl

    from detente.record.store import Store

T = TypeVar("T")

NO_EVENTS = (
    "the record holds no events{}; ingest files (detente ingest FILE...) or fetch some "
    "(detente fetch gdelt --from DAY --to DAY)"
)
RECENT = 48
"""Months before the day in which a pair's events are counted to choose its source."""


@dataclass(frozen=True)
class View:
    """Two states in a record, by what was known on `as_of` (None: all that is held): the argument that rooms take.

    `named` is the event source that the user asked for, None where it is to be chosen by rule. What follows (source,
    span, coverage, age) is worked out when first asked and kept with the record, so that every room gets the same
    answer.
    """

    record: Store
    a: str
    b: str
    as_of: date | None = None
    named: str | None = None

    @property
    def day(self) -> date:
        """The day itself; DetenteError where the question needs one and none was named."""
        if self.as_of is None:
            raise DetenteError("this is asked as of a day: record.pair(a, b, as_of='2007-02-01')")
        return self.as_of

    @property
    def names(self) -> tuple[str, str]:
        """The two states as they were called on the day."""
        return state_name(self.a, self.as_of), state_name(self.b, self.as_of)

    @property
    def key(self) -> str:
        """The pair by one name, whoever is named first, as in "RUS-USA"."""
        return "-".join(sorted((self.a, self.b)))

    @property
    def directions(self) -> tuple[str, str]:
        """The two directed series by name, as in "USA>RUS" and "RUS>USA"."""
        return f"{self.a}>{self.b}", f"{self.b}>{self.a}"

    def other(self, a: str, b: str) -> View:
        """Another pair of the same record and day, by the source of this one's answer."""
        return View(self.record, a, b, self.as_of, self.source_held)

    def on(self, as_of: date | None) -> Self:
        """The same pair as known on another day."""
        return replace(self, as_of=as_of)

    @property
    def chronology(self) -> pl.DataFrame:
        """The dated facts of the pair, oldest first; see `detente.record.facts.pair_facts`."""
        return self.record.remember(("facts", self.a, self.b, self.as_of), lambda: pair_facts(self))

    @property
    def area_ends(self) -> dict[str, date]:
        """By area, the day to which the chronology tells all; see `detente.record.facts.area_ends`."""
        return self.record.remember(
            ("ends", self.a, self.b, self.as_of), lambda: area_ends(self.record, self.chronology)
        )

    @property
    def chronology_ends(self) -> date:
        """The day to which the chronology tells all of every area; date.min without one."""
        return chronology_ends(self.record, self.chronology)

    @property
    def source(self) -> str:
        """The one event source that the answer rests on; NoData where none is held.

        The one named, else that with most events of the pair in the four years before the day; of those with as many,
        the one that covers most days of these years, then the one with most events of the pair, then of any, in all.
        Sources report the same deeds, so their events are never added up.
        """
        return self.record.remember(("source", self.a, self.b, self.as_of, self.named), self._choose)

    @property
    def source_held(self) -> str | None:
        """`source`, or None where no events are held; NoData still where the one named isn't."""
        try:
            return self.source
        except NoData:
            if self.named:
                raise
            return None

    def _choose(self) -> str:
        record, as_of = self.record, self.as_of
        names = record.event_sources()
        if self.named:
            if self.named not in names:
                raise NoData(f"no events of {self.named!r} are held; held: {', '.join(names) or 'none'}")
            return self.named
        names = known_sources(record, as_of, self.key)
        if len(names) == 1:
            return names[0]
        recent = months_before(as_of, RECENT) if as_of else None

        def events(name: str) -> tuple[int, ...]:
            late, whole = count_pair(self, name, recent), count_pair(self, name)
            covers = record.covers(name, as_of, self.key)
            spans = [(max(first, recent or first), last) for first, last in covers]
            days = sum(max((last - first).days + 1, 0) for first, last in spans)
            return late, days, whole, count_events(record, name, as_of)

        return max(names, key=events)

    @property
    def covers(self) -> list[tuple[date, date]]:
        """The days that the source covers, up to the day."""
        return self.record.covers(self.source, self.as_of, self.key)

    @property
    def covered_to(self) -> date | None:
        """The last day that the source covers, None where it covers none."""
        return self.covers[-1][1] if self.covers else None

    @property
    def covered_days(self) -> int:
        """How many days the source covers, gaps left out: by them the length of a period is chosen."""
        return sum((last - first).days + 1 for first, last in self.covers)

    def coverage(self, by: str) -> pl.DataFrame:
        """The share of each period that the source covers: columns period, covered."""
        return self.record.coverage(self.source, self.as_of, by, self.key)

    def wholly_reported(self, by: str) -> pl.DataFrame:
        """`coverage` by files of all states, nought in periods of which files of the pair alone cover more: beside the
        pair's reports of a month, all reports of a day are no measure.
        """
        whole, own = self.record.coverage(self.source, self.as_of, by), self.coverage(by).rename({"covered": "own"})
        both = whole.join(own, on="period", maintain_order="left")
        return both.select("period", (both["covered"] * (both["covered"] == both["own"])).alias("covered"))

    def all_reports(self, by: str) -> pl.DataFrame:
        """All reports of the source by period (see `volume`), of those periods that are `wholly_reported`."""
        every = volume(self.record, source=self.source, by=by, as_of=self.as_of)
        known = self.wholly_reported(by)
        return every.join(known.filter(known["covered"] > 0), on="period", how="semi", maintain_order="left")

    def is_old(self, last: date) -> bool:
        """Whether data that end on `last` say nothing of the day any more."""
        return is_old(last, self.as_of)

    def reports(self, since: date | None = None) -> pl.DataFrame:
        """The pair's events in the source of the answer, oldest first, from the day `since` on."""
        return read_pair(self, self.source, since)

    def kept(self, kind: str, make: Callable[[], T], *, most: int = 400, **asked: Any) -> T:
        """What `make` works out about the pair, kept on disk with the record for as long as nothing it rests on
        changes.

        `asked` has all else that it depends on; of a kind the `most` used last are kept. See `Store.cached`.
        """
        record = self.record
        digests = [record.digest(), record.digest("events"), record.codebook.digest]
        made_from = {"pair": [self.a, self.b, self.as_of, self.named], "held": digests, "asked": asked}
        return record.cached(kind, made_from, make, most=most)

    def provenance(self, methods: Iterable[str] = (), *, votes: bool = False, **parameters: Any) -> dict[str, Any]:
        """By what an answer was made (see `Store.provenance`): the source of its events and, with `votes`, the votes
        held.
        """
        voted = {part.source for part in self.record.parts("votes")} if votes else ()
        return self.record.provenance([self.source_held, *sorted(voted)], methods, **parameters)


def known_sources(record: Store, as_of: date | None, pair: str = "") -> list[str]:
    """The event sources that cover some day up to `as_of`, of a `pair` or of all; NoData where none does."""
    names = [name for name in record.event_sources() if record.covers(name, as_of, pair)]
    if not names:
        alone = sorted({f"{one} in {name}" for name in record.event_sources() for one in record.pairs_alone(name)})
        others = f" but those of {', '.join(alone)}" if alone else ""
        raise NoData(NO_EVENTS.format(f"{f' of a day up to {as_of}' if as_of else ''}{others}"))
    return names


def busiest_source(record: Store, source: str | None, as_of: date | None) -> str:
    """The source for a question about all pairs: the one named, else the one with most events known on `as_of`."""
    names = [name for name in known_sources(record, as_of) if record.parts("events", name, "pairs")]
    if source and source not in names:
        raise NoData(f"no events of {source!r} are known; held: {', '.join(names) or 'none'}")
    if not names:
        raise NoData(NO_EVENTS.format(f" of a day up to {as_of}" if as_of else ""))
    return source or max(names, key=lambda name: count_events(record, name, as_of))
