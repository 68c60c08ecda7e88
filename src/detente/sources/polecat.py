"""POLECAT events (Halterman et al. 2023): PLOVER-coded, tab-separated, 40 columns with a header.

Two faults of the releases are mended: header rows that name more columns than the rows have, and
rows that end in a run of empty extra tabs. The day of publication is the day an event was known.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from detente.actors import Actors
from detente.codebook import assign_areas, polecat_action
from detente.sources.common import EARLIEST, channel, place_of
from detente.sources.reader import Context, Head, Reader
from detente.sources.schema import Batch, conform
from detente.sources.stream import Block
from detente.sources.tabular import reject, tab_frame

WIDTH = 40
_COLUMNS = {
    0: "id",
    1: "day",
    2: "type",
    3: "mode",
    4: "given_intensity",
    5: "quad_text",
    6: "contexts",
    7: "sender_name",
    8: "sender_country",
    9: "sender_cow",
    10: "sender_role",
    15: "receiver_name",
    16: "receiver_country",
    17: "receiver_cow",
    18: "receiver_role",
    24: "city",
    25: "district",
    26: "province",
    27: "country",
    33: "publisher",
    34: "published",
    39: "version",
}


def _mend(line: bytes) -> bytes:
    """A row without its run of empty extra tabs."""
    extra = line.count(b"\t") + 1 - WIDTH
    if extra > 0 and line.endswith(b"\t" * extra):
        return line[:-extra]
    return line


def _day(column: str) -> pl.Expr:
    text = pl.col(column).str.slice(0, 10)
    return pl.coalesce(
        text.str.strptime(pl.Date, "%Y-%m-%d", strict=False),
        pl.col(column).str.strptime(pl.Date, "%m/%d/%Y", strict=False),
        pl.col(column).str.strptime(pl.Date, "%Y%m%d", strict=False),
    )


def _actors(frame: pl.DataFrame, side: str, index: Actors) -> pl.DataFrame:
    """State from the country code (else the COW number, else the name); sector as given."""
    keys = [f"{side}_name", f"{side}_country", f"{side}_cow", f"{side}_role"]
    rows = []
    for name, country, cow, role in frame.select(keys).unique().iter_rows():
        code = ""
        for text in (_first(country), f"cow:{_first(cow).removesuffix('.0')}" if _first(cow) else "", _first(name)):
            found = index.resolve(text) if text else None
            if found is not None and found.known and found.kind != "person":
                code = found.code
                break
        rows.append((name, country, cow, role, code or None, _first(role) or None))
    schema = {**dict.fromkeys(keys, pl.Utf8), side: pl.Utf8, f"{side}_sector": pl.Utf8}
    table = pl.DataFrame(rows, schema=schema, orient="row")
    return frame.join(table, on=keys, how="left", maintain_order="left", nulls_equal=True)


def _first(cell: str | None) -> str:
    text = (cell or "").split(";")[0].strip()
    return "" if text in ("None", "NA", "nan") else text


def _read(blocks: Iterator[Block], context: Context) -> Iterator[Batch]:
    member = None
    for block in blocks:
        if block.member != member:
            member = block.member
            block = Block(block.member, block.line + 1, block.data.partition(b"\n")[2])
        frame, bad = tab_frame(block.data, block.line, WIDTH, _COLUMNS, mend=_mend)
        batch = _normalise(frame, context)
        batch.bad[:0] = bad
        yield batch


def _normalise(frame: pl.DataFrame, context: Context) -> Batch:
    kinds = [
        (t, m, *(polecat_action(t, m) or (None, None, None)))
        for t, m in frame.select("type", "mode").unique().iter_rows()
    ]
    table = pl.DataFrame(
        kinds,
        schema={"type": pl.Utf8, "mode": pl.Utf8, "action": pl.Utf8, "plover": pl.Utf8, "quad": pl.Int8},
        orient="row",
    )
    frame = frame.join(table, on=["type", "mode"], how="left", maintain_order="left").with_columns(
        _day("day").alias("date"),
        _day("published").alias("known_on"),
        pl.col("given_intensity").cast(pl.Float32, strict=False).alias("intensity"),
    )
    frame, bad = reject(
        frame,
        [
            (pl.col("id") == "", "has no Event ID"),
            (pl.col("date").is_null(), pl.format("Event Date {} is no day", "day")),
            (pl.col("date") < EARLIEST, pl.format("Event Date {} lies before 1945", "day")),
            (pl.col("quad").is_null(), pl.format("Event Type {} is no PLOVER type", "type")),
            (
                (pl.col("intensity").is_null() & (pl.col("given_intensity") != ""))
                | ~pl.col("intensity").is_between(-10, 10),
                pl.format("Intensity {} is no number from -10 to 10", "given_intensity"),
            ),
        ],
        ["id", "day", "type", "sender_name", "receiver_name"],
    )
    for side in ("sender", "receiver"):
        frame = _actors(frame, side, context.actors)
    frame = frame.with_columns(
        pl.format("polecat:{}", "id").alias("event_id"),
        pl.lit("polecat").alias("source"),
        pl.max_horizontal("date", pl.col("known_on").fill_null(pl.col("date"))).alias("known_on"),
        pl.lit(1, dtype=pl.Int32).alias("mentions"),
        channel(),
        place_of("city", "district", "province", "country"),
        pl.format("{}: {} {}: {} contexts={}", "sender_name", "type", "mode", "receiver_name", "contexts").alias(
            "text"
        ),
        pl.lit(None, dtype=pl.Utf8).alias("url"),
    )
    judged = frame.with_columns(pl.format("contexts={}", "contexts").alias("text"))
    return Batch(
        "events", conform("events", frame.with_columns(assign_areas(judged, context.codebook).alias("areas"))), bad
    )


def _recognises(head: Head) -> bool:
    return head.header(b"\t")[:4] == ["event id", "event date", "event type", "event mode"]


READERS = (Reader("polecat", "POLECAT events", _recognises, _read),)
