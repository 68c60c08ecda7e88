"""One small reader per origin; the reader of a file is told by its content."""

from detente.files.packed import DamagedFile
from detente.files.rows import BadRow
from detente.files.stream import Block, open_blocks
from detente.sources.contents import NotRecognised, detect, find_contents
from detente.sources.reader import Context, Reader
from detente.sources.schema import TABLES, Batch
from detente.sources.source import Source, batches, cited, readers, source, sources

__all__ = [
    "TABLES",
    "BadRow",
    "Batch",
    "Block",
    "Context",
    "DamagedFile",
    "NotRecognised",
    "Reader",
    "Source",
    "batches",
    "cited",
    "detect",
    "find_contents",
    "open_blocks",
    "readers",
    "source",
    "sources",
]
