"""Delimited files with a header: columns found by name, in any order, behind tabs, commas or semicolons."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise

import polars as pl

from detente.errors import DetenteError
from detente.files.cells import clean
from detente.files.rows import BadRow, Head
from detente.files.stream import Block
from detente.files.tabular import csv_frame, tab_frame

SEPARATORS = (b"\t", b",", b";")
MOST_COLUMNS = 5_000


def plain_name(name: str) -> str:
    """A column's name without case, quotes, underscores and dots, as tools change them.

    >>> plain_name('"Event_ID"'), plain_name("Event.Date"), plain_name("CAMEO  Code")
    ('event id', 'event date', 'cameo code')
    """
    return re.sub(r"[\s_.]+", " ", name.strip().strip('"')).strip().lower()


def header_of(line: bytes) -> tuple[bytes, list[str]]:
    """The separator of a header line, which gives most columns, and the plain names of the columns.

    >>> header_of(b"subject;measure;value\\r\\n")
    (b';', ['subject', 'measure', 'value'])
    """
    separator = max(SEPARATORS, key=line.count)
    # What is behind the last of so many is not looked at: `_check` refuses the file.
    names = line.lstrip(b"\xef\xbb\xbf").strip(b"\r\n").split(separator, MOST_COLUMNS)[: MOST_COLUMNS + 1]
    return separator, [plain_name(name.decode("utf-8", "replace")) for name in names]


def names_in(head: Head) -> frozenset[str]:
    """The plain column names of a file's first line."""
    return _names(head.lines[0]) if head.lines else frozenset()


@lru_cache(maxsize=32)
def _names(line: bytes) -> frozenset[str]:
    # Every reader asks for them.
    return frozenset(header_of(line)[1])


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns a reader takes: their plain names -> its own, those it can't do without, and who to name.

    `usual` are the columns of the true layout in order, where longer headers over rows of the usual width are
    a known fault of the releases. `codes` are columns in which "NA" may be a code (own names).
    """

    title: str
    columns: Mapping[str, str]
    needed: tuple[str, ...]
    usual: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    remedy: str = "give the file as released, or name the columns in its first line"


def frames(blocks: Iterator[Block], layout: Layout) -> Iterator[tuple[pl.DataFrame, list[BadRow]]]:
    """Each block as a frame of the layout's columns as text and `line`, missing cells and columns being "".

    Raises DetenteError, naming what is missing, where the header of a member lacks a column that is needed,
    or names one twice.
    """
    member, header, separator, rest = None, [""], b"\t", (1, b"")
    for block, more in _with_more(blocks):
        # A row that began in the block before goes on in this one.
        line, data = rest if rest[1] else (block.line, b"")
        data += block.data
        rest = line, b""
        if block.member != member:
            member = block.member
            first, _, data = data.partition(b"\n")
            line += 1
            separator, header = header_of(first)
            _check(member, header, layout)
        if not data:
            continue
        tabs = separator == b"\t"
        if tabs:
            frame, bad = _tabs(data, line, header, layout)
        else:
            names = [name if header.count(name) == 1 else f"{name} {n}" for n, name in enumerate(header)]
            frame, bad, rest = csv_frame(data, names, separator, line, more=more, wanted=layout.columns)
            named = ((name, own) for name, own in layout.columns.items() if name in frame.columns)
            frame = frame.select("line", *(pl.col(name).alias(own) for name, own in named))
        taken = [c for c in layout.columns.values() if c in frame.columns]
        frame = clean(frame, [c for c in taken if c not in layout.codes], quotes=tabs)
        lacking = [c for c in layout.columns.values() if c not in taken]
        yield frame.with_columns(pl.lit("").alias(c) for c in lacking), bad


def _check(member: str, header: list[str], layout: Layout) -> None:
    if len(header) > MOST_COLUMNS:
        raise DetenteError(f"{member}: its first line names over {MOST_COLUMNS:,} columns: this is no such table")
    missing = [name for name in layout.needed if name not in header]
    if missing:
        raise DetenteError(
            f"{member}: {layout.title} without the column{'s' if len(missing) > 1 else ''} {', '.join(missing)}; "
            + layout.remedy
        )
    twice = sorted({name for name in header if name in layout.columns and header.count(name) > 1})
    if twice:
        raise DetenteError(f"{member}: its header names {', '.join(twice)} twice; leave one")


def _with_more(blocks: Iterator[Block]) -> Iterator[tuple[Block, bool]]:
    """Each block, and whether more of its member follows."""
    for block, after in pairwise(chain(blocks, [None])):
        if block:
            yield block, after is not None and after.member == block.member


def _tabs(data: bytes, line: int, header: list[str], layout: Layout) -> tuple[pl.DataFrame, list[BadRow]]:
    width, usual = len(header), len(layout.usual)
    mend: Callable[[bytes], bytes] | None = None
    if layout.usual:
        longer = tuple(header[:usual]) == layout.usual and width > usual
        if longer and data.count(b"\t") == (usual - 1) * data.count(b"\n"):
            header, width = header[:usual], usual
        mend = _mend(width, usual if longer else 0)
    columns = {n: layout.columns[name] for n, name in enumerate(header) if name in layout.columns}
    columns.setdefault(width - 1, "last")
    return tab_frame(data, line, width, columns, mend=mend)


def _mend(width: int, usual: int) -> Callable[[bytes], bytes]:
    """A row without a run of empty tabs beyond `width`; one of the `usual` width filled up to it."""

    def mend(line: bytes) -> bytes:
        fields = line.count(b"\t") + 1
        if fields > width and line.endswith(b"\t" * (fields - width)):
            return line[: width - fields]
        return line + b"\t" * (width - usual) if fields == usual else line

    return mend
