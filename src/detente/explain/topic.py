"""A topic of the digest: a question that is fitted, said and drawn in one module."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from detente.actors import state_name
from detente.explain.section import LAST_KNOWN, NamedEstimate, Section
from detente.periods import is_old
from detente.record.view import View
from detente.registry import Registry
from detente.uncertainty import Estimate, NotIdentified, Quotient


@dataclass(frozen=True, slots=True)
class Question:
    """What every topic is asked: the pair, the third states, the seed."""

    pair: View
    thirds: tuple[str, ...]
    seed: int


@dataclass(slots=True)
class Draft:
    """A section in the making: what is said (and whether of old data), the numbers in it, on what it rests, and what
    draws it, by the chart's name.
    """

    statements: list[tuple[str, bool]] = field(default_factory=list)
    figures: list[NamedEstimate] = field(default_factory=list)
    basis: str | None = None
    data_to: date | None = None
    charts: dict[str, Callable[[], Any]] = field(default_factory=dict)

    def say(self, text: str, *, old: bool = False) -> None:
        """A statement; an `old` one is of data that say nothing of the day any more."""
        self.statements.append((f"{text}", old))

    def add(self, name: str, value: Quotient | float, unit: str) -> None:
        """A number with its band, or without one, or that it is not identified."""
        number = value if isinstance(value, Estimate | NotIdentified) else float(value)
        self.figures.append(NamedEstimate(f"{name}", number, f"{unit}"))


@dataclass(frozen=True, slots=True)
class Topic:
    """A question to the models: `say` fits once, fills the draft with words, numbers and charts, or raises NoData
    that says why the question can't be answered. `now`: it tells how things stand, so that of old data it says
    history alone. `methods` are the papers behind what is said.
    """

    id: str
    title: str
    say: Callable[[Question, Draft], None]
    now: bool = False
    methods: tuple[str, ...] = ()


TOPICS: Registry[Topic] = Registry(
    "detente.topics",
    {
        "levels": "detente.explain.levels:TOPIC",
        "votes": "detente.explain.votes:TOPIC",
        "positions": "detente.explain.positions:TOPIC",
        "reciprocity": "detente.explain.reciprocity:TOPIC",
        "excitation": "detente.explain.excitation:TOPIC",
        "spillover": "detente.explain.spillover:TOPIC",
        "breaks": "detente.explain.breaks:TOPIC",
        "structure": "detente.explain.components:TOPIC",
    },
    "detente.explain.topic:Topic",
)
"""The topics in their order; another package adds one by an entry point of `detente.topics`."""


def in_text(code: str) -> str:
    """A state's name within a sentence.

    >>> in_text("USA"), in_text("RUS")
    ('the United States', 'Russia')
    """
    name = state_name(code)
    return f"the {name}" if name.startswith("United ") else name


def capital(text: str) -> str:
    """The text as a sentence begins."""
    return text[:1].upper() + text[1:]


def percent(value: Estimate) -> str:
    """A share with its band.

    >>> percent(Estimate(0.5, 0.25, 0.75))
    '50% (25% to 75%)'
    """
    return f"{value.value:.0%} ({value.low:.0%} to {value.high:.0%})"


def section(topic: Topic, draft: Draft, as_of: date | None) -> Section:
    """The section as it may be said on a day: where its data ended more than 24 months before, what stands is said to
    be unknown, and what tells of "now" is history without numbers.

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
    basis = None if draft.basis is None else f"{draft.basis}"
    return Section(topic.id, topic.title, statements, figures, basis, unknown, data_to)
