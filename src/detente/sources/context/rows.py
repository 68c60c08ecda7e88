"""Steps that the readers of the field's data sets share: columns by name, numbers and their faults, and batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

import polars as pl

from detente.files.named import Layout, frames, names_in, plain_name
from detente.files.packed import DamagedFile
from detente.files.rows import BadRow
from detente.files.stream import Block, held_whole
from detente.files.tabular import reject
from detente.sources.reader import Context, Reader
from detente.sources.schema import Batch, conform

UNKNOWN = ("", "NA", "NaN", ".", "-9", "-99", "-999", "-77", "-88")
"""What stands for a value that is not known in these files, where a source doesn't say otherwise."""
MOST_PAIRS = 2_000_000
Fault = tuple[pl.Expr, pl.Expr | str]
Make = Callable[..., Iterable[Batch]]
"""Makes batches of a frame and the rows already set aside (and of the actors, where states are told by name)."""


class Value(NamedTuple):
    """A measure of a state `a`, of two states (`a` and `b` in the order of their codes), or of `a` towards `b`."""

    measure: str
    number: pl.Expr
    a: pl.Expr
    b: pl.Expr | None = None


def reader(
    needed: str,
    make: Make,
    others: str = "",
    title: str = "",
    *,
    whole: bool = False,
    says: bytes = b"",
    by_name: bool = False,
) -> Reader:
    """A reader of tables with these columns, told by those that are `needed` (names apart by spaces, as released), and
    by a text that the first lines hold (`says`).

    `make` gets the columns as trimmed texts under their names in small letters, _ for any other sign, with `line`, and
    gives batches; of a table whose rows hang together it gets the `whole`, and where states stand `by_name`, the actors
    as well. Text that is no UTF-8 is read as Windows writes it (cp1252).
    """
    names = [plain_name(name) for name in needed.split()]
    columns = {name: name.replace(" ", "_") for name in (*names, *map(plain_name, others.split()))}
    layout = Layout(title or "a table", columns, tuple(names), codes=tuple(columns.values()))

    def read(blocks: Iterator[Block], context: Context) -> Iterator[Batch]:
        blocks = map(as_utf8, blocks)
        tables = frames(held_whole(blocks) if whole else blocks, layout)
        for frame, bad in _together(tables) if whole else tables:
            made = make(frame, bad, context.actors) if by_name else make(frame, bad)
            yield from (_up_to(context.today, batch) for batch in made)

    return Reader(lambda head: set(names) <= names_in(head) and says in b"".join(head.lines), read, title)


def _together(tables: Iterator[tuple[pl.DataFrame, list[BadRow]]]) -> Iterator[tuple[pl.DataFrame, list[BadRow]]]:
    if parts := list(tables):
        yield pl.concat(frame for frame, _ in parts), [row for _, bad in parts for row in bad]


def _up_to(today: date | None, batch: Batch) -> Batch:
    """The batch whose rows of days after that of ingest are set aside, and which covers none of those."""
    if today is None:
        return batch
    span = batch.span and (min(batch.span[0], today), min(batch.span[1], today))
    late = batch.rows["date"] > today
    told = zip(batch.lines.filter(late), *batch.rows.filter(late).select("date", "event_id"), strict=True)
    bad = [BadRow(line, f"{day} lies after the day of ingest ({today})", name) for line, day, name in told]
    rows, lines = batch.rows.filter(~late), batch.lines.filter(~late)
    return replace(batch, rows=rows, lines=lines, bad=in_order(batch.bad, bad), span=span)


def as_utf8(block: Block) -> Block:
    """The block, read as Windows writes it where it is no UTF-8."""
    try:
        block.data.decode()
        return block
    except UnicodeDecodeError:
        return replace(block, data=block.data.decode("cp1252", "replace").encode())


def number(column: str, unknown: Sequence[str] = UNKNOWN) -> pl.Expr:
    """A column of texts as numbers, null where it is unknown, NaN where it is none."""
    value = pl.col(column).cast(pl.Float64, strict=False).fill_null(float("nan"))
    return pl.when(pl.col(column).is_in(unknown)).then(None).otherwise(value)


def no_number(
    column: str, unknown: Sequence[str] = UNKNOWN, *, low: float = float("-inf"), high: float = float("inf")
) -> Fault:
    """The fault of a cell that should hold a number, one from `low` to `high`."""
    value = number(column, unknown)
    range_of = "" if low == -high else f" from {low:g}" if high == float("inf") else f" from {low:g} to {high:g}"
    wrong = ~value.is_finite() | ~value.is_between(low, high)
    return wrong.fill_null(False), pl.format(f"{column} '{{}}' is no number{range_of}", column)


def no_numbers(
    columns: Iterable[str], unknown: Sequence[str] = UNKNOWN, *, low: float = 0, high: float = float("inf")
) -> list[Fault]:
    """The faults of cells that should hold numbers, none below 0 if not said otherwise."""
    return [no_number(column, unknown, low=low, high=high) for column in columns]


def once(frame: pl.DataFrame, keys: Sequence[str | pl.Expr], reason: str) -> tuple[pl.DataFrame, dict[str, int]]:
    """The frame with the first row of each of the `keys`, and how many others were left out, under this `reason`."""
    first = frame.filter(pl.struct(keys).is_first_distinct())
    return first, {reason: frame.height - first.height}


def not_too_many_pairs(ones: pl.DataFrame, others: pl.DataFrame, on: list[str]) -> None:
    """DamagedFile where two tables of participants joined by these columns make more pairs than any file has."""
    counts = (rows.group_by(on).len() for rows in (ones, others))
    total = next(counts).join(next(counts), on=on).select((pl.col("len").cast(pl.Int64) * pl.col("len_right")).sum())
    if total.item() > MOST_PAIRS:
        raise DamagedFile(f"over {MOST_PAIRS:,} pairs of opponents: give the table as released")


def dated_facts(
    source: str,
    frame: pl.DataFrame,
    bad: list[BadRow],
    faults: Sequence[Fault],
    columns: Mapping[str, pl.Expr],
    raw: str,
    until: pl.Expr | None = None,
    skipped: Mapping[str, int] | None = None,
) -> Batch:
    """A batch of dated facts: `columns` of that table, with `event_id` after the source's name, of the rows without
    faults; `raw` names the columns that show a row set aside, `skipped` counts rows that give no fact, by reason.

    The frame has `date`, `date_last` (on which a fact is known, if not said otherwise) and `date_precision`. `until` is
    the last day of which a row tells, where that is later.
    """
    backwards = (columns.get("ends", pl.lit(None, pl.Date)) < pl.col("date")).fill_null(False)
    faults = [*faults, (backwards, pl.lit("it ends before it begins"))] if faults else []
    kept, wrong = reject(frame, faults, raw.split())
    told = {"known_on": pl.col("date_last"), "precision": pl.col("date_precision"), "date": pl.col("date"), **columns}
    told |= {"event_id": pl.concat_str(pl.lit(f"{source}:"), told["event_id"]), "source": pl.lit(source)}
    rows = kept.select(expression.alias(name) for name, expression in told.items())
    last = pl.max_horizontal("date_last", *([] if until is None else [until]))
    return Batch(
        "dated_facts",
        conform("dated_facts", rows),
        kept["line"],
        in_order(bad, wrong),
        dict(skipped or {}),
        span=span_of(kept, last),
    )


def indicators(
    source: str,
    frame: pl.DataFrame,
    bad: list[BadRow],
    faults: Sequence[Fault],
    values: Iterable[Value],
    raw: str,
    skipped: Mapping[str, int] | None = None,
    *,
    ends: pl.Expr | None = None,
    known_on: pl.Expr | None = None,
    until: pl.Expr | None = None,
) -> Batch:
    """A batch of yearly values, a row for each of the `values` that is known.

    The frame has `date` and `date_last`, the days between which they hold and the last on which they are known, if not
    said otherwise (`ends` null: no end is known); `raw` names the columns that show a row set aside, `until` is the
    last day of which a row tells, `skipped` counts rows left out before.
    """
    kept, wrong = reject(frame, faults, raw.split())
    last, known = pl.col("date_last"), pl.col("date_last") if known_on is None else known_on
    kept = kept.with_columns((last if ends is None else ends).alias("ends"), known.alias("known_on"))
    rows = pl.concat(
        kept.select(
            "line",
            "date",
            "ends",
            "known_on",
            *(["former"] if "former" in kept.columns else []),
            pl.lit(value.measure).alias("measure"),
            value.a.alias("a"),
            (pl.lit(None, pl.Utf8) if value.b is None else value.b).alias("b"),
            value.number.cast(pl.Float64).alias("value"),
        ).drop_nulls("value")
        for value in values
    )
    name = pl.concat_str(pl.lit(source), "measure", "a", pl.col("b").fill_null(""), "date", separator=":")
    rows = rows.with_columns(name.alias("event_id"), pl.lit(source).alias("source"))
    left = {**(skipped or {}), "no value is known": kept["line"].n_unique() - rows["line"].n_unique()}
    if "former" in kept.columns and kept["former"].any():
        told = rows["line"].n_unique()
        rows = rows.sort("former", maintain_order=True).unique("event_id", keep="first", maintain_order=True)
        if told > rows["line"].n_unique():
            left["the state's number at the end of the year counts"] = told - rows["line"].n_unique()
    return Batch(
        "indicators",
        conform("indicators", rows),
        rows["line"],
        in_order(bad, wrong),
        left,
        span=span_of(kept, last if until is None else until),
    )


def in_order(*bad: list[BadRow]) -> list[BadRow]:
    """Rows set aside at several steps, by line."""
    return sorted((row for rows in bad for row in rows), key=lambda row: row.line)


def span_of(rows: pl.DataFrame, last: pl.Expr) -> tuple[date, date] | None:
    """The first and last day of which rows tell."""
    if rows.is_empty():
        return None
    first, end = rows.select(pl.col("date").min(), last.max().alias("last")).row(0)
    return first, end
