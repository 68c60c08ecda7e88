"""Figures kept by hand: dated series, one value a line. Whole columns are checked at once: a case may hold tens of
thousands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import polars as pl

from detente.actors import Actors, living
from detente.errors import DetenteError
from detente.files.cells import after_today
from detente.files.dates import read_date
from detente.files.stream import Block
from detente.files.tabular import reject
from detente.sources.common import read_once
from detente.sources.dictionary import required
from detente.sources.own import whole_file
from detente.sources.reader import Context
from detente.sources.schema import Batch, conform

EVERYONE = "all"
# Columns of dates, and how the columns read from each begin.
_DATES = {"period": "", "known_on": "known_", "compiled_on": "compiled_"}
_SENTINELS = [-9.0, -99.0, -999.0, -9999.0, -99999.0]


def read_figures(blocks: Iterator[Block], context: Context, source: str = "figures") -> Iterator[Batch]:
    """One batch of figures; rows that break a rule of the form are set aside with the reason."""
    frame, bad = whole_file(blocks, "figures")
    col = pl.col
    frame = frame.with_columns(col("value").cast(pl.Float64, strict=False).alias("number"))
    frame = _read(frame, "subject", lambda text: (subject_code(text, context.actors),), {"who": pl.Utf8})
    for name, short in _DATES.items():
        frame = _read(frame, name, _dated, {f"{short}first": pl.Date, f"{short}last": pl.Date, f"{short}text": pl.Utf8})
    frame = read_once(frame, ["who", "first", "last"], _unborn, {"who_fault": pl.Utf8})
    frame, wrong = reject(frame, _faults(frame, context), sorted(required("figures")))
    rows = frame.select(
        pl.format("{}:{}:{}:{}:{}:{}", pl.lit(source), "who", "measure", "area", "text", "unit").alias("event_id"),
        pl.lit(source).alias("source"),
        col("who").alias("subject"),
        "measure",
        "area",
        col("text").alias("period"),
        col("first").alias("date"),
        col("number").alias("value"),
        "unit",
        pl.coalesce("known_last", "last").alias("known_on"),
        col("compiled_last").alias("compiled_on"),
        col("source").alias("url"),
        col("source_title").alias("title"),
        "note",
    ).with_columns(
        pl.when(col(name) == "").then(None).otherwise(col(name)).alias(name)
        for name in ("area", "url", "title", "note")
    )
    faults = sorted([*bad, *wrong], key=lambda b: b.line)
    yield Batch("figures", conform("figures", rows), frame["line"], faults)


def subject_code(text: str, index: Actors) -> str:
    """A subject in its one form: a code, a pair of codes in their order, or a direction.

    >>> from detente.actors import actors
    >>> subject_code("USA-RUS", actors()), subject_code("US>RU", actors()), subject_code("Guinea-Bissau", actors())
    ('RUS-USA', 'USA>RUS', 'GNB')
    """
    if text == EVERYONE:
        return text
    fault: DetenteError | None = None
    try:
        return index.state(text)
    except DetenteError as error:
        fault = error
    mark = ">" if ">" in text else "-"
    pieces = text.split(mark)
    for cut in range(1, len(pieces)):
        try:
            a, b = (index.state(mark.join(part).strip()) for part in (pieces[:cut], pieces[cut:]))
        except DetenteError as error:
            fault = error
            continue
        if a == b:
            raise DetenteError(f"subject {text!r} names one state twice")
        return f"{a}>{b}" if mark == ">" else "-".join(sorted((a, b)))
    raise DetenteError(f"subject: {fault}")


def _dated(text: str) -> tuple[date | None, date | None, str | None]:
    if not text:
        return None, None, None
    when = read_date(text)
    return when.first, when.last, when.text


def _read(
    frame: pl.DataFrame, name: str, make: Callable[[str], tuple[Any, ...]], columns: dict[str, Any]
) -> pl.DataFrame:
    """Add the `columns` that `make` reads from the texts of a column, and `<name>_fault` where it refuses."""

    def read(text: str) -> tuple[Any, ...]:
        try:
            return *make(text), None
        except DetenteError as error:
            return *(None for _ in columns), str(error)

    return read_once(frame, [name], read, {**columns, f"{name}_fault": pl.Utf8})


def _unborn(subject: str | None, first: date | None, last: date | None) -> tuple[str | None]:
    """Why a subject has no figure of a time: a state of it did not live on any day, nor had a seat in the UN."""
    try:
        for code in re.split("[>-]", subject) if subject and first else ():
            living(code, first, last, seats=True)
    except DetenteError as error:
        return (str(error),)
    return (None,)


def _faults(frame: pl.DataFrame, context: Context) -> list[tuple[pl.Expr, pl.Expr | str]]:
    col = pl.col
    areas = [area.id for area in context.codebook.areas]
    return [
        *((col(name) == "", f"the {name} is missing") for name in ("subject", "measure", "period", "value", "unit")),
        (col("subject_fault").is_not_null(), col("subject_fault")),
        (col("who_fault").is_not_null(), pl.format("subject: {}", "who_fault")),
        *((col(f"{name}_fault").is_not_null(), pl.format(f"{name} {{}}", col(f"{name}_fault"))) for name in _DATES),
        (
            col("number").is_null(),
            pl.format("value '{}' is no number; write it without thousands marks and with a decimal point", "value"),
        ),
        (~col("number").is_finite(), pl.format("value {} is no finite number", "value")),
        (
            _sentinels(frame),
            pl.format(
                "value {} stands for missing in many data sets: leave the row out, or say in note that it is true",
                "value",
            ),
        ),
        (col("known_last") < col("first"), pl.format("known_on {} lies before the period {}", "known_on", "period")),
        ((col("area") != "") & ~col("area").is_in(areas), pl.format("area '{}' is unknown", "area")),
        (
            (col("source") != "") & ~col("source").str.contains("^https?://"),
            pl.format("source '{}' is no web address; leave it empty if you have none", "source"),
        ),
        *(fault for name, short in _DATES.items() for fault in after_today(name, f"{short}first", name, context.today)),
    ]


def _sentinels(frame: pl.DataFrame) -> pl.Expr:
    """-9, -99 and so on, without a note, in a measure whose other values are all nought or more."""
    marked = pl.col("number").is_in(_SENTINELS)
    negative = frame.filter(~marked & (pl.col("number") < 0))["measure"].unique()
    return marked & (pl.col("note") == "") & ~pl.col("measure").is_in(negative.to_list())
