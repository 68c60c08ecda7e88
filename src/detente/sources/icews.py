"""ICEWS coded events: the 20-column Dataverse release, and triples of names by day.

Release: Boschee et al., Integrated Crisis Early Warning System coded event data, Harvard Dataverse
doi:10.7910/DVN/28075 (tab-separated, header, UTF-8, NA or NULL for missing; days as 2017-12-31 or 12/31/2017).
Exports of it by other tools are read by their column names. Triples: date, sender, action, cameo, goldstein,
receiver, as in the ICEWS18 benchmark. ICEWS gives no day of release, so an event counts as known on its own date.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import polars as pl

from detente.codebook import assign_areas
from detente.files.cells import Calendar, day_faults, whole
from detente.files.named import Layout, frames, names_in
from detente.files.rows import BadRow, Head
from detente.files.stream import Block
from detente.files.tabular import corrections, reject
from detente.sources.codes import SCALE, read_actions, with_intensity
from detente.sources.common import EARLIEST, channel, headless, historic, place_of, resolve_names
from detente.sources.dataverse import HOSTS, holds, listed
from detente.sources.reader import Context, Reader
from detente.sources.schema import Batch, conform
from detente.sources.source import DAY, MONTH, YEAR, Fetch, Source

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
_OWN = set(RELEASE[2:7] + RELEASE[8:13])
_RELEASE = Layout(
    "ICEWS events",
    {
        "event id": "id",
        "event date": "day",
        "source name": "sender_name",
        "source sectors": "sender_sectors",
        "source country": "sender_country",
        "event text": "action_name",
        "cameo code": "given_code",
        "intensity": "given_intensity",
        "target name": "receiver_name",
        "target sectors": "receiver_sectors",
        "target country": "receiver_country",
        "city": "city",
        "district": "district",
        "province": "province",
        "country": "country",
    },
    (
        "event id",
        "event date",
        "source name",
        "source country",
        "event text",
        "cameo code",
        "target name",
        "target country",
    ),
)
TRIPLE_COLUMNS = ["date", "sender", "action", "cameo", "goldstein", "receiver"]
_TRIPLES = Layout(
    "ICEWS triples",
    {
        "date": "day",
        "sender": "sender_name",
        "action": "action_name",
        "cameo": "given_code",
        "goldstein": "given_intensity",
        "receiver": "receiver_name",
    },
    tuple(TRIPLE_COLUMNS),
)


def _normalise(
    frame: pl.DataFrame, bad: list[BadRow], source: str, context: Context, calendar: Calendar, *, release: bool
) -> Batch:
    frame = read_actions(frame, {"code": "given_code", "name": "action_name"}).with_columns(
        calendar.days(frame, "day").alias("date")
    )
    faults = [
        *day_faults("day", "date", "date", EARLIEST, context.today),
        (pl.col("action").is_null(), pl.col("action_fault")),
    ]
    # As read, so that one event has one id however its day and code are written.
    parts = (pl.col("date").cast(pl.Utf8), "sender_name", "action_name", "action", "receiver_name")
    event_id, place = pl.concat_str(*parts, separator="|"), pl.lit(None, dtype=pl.Utf8).alias("place")
    if release:
        frame = whole(frame, "id")
        faults += [
            (pl.col("id") == "", "has no Event ID"),
            (~pl.col("id").str.contains(r"^\d+$"), pl.format("Event ID {} is no whole number", "id")),
        ]
        event_id, place = pl.col("id"), place_of("city", "district", "province", "country")
    frame, rejected = reject(frame, faults, ["day", "sender_name", "given_code", "action_name", "receiver_name"])
    for side in ("sender", "receiver"):
        frame = resolve_names(frame, side, context.actors, has_country=release).with_columns(historic(side))
    frame = with_intensity(frame, "given_intensity").with_columns(
        pl.format("{}:{}", pl.lit(source), event_id).alias("event_id"),
        pl.lit(source).alias("source"),
        pl.col("date").alias("known_on"),
        pl.lit(1, dtype=pl.Int32).alias("mentions"),
        channel(),
        pl.format("{}: {}: {}", "sender_name", "action_name", "receiver_name").alias("text"),
        place,
    )
    # Names of the actors are no words about the issue: areas are read from what was done.
    judged = frame.with_columns(pl.col("action_name").alias("text"))
    rows = conform("events", frame.with_columns(assign_areas(judged, context.codebook).alias("areas")))
    disagree = [
        (pl.col(note).is_not_null(), pl.format("actor's name and country disagree: {}", note))
        for note in ("sender_note", "receiver_note")
    ]
    changed = corrections(
        frame,
        [(pl.col("action_changes").is_not_null(), pl.col("action_changes")), (pl.col("scaled"), SCALE), *disagree],
    )
    return Batch("events", rows, frame["line"], [*bad, *rejected], corrected=changed)


def _read(blocks: Iterator[Block], context: Context, *, layout: Layout, source: str) -> Iterator[Batch]:
    calendar = Calendar()
    for frame, bad in frames(blocks, layout):
        yield _normalise(frame, bad, source, context, calendar, release=layout is _RELEASE)


def _is_release(head: Head) -> bool:
    """Four names that only ICEWS has: a file that lacks others is told which, not taken for something else."""
    return len(_OWN & names_in(head)) >= 4


_ABOUT: dict[str, Any] = {
    "citation": (
        "Boschee, Lautenschlager, O'Brien, Shellman, Starz and Ward, ICEWS Coded Event Data, Harvard Dataverse"
    ),
    "terms": "as on its Dataverse page",
    "home": "https://doi.org/10.7910/DVN/28075",
}
RELEASES = Source(
    "icews",
    "ICEWS events",
    (
        Reader(
            _is_release,
            partial(_read, layout=_RELEASE, source="icews"),
            "ICEWS coded events (release)",
            names=_RELEASE,
        ),
    ),
    rank=1,
    spans=((r"^events\.((?:19|20)\d\d)\.", "%Y"),),
    releases=rf"events\.\d{{4}}\.({YEAR}{MONTH}{DAY})(?!\d)",
    other_files=partial(headless, width=len(RELEASE), title="ICEWS"),
    fetch=Fetch(
        "icews",
        listed("10.7910/DVN/28075", lambda name, *span: name.startswith("events.") and holds(name, *span)),
        HOSTS,
    ),
    **_ABOUT,
)
TRIPLES = Source(
    "icews_triples",
    "ICEWS events as triples",
    (
        Reader(
            lambda head: set(TRIPLE_COLUMNS) <= names_in(head),
            partial(_read, layout=_TRIPLES, source="icews_triples"),
            "ICEWS events as name triples",
            names=_TRIPLES,
        ),
    ),
    rank=2,
    **_ABOUT,
)
