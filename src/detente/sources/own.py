"""What tables kept by hand have in common: their columns by name, whole files, and refusals with the row."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import polars as pl

from detente.errors import DetenteError
from detente.files.named import Layout, frames, names_in, plain_name
from detente.files.rows import BadRow, Head, not_too_many
from detente.files.stream import Block, held_whole
from detente.sources.dictionary import TABLES as COLUMNS
from detente.sources.schema import TABLES, Batch


def layout(table: str) -> Layout:
    """The columns of facts, agreements or figures, found by name."""
    return Layout(
        table,
        {plain_name(column.name): column.name for column in COLUMNS[table]},
        tuple(plain_name(column.name) for column in COLUMNS[table] if column.required),
    )


def recognises(table: str) -> Callable[[Head], bool]:
    """True for a file whose first line names the columns that the table must have, behind any separator; one may be
    missing, so that it can be told which.
    """
    needed = set(layout(table).needed)
    return lambda head: len(needed - names_in(head)) <= 1


def whole_file(blocks: Iterator[Block], table: str) -> tuple[pl.DataFrame, list[BadRow]]:
    """All rows of a file as trimmed text; missing cells and columns are ""."""
    read, bad = [pl.DataFrame(schema={"line": pl.Int64, **{c.name: pl.Utf8 for c in COLUMNS[table]}})], list[BadRow]()
    for frame, more in frames(held_whole(blocks), layout(table)):
        read.append(frame.select(read[0].columns).with_columns(pl.col(pl.Utf8).str.strip_chars()))
        bad += more
        not_too_many(bad)
    return pl.concat(read), bad


def checked(blocks: Iterator[Block], make: Callable[[dict[str, Any]], dict[str, object]], table: str) -> Batch:
    """A batch of what `make` makes of each row of a file; rows that it refuses are set aside with the reason."""
    frame, bad = whole_file(blocks, table)
    rows, lines = [], []
    names = [column.name for column in COLUMNS[table]]
    for row in frame.iter_rows(named=True):
        try:
            _allowed(row, table)
            rows.append(make(row))
            lines.append(row["line"])
        except DetenteError as error:
            bad.append(BadRow(row["line"], str(error), ",".join(row[name] for name in names)[:300]))
            not_too_many(bad)
    bad.sort(key=lambda row: row.line)
    return Batch(table, pl.DataFrame(rows, schema=TABLES[table]), pl.Series(lines, dtype=pl.Int64), bad)


def _allowed(row: dict[str, str], table: str) -> None:
    for column in COLUMNS[table]:
        value = row[column.name]
        if column.required and not value and column.name != "source":
            raise DetenteError(f"the {column.name} is missing")
        if column.allowed and value and value not in column.allowed:
            raise DetenteError(f"{column.name} {value!r} is unknown; known: {', '.join(column.allowed)}")
    for name in ("source", "source2"):
        if row.get(name) and not re.match("https?://", row[name]):
            raise DetenteError(f"{name} {row[name]!r} is no web address; leave it empty if you have none")


def not_after(day: date, today: date | None, what: str) -> None:
    """DetenteError where a day lies after the day of ingest."""
    if today and day > today:
        raise DetenteError(f"{what} {day} lies after the day of ingest ({today})")
