"""The parts of an assessment: findings with their evidence, indicators, third parties, sources."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from detente.results import keys


@dataclass(frozen=True, slots=True)
class Evidence:
    """A dated statement, the numbers of its notes, and their addresses (titles where there is none)."""

    date: str
    text: str
    tone: str
    notes: tuple[int, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AgreementStatus:
    """An agreement, programme or restriction, its state on the day and since when, with its notes."""

    title: str
    form: str
    tone: str
    state: str
    since: date
    notes: tuple[int, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AgreementsInForce:
    """How many agreements of an area are in force, how many were 24 months earlier, and how many restrictions.

    `data_to` is the day to which the facts that say so are complete.
    """

    in_force: int
    earlier: int
    restrictions: int
    data_to: date
    agreements: tuple[AgreementStatus, ...]


@dataclass(frozen=True, slots=True)
class AreaFinding:
    """One issue area: level and direction of cooperation, chance of improvement, verdict, evidence.

    `level` is the cooperative share (0-1) of the entries in the window, with a 90% interval; `direction` rising,
    steady or falling; `data_to` the last day of the data behind both, `by_events` whether these are reports rather
    than facts. `in_force` is None where no agreements of the pair are held; `unknowns` has what is not known ("" for
    all) and why.
    """

    area: str
    title: str
    basis: str
    entries: int
    level: float | None
    interval: tuple[float, float] | None
    direction: str
    probability: float | None
    probability_interval: tuple[float, float] | None
    base_rate: float | None
    rests_on: str
    rule: str = field(metadata=keys("improvement_rule"))
    horizon: int = field(metadata=keys("horizon_months"))
    verdict: str
    evidence: tuple[Evidence, ...]
    in_force: AgreementsInForce | None = field(metadata=keys("stock"))
    unknowns: tuple[tuple[str, str], ...] = field(metadata=keys("unknown"))
    data_to: date | None
    by_events: bool = field(metadata=keys())

    @property
    def unknown(self) -> str | None:
        """What is not known and why, None where all is."""
        return "; ".join(f"{what}: {why}" if what else why for what, why in self.unknowns) or None


@dataclass(frozen=True, slots=True)
class Indicator:
    """A number that tells of the pair, as a share of UN votes: its name, over which time, and the last day of its data.

    `value` is None where it is unknown on the day; then the comparison says what was last known, or why. The unit is
    "share" for 0 to 1; the interval None where it is a count. `compiled_on` is when it was really compiled, where
    that is later than the day on which it counts as known. `leading` marks those that open the assessment where they
    are known.
    """

    name: str = field(metadata=keys("text"))
    span: str = field(metadata=keys())
    value: float | None
    unit: str
    interval: tuple[float, float] | None
    comparison: str
    notes: tuple[int, ...]
    sources: tuple[str, ...]
    compiled_on: date | None = None
    data_to: date | None = None
    leading: bool = field(default=False, metadata=keys())

    @property
    def text(self) -> str:
        """Its name and over which time."""
        return f"{self.name}, {self.span}" if self.span else self.name

    @property
    def amount(self) -> str:
        """The value for readers: a share as whole percent, else the number with its unit.

        >>> Indicator("votes", "2006", 0.171, "share", None, "", (1,), ("UN",)).amount
        '17%'
        >>> Indicator("imports", "2006", 5.75, "billion US dollars", None, "", (1,), ("Comtrade",)).amount
        '5.75 billion US dollars'
        >>> past_indicator("votes", date(2011, 12, 31), "17%", ((1,), ("UN",))).amount
        'unknown since 2011'
        """
        if self.value is None:
            return "unknown" + (f" since {day_text(self.data_to)}" if self.data_to else "")
        if self.unit == "share":
            return f"{self.value:.0%}"
        number = f"{self.value:,.0f}" if self.value == int(self.value) else f"{self.value:,}"
        return f"{number} {self.unit}".strip()


Cited = tuple[tuple[int, ...], tuple[str, ...]]
"""The numbers of notes, and their addresses (titles where there is none)."""


def past_indicator(name: str, data_to: date, last: str, cited: Cited, compiled_on: date | None = None) -> Indicator:
    """An indicator of which nothing is known any more on the day: what was last known is history, no value."""
    comparison = f"last known, {day_text(data_to)}: {last}"
    return Indicator(name, "", None, "", None, comparison, *cited, compiled_on, data_to)


def day_text(day: date) -> str:
    """The last day of data for readers: a year where data end with one.

    >>> day_text(date(2011, 12, 31)), day_text(date(2018, 8, 31))
    ('2011', '2018-08-31')
    """
    return str(day.year) if (day.month, day.day) == (12, 31) else day.isoformat()


@dataclass(frozen=True, slots=True)
class ThirdParty:
    """A third state over which the pair acted: facts of ten years by tone, and reports in the window."""

    state: str
    name: str
    cooperative: int = 0
    conflictual: int = 0
    reports: int = 0


@dataclass(frozen=True, slots=True)
class Source:
    """A numbered source; `url` is None where it has no address."""

    number: int
    title: str
    url: str | None


@dataclass(slots=True)
class Notes:
    """Numbered sources, told apart by address, or by title where there is none."""

    items: list[Source] = field(default_factory=list)

    def cite(self, *sources: tuple[str | None, str | None]) -> Cited:
        """The numbers and the addresses (titles where there is none) of sources (url, title), each added if new.

        The first title given is kept.

        >>> notes = Notes()
        >>> notes.cite(("https://a.example", None)), notes.cite(("https://a.example", "A"), (None, "B"))
        (((1,), ('https://a.example',)), ((1, 2), ('https://a.example', 'B')))
        >>> notes.items[0]
        Source(number=1, title='A', url='https://a.example')
        """
        numbers = tuple(self._number(url or None, title or "") for url, title in sources)
        return numbers, tuple(self.items[n - 1].url or self.items[n - 1].title for n in numbers)

    def _number(self, url: str | None, title: str) -> int:
        for n, known in enumerate(self.items):
            if known.url == url and (url or known.title == title):
                self.items[n] = Source(known.number, known.title or title, url)
                return known.number
        self.items.append(Source(len(self.items) + 1, title, url))
        return len(self.items)
