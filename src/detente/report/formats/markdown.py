"""Markdown, as GitHub and pandoc read it; charts are left to pages."""

from __future__ import annotations

from html import escape

from detente.report.document import Block, Document, Inline, Item, Items, Lead, Note, Part, Span, Table, Text, pieces
from detente.report.text import markdown, markdown_block, markdown_link, plain

MARKS = {"cooperative": "▲ ", "conflictual": "▼ "}


def render(document: Document) -> str:
    """The document as Markdown; anchors are HTML, everything of others is escaped."""
    blocks = (_block(block, depth) for depth, block in document.walk())
    return "\n\n".join(filter(None, (f"# {_text(document.title)}", _line(document.subtitle), *blocks))) + "\n"


def _block(block: Block, depth: int) -> str:
    match block:
        case Part():
            return f"{'#' * (depth + 2)} {_text(block.title)}{_anchor(block.anchor)}"
        case Lead():
            return "\n".join((_line(block.text), "", *(f"- {_line(fact)}" for fact in block.facts)))
        case Note():
            return _line(block.text)
        case Items():
            marks = (f"{n}." if block.numbered else "-" for n in range(1, len(block.items) + 1))
            return "\n".join(f"{mark} {_item(item)}" for mark, item in zip(marks, block.items, strict=True))
        case Table():
            rules = ["---:" if block.right(n) else "---" for n in range(len(block.header))]
            rows = (tuple(map(_text, block.header)), rules, *(tuple(map(_text, row)) for row in block.rows))
            return "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return ""


def _item(item: Item) -> str:
    return f"{MARKS.get(item.tone, '')}{_line(item.text)}{_anchor(item.anchor)}"


def _anchor(name: str) -> str:
    return f' <a id="{escape(plain(name))}"></a>' if name else ""


def _line(text: Text) -> str:
    return markdown_block(_text(text))


def _text(text: Text) -> str:
    return "".join(map(_piece, pieces(text)))


def _piece(piece: Inline) -> str:
    text = plain(piece)
    if isinstance(piece, Span) and piece.href:
        return markdown_link(text, piece.href)
    strong = isinstance(piece, Span) and piece.style not in ("", "quiet")
    return f"**{markdown(text)}**" if strong else markdown(text)
