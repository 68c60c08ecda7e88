"""Text for a terminal: the answer on the first screen, then the parts under their titles; charts are left to pages."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterable

from detente.report.document import Block, Document, Inline, Items, Lead, Note, Part, Share, Span, Table, Text, pieces
from detente.report.text import address, plain, plain_text

WIDTH, MOST, LABEL, LEAD = 100, 120, 25, 14
COLOURS = {"strong": "1", "quiet": "90", "unknown": "90", "limited": "36", "opening": "94", "unlikely": "38;5;208"}
COLOURS |= {"cooperative": COLOURS["opening"], "conflictual": COLOURS["unlikely"]}
MARKS = {"cooperative": "+", "conflictual": "-"}
CODES = re.compile(r"\x1b\[[0-9;]*m")


def render(document: Document, width: int | None = None) -> str:
    """The document as lines of at most `width` columns, only longer words apart.

    Without a width: as wide as the terminal and in colours where standard output is one, else 100 columns, plain.
    """
    screen = width is None and sys.stdout.isatty()
    room = width or (min(shutil.get_terminal_size().columns, MOST) if screen else WIDTH)
    title, told = plain(document.title), plain(document.subtitle)
    gap = room - len(title) - len(told)
    lines = [_shown(title, "strong") + (" " * gap if gap > 1 else "\n") + told, *_blocks(document.blocks, room, 0)]
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in lines)).rstrip() + "\n"
    return text if screen else CODES.sub("", text)


def _blocks(blocks: Iterable[Block | None], width: int, indent: int) -> list[str]:
    return [line for block in blocks if block for line in _block(block, width, indent)]


def _block(block: Block, width: int, indent: int) -> list[str]:
    match block:
        case Part(page=True) | Note(page=True):
            return []
        case Part():
            return [*([] if indent else [""]), *_part(block, width, indent)]
        case Lead():
            hang = LEAD if block.label else 0
            starts = (f"{block.label:<{hang}}", *(" " * hang for _ in block.facts))
            texts = zip((block.text, *block.facts), starts, strict=True)
            return [*(line for text, start in texts for line in _filled(_shown(text), width, start)), ""]
        case Note():
            return _filled(_shown(block.text, "quiet" if block.quiet else ""), width, " " * indent)
        case Items():
            marks = (f"[{n}]" if block.numbered else MARKS.get(x.tone, "-") for n, x in enumerate(block.items, start=1))
            marked = ((x, f"{' ' * indent}{mark} ") for x, mark in zip(block.items, marks, strict=True))
            return [line for x, start in marked for line in _filled(_shown(x.text, x.tone), width, start)]
        case Table():
            return [*([] if indent else [""]), *_table(block, width, indent), ""]
    return []


def _part(part: Part, width: int, indent: int) -> list[str]:
    """The title and the blocks under it; a table whose first column has no name takes the title for one."""
    first = part.blocks[0] if part.blocks else None
    if isinstance(first, Table) and not first.header[0]:
        named = Table((plain_text(part.title), *first.header[1:]), first.rows, first.align, first.clip)
        return _blocks((named, *part.blocks[1:]), width, indent)
    return [*_filled(_shown(part.title, "strong"), width, " " * indent), *_blocks(part.blocks, width, indent + 2)]


def _table(table: Table, width: int, indent: int) -> list[str]:
    """Columns as wide as their cells; where that is too wide, labels are cut, and the last column is cut or goes below."""
    header = [_shown(name, "strong") for name in table.header]
    rows = [header, *([" ".join(_shown(cell).split()) for cell in row] for row in table.rows)]
    gap, widths = "  ", _widths(rows)
    over = indent + sum(widths) + len(gap) * (len(header) - 1) - width
    if over > 0:
        gap, most = " ", max(LABEL, widths[0] - over)
        rows = [header, *([_cut(row[0], most), *row[1:]] for row in rows[1:])]
    widths = _widths(rows)
    start = indent + sum(widths[:-1]) + len(gap) * (len(header) - 1)
    below = start + widths[-1] > width and not table.clip
    lines = []
    for *row, last in rows:
        cells = zip(row, widths, strict=False)
        line = " " * indent + gap.join(
            _blank(c, w) + c if table.right(n) else c + _blank(c, w) for n, (c, w) in enumerate(cells)
        )
        if below:
            lines += [line, *_filled(last, width, " " * (indent + 4))]
        else:
            blank = _blank(last, widths[-1]) if table.right(len(row)) else ""
            lines.append(line + gap + blank + _cut(last, width - start))
    return lines


def _widths(rows: list[list[str]]) -> list[int]:
    return [max(map(_length, column)) for column in zip(*rows, strict=True)]


def _length(text: str) -> int:
    return len(CODES.sub("", text))


def _blank(text: str, width: int) -> str:
    return " " * (width - _length(text))


def _cut(text: str, most: int) -> str:
    short = CODES.sub("", text)
    return text if len(short) <= most else f"{short[: most - 1].rstrip()}\u2026"


def _filled(text: str, width: int, first: str) -> list[str]:
    """A text in lines, the first of which begins with `first`, the others as far in."""
    indent = _length(first)
    lines, used = [first], indent
    for word in text.split():
        if used > indent and used + _length(word) > width:
            lines.append(" " * indent)
            used = indent
        lines[-1] += f"{word} "
        used += _length(word) + 1
    return lines


def _shown(text: Text, style: str = "") -> str:
    """The text with the codes of its colours, word by word, so that lines may end between any two."""

    def coloured(piece: Inline) -> str:
        colour = COLOURS.get(piece.style if isinstance(piece, Span) and piece.style else style)
        return re.sub(r"\S+", f"\x1b[{colour}m\\g<0>\x1b[0m", _said(piece)) if colour else _said(piece)

    return "".join(map(coloured, pieces(text)))


def _said(piece: Inline) -> str:
    if isinstance(piece, Span) and address(piece.href) and not piece.href.startswith("#"):
        return plain(piece.href)
    if not isinstance(piece, Share) or piece.value is None:
        return plain(piece)
    marks = round(piece.value * 8)
    told = "#" * marks + "-" * (8 - marks) if piece.bar else f"{piece.value:.0%}"
    return told + (f" {piece.interval[0]:.0%}-{piece.interval[1]:.0%}" if piece.interval else "")
