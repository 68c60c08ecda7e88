"""One small reader per origin; the reader of a file is told by its content."""

from __future__ import annotations

from pathlib import Path

from detente.errors import DetenteError
from detente.sources import chronology, gdelt, icews, polecat, unvotes
from detente.sources.foreign import known_as
from detente.sources.reader import Context, Head, Reader
from detente.sources.schema import TABLES, BadRow, Batch
from detente.sources.stream import Block, DamagedFile, open_blocks

READERS: tuple[Reader, ...] = (*icews.READERS, *polecat.READERS, *unvotes.READERS, *chronology.READERS, *gdelt.READERS)

__all__ = [
    "READERS",
    "TABLES",
    "BadRow",
    "Batch",
    "Block",
    "Context",
    "DamagedFile",
    "Head",
    "NotRecognised",
    "Reader",
    "detect",
    "open_blocks",
]


class NotRecognised(DetenteError):
    """The file's content is of no format we read."""


def detect(path: Path) -> Reader:
    """The reader for a file, from its first lines (unpacked if need be).

    Raises NotRecognised for an empty file or one of no known format, DamagedFile for one that
    cannot be read.
    """
    for block in open_blocks(path, size=1 << 18):
        head = Head(tuple(block.data.split(b"\n")[:50]))
        for reader in READERS:
            if reader.recognises(head):
                return reader
        if other := known_as(head):
            raise NotRecognised(f"{path}: {other}")
        raise NotRecognised(
            f"{path}: of no format we read (ICEWS, GDELT events, POLECAT, UN votes, chronology or figures CSV); "
            f"it begins {bytes(block.data[:60])!r}"
        )
    raise NotRecognised(f"{path}: is empty")
