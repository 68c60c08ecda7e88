"""Figures kept by hand: dated series, one value a line. Whole columns are checked at once: a case may hold tens of
thousands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import polars as pl

from detente.actors import Actors, living
from detente.errors import DetenteError
from detente.files.cells import after_today
from detente.files.dates import read_date
from detente.files.stream import Block
from detente.files.tabular import reject
from detente.sources.dictionary import required
from detente.sources.own import whole_file
from detente.sources.reader import Context
from detente.sources.schema import Batch, conform

EVERYONE = "all"
_SENTINELS = [-9.0, -99.0, -999.0, -9999.0, -99999.0]


def read_figures(blocks: Iterator[Block], context: Context, source: str = "figures") -> Iterator[Batch]:
    """One batch of figures; rows that break a rule of the form are set aside with the reason."""
    frame, bad = whole_file(blocks, "figures")
    col = pl.col
    frame = frame.with_columns(col("value").cast(pl.Float64, strict=False).alias("number"))
    frame = _read(frame, "subject", lambda text: {"who": subject_code(text, context.actors)}, {"who": pl.Utf8})
    for name, short in (("period", ""), ("known_on", "known_"), ("compiled_on", "compiled_")):
        frame = _read(frame, name, partial(_dated, short=short), _dated_schema(short))
    frame = frame.join(_unborn(frame), on=["who", "first", "last"], how="left", maintain_order="left")
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
            one, other = (index.state(mark.join(part).strip()) for part in (pieces[:cut], pieces[cut:]))
        except DetenteError as error:
            fault = error
            continue
        if one == other:
            raise DetenteError(f"subject {text!r} names one state twice")
        return f"{one}>{other}" if mark == ">" else "-".join(sorted((one, other)))
    raise DetenteError(f"subject: {fault}")


def _dated(text: str, short: str) -> dict[str, Any]:
    if not text:
        return {}
    read = read_date(text)
    return {f"{short}first": read.first, f"{short}last": read.last, f"{short}text": read.text}


def _dated_schema(short: str) -> dict[str, Any]:
    return {f"{short}first": pl.Date, f"{short}last": pl.Date, f"{short}text": pl.Utf8}


def _read(
    frame: pl.DataFrame, name: str, make: Callable[[str], dict[str, Any]], schema: dict[str, Any]
) -> pl.DataFrame:
    """Add what `make` reads from each distinct text of a column, and `<name>_fault` where it refuses."""
    rows = []
    for text in frame[name].unique(maintain_order=True):
        try:
            rows.append({name: text, **make(text)})
        except DetenteError as error:
            rows.append({name: text, f"{name}_fault": str(error)})
    table = pl.DataFrame(rows, schema={name: pl.Utf8, **schema, f"{name}_fault": pl.Utf8})
    return frame.join(table, on=name, how="left", maintain_order="left")


def _unborn(frame: pl.DataFrame) -> pl.DataFrame:
    """who, first, last, who_fault: subjects of which a state did not live on any day of the period, nor had a seat in
    the UN.
    """
    keys = ["who", "first", "last"]
    rows = []
    for subject, first, last in frame.select(keys).drop_nulls().unique(maintain_order=True).iter_rows():
        try:
            for code in re.split("[>-]", subject):
                living(code, first, last, seats=True)
        except DetenteError as error:
            rows.append((subject, first, last, str(error)))
    schema = {"who": pl.Utf8, "first": pl.Date, "last": pl.Date, "who_fault": pl.Utf8}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _faults(frame: pl.DataFrame, context: Context) -> list[tuple[pl.Expr, pl.Expr | str]]:
    col = pl.col
    areas = [area.id for area in context.codebook.areas]
    faults: list[tuple[pl.Expr, pl.Expr | str]] = [
        (col(name) == "", f"the {name} is missing") for name in ("subject", "measure", "period", "value", "unit")
    ]
    faults.append((col("subject_fault").is_not_null(), col("subject_fault")))
    faults.append((col("who_fault").is_not_null(), pl.format("subject: {}", "who_fault")))
    faults += [
        (col(f"{name}_fault").is_not_null(), pl.format(f"{name} {{}}", col(f"{name}_fault")))
        for name in ("period", "known_on", "compiled_on")
    ]
    faults += [
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
    ]
    for name, short in (("period", ""), ("known_on", "known_"), ("compiled_on", "compiled_")):
        faults += after_today(name, f"{short}first", name, context.today)
    return faults


def _sentinels(frame: pl.DataFrame) -> pl.Expr:
    """-9, -99 and so on, without a note, in a measure whose other values are all nought or more."""
    marked = pl.col("number").is_in(_SENTINELS)
    negative = frame.filter(~marked & (pl.col("number") < 0))["measure"].unique()
    return marked & (pl.col("note") == "") & ~pl.col("measure").is_in(negative.to_list())
