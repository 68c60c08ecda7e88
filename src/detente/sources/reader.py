"""What every reader is: a test on the beginning of a file, and a way to read its blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from detente.actors import Actors
from detente.codebook import Codebook
from detente.files.named import Layout
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
    """One format of a source's files.

    `recognises` tells it by the first lines, `read` takes its blocks. The rows of a `joinable` format can be read from
    several small files at once, having no header. Where actors are told by name, `names` is the layout that finds them
    (in `sender_name` and `receiver_name`). The `source` that has the reader writes its id here, and its title where
    the format has none of its own.
    """

    recognises: Callable[[Head], bool]
    read: Callable[[Iterator[Block], Context], Iterator[Batch]]
    title: str = ""
    joinable: bool = False
    names: Layout | None = None
    source: str = ""
