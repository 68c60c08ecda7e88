"""The document of what the models say, section by section; an assessment takes the same parts in."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from detente.plots import Chart, dots
from detente.report.document import Document, Note, Part, Span, items
from detente.report.text import day_words
from detente.uncertainty import Estimate

if TYPE_CHECKING:
    from detente.explain.digest import Digest
    from detente.explain.section import Section

READ = (
    "In brackets: 90% bands. Associations in time are no proven causes; reports are not deeds. Method, assumptions and "
    "checks: docs/models.md."
)


def build(digest: Digest) -> Document:
    """The sections in their order."""
    when = f"as of {day_words(digest.as_of)}" if digest.as_of else "by all that is held"
    told = f"What explains their relations, {when}"
    return Document(" – ".join(digest.names), told, (*section_parts(digest.sections), Note(READ)))


def section_parts(sections: Iterable[Section]) -> tuple[Part, ...]:
    """A part a section: its chart, its statements, what is unknown, on what it rests and the last day of its data."""
    return tuple(
        Part(
            section.title,
            (
                _estimates(section),
                items(*section.statements),
                Note((Span("Unknown:", "strong"), f" {section.unknown}.")) if section.unknown else None,
                Note(f"Rests on {_basis(section)}.") if section.basis else None,
            ),
            f"model-{section.topic}",
        )
        for section in sections
    )


def _basis(section: Section) -> str:
    return f"{section.basis}; data to {section.data_to}" if section.data_to else section.basis or ""


def _estimates(section: Section) -> Chart | None:
    """The estimates of a section in the first unit that two of them or more share, as dots with their bands."""
    by_unit: dict[str, list[tuple[str, Estimate]]] = {}
    for figure in section.figures:
        if isinstance(figure.number, Estimate):
            by_unit.setdefault(figure.unit, []).append((figure.name, figure.number))
    caption = f"{section.title}: medians and 90% bands. Source: {section.basis}."
    drawn = (partial(dots, some, unit) for unit, some in by_unit.items() if len(some) > 1)
    return next((Chart(draw, f"{section.title}: estimates", caption) for draw in drawn), None)
