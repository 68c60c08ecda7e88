"""What every reader is: a name, a test on the beginning of a file, and a way to read blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from detente.actors import Actors
from detente.codebook import Codebook
from detente.sources.schema import Batch
from detente.sources.stream import Block


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a file: its first complete lines, undecoded."""

    lines: tuple[bytes, ...]

    @property
    def tabs(self) -> int:
        """The usual number of tab-separated fields of the lines seen."""
        widths = [line.count(b"\t") + 1 for line in self.lines if line.strip()]
        return max(set(widths), key=widths.count) if widths else 0

    def header(self, separator: bytes) -> list[str]:
        """The first line as trimmed column names in lower case."""
        first = self.lines[0] if self.lines else b""
        names = first.lstrip(b"\xef\xbb\xbf").strip(b"\r\n").split(separator)
        return [name.strip().strip(b'"').decode("utf-8", "replace").lower() for name in names]


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
