"""Rows of GDELT events: 1.0 (57 columns, 58 with SOURCEURL) and 2.0 (61 columns), tab-separated, no header.

Columns: GDELT Event Codebook 1.03 and 2.0 (gdeltproject.org). Actors are CAMEO codes, places FIPS
and full names, SQLDATE the day of the event, DATEADDED the day (and time) of the report.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from itertools import chain

import polars as pl

from detente.actors import UNKNOWN, actors, is_missing, states
from detente.codebook import assign_areas
from detente.files.cells import Calendar, after_today, clean, whole
from detente.files.named import Layout, frames, header_of, names_in
from detente.files.rows import BadRow, Head
from detente.files.stream import Block
from detente.files.tabular import corrections, reject, tab_frame
from detente.sources.codes import SCALE, read_actions, with_intensity
from detente.sources.common import ENDED, channel, historic
from detente.sources.reader import Context
from detente.sources.schema import Batch, conform

STARTS = date(1979, 1, 1)
UNCOUNTED = "NumMentions missing or no whole number: left empty"
_SHARED = {
    0: "id",
    1: "day",
    5: "sender_code",
    15: "receiver_code",
    26: "given_code",
    27: "given_base",
    28: "given_root",
    29: "given_quad",
    30: "given_intensity",
    31: "mentions",
}
_TEXTS = ["sender_code", "receiver_code", "place", "place_fips", "url"]
_LAYOUTS = {
    57: {**_SHARED, 50: "place", 51: "place_fips", 56: "added"},
    58: {**_SHARED, 50: "place", 51: "place_fips", 56: "added", 57: "url"},
    61: {**_SHARED, 52: "place", 53: "place_fips", 59: "added", 60: "url"},
}
_NUMBER = re.compile(rb"\d+(\.\d+)?([eE]\+?\d+)?")


def is_headerless(head: Head, *, width: int) -> bool:
    """Whether a file has so many columns and no header: most of its rows begin with a number."""
    if head.tabs != width:
        return False
    usual = [line.split(b"\t") for line in head.lines if line.count(b"\t") == width - 1]
    numeric = sum(1 for fields in usual if _NUMBER.fullmatch(fields[0]))
    return numeric * 2 > len(usual)


_CODES: dict[str, tuple[str | None, str | None]] = {}


def _actor_columns(frame: pl.DataFrame, side: str) -> list[pl.Series]:
    """State or organisation, and sector, of each CAMEO actor code; codes are read once a process."""
    column = frame[f"{side}_code"]
    codes = column.unique()
    index = actors()
    for code in codes:
        if code not in _CODES:
            # Small letters are CAMEO's ethnic groups: "rus" is a Russian somewhere, no act of Russia.
            if code[:3].islower() and not is_missing(code):
                _CODES[code] = (None, code[:3])
                continue
            actor = index.cameo_actor(code) if len(code) > 2 and not is_missing(code) else UNKNOWN
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
        names = {fips: s.name for s in states().values() for fips in s.fips if not s.ends}
        frame = frame.with_columns(
            pl.when(bare)
            .then(pl.col("place_fips").str.to_uppercase().replace_strict(names, default=None, return_dtype=pl.Utf8))
            .otherwise(pl.col("place"))
            .alias("place")
        )
    return frame.with_columns(pl.col("place").replace("", None))


def _eight_digits(text: pl.Expr) -> pl.Expr:
    """The day of YYYYMMDD; of seven digits the parser would make one too."""
    return pl.when(text.str.len_bytes() == 8).then(text).str.strptime(pl.Date, "%Y%m%d", strict=False)


def _days(frame: pl.DataFrame, column: str) -> pl.Series:
    """The release's eight digits, with or without the time; else the day in any form that other formats may have."""
    days = frame.select(_eight_digits(pl.col(column).str.replace(r"^(\d{8})(\d{6})?(\.0)?$", "$1"))).to_series()
    return days if not days.null_count() else days.zip_with(days.is_not_null(), Calendar().days(frame, column))


def _normalise(frame: pl.DataFrame, bad: list[BadRow], source: str, context: Context) -> Batch:
    parts = {"code": "given_code", "base": "given_base", "root": "given_root", "quad": "given_quad"}
    if "url" not in frame.columns:
        frame = frame.with_columns(pl.lit("").alias("url"))
    frame = read_actions(whole(clean(frame, _TEXTS), "id"), parts).with_columns(
        _days(frame, "day").alias("date"), _days(frame, "added").alias("known_on")
    )
    frame, rejected = reject(
        frame,
        [
            (pl.col("id") == "", "has no GLOBALEVENTID"),
            (
                ~pl.col("id").str.contains(r"^\d+$"),
                pl.format("GLOBALEVENTID {} is no whole number: a spreadsheet changed it", "id"),
            ),
            (pl.col("date").is_null(), pl.format("SQLDATE {} is no day (YYYYMMDD)", "day")),
            (pl.col("known_on").is_null(), pl.format("DATEADDED {} is no day", "added")),
            (pl.col("date") < STARTS, pl.format("SQLDATE {} lies before GDELT begins (1979)", "day")),
            (
                pl.col("date") > pl.col("known_on") + pl.duration(days=1),
                pl.format("SQLDATE {} lies after its report ({})", "day", "added"),
            ),
            *after_today("day", "date", "SQLDATE", context.today),
            *after_today("added", "known_on", "DATEADDED", context.today),
            (pl.col("action").is_null(), pl.col("action_fault")),
        ],
        ["id", "day", "sender_code", "receiver_code", "given_code", "added"],
    )
    frame = frame.with_columns(*_actor_columns(frame, "sender"), *_actor_columns(frame, "receiver"))
    if (frame["date"] < date(1991, 12, 26)).any() or frame["sender", "receiver"].select(
        pl.all().is_in(ENDED)
    ).to_numpy().any():
        frame = frame.with_columns(historic("sender"), historic("receiver"))
    frame = _fips_places(with_intensity(frame, "given_intensity")).with_columns(
        pl.format("{}:{}", pl.lit(source), "id").alias("event_id"),
        pl.lit(source).alias("source"),
        pl.coalesce(
            pl.col("mentions").cast(pl.Int32, strict=False),
            pl.col("mentions").cast(pl.Float64, strict=False).cast(pl.Int32, strict=False),
        ).alias("mentions"),
        pl.max_horizontal("date", "known_on").alias("known_on"),
        channel(),
        pl.col("url").replace("", None),
    )
    rows = conform("events", frame.with_columns(assign_areas(frame, context.codebook).alias("areas")))
    changed = corrections(
        frame,
        [
            (pl.col("action_changes").is_not_null(), pl.col("action_changes")),
            (pl.col("scaled"), SCALE),
            (pl.col("mentions").is_null(), UNCOUNTED),
        ],
    )
    moments = frame["added"].str.strip_suffix(".0").str.replace_all(r"\D", "")
    return Batch("events", rows, frame["line"], [*bad, *rejected], moments=moments, corrected=changed)


def read_headerless(blocks: Iterator[Block], context: Context, *, width: int, source: str) -> Iterator[Batch]:
    """The rows of files without a header."""
    for block in blocks:
        yield _normalise(*tab_frame(block.data, block.line, width, _LAYOUTS[width]), source, context)


# The names of the columns in the codebooks, and as BigQuery and gdeltPyR write them.
_NAMES = {
    "globaleventid": "id",
    "sqldate": "day",
    "day": "day",
    "actor1code": "sender_code",
    "actor2code": "receiver_code",
    "eventcode": "given_code",
    "eventbasecode": "given_base",
    "eventrootcode": "given_root",
    "quadclass": "given_quad",
    "goldsteinscale": "given_intensity",
    "nummentions": "mentions",
    "actiongeo fullname": "place",
    "actiongeo countrycode": "place_fips",
    "dateadded": "added",
    "sourceurl": "url",
}
_REMEDY = "name every column in the first line, or delete it where the columns are those of the release"
_NEEDED = ("globaleventid", "actor1code", "actor2code", "eventcode", "quadclass", "goldsteinscale", "dateadded")


def read_named(blocks: Iterator[Block], context: Context, *, source: str) -> Iterator[Batch]:
    """The rows of files with a header, read by the names of columns alone."""
    first = next(blocks)
    names = names_in(Head((first.data.partition(b"\n")[0],)))
    day = "sqldate" if "sqldate" in names or "day" not in names else "day"
    columns = {name: own for name, own in _NAMES.items() if own != "day" or name == day}
    layout = Layout("GDELT events with a header", columns, (*_NEEDED, day), remedy=_REMEDY)
    for frame, bad in frames(chain([first], blocks), layout):
        yield _normalise(frame, bad, source, context)


def _version(head: Head) -> str:
    """GDELT 2.0 alone says when it added an event to the second, and a place's second administrative division.

    >>> _version(Head((b"GLOBALEVENTID,DATEADDED", b"7,20191024143000"))), _version(Head((b"GLOBALEVENTID,DATEADDED",)))
    ('gdelt2', 'gdelt1')
    """
    separator, names = header_of(head.lines[0])
    if "dateadded" in names:
        at = names.index("dateadded")
        lines = (line.decode("utf-8", "replace") for line in head.lines[1:])
        split: list[list[str]] = []
        # A cell without end is told by its row when the file is read.
        with suppress(csv.Error):
            split += (
                [line.split("\t") for line in lines]
                if separator == b"\t"
                else csv.reader(lines, delimiter=separator.decode())
            )
        cells = [row[at] for row in split if len(row) > at]
        widths = [len(digits[0]) for cell in cells if (digits := re.match(r"\d+", cell.strip(' "')))]
        for width, version in ((14, "gdelt2"), (8, "gdelt1")):
            if widths.count(width) * 2 > len(widths):
                return version
    return "gdelt2" if "actiongeo adm2code" in names else "gdelt1"


def is_named(head: Head, *, source: str) -> bool:
    """Whether a file has a header, with three of the columns, and is of this version."""
    names = names_in(head)
    return "globaleventid" in names and len(names & set(_NAMES)) >= 3 and _version(head) == source
