"""What every reader is: a name, a test on the beginning of a file, and a way to read blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from detente.actors import Actors
from detente.codebook import Codebook
from detente.files.rows import Head
from detente.files.stream import Block
from detente.sources.schema import Batch


@dataclass(frozen=True, slots=True)
class Context:
    """What readers need besides the file: the actors, the codebook, and the day of ingest.

    Rows of days after `today` are set aside; None sets none aside.
    """

    actors: Actors
    codebook: Codebook
    today: date | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """A source format.

    `covers` says how the days a file covers follow from its rows: "span" (from the first to the
    last date), "known" (the span of the days of report) or "" (no claim). The rows of a `joinable` format can be read from several
    small files at once, having no header.
    """

    name: str
    title: str
    recognises: Callable[[Head], bool]
    read: Callable[[Iterator[Block], Context], Iterator[Batch]]
    covers: str = "span"
    joinable: bool = False
