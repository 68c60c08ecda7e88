"""Text for a terminal: the answer on the first screen, then the parts under their titles; charts are left to pages."""

from __future__ import annotations

import re
import shutil
import sys
import textwrap
from collections.abc import Iterable
from dataclasses import replace

from detente.report.document import Block, Document, Inline, Items, Lead, Note, Part, Share, Span, Table, Text, pieces
from detente.report.text import address, plain, plain_text

WIDTH, MOST, LABEL, LEAD = 100, 120, 25, 14
COLOURS = {"strong": "1", "quiet": "90", "unknown": "90", "limited": "36", "opening": "94", "unlikely": "38;5;208"}
COLOURS |= {"cooperative": COLOURS["opening"], "conflictual": COLOURS["unlikely"]}
MARKS = {"cooperative": "+", "conflictual": "-"}
Lines = list[tuple[str, str]]
"""Lines and the style of each."""


def render(document: Document, width: int | None = None) -> str:
    """The document as lines of at most `width` columns, only longer words and tables of numbers apart.

    Without a width: as wide as the terminal and in colours where standard output is one, else 100 columns, plain.
    """
    screen = width is None and sys.stdout.isatty()
    room = width or (min(shutil.get_terminal_size().columns, MOST) if screen else WIDTH)
    title, subtitle = plain(document.title), plain(document.subtitle)
    gap = room - len(title) - len(subtitle)
    heading = (title + (" " * gap if gap > 1 else "\n") + subtitle).rstrip()
    lines = [(heading, "strong"), *_blocks(document.blocks, room, 0)]
    shown = (f"\x1b[{COLOURS[style]}m{line}\x1b[0m" if screen and style in COLOURS else line for line, style in lines)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(shown)).rstrip() + "\n"


def _blocks(blocks: Iterable[Block | None], width: int, indent: int) -> Lines:
    return [line for block in blocks if block for line in _block(block, width, indent)]


def _block(block: Block, width: int, indent: int) -> Lines:
    start, gap = " " * indent, [("", "")]
    match block:
        case Part(page=True) | Note(page=True):
            return []
        case Part():
            return [*([] if indent else gap), *_part(block, width, indent)]
        case Lead():
            first = block.label.ljust(LEAD) if block.label else ""
            facts = (_filled(fact, width, " " * len(first)) for fact in block.facts)
            return [*_filled(block.text, width, first, _style(block.text)), *(x for fact in facts for x in fact), *gap]
        case Note():
            return _filled(block.text, width, start, "quiet" if block.quiet else "")
        case Items():
            marks = (f"[{n}]" if block.numbered else MARKS.get(x.tone, "-") for n, x in enumerate(block.items, start=1))
            items = zip(block.items, marks, strict=True)
            return [line for x, mark in items for line in _filled(x.text, width, f"{start}{mark} ", x.tone)]
        case Table():
            return [*([] if indent else gap), *_table(block, width, start), *gap]
    return []


def _part(part: Part, width: int, indent: int) -> Lines:
    """The title and the blocks under it; a table whose first column has no name takes the title for one."""
    first = part.blocks[0] if part.blocks else None
    if isinstance(first, Table) and not first.header[0]:
        named = replace(first, header=(plain_text(part.title), *first.header[1:]))
        return _blocks((named, *part.blocks[1:]), width, indent)
    return [*_filled(part.title, width, " " * indent, "strong"), *_blocks(part.blocks, width, indent + 2)]


def _table(table: Table, width: int, start: str) -> Lines:
    """Columns as wide as their cells; where that is too wide, labels are cut, words at the end are cut or go below."""
    rows = [tuple(map(_shown_text, row)) for row in (table.header, *table.rows)]
    gap, widths = "  ", [max(map(len, column)) for column in zip(*rows, strict=True)]
    over = len(start) + sum(widths) + len(gap) * (len(widths) - 1) - width
    if over > 0:
        gap, most = " ", max(LABEL, widths[0] - over)
        rows = [(_cut(row[0], most), *row[1:]) for row in rows]
        widths[0] = max(len(row[0]) for row in rows)
    room = width - len(start) - sum(widths[:-1]) - len(gap) * (len(widths) - 1)
    below = widths[-1] > room and not table.clip and not table.right(len(widths) - 1)
    lines: Lines = []
    for row, style in zip(rows, ("strong", *(_style(*row) for row in table.rows)), strict=True):
        cells = [c.rjust(w) if table.right(n) else c.ljust(w) for n, (c, w) in enumerate(zip(row, widths, strict=True))]
        if table.clip:
            cells[-1] = _cut(row[-1], room)
        lines.append((start + gap.join(cells[:-1] if below else cells).rstrip(), style))
        lines += _filled(row[-1], width, f"{start}    ", style) if below else []
    return lines


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}\u2026"


def _filled(text: Text, width: int, first: str, style: str = "") -> Lines:
    """A text in lines, the first of which begins with `first`, the others as far in."""
    wrap = textwrap.TextWrapper(width, first, " " * len(first), break_long_words=False, break_on_hyphens=False)
    return [(line, style) for line in wrap.wrap(_shown_text(text))]


def _style(*texts: Text) -> str:
    """The first style of some texts that has a colour, which then colours the whole line."""
    styles = (piece.style for text in texts for piece in pieces(text) if isinstance(piece, Span))
    return next((style for style in styles if style in COLOURS), "")


def _shown_text(text: Text) -> str:
    return "".join(map(_piece, pieces(text))).strip()


def _piece(piece: Inline) -> str:
    if isinstance(piece, Span) and address(piece.href) and not piece.href.startswith("#"):
        return plain(piece.href)
    if not isinstance(piece, Share) or piece.value is None:
        return plain(piece)
    marks = round(piece.value * 8)
    text = "#" * marks + "-" * (8 - marks) if piece.bar else f"{piece.value:.0%}"
    return text + (f" {piece.interval[0]:.0%}-{piece.interval[1]:.0%}" if piece.interval else "")
