"""Transfers of major arms by supplier, recipient and year, SIPRI: millions of its trend-indicator value (TIV).

Measure of two states: arms_transfers (a supplies b). 0 is a transfer of less than half a million; no row is no transfer
recorded. The Soviet Union and Russia are two suppliers. Armed groups (* behind the name), organisations (**) and
territories that few recognise are left out and counted. Tried on a table by year drawn from the database. Its own two
csv are read by their layouts alone, words above the columns: deliveries (a row each, summed here by year), and the
register of orders, which has no values by year: an order is a dated fact of the kind transfer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import polars as pl

from detente.actors import Actors
from detente.files.named import Layout, frames, names_in
from detente.files.rows import BadRow, Head
from detente.files.stream import Block, held_whole
from detente.sources.common import read_once
from detente.sources.context.days import no_day, with_day
from detente.sources.context.rows import Fault, Value, as_utf8, dated_facts, indicators, no_numbers, number, once
from detente.sources.reader import Context, Reader
from detente.sources.schema import Batch
from detente.sources.source import Source

NO_STATES = ("Unknown supplier(s)", "Unknown recipient(s)", "Biafra", "Katanga", "Northern Cyprus", "Libya GNC")
ABOVE = 30
"""So many lines of words stand at most above the columns of the database's own csv."""
_YEARS = {
    "supplier": "supplier",
    "recipient": "recipient",
    "year": "year",
    "value": "value",
    "tiv": "value",
    "supplier cown": "supplier_cown",
    "recipient cown": "recipient_cown",
}
_DELIVERIES = {
    "supplier": "supplier",
    "seller": "supplier",
    "recipient": "recipient",
    "buyer": "recipient",
    "delivery year": "year",
    "tiv delivery values": "value",
}
_ORDERS = {
    "recipient": "recipient",
    "supplier": "supplier",
    "year of order": "year",
    "weapon designation": "designation",
    "number ordered": "number",
    "year(s) of delivery": "delivered",
    "sipri tiv for total order": "value",
}


def _read_years(blocks: Iterator[Block], context: Context) -> Iterator[Batch]:
    columns = {name: own for name, own in _YEARS.items() if name != "tiv"}
    first = next(blocks)
    if "value" not in names_in(Head((first.data.partition(b"\n")[0],))):
        columns = {name: own for name, own in _YEARS.items() if name != "value"}
    layout = Layout("SIPRI arms transfers", columns, tuple(columns)[:3], codes=("supplier_cown", "recipient_cown"))

    def again() -> Iterator[Block]:
        yield first
        yield from blocks

    for frame, bad in frames(map(as_utf8, again()), layout):
        yield _transfers(frame, bad, context.actors, {})


def _from_header(blocks: Iterator[Block], is_header: Callable[[bytes], bool]) -> tuple[list[Block], dict[str, int]]:
    """The blocks of a table from its line of column names on, and how many lines of words stand above it."""
    held = list(held_whole(map(as_utf8, blocks)))
    lines = held[0].data.split(b"\n", ABOVE + 1)
    above = next(n for n, line in enumerate(lines) if is_header(line))
    begin = sum(len(line) + 1 for line in lines[:above])
    words = sum(bool(line.strip(b' \t\r,;"')) for line in lines[:above])
    first = replace(held[0], line=1 + above, data=held[0].data[begin:])
    return [first, *held[1:]], {"words above the columns": words}


def _read_register(blocks: Iterator[Block], context: Context) -> Iterator[Batch]:
    """The register of orders: an order is a dated fact, whose level is the value of all that was ordered."""
    held, left = _from_header(blocks, _register_names)
    for frame, bad in frames(iter(held), Layout("SIPRI trade register", _ORDERS, tuple(_ORDERS)[:4])):
        frame = frame.with_columns(pl.col("year", "delivered").str.replace_all(r"[()?]", "").str.strip_chars())
        frame, faults, skipped = _with_states(frame, context.actors)
        frame = with_day(frame, "date", "year")
        lasts = pl.col("delivered").str.extract(r"(\d{4})\D*$").fill_null("")
        frame = with_day(frame.with_columns(lasts.alias("last_year")), "ends", "last_year")
        order = {
            "event_id": pl.concat_str("supplier", "recipient", "year", "designation", "number", separator=":"),
            "ends": pl.col("ends_last"),
            "actors": pl.concat_list("supplier_state"),
            "targets": pl.concat_list("recipient_state"),
            "area": pl.lit("defence_industry"),
            "kind": pl.lit("transfer"),
            "tone": pl.lit("cooperative"),
            "level": pl.when(~number("value").is_nan()).then(number("value")),
            "description": pl.format("arms ordered: {}", "designation"),
        }
        raw = "supplier recipient year designation"
        batch = dated_facts("sipri_arms", frame, bad, [no_day("date", "year"), *faults], order, raw)
        yield replace(batch, skipped={**left, **skipped})
        left = {}


def _read_deliveries(blocks: Iterator[Block], context: Context) -> Iterator[Batch]:
    """The database's own csv, whose deliveries of a year are summed."""
    held, left = _from_header(blocks, _delivery_names)
    names = names_in(Head((held[0].data.partition(b"\n")[0],)))
    columns = {name: own for name, own in _DELIVERIES.items() if name in names}
    parts = list(frames(iter(held), Layout("SIPRI deliveries", columns, tuple(columns))))
    frame = pl.concat(frame for frame, _ in parts)
    bad = [row for _, rows in parts for row in rows]
    # Cells that are no number stay as they are, each with its own row, and are told.
    value = pl.col("value").cast(pl.Float64, strict=False)
    own = pl.when(value.is_null()).then("line").alias("own")
    same = ["supplier", "recipient", "year", own]
    total = value.sum().over(same).cast(pl.Utf8)
    summed = frame.with_columns(own, pl.when(value.is_not_null()).then(total).otherwise("value").alias("value"))
    summed, added = once(summed, ["supplier", "recipient", "year", "own"], "added to another delivery of the year")
    yield _transfers(summed, bad, context.actors, {**left, **added})


def _transfers(frame: pl.DataFrame, bad: list[BadRow], index: Actors, left: dict[str, int]) -> Batch:
    frame, faults, skipped = _with_states(frame, index)
    frame = with_day(frame, "date", "year")
    faults = [no_day("date", "year"), *faults, *no_numbers(["value"])]
    values = [Value("arms_transfers", number("value"), pl.col("supplier_state"), pl.col("recipient_state"))]
    raw = "supplier recipient year value"
    return indicators("sipri_arms", frame, bad, faults, values, raw, {**left, **skipped})


def _with_states(frame: pl.DataFrame, index: Actors) -> tuple[pl.DataFrame, list[Fault], dict[str, int]]:
    """The frame with the two states by name (and number, where one is given), what may be wrong with them, and how many
    rows were left out.
    """

    def found(name: str, number: str) -> tuple[str | None]:
        actor = index.country(name, number, "cow")
        return ((actor.code or None) if actor.kind == "state" else None,)

    sides = ("supplier", "recipient")
    none = pl.any_horizontal(pl.col(side).str.ends_with("*") | pl.col(side).is_in(NO_STATES) for side in sides)
    skipped = {"supplier or recipient is no state": frame.filter(none).height}
    frame, faults = frame.filter(~none), []
    for side in sides:
        if f"{side}_cown" not in frame.columns:
            frame = frame.with_columns(pl.lit("").alias(f"{side}_cown"))
        frame = read_once(frame, [side, f"{side}_cown"], found, {f"{side}_state": pl.Utf8})
        faults.append((pl.col(f"{side}_state").is_null(), pl.format(f"{side} '{{}}' is no state", side)))
    a, b = pl.col("supplier_state"), pl.col("recipient_state")
    return frame, [*faults, (a == b, pl.format("both sides are {}", a))], skipped


def _delivery_names(line: bytes) -> bool:
    names = names_in(Head((line,)))
    return {"delivery year", "tiv delivery values"} <= names and (
        {"supplier", "recipient"} <= names or {"seller", "buyer"} <= names
    )


def _register_names(line: bytes) -> bool:
    return {*tuple(_ORDERS)[:4]} <= names_in(Head((line,)))


def _years(head: Head) -> bool:
    names = names_in(head)
    return {"supplier", "recipient", "year"} <= names and bool({"value", "tiv"} & names)


SIPRI_ARMS = Source(
    "sipri_arms",
    "SIPRI arms transfers",
    (
        Reader(_years, _read_years, "SIPRI arms transfers by year"),
        Reader(lambda head: any(map(_register_names, head.lines[:ABOVE])), _read_register, "SIPRI trade register"),
        Reader(
            lambda head: any(map(_delivery_names, head.lines[:ABOVE])), _read_deliveries, "SIPRI deliveries of arms"
        ),
    ),
    ("indicators", "dated_facts"),
    covers="years",
    citation="SIPRI Arms Transfers Database, Stockholm International Peace Research Institute",
    terms="excerpts for use that is not commercial; the database is not to be redistributed",
    home="https://www.sipri.org/databases/armstransfers",
)
