"""What the models say, for a terminal: the digest alone, and the same sections within an assessment."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Group
from rich.text import Text

from detente.explain.digest import Digest
from detente.explain.section import Section
from detente.report.text import wrapped


def section_text(sections: Iterable[Section], width: int) -> Text:
    """Sections with their statements, bases and what is unknown."""
    text = Text()
    for section in sections:
        text.append(f"  {section.title}\n", style="bold default")
        for statement in section.statements:
            text.append(wrapped(f"    - {statement}", width, 6) + "\n", style="default")
        if section.unknown:
            text.append(wrapped(f"    unknown: {section.unknown}", width, 6) + "\n", style="bright_black")
        if section.basis:
            text.append(wrapped(f"    rests on {based(section)}", width, 6) + "\n", style="bright_black")
    return text


def based(section: Section) -> str:
    """On what a section rests, and the last day of its data."""
    return f"{section.basis}; data to {section.data_to}" if section.data_to else section.basis or ""


def render(digest: Digest, width: int = 100) -> Group:
    """The digest as a rich renderable."""
    day = digest.as_of
    when = f"as of {day.day} {day:%B %Y}" if day else "by all that is held"
    title = f"{digest.names[0]} - {digest.names[1]}, what explains their relations"
    head = Text(f"{title}{when:>{max(1, width - len(title))}}\n", style="bold")
    head.append("-" * width + "\n", style="bright_black")
    foot = wrapped(
        "In brackets: 90% bands. Associations in time are no proven causes; reports are not deeds. Method, assumptions and "
        "checks: docs/models.md.",
        width,
        0,
    )
    return Group(head, section_text(digest.sections, width), Text(foot, style="bright_black"))
