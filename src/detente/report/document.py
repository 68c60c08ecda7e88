"""A document: what a result says, as blocks that every format can write, without a word on how they look."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from detente.plots import Chart


@dataclass(frozen=True, slots=True)
class Span:
    """Text in a style, or a link to an address or to an anchor of the document (`#...`).

    Styles say what is meant: strong, quiet, cooperative, conflictual, or a verdict: opening, limited, unlikely,
    unknown.
    """

    text: str
    style: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """A share or chance from 0 to 1 with its 90% interval, None where it is unknown; with `bar`, drawn as a bar too."""

    value: float | None
    interval: tuple[float, float] | None = None
    bar: bool = False


Inline = str | Span | Share
Text = Inline | tuple[Inline, ...]


def pieces(text: Text) -> tuple[Inline, ...]:
    """The pieces of a text, of which it may be the only one.

    >>> pieces("one"), pieces(("one ", Span("two", "strong")))
    (('one',), ('one ', Span(text='two', style='strong', href='')))
    """
    return text if isinstance(text, tuple) else (text,)


@dataclass(frozen=True, slots=True)
class Lead:
    """The answer in short: a label, a sentence or two, and the key facts under it."""

    label: str
    text: Text
    facts: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """A paragraph: `quiet` where it explains what stands above it; `page` as in `Part`."""

    text: Text
    quiet: bool = True
    page: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a list; `tone` marks it as cooperative or conflictual, links may lead to its `anchor`."""

    text: Text
    tone: str = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Items:
    """A list, `numbered` where other places refer to its numbers."""

    items: tuple[Item, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table: `align` has l or r for each column (default: all left); with `clip`, the last is cut where room ends."""

    header: tuple[str, ...]
    rows: tuple[tuple[Text, ...], ...]
    align: str = ""
    clip: bool = False

    def right(self, column: int) -> bool:
        """Whether a column is aligned to the right."""
        return self.align[column : column + 1] == "r"


@dataclass(frozen=True, slots=True)
class Part:
    """Blocks under a heading. `folded`: a reader may open them; `page`: of use on a page, too much for a screen."""

    title: Text
    blocks: tuple[Block | None, ...]
    anchor: str = ""
    folded: bool = False
    page: bool = False


Block = Lead | Note | Items | Table | Chart | Part


@dataclass(frozen=True, slots=True)
class Document:
    """A title, what is told of the subject and when, and the blocks in order; a block of None is nothing."""

    title: str
    subtitle: str
    blocks: tuple[Block | None, ...]

    def walk(self) -> Iterator[tuple[int, Block]]:
        """Every block with the depth of the parts around it, each part before its blocks.

        >>> some = Document("Title", "", (Note("one"), Part("Part", (Note("two"), None))))
        >>> [(depth, type(block).__name__) for depth, block in some.walk()]
        [(0, 'Note'), (0, 'Part'), (1, 'Note')]
        """
        return _walk(self.blocks)


def _walk(blocks: tuple[Block | None, ...], depth: int = 0) -> Iterator[tuple[int, Block]]:
    for block in blocks:
        if block is not None:
            yield depth, block
        if isinstance(block, Part):
            yield from _walk(block.blocks, depth + 1)


def items(*texts: Text) -> Items | None:
    """A plain list, None without a line."""
    return Items(tuple(map(Item, texts))) if texts else None
