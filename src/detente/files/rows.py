"""The beginning of a file, the rows that can't be taken, and how corrections are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

CORRECTED: dict[str, Any] = {"line": pl.Int64, "reason": pl.Utf8}


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that could not be taken: where it is (line 0: the whole file), why, and how it began."""

    line: int
    reason: str
    raw: str


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a file: its first complete lines, undecoded."""

    lines: tuple[bytes, ...]

    @property
    def tabs(self) -> int:
        """The usual number of tab-separated fields of the lines seen."""
        widths = [line.count(b"\t") + 1 for line in self.lines if line.strip()]
        return max(set(widths), key=widths.count) if widths else 0
