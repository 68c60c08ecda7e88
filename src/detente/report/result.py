"""The document of any result that has none of its own: its words, its chart, its table, what to cite."""

from __future__ import annotations

from typing import Any

from detente.plots import Chart
from detente.report.document import Document, Note, Part, Table, items
from detente.results import Result


def build(made: Result) -> Document:
    """The summary, the chart, the table and the citations."""
    name = type(made).__name__
    first, *others = made.summary().splitlines() or [name]
    frame = made.frame
    align = "".join("r" if kind.is_numeric() else "l" for kind in frame.dtypes)
    rows = tuple(tuple(map(_cell, row)) for row in frame.iter_rows())
    blocks = (
        Note("\n".join(others), quiet=False) if others else None,
        Chart(made.plot, name, first),
        Part("Table", (Table(tuple(frame.columns), rows, align),)),
        Part("To cite", (items(*made.cite().splitlines()),)),
    )
    return Document(name, first, blocks)


def _cell(value: Any) -> str:
    return "" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)
