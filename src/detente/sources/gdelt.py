"""GDELT events: 1.0 (57 columns, 58 with SOURCEURL) and 2.0 (61 columns), tab-separated, no header.

Columns: GDELT Event Codebook 1.03 and 2.0 (gdeltproject.org). Actors are CAMEO codes, places FIPS
and full names, SQLDATE the day of the event, DATEADDED the day (and time) of the report.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import polars as pl

from detente.actors import UNKNOWN, actors
from detente.codebook import assign_areas
from detente.sources.common import action_columns, channel, historic
from detente.sources.reader import Context, Head, Reader
from detente.sources.schema import Batch, conform
from detente.sources.stream import Block
from detente.sources.tabular import reject, tab_frame

STARTS = date(1979, 1, 1)
_SHARED = {
    0: "id",
    1: "day",
    5: "sender_code",
    15: "receiver_code",
    26: "action",
    29: "given_quad",
    30: "given_intensity",
    31: "mentions",
}
_LAYOUTS = {
    57: {**_SHARED, 50: "place", 51: "place_fips", 56: "added"},
    58: {**_SHARED, 50: "place", 51: "place_fips", 56: "added", 57: "url"},
    61: {**_SHARED, 52: "place", 53: "place_fips", 59: "added", 60: "url"},
}


def _recognises(width: int) -> Callable[[Head], bool]:
    def test(head: Head) -> bool:
        if head.tabs != width:
            return False
        usual = [line.split(b"\t") for line in head.lines if line.count(b"\t") == width - 1]
        numeric = sum(1 for fields in usual if fields[0].isdigit())
        return numeric * 2 > len(usual)

    return test


_CODES: dict[str, tuple[str | None, str | None]] = {}


def _actor_columns(frame: pl.DataFrame, side: str) -> list[pl.Series]:
    """State or organisation, and sector, of each CAMEO actor code; codes are read once a process."""
    column = frame[f"{side}_code"]
    codes = column.unique()
    index = actors()
    for code in codes:
        if code not in _CODES:
            actor = index.cameo_actor(code) if code else UNKNOWN
            _CODES[code] = (actor.code if actor.known else None, actor.sector or None)
    read = [_CODES[code] for code in codes]
    return [
        column.replace_strict(codes, pl.Series([r[n] for r in read], dtype=pl.Utf8), return_dtype=pl.Utf8).alias(name)
        for n, name in enumerate((side, f"{side}_sector"))
    ]


def _fips_places(frame: pl.DataFrame) -> pl.DataFrame:
    """A place without a name takes the state of its FIPS code."""
    bare = (frame["place"] == "") & (frame["place_fips"] != "")
    if bare.any():
        from detente.actors import states

        names = {fips: s.name for s in states().values() for fips in s.fips if not s.ends}
        frame = frame.with_columns(
            pl.when(bare)
            .then(pl.col("place_fips").replace_strict(names, default=None, return_dtype=pl.Utf8))
            .otherwise(pl.col("place"))
            .alias("place")
        )
    return frame.with_columns(pl.col("place").replace("", None))


def _normalise(frame: pl.DataFrame, source: str, context: Context) -> Batch:
    frame = action_columns(frame).with_columns(
        pl.col("day").str.strptime(pl.Date, "%Y%m%d", strict=False).alias("date"),
        pl.col("added").str.slice(0, 8).str.strptime(pl.Date, "%Y%m%d", strict=False).alias("known_on"),
    )
    frame, bad = reject(
        frame,
        [
            (pl.col("id") == "", "has no GLOBALEVENTID"),
            (pl.col("date").is_null(), pl.format("SQLDATE {} is no day (YYYYMMDD)", "day")),
            (pl.col("known_on").is_null(), pl.format("DATEADDED {} is no day", "added")),
            (pl.col("date") < STARTS, pl.format("SQLDATE {} lies before GDELT begins (1979)", "day")),
            (
                pl.col("date") > pl.col("known_on") + pl.duration(days=1),
                pl.format("SQLDATE {} lies after its report ({})", "day", "added"),
            ),
            (pl.col("quad").is_null(), pl.format("EventCode {} is no CAMEO code", "action")),
        ],
        ["id", "day", "sender_code", "receiver_code", "action", "added"],
    )
    frame = frame.with_columns(*_actor_columns(frame, "sender"), *_actor_columns(frame, "receiver"))
    if (frame["date"] < date(1991, 12, 26)).any():
        frame = frame.with_columns(historic("sender"), historic("receiver"))
    intensity = pl.col("given_intensity").cast(pl.Float32, strict=False)
    frame = _fips_places(frame).with_columns(
        pl.format("{}:{}", pl.lit(source), "id").alias("event_id"),
        pl.lit(source).alias("source"),
        pl.when(intensity.is_between(-10, 10)).then(intensity).otherwise(pl.col("scale")).alias("intensity"),
        pl.col("mentions").cast(pl.Int32, strict=False),
        pl.max_horizontal("date", "known_on").alias("known_on"),
        channel(),
        pl.lit(None, dtype=pl.Utf8).alias("text"),
        (pl.col("url").replace("", None) if "url" in frame.columns else pl.lit(None, dtype=pl.Utf8)).alias("url"),
    )
    rows = conform("events", frame.with_columns(assign_areas(frame, context.codebook).alias("areas")))
    return Batch("events", rows, bad, lines=frame["line"], moments=frame["added"])


def _reads(width: int, source: str) -> Callable[[Iterator[Block], Context], Iterator[Batch]]:
    def read(blocks: Iterator[Block], context: Context) -> Iterator[Batch]:
        for block in blocks:
            frame, bad = tab_frame(block.data, block.line, width, _LAYOUTS[width])
            batch = _normalise(frame, source, context)
            batch.bad[:0] = bad
            yield batch

    return read


READERS = tuple(
    Reader(name, title, _recognises(width), _reads(width, name), "known", joinable=True)
    for width, name, title in (
        (61, "gdelt2", "GDELT 2.0 events"),
        (58, "gdelt1", "GDELT 1.0 events"),
        (57, "gdelt1", "GDELT 1.0 events"),
    )
)
