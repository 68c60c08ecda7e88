"""A section of the digest as data: a question, the statements that answer it, the numbers in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from detente.periods import is_old
from detente.uncertainty import Quotient


@dataclass(frozen=True, slots=True)
class NamedEstimate:
    """A number with its unit and what it is of: with its band, a bare number where it has none, or not identified."""

    name: str
    number: Quotient | float
    unit: str

    @property
    def value(self) -> float | None:
        """The number itself, None where it is not identified."""
        return self.number if isinstance(self.number, float) else self.number.value

    @property
    def low(self) -> float | None:
        """The lower bound of the 90% band, None where there is none."""
        return None if isinstance(self.number, float) else self.number.low

    @property
    def high(self) -> float | None:
        """The upper bound."""
        return None if isinstance(self.number, float) else self.number.high


@dataclass(frozen=True, slots=True)
class Section:
    """One question answered: statements in words, the numbers in them, the basis and the last day of its data; or why it can't be answered."""

    topic: str
    title: str
    statements: tuple[str, ...] = ()
    figures: tuple[NamedEstimate, ...] = ()
    basis: str | None = None
    unknown: str | None = None
    data_to: date | None = None
    now: bool = False


LAST_KNOWN = "Last known: "


def aged(section: Section, as_of: date | None) -> Section:
    """The section as it may be said on a day: where its data ended more than 24 months before, what stands is said to be unknown.

    >>> old = Section("levels", "Levels", ("87% in 2011.",), data_to=date(2011, 12, 31), now=True)
    >>> aged(old, date(2014, 6, 1)).statements
    ('Last known: 87% in 2011.',)
    >>> aged(old, date(2012, 6, 1)) == old
    True
    """
    if section.data_to is None or not is_old(section.data_to, as_of):
        return section
    unknown = f"since {section.data_to}, the last day of its data"
    if not section.now:
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
