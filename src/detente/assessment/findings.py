"""The assessment as data: findings with their evidence, in the codebook's order of areas."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from detente.explain.section import Section, sections_as_data


@dataclass(frozen=True, slots=True)
class Evidence:
    """A dated statement and the numbers of the notes with its sources."""

    date: str
    text: str
    tone: str
    notes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class HeldAgreement:
    """An agreement, programme or restriction, its state on the day and since when, with its notes."""

    title: str
    form: str
    tone: str
    state: str
    since: str
    notes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AreaStock:
    """How many agreements of an area are in force, how many were 24 months earlier, restrictions, all by name, and the day to
    which the facts that say so are complete."""

    in_force: int
    earlier: int
    restrictions: int
    agreements: tuple[HeldAgreement, ...]
    data_to: date


@dataclass(frozen=True, slots=True)
class AreaFinding:
    """One issue area: level and direction of cooperation, chance of improvement, verdict, evidence.

    `level` is the cooperative share (0-1) of the entries in the window, with a 90% interval;
    `direction` rising, steady or falling; `data_to` the last day of the data behind both; `stock` is None where no agreements
    of the pair are held; `unknowns` has what is not known ("" for all) and why.
    """

    area: str
    title: str
    basis: str
    level: float | None
    interval: tuple[float, float] | None
    entries: int
    direction: str
    probability: float | None
    probability_interval: tuple[float, float] | None
    base_rate: float | None
    rests_on: str
    rule: str
    verdict: str
    evidence: tuple[Evidence, ...]
    stock: AreaStock | None
    unknowns: tuple[tuple[str, str], ...]
    data_to: date | None

    @property
    def unknown(self) -> str | None:
        """What is not known and why, None where all is."""
        return "; ".join(f"{what}: {why}" if what else why for what, why in self.unknowns) or None


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its unit ("share" for 0 to 1), interval (None where it is a count), comparison, note and the last day of its data.

    `value` is None where it is unknown on the day; then the comparison says what was last known, or why. `leading` marks those
    that open the assessment where they are known. `compiled_on` is the year in which it was really compiled, where that is later than the day on which it counts as known.
    """

    text: str
    value: float | None
    unit: str
    interval: tuple[float, float] | None
    comparison: str
    notes: tuple[int, ...]
    compiled_on: date | None = None
    data_to: date | None = None
    leading: bool = False

    @property
    def amount(self) -> str:
        """The value for readers: a share as whole percent, else the number with its unit.

        >>> Figure("votes", 0.171, "share", None, "", (1,)).amount
        '17%'
        >>> Figure("imports", 5.75, "billion US dollars", None, "", (1,)).amount
        '5.75 billion US dollars'
        >>> past_figure("votes", date(2011, 12, 31), "17%", (1,)).amount
        'unknown since 2011'
        """
        if self.value is None:
            return "unknown" + (f" since {day_text(self.data_to)}" if self.data_to else "")
        if self.unit == "share":
            return f"{self.value:.0%}"
        number = f"{self.value:,.0f}" if self.value == int(self.value) else f"{self.value:,}"
        return f"{number} {self.unit}".strip()


def past_figure(text: str, data_to: date, last: str, notes: tuple[int, ...], compiled_on: date | None = None) -> Figure:
    """A figure of which nothing is known any more on the day: what was last known is history, no value."""
    return Figure(text, None, "", None, f"last known, {day_text(data_to)}: {last}", notes, compiled_on, data_to)


def day_text(day: date) -> str:
    """The last day of data for readers: a year where data end with one.

    >>> day_text(date(2011, 12, 31)), day_text(date(2018, 8, 31))
    ('2011', '2018-08-31')
    """
    return str(day.year) if (day.month, day.day) == (12, 31) else day.isoformat()


@dataclass(frozen=True, slots=True)
class HelpedArea:
    """A change of the chance of improvement of an area, with its 90% bounds."""

    area: str
    title: str
    change: float
    interval: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Help:
    """A lever: the mean change of the chance of improvement that goes with it, how plausible it is, its rank and the range of its
    ranks over variants of the model, the assumption that matters most, and the areas on which it bears most."""

    lever: str
    words: str
    change: float
    interval: tuple[float, float]
    plausibility: float
    rank: int | None
    ranks: tuple[int, int] | None
    sensitive_to: str
    areas: tuple[HelpedArea, ...]


@dataclass(slots=True)
class Notes:
    """Numbered sources, told apart by address, or by title where there is none."""

    items: list[tuple[str, str]] = field(default_factory=list)

    def number(self, url: str | None, title: str | None) -> int:
        """The number of a source, added if new; the first title given is kept.

        >>> notes = Notes()
        >>> notes.number("https://a.example", None), notes.number("https://a.example", "A"), notes.items
        (1, 1, [('https://a.example', 'A')])
        """
        source = (url or "", title or "")
        for n, (known, named) in enumerate(self.items):
            if known == source[0] and (known or named == source[1]):
                self.items[n] = (known, named or source[1])
                return n + 1
        self.items.append(source)
        return len(self.items)


@dataclass(frozen=True)
class Assessment:
    """The finished assessment of a pair; see docs/assessment.md for every field of its JSON."""

    pair: tuple[str, str]
    names: tuple[str, str]
    as_of: date
    horizon: int
    verdict: str
    summary: str
    areas: tuple[AreaFinding, ...]
    figures: tuple[Figure, ...]
    third_parties: tuple[dict[str, Any], ...]
    helps: tuple[Help, ...]
    helps_rest_on: str
    explanation: tuple[Section, ...]
    cannot_tell: tuple[str, ...]
    notes: tuple[tuple[str, str], ...]
    provenance: dict[str, Any]
    series: dict[str, Any]

    @property
    def headlines(self) -> tuple[Figure, ...]:
        """The figures that open the assessment: of now, or none."""
        return tuple(f for f in self.figures if f.leading and f.value is not None)

    def sources(self, numbers: Iterable[int]) -> list[str]:
        """Addresses (titles where there is no address) of notes."""
        return [self.notes[n - 1][0] or self.notes[n - 1][1] for n in numbers]

    def _stock(self, held: AreaStock | None) -> dict[str, Any] | None:
        if held is None:
            return None
        return {
            **{name: getattr(held, name) for name in ("in_force", "earlier", "restrictions")},
            "data_to": held.data_to.isoformat(),
            "agreements": [
                {**asdict(one), "notes": list(one.notes), "sources": self.sources(one.notes)} for one in held.agreements
            ],
        }

    def to_dict(self) -> dict[str, Any]:
        """The public form: all but provenance is a function of the records known on `as_of`."""
        return {
            "pair": list(self.pair),
            "names": list(self.names),
            "as_of": self.as_of.isoformat(),
            "overall": {
                "verdict": self.verdict,
                "summary": self.summary,
            },
            "areas": [
                {
                    "area": a.area,
                    "title": a.title,
                    "basis": a.basis,
                    "entries": a.entries,
                    "level": _round(a.level),
                    "interval": _pair(a.interval),
                    "direction": a.direction,
                    "probability": _round(a.probability),
                    "probability_interval": _pair(a.probability_interval),
                    "base_rate": _round(a.base_rate),
                    "rests_on": a.rests_on,
                    "improvement_rule": a.rule,
                    "horizon_months": self.horizon,
                    "verdict": a.verdict,
                    "evidence": [
                        {
                            "date": e.date,
                            "text": e.text,
                            "tone": e.tone,
                            "notes": list(e.notes),
                            "sources": self.sources(e.notes),
                        }
                        for e in a.evidence
                    ],
                    "stock": self._stock(a.stock),
                    "unknown": a.unknown,
                    "data_to": _day(a.data_to),
                }
                for a in self.areas
            ],
            "third_parties": list(self.third_parties),
            "what_would_help": {"levers": [_help(one) for one in self.helps], "rests_on": self.helps_rest_on},
            "explanation": sections_as_data(self.explanation),
            "figures": [
                {
                    "text": f.text,
                    "value": _round(f.value),
                    "unit": f.unit,
                    "interval": _pair(f.interval),
                    "comparison": f.comparison,
                    "notes": list(f.notes),
                    "sources": self.sources(f.notes),
                    "compiled_on": _day(f.compiled_on),
                    "data_to": _day(f.data_to),
                }
                for f in self.figures
            ],
            "cannot_tell": list(self.cannot_tell),
            "notes": [
                {"number": n, "title": title, "url": url or None} for n, (url, title) in enumerate(self.notes, start=1)
            ],
            "provenance": self.provenance,
        }

    def to_json(self) -> str:
        """`to_dict` as JSON text with a final newline."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=1) + "\n"


def _help(one: Help) -> dict[str, Any]:
    return {
        "lever": one.lever,
        "words": one.words,
        "change": _round(one.change),
        "interval": _pair(one.interval),
        "plausibility": _round(one.plausibility),
        "rank": one.rank,
        "ranks": list(one.ranks) if one.ranks else None,
        "sensitive_to": one.sensitive_to,
        "areas": [
            {"area": a.area, "title": a.title, "change": _round(a.change), "interval": _pair(a.interval)}
            for a in one.areas
        ],
    }


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _pair(value: tuple[float, float] | None) -> list[float] | None:
    return None if value is None else [round(value[0], 4), round(value[1], 4)]
