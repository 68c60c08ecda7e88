"""The beginning of a file, the rows that can't be taken, and how corrections are told."""

from __future__ import annotations

from collections.abc import Sized
from dataclasses import dataclass
from typing import Any

import polars as pl

from detente.files.packed import DamagedFile

MOST_ASIDE = 1_000_000
"""So many rows of a file may be set aside: each is kept, with the reason."""
CORRECTED: dict[str, Any] = {"line": pl.Int64, "reason": pl.Utf8}


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that could not be taken: where it is (line 0: the whole file), why, and how it began."""

    line: int
    reason: str
    raw: str


def not_too_many(bad: Sized, before: int = 0) -> int:
    """How many rows were set aside so far; DamagedFile where they are more than can be kept."""
    if (total := before + len(bad)) > MOST_ASIDE:
        raise DamagedFile(
            f"over {MOST_ASIDE:,} of its rows can't be taken; nothing of it is kept: give the file as released"
        )
    return total


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a file: its first complete lines, undecoded."""

    lines: tuple[bytes, ...]

    @property
    def tabs(self) -> int:
        """The usual number of tab-separated fields of the lines seen."""
        widths = [line.count(b"\t") + 1 for line in self.lines if line.strip()]
        return max(set(widths), key=widths.count) if widths else 0
