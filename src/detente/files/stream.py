"""Files of any wrapping and encoding as a stream of blocks of whole lines in UTF-8."""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO

from detente.files.packed import DamagedFile, open_file, streams
from detente.files.parquet import MAGIC, as_text

BLOCK = 12 << 20
WHOLE, LINES = 64 << 20, 2_000_000
"""So many bytes and lines are read of a table that has to be held whole: tables kept by hand, names."""
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_END = re.compile(rb"\r\n?|\n")


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines of one member of a file; `line` is the number of the first."""

    member: str
    line: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Member:
    """One file within a file (of plain and gzip files the only one): its place, name, and first lines; b"" where it
    is empty.
    """

    number: int
    name: str
    head: bytes


def open_blocks(path: Path, size: int = BLOCK, only: Collection[int] | None = None) -> Iterator[Block]:
    """Yield the lines of a file in blocks of about `size` bytes; with `only`, of the members of these numbers.

    Raises DamagedFile, naming the file and the remedy, where it can't be read to its end; see `packed.streams`.
    """
    with open_file(path) as file:
        try:
            for number, (name, pieces) in enumerate(_streams(path, file, size)):
                if only is None or number in only:
                    yield from _lines(name, pieces, size)
        except OSError as error:
            raise DamagedFile(f"{path}: can't be read: {error.strerror or error}") from None


def members(path: Path, size: int = 1 << 18) -> list[Member]:
    """What is in a file, each member with its beginning. Raises DamagedFile as `open_blocks` does."""
    with open_file(path) as file:
        try:
            return [
                Member(number, name, next((block.data for block in _lines(name, pieces, size)), b""))
                for number, (name, pieces) in enumerate(_streams(path, file, size))
            ]
        except OSError as error:
            raise DamagedFile(f"{path}: can't be read: {error.strerror or error}") from None


def _streams(path: Path, file: IO[bytes], size: int) -> Iterator[tuple[str, Iterator[bytes]]]:
    columnar = file.read(len(MAGIC)) == MAGIC
    file.seek(0)
    if columnar:
        yield path.name, as_text(path, file)
        return
    yield from streams(path, file, size)


def held_whole(blocks: Iterator[Block]) -> Iterator[Block]:
    """The blocks of a file that has to be held whole; DamagedFile where it is larger than WHOLE or LINES."""
    total = lines = 0
    for block in blocks:
        total += len(block.data)
        lines += block.data.count(b"\n")
        if total > WHOLE or lines > LINES:
            raise DamagedFile(
                f"{block.member}: holds over {WHOLE >> 20} MiB or {LINES:,} lines, more than is read of such a table; "
                "split it"
            )
        yield block


def _lines(member: str, pieces: Iterator[bytes], size: int) -> Iterator[Block]:
    line, buffer, amount = 1, [], 0
    pieces = _with_newlines(_as_utf8(member, pieces))

    def block(data: bytes) -> Block:
        return Block(member, line, data[3:] if line == 1 and data.startswith(codecs.BOM_UTF8) else data)

    for piece in pieces:
        buffer.append(piece)
        amount += len(piece)
        if amount < size:
            continue
        data = b"".join(buffer)
        cut = data.rfind(b"\n") + 1
        buffer, amount = [data[cut:]], len(data) - cut
        if cut:
            yield block(data[:cut])
            line += data.count(b"\n", 0, cut)
        elif amount > 4 * size:
            raise DamagedFile(f"{member}: line {line} is longer than {4 * size >> 20} MiB: this is no table of text")
    if data := b"".join(buffer):
        yield block(data if data.endswith(b"\n") else data + b"\n")


def _as_utf8(member: str, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces, read from UTF-16 or UTF-32 where they begin with its byte order mark (as spreadsheets save "Unicode
    text").

    Half of a character of two is passed on as bytes that are no UTF-8, so that its row is told.
    """
    first = b""
    while len(first) < 4 and (more := next(pieces, b"")):
        first += more
    encoding = next((name for mark, name in _MARKS.items() if first.startswith(mark)), "")
    if not encoding:
        yield from chain([first] if first else [], pieces)
        return
    decoder = codecs.getincrementaldecoder(encoding)(errors="surrogatepass")
    try:
        for piece in chain([first], pieces):
            yield decoder.decode(piece).encode("utf-8", "surrogatepass")
        decoder.decode(b"", final=True)
    except UnicodeError as error:
        raise DamagedFile(f"{member}: is no whole {encoding.upper()} ({error}); save it anew as UTF-8") from None


def _with_newlines(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces with line feeds, where the first line ends in a carriage return alone (old spreadsheets on the
    Macintosh). Elsewhere such a return may be part of a cell.
    """
    alone, held = None, b""
    for piece in pieces:
        piece = held + piece
        # A line feed may follow in the next piece.
        held = b"\r" if alone is not False and piece.endswith(b"\r") else b""
        piece = piece.removesuffix(held)
        if alone is None and (end := _END.search(piece)):
            alone = end[0] == b"\r"
        yield piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if alone else piece
    if held:
        yield b"\n"
