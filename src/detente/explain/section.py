"""A section of the digest as data: a question, the statements that answer it, the numbers in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

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
    """One question answered: statements in words, the numbers in them, the basis and the last day of its data; or why
    it can't be answered.
    """

    topic: str
    title: str
    statements: tuple[str, ...] = ()
    figures: tuple[NamedEstimate, ...] = ()
    basis: str | None = None
    unknown: str | None = None
    data_to: date | None = None


LAST_KNOWN = "Last known: "


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
    return None if value is None or value - value != 0 else float(f"{value:.4g}")
