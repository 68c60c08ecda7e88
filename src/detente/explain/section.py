"""A section of the digest as data: a question, the statements that answer it, the numbers in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from detente.models.estimates import Quotient


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
    """One question answered: statements in words, the numbers in them, the basis; or why it can't be answered."""

    topic: str
    title: str
    statements: tuple[str, ...] = ()
    figures: tuple[Figured, ...] = ()
    basis: str | None = None
    unknown: str | None = None


@dataclass(slots=True)
class Draft:
    """A section in the making."""

    statements: list[str] = field(default_factory=list)
    figures: list[Figured] = field(default_factory=list)
    basis: str | None = None

    def add(self, name: str, value: Quotient, unit: str) -> None:
        """A number with its band, or that it is not identified."""
        self.figures.append(Figured(name, value.value, value.low, value.high, unit))


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
        }
        for s in sections
    ]


def _short(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")
