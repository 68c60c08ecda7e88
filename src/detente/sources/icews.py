"""ICEWS coded events: the 20-column Dataverse release, and triples of names by day.

Release: Boschee et al., Integrated Crisis Early Warning System coded event data, Harvard Dataverse
doi:10.7910/DVN/28075 (tab-separated, header, UTF-8, NA for missing). Triples: date, sender, action,
cameo, goldstein, receiver, as in the ICEWS18 benchmark. ICEWS gives no day of release, so an event
counts as known on its own date.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from detente.codebook import actions, assign_areas
from detente.errors import DetenteError
from detente.sources.common import EARLIEST, action_columns, channel, historic, place_of, resolve_names
from detente.sources.reader import Context, Head, Reader
from detente.sources.schema import BadRow, Batch, conform
from detente.sources.stream import Block
from detente.sources.tabular import reject, tab_frame

RELEASE = [
    "event id",
    "event date",
    "source name",
    "source sectors",
    "source country",
    "event text",
    "cameo code",
    "intensity",
    "target name",
    "target sectors",
    "target country",
    "story id",
    "sentence number",
    "publisher",
    "city",
    "district",
    "province",
    "country",
    "latitude",
    "longitude",
]
_RELEASE_COLUMNS = {
    0: "id",
    1: "day",
    2: "sender_name",
    3: "sender_sectors",
    4: "sender_country",
    5: "action_name",
    6: "action",
    7: "given_intensity",
    8: "receiver_name",
    9: "receiver_sectors",
    10: "receiver_country",
    14: "city",
    15: "district",
    16: "province",
    17: "country",
    19: "last",
}
TRIPLES = ["date", "sender", "action", "cameo", "goldstein", "receiver"]
_TRIPLE_COLUMNS = {0: "day", 1: "sender_name", 2: "action_name", 3: "action", 4: "given_intensity", 5: "receiver_name"}


def _code_by_name() -> dict[str, str]:
    """CAMEO codes by action name, for rows whose code is missing or has lost its leading zero."""
    table: dict[str, str] = {}
    for action in actions().values():
        key = action.name.lower().replace("-", " ")
        if len(action.code) > 2:
            table.setdefault(key, action.code)
    return table


def _normalise(frame: pl.DataFrame, source: str, context: Context, *, release: bool) -> Batch:
    by_name = (
        pl.col("action_name")
        .str.to_lowercase()
        .str.replace_all("-", " ")
        .replace_strict(_code_by_name(), default=None, return_dtype=pl.Utf8)
    )
    known = pl.col("action").is_in(list(actions()))
    padded = pl.concat_str(pl.lit("0"), pl.col("action"))
    frame = frame.with_columns(
        pl.when(known)
        .then(pl.col("action"))
        .when(by_name.is_not_null())
        .then(by_name)
        .when(padded.is_in(list(actions())))
        .then(padded)
        .otherwise(pl.col("action"))
        .alias("action"),
        pl.col("day").str.strptime(pl.Date, "%Y-%m-%d", strict=False).alias("date"),
    )
    frame, bad = reject(
        action_columns(frame),
        [
            (pl.col("date").is_null(), pl.format("date {} is no day (YYYY-MM-DD)", "day")),
            (pl.col("date") < EARLIEST, pl.format("date {} lies before 1945", "day")),
            (pl.col("quad").is_null(), pl.format("action {} ({}) is no CAMEO code", "action", "action_name")),
            (pl.col("id") == "" if release else pl.lit(False), "has no Event ID"),
        ],
        ["day", "sender_name", "action", "receiver_name"],
    )
    for side in ("sender", "receiver"):
        frame = resolve_names(frame, side, context.actors, has_country=release).with_columns(historic(side))
    intensity = pl.col("given_intensity").cast(pl.Float32, strict=False)
    event_id = (
        pl.format("icews:{}", "id")
        if release
        else pl.format(
            "icews_triples:{}",
            pl.concat_str("day", "sender_name", "action_name", "action", "receiver_name", separator="|"),
        )
    )
    frame = frame.with_columns(
        event_id.alias("event_id"),
        pl.lit(source).alias("source"),
        pl.col("date").alias("known_on"),
        pl.when(intensity.is_between(-10, 10)).then(intensity).otherwise(pl.col("scale")).alias("intensity"),
        pl.lit(1, dtype=pl.Int32).alias("mentions"),
        channel(),
        pl.format("{}: {}: {}", "sender_name", "action_name", "receiver_name").alias("text"),
        (
            place_of("city", "district", "province", "country")
            if release
            else pl.lit(None, dtype=pl.Utf8).alias("place")
        ),
        pl.lit(None, dtype=pl.Utf8).alias("url"),
    )
    # Names of the actors are no words about the issue: areas are read from what was done.
    judged = frame.with_columns(pl.col("action_name").alias("text"))
    return Batch(
        "events", conform("events", frame.with_columns(assign_areas(judged, context.codebook).alias("areas"))), bad
    )


def body(blocks: Iterator[Block], names: list[str]) -> Iterator[Block]:
    """The blocks without the header line of each member; the header must name the columns in order."""
    member = None
    for block in blocks:
        if block.member != member:
            member = block.member
            first, _, rest = block.data.partition(b"\n")
            header = Head((first,)).header(b"\t")
            if header[: len(names)] != names:
                raise DetenteError(f"{member}: the header names other columns than {', '.join(names[:4])} ...")
            block = Block(block.member, block.line + 1, rest)
        if block.data:
            yield block


def _read_release(blocks: Iterator[Block], context: Context) -> Iterator[Batch]:
    for block in body(blocks, RELEASE):
        frame, bad = tab_frame(block.data, block.line, 20, _RELEASE_COLUMNS)
        batch = _normalise(frame, "icews", context, release=True)
        yield Batch("events", batch.rows, [*bad, *batch.bad])


def _read_triples(blocks: Iterator[Block], context: Context) -> Iterator[Batch]:
    for block in body(blocks, TRIPLES):
        frame, bad = tab_frame(block.data, block.line, 6, _TRIPLE_COLUMNS)
        rows: list[BadRow] = bad
        batch = _normalise(frame, "icews_triples", context, release=False)
        yield Batch("events", batch.rows, [*rows, *batch.bad])


READERS = (
    Reader("icews", "ICEWS coded events (release)", lambda head: head.header(b"\t")[:4] == RELEASE[:4], _read_release),
    Reader("icews_triples", "ICEWS events as name triples", lambda head: head.header(b"\t") == TRIPLES, _read_triples),
)
