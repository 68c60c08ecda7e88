"""Chronologies, agreements and figures kept by hand: plain CSV, one object a line.

The columns are those of `detente.sources.dictionary`; the built-in cases and a user's own files have
the same form. A fact is known on its date unless `known_on` says otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import polars as pl

from detente.actors import Actors, last_day, moment
from detente.errors import DetenteError
from detente.sources.dictionary import TABLES as COLUMNS
from detente.sources.dictionary import required
from detente.sources.reader import Context, Head, Reader
from detente.sources.schema import TABLES, BadRow, Batch, conform
from detente.sources.stream import Block
from detente.sources.tabular import csv_frame, reject

ALWAYS = date(1900, 1, 1)


def _whole(blocks: Iterator[Block]) -> tuple[pl.DataFrame, list[BadRow]]:
    data = b"".join(block.data for block in blocks)
    header = Head((data.partition(b"\n")[0],)).header(b",")
    return csv_frame(data, header)


def _precision(text: str) -> str:
    return {10: "day", 7: "month", 4: "year"}.get(len(text), "day")


def _day(text: str, *, last: bool = False) -> date:
    day = last_day(text) if last else moment(text)
    if day is None:
        raise DetenteError("the date is missing")
    return day


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in re.split(r"[;+]", cell) if part.strip()]


def _states(cell: str, index: Actors, what: str) -> list[str]:
    codes = []
    for part in _parts(cell):
        try:
            codes.append(index.state(part))
        except DetenteError as error:
            raise DetenteError(f"{what}: {error}") from None
    return codes


def _allowed(row: dict[str, str], table: str) -> None:
    for column in COLUMNS[table]:
        value = row.get(column.name, "")
        if column.required and not value and column.name != "source":
            raise DetenteError(f"the {column.name} is missing")
        if column.allowed and value and value not in column.allowed:
            raise DetenteError(f"{column.name} {value!r} is unknown; known: {', '.join(column.allowed)}")
    for name in ("source", "source2"):
        if row.get(name) and not row[name].startswith(("http://", "https://")):
            raise DetenteError(f"{name} {row[name]!r} is no web address; leave it empty if you have none")


def _names(cell: str) -> list[str]:
    names = _parts(cell)
    for name in names:
        if not re.fullmatch(r"[a-z0-9_]+", name):
            raise DetenteError(f"agreement {name!r} is no short name: small letters, digits and _ only")
    return names


def _fact(row: dict[str, str], context: Context, source: str) -> dict[str, object]:
    _allowed(row, "facts")
    day = _day(row["date"])
    actors = _states(row["actors"], context.actors, "actors")
    targets = _states(row.get("targets", ""), context.actors, "targets")
    if len({*actors, *targets}) < 2:
        raise DetenteError("a fact needs two different actors, joint or as actor and target")
    area = context.codebook.area(row["area"]).id
    third = _states(row.get("third_party", ""), context.actors, "third_party")
    parties = "+".join(sorted({*actors, *targets}))
    return {
        "event_id": f"{source}:{row['date']}:{parties}:{area}:{row['kind']}:{row['description'][:60]}",
        "source": source,
        "date": day,
        "precision": _precision(row["date"]),
        "known_on": _day(row["known_on"]) if row.get("known_on") else _day(row["date"], last=True),
        "actors": actors,
        "targets": targets,
        "area": area,
        "kind": row["kind"],
        "tone": row["tone"],
        "channel": row.get("channel") or "bilateral",
        "third_party": ";".join(third) or None,
        "agreements": _names(row.get("agreement", "")),
        "description": row["description"],
        "url": row["source"] or None,
        "title": row.get("source_title") or None,
        "url2": row.get("source2") or None,
        "note": row.get("note") or None,
    }


def _agreement(row: dict[str, str], context: Context, source: str) -> dict[str, object]:
    _allowed(row, "agreements")
    (name, *more) = _names(row["agreement"])
    if more:
        raise DetenteError("a line describes one agreement")
    parties = _states(row["parties"], context.actors, "parties")
    if len(set(parties)) < 2:
        raise DetenteError("an agreement needs two different parties")
    since = _day(row["since"]) if row.get("since") else None
    third = _states(row.get("third_party", ""), context.actors, "third_party")
    return {
        "event_id": f"{source}:{name}",
        "source": source,
        "agreement": name,
        "title": row["title"],
        "form": row["form"],
        "tone": row["tone"],
        "area": context.codebook.area(row["area"]).id,
        "parties": parties,
        "channel": row.get("channel") or "bilateral",
        "third_party": ";".join(third) or None,
        "starts": row.get("starts") or "entry",
        "since": since,
        "known_on": since or ALWAYS,
        "url": row.get("source") or None,
        "cited": row.get("source_title") or None,
    }


def read_facts(blocks: Iterator[Block], context: Context, source: str = "chronology") -> Iterator[Batch]:
    """One batch of facts; rows that break a rule of the form are set aside with the reason."""
    yield _checked(_whole(blocks), lambda row: _fact(row, context, source), "facts")


def read_agreements(blocks: Iterator[Block], context: Context, source: str = "agreements") -> Iterator[Batch]:
    """One batch of agreements and programmes."""
    yield _checked(_whole(blocks), lambda row: _agreement(row, context, source), "agreements")


def read_figures(blocks: Iterator[Block], context: Context, source: str = "figures") -> Iterator[Batch]:
    """One batch of figures. Whole columns are checked at once: a case may hold tens of thousands."""
    frame, bad = _whole(blocks)
    for column in COLUMNS["figures"]:
        if column.name not in frame.columns:
            frame = frame.with_columns(pl.lit("").alias(column.name))
    col = pl.col
    areas = [area.id for area in context.codebook.areas]
    frame = frame.with_columns(
        _date("period").alias("date"),
        _date("period", last=True).alias("ends"),
        _date("known_on").alias("known"),
        _date("compiled_on", last=True).alias("compiled"),
        col("value").cast(pl.Float64, strict=False).alias("number"),
    )
    frame, wrong = reject(
        frame,
        [
            (col("number").is_null(), pl.format("value {} is no number", pl.format("'{}'", col("value")))),
            (col("date").is_null(), pl.format("period '{}' is no year, month or day", col("period"))),
            ((col("known_on") != "") & col("known").is_null(), pl.format("known_on '{}' is no date", col("known_on"))),
            (
                (col("compiled_on") != "") & col("compiled").is_null(),
                pl.format("compiled_on '{}' is no date", col("compiled_on")),
            ),
            ((col("area") != "") & ~col("area").is_in(areas), pl.format("area '{}' is unknown", col("area"))),
            (
                (col("source") != "") & ~col("source").str.contains("^https?://"),
                pl.format("source '{}' is no web address", col("source")),
            ),
        ],
        [column.name for column in COLUMNS["figures"] if column.required],
    )
    named = [
        pl.format("{}:{}:{}:{}:{}", pl.lit(source), "subject", "measure", "area", "period").alias("event_id"),
        pl.lit(source).alias("source_name"),
        pl.coalesce("known", "ends").alias("known_day"),
        *(
            pl.when(col(name) == "").then(None).otherwise(col(name)).alias(f"{name}_or_null")
            for name in ("area", "source", "source_title", "note")
        ),
    ]
    rows = frame.with_columns(named).select(
        "event_id",
        col("source_name").alias("source"),
        "subject",
        "measure",
        col("area_or_null").alias("area"),
        "period",
        "date",
        col("number").alias("value"),
        "unit",
        col("known_day").alias("known_on"),
        col("compiled").alias("compiled_on"),
        col("source_or_null").alias("url"),
        col("source_title_or_null").alias("title"),
        col("note_or_null").alias("note"),
    )
    yield Batch("figures", conform("figures", rows), [*bad, *wrong])


def _date(name: str, *, last: bool = False) -> pl.Expr:
    """The first (or last) day that a text of 4, 7 or 10 signs means; null for what is no date."""
    text = pl.col(name).str.slice(0, 10)
    size = text.str.len_chars()
    filled = (
        pl.when(size == 4).then(text + "-01-01").when(size == 7).then(text + "-01").when(size == 10).then(text)
    ).str.to_date("%Y-%m-%d", strict=False)
    if not last:
        return filled
    return (
        pl.when(size == 4)
        .then(filled.dt.offset_by("1y").dt.offset_by("-1d"))
        .when(size == 7)
        .then(filled.dt.offset_by("1mo").dt.offset_by("-1d"))
        .otherwise(filled)
    )


def _checked(
    read: tuple[pl.DataFrame, list[BadRow]], make: Callable[[dict[str, Any]], dict[str, object]], table: str
) -> Batch:
    frame, bad = read
    rows = []
    for row in frame.iter_rows(named=True):
        line = row.pop("line")
        try:
            rows.append(make(row))
        except DetenteError as error:
            bad.append(BadRow(line, str(error), ",".join(row.values())[:300]))
    return Batch(table, pl.DataFrame(rows, schema=TABLES[table]), bad)


def _recognises(table: str) -> Callable[[Head], bool]:
    return lambda head: required(table) <= set(head.header(b","))


READERS = (
    Reader("chronology", "chronology of facts", _recognises("facts"), read_facts, ""),
    Reader("agreements", "agreements and programmes", _recognises("agreements"), read_agreements, ""),
    Reader("figures", "figures", _recognises("figures"), read_figures, ""),
)
