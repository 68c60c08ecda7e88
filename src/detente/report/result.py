"""The document of any result that has none of its own: its words, its chart, its table, what to cite."""

from __future__ import annotations

import re
from typing import Any

from detente.plots import Chart
from detente.report.document import Block, Document, Note, Part, Table, items
from detente.results import Result


def build(made: Result) -> Document:
    """The summary line by line, the chart, the table and the citations."""
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(made).__name__)
    frame = made.frame
    align = "".join("r" if kind.is_numeric() else "l" for kind in frame.dtypes)
    rows = tuple(tuple(map(_cell, row)) for row in frame.iter_rows())
    blocks: tuple[Block, ...] = (
        *(Note(line, quiet=False) for line in made.summary().splitlines()),
        Chart(made.plot, name, ""),
        Part("Table", (Table(tuple(frame.columns), rows, align),)),
        Part("To cite", (items(*made.cite().splitlines()),)),
    )
    return Document(name.capitalize(), "", blocks)


def _cell(value: Any) -> str:
    return "" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)
