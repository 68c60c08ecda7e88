"""One small reader per origin; the reader of a file is told by its content."""

from __future__ import annotations

from pathlib import Path

from detente.files.rows import BadRow, Head
from detente.files.stream import Block, DamagedFile, open_blocks
from detente.sources.contents import Contents, Found, NotRecognised, find_contents
from detente.sources.reader import Context, Reader
from detente.sources.schema import TABLES, Batch
from detente.sources.source import Source, batches, by_precision, cited, readers, source, sources

__all__ = [
    "TABLES",
    "BadRow",
    "Batch",
    "Block",
    "Contents",
    "Context",
    "DamagedFile",
    "Found",
    "Head",
    "NotRecognised",
    "Reader",
    "Source",
    "batches",
    "by_precision",
    "cited",
    "contents",
    "detect",
    "open_blocks",
    "readers",
    "source",
    "sources",
]


def contents(path: Path) -> Contents:
    """What a file holds, member by member; see `detente.sources.contents`."""
    return find_contents(path, readers())


def detect(path: Path) -> Reader:
    """The reader for a file, from its first lines (unpacked if need be); of several, that of the first member that
    has one.

    Raises NotRecognised for an empty file or one of no known format, DamagedFile for one that cannot be read or must be
    unpacked first.
    """
    return contents(path).found[0].reader
