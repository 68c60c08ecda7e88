"""Whether every line of a file was accounted for: kept, left out by a rule that is counted, or set aside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detente.errors import DetenteError
from detente.files.stream import Block
from detente.sources.schema import Batch

_NOTHING = b' \t\r,;|"'


class Account:
    """The lines that went into a reader, and those of which its batches speak.

    Below a `header` a quoted cell may be many lines, and lines alone can't tell; such files are not judged.
    """

    def __init__(self, *, header: bool) -> None:
        self.header = header
        self.quoted = False
        self.skipped = 0
        self.full: list[tuple[int, NDArray[np.bool_]]] = []
        self.told: list[pl.Series] = []

    def blocks(self, stream: Iterable[Block]) -> Iterator[Block]:
        """The blocks, looked at as they pass."""
        for block in stream:
            self.quoted |= self.header and b'"' in block.data
            if not self.quoted:
                self.full.append((block.line, _full(block.data)))
            yield block

    def take(self, batch: Batch) -> None:
        """Note what a batch speaks of."""
        if not self.quoted:
            self.told += [batch.lines, pl.Series([bad.line for bad in batch.bad], dtype=pl.Int64)]
            self.skipped += sum(batch.skipped.values())

    def close(self, name: str) -> None:
        """Raises DetenteError where lines were lost, with the first of them."""
        if self.quoted or not self.full:
            return
        lines = np.concatenate([np.flatnonzero(full) + line for line, full in self.full])
        lines = lines[lines > 1] if self.header else lines
        told = pl.concat(self.told).to_numpy() if self.told else np.empty(0, np.int64)
        spoken = np.zeros(max(lines.max(initial=0), told.max(initial=0)) + 1, np.bool_)
        spoken[told] = True
        lost = lines[~spoken[lines]]
        if len(lost) > self.skipped:
            raise DetenteError(
                f"{name}: {len(lost) - self.skipped:,} rows were neither kept nor set aside (the first may be line "
                f"{lost[0]}); nothing of the file was taken: this is a fault of detente, please report it"
            )


def _full(data: bytes) -> NDArray[np.bool_]:
    """Of each line of a block whether anything stands in it (lines,)."""
    text = np.frombuffer(data, np.uint8)
    says = ~np.isin(text, np.frombuffer(_NOTHING + b"\n", np.uint8))
    ends = np.flatnonzero(text == ord("\n"))
    counts = np.concatenate([[0], np.cumsum(says)])[np.concatenate([[0], ends + 1])]
    return np.asarray(np.diff(counts) > 0)
