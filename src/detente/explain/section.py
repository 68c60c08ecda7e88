"""A section of the digest as data: a question, the statements that answer it, the numbers in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from detente.periods import is_old
from detente.uncertainty import Quotient


@dataclass(frozen=True, slots=True)
class Figured:
    """A number with its 90% band (None where it has none), its unit and what it is of; a number of None is not identified."""

    name: str
    value: float | None
    low: float | None
    high: float | None
    unit: str


@dataclass(frozen=True, slots=True)
class Section:
    """One question answered: statements in words, the numbers in them, the basis and the last day of its data; or why it can't be answered."""

    topic: str
    title: str
    statements: tuple[str, ...] = ()
    figures: tuple[Figured, ...] = ()
    basis: str | None = None
    unknown: str | None = None
    data_to: date | None = None


@dataclass(slots=True)
class Draft:
    """A section in the making."""

    statements: list[str] = field(default_factory=list)
    figures: list[Figured] = field(default_factory=list)
    basis: str | None = None
    data_to: date | None = None

    def add(self, name: str, value: Quotient, unit: str) -> None:
        """A number with its band, or that it is not identified."""
        self.figures.append(Figured(name, value.value, value.low, value.high, unit))


NOW = ("levels", "votes", "positions")
"""Topics that say how things stand: what they say of old data is history, no number of now."""


LAST_KNOWN = "Last known: "


def aged(section: Section, as_of: date | None) -> Section:
    """The section as it may be said on a day: where its data ended more than 24 months before, what stands is said to be unknown.

    >>> old = Section("levels", "Levels", ("87% in 2011.",), data_to=date(2011, 12, 31))
    >>> aged(old, date(2014, 6, 1)).statements
    ('Last known: 87% in 2011.',)
    >>> aged(old, date(2012, 6, 1)) == old
    True
    """
    if section.data_to is None or not is_old(section.data_to, as_of):
        return section
    unknown = f"since {section.data_to}, the last day of its data"
    if section.topic not in NOW:
        return replace(section, unknown=f"whether this still holds; {unknown}")
    said = tuple(LAST_KNOWN + statement.removeprefix(LAST_KNOWN) for statement in section.statements)
    return replace(section, statements=said, figures=(), unknown=unknown)


def sections_as_data(sections: Iterable[Section]) -> list[dict[str, Any]]:
    """Sections as JSON has them, numbers to four significant places."""
    return [
        {
            "topic": s.topic,
            "title": s.title,
            "statements": list(s.statements),
            "figures": [
                {"name": f.name, **{k: _short(getattr(f, k)) for k in ("value", "low", "high")}, "unit": f.unit}
                for f in s.figures
            ],
            "basis": s.basis,
            "unknown": s.unknown,
            "data_to": s.data_to.isoformat() if s.data_to else None,
        }
        for s in sections
    ]


def _short(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")
