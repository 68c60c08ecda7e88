"""The document of any result that has none of its own: its words, its chart, its table, what to cite."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from detente.plots import Chart
from detente.report.document import Block, Document, Note, Part, Table, items
from detente.results import Result

if TYPE_CHECKING:
    import polars as pl


def build(result: Result) -> Document:
    """The summary line by line, the chart, the table and the citations."""
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(result).__name__)
    blocks: tuple[Block, ...] = (
        *(Note(line, quiet=False) for line in result.summary().splitlines()),
        Chart(result.plot, name, ""),
        Part("Table", (table(result.frame),)),
        Part("To cite", (items(*result.cite().splitlines()),)),
    )
    return Document(name.capitalize(), "", blocks)


def table(frame: pl.DataFrame) -> Table:
    """The rows of a frame, numbers aligned to the right."""
    align = "".join("r" if kind.is_numeric() else "l" for kind in frame.dtypes)
    return Table(tuple(frame.columns), tuple(tuple(map(_cell, row)) for row in frame.iter_rows()), align)


def _cell(value: Any) -> str:
    return "" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)
