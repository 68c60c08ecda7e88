"""Markdown, as GitHub and pandoc read it; charts are left to pages."""

from __future__ import annotations

from detente.report.document import Block, Document, Inline, Item, Items, Lead, Note, Part, Span, Table, Text, pieces
from detente.report.text import markdown, markdown_link, plain

MARKS = {"cooperative": "▲ ", "conflictual": "▼ "}


def render(document: Document) -> str:
    """The document as Markdown; anchors are HTML, everything of others is escaped."""
    head = [f"# {markdown(plain(document.title))}", markdown(plain(document.subtitle))]
    blocks = ["\n".join(_block(block, depth)) for depth, block in document.walk()]
    return "\n\n".join(text for text in (*head, *blocks) if text) + "\n"


def _block(block: Block, depth: int) -> list[str]:
    match block:
        case Part():
            return [f"{'#' * (depth + 2)} {_text(block.title)}{_anchor(block.anchor)}"]
        case Lead():
            return [_text(block.text), *([""] if block.facts else []), *(f"- {_text(fact)}" for fact in block.facts)]
        case Note():
            return [_text(block.text)]
        case Items():
            return [_item(item, f"{n}." if block.numbered else "-") for n, item in enumerate(block.items, start=1)]
        case Table():
            rules = ["---:" if block.right(n) else "---" for n in range(len(block.header))]
            return [_row(block.header), _row(rules, raw=True), *map(_row, block.rows)] if block.rows else []
    return []


def _item(item: Item, mark: str) -> str:
    return f"{mark} {MARKS.get(item.tone, '')}{_text(item.text)}{_anchor(item.anchor)}"


def _row(cells: tuple[Text, ...] | list[str], raw: bool = False) -> str:
    return f"| {' | '.join(cells if raw else map(_text, cells))} |"  # type: ignore[arg-type]


def _anchor(name: str) -> str:
    return f' <a id="{markdown(name)}"></a>' if name else ""


def _text(text: Text) -> str:
    return "".join(map(_piece, pieces(text)))


def _piece(piece: Inline) -> str:
    told = plain(piece)
    if not isinstance(piece, Span):
        return markdown(told)
    if piece.href:
        return markdown_link(told, piece.href)
    return f"**{markdown(told)}**" if piece.style and piece.style != "quiet" else markdown(told)
