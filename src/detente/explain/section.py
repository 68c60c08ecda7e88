"""A section of the digest as data: a question, the statements that answer it, the numbers in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from detente.periods import is_old
from detente.uncertainty import Quotient

if TYPE_CHECKING:
    from detente.explain.topic import Draft, Topic


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


def section(topic: Topic, draft: Draft, as_of: date | None) -> Section:
    """The section as it may be said on a day: where its data ended more than 24 months before, what stands is said to
    be unknown, and what tells of "now" is history without numbers.

    >>> from detente.explain.topic import Draft, Topic
    >>> draft = Draft([("87% in 2011.", False)], data_to=date(2011, 12, 31))
    >>> levels = Topic("levels", "Levels", print, now=True)
    >>> [section(levels, draft, date(year, 6, 1)).statements for year in (2012, 2014)]
    [('87% in 2011.',), ('Last known: 87% in 2011.',)]
    """
    data_to = min(draft.data_to, as_of) if draft.data_to and as_of else draft.data_to
    ended = data_to is not None and is_old(data_to, as_of)
    history = ended and topic.now
    statements = tuple(f"{LAST_KNOWN if old or history else ''}{text}" for text, old in draft.statements)
    since = f"since {data_to}, the last day of its data"
    unknown = since if history else f"whether this still holds; {since}" if ended else None
    figures = () if history else tuple(draft.figures)
    return Section(topic.id, topic.title, statements, figures, draft.basis, unknown, data_to)


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
