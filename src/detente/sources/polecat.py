"""POLECAT events (Halterman et al. 2023): PLOVER-coded, tab-separated, 40 columns with a header.

Columns are read by name. Two faults of the releases are mended: header rows that name more columns than the
rows have, and rows that end in a run of empty extra tabs. The day of publication is the day an event was known.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import polars as pl

from detente.actors import Actors, Person
from detente.codebook import assign_areas, polecat_action
from detente.files.cells import Calendar, after_today, day_faults, is_missing
from detente.files.named import Layout, frames, names_in
from detente.files.rows import BadRow, Head
from detente.files.stream import Block
from detente.files.tabular import corrections, reject
from detente.sources.common import EARLIEST, channel, headless, place_of, read_once
from detente.sources.dataverse import HOSTS, holds, listed
from detente.sources.reader import Context, Reader
from detente.sources.schema import Batch, conform
from detente.sources.source import Fetch, Source

_RELEASE = (
    "event id;event date;event type;event mode;intensity;quad code;contexts;"
    "actor name;actor country;actor cow;primary actor sector;actor sectors;actor title;actor name raw;"
    "wikipedia actor id;recipient name;recipient country;recipient cow;primary recipient sector;"
    "recipient sectors;recipient title;recipient name raw;wikipedia recipient id;placename;city;district;"
    "province;country;latitude;longitude;geonames id;raw placename;feature type;source;publication date;"
    "story people;story organizations;story locations;language;version"
)
_LAYOUT = Layout(
    "POLECAT events",
    {
        "event id": "id",
        "event date": "day",
        "event type": "type",
        "event mode": "mode",
        "intensity": "given_intensity",
        "quad code": "quad_text",
        "contexts": "contexts",
        "actor name": "sender_name",
        "actor country": "sender_country",
        "actor cow": "sender_cow",
        "primary actor sector": "sender_role",
        "recipient name": "receiver_name",
        "recipient country": "receiver_country",
        "recipient cow": "receiver_cow",
        "primary recipient sector": "receiver_role",
        "city": "city",
        "district": "district",
        "province": "province",
        "country": "country",
        "publication date": "published",
    },
    (
        "event id",
        "event date",
        "event type",
        "event mode",
        "actor name",
        "actor country",
        "recipient name",
        "recipient country",
        "publication date",
    ),
    usual=tuple(_RELEASE.split(";")),
)
UNREPORTED = "Publication Date missing or before the event: known from the event's day"
_QUADS = {"verbal cooperation": 1, "material cooperation": 2, "verbal conflict": 3, "material conflict": 4}


def _actors(frame: pl.DataFrame, side: str, index: Actors) -> pl.DataFrame:
    """State or organisation, the sector as given, and what the name overruled."""

    def read(*cells: str) -> tuple[str | None, ...]:
        name, country, cow, role = map(_first, cells)
        code, note = _actor(name, country, cow, index)
        return code or None, role or None, note or None

    keys = [f"{side}_name", f"{side}_country", f"{side}_cow", f"{side}_role"]
    return read_once(frame, keys, read, dict.fromkeys((side, f"{side}_sector", f"{side}_note"), pl.Utf8))


def _actor(name: str, country: str, cow: str, index: Actors) -> tuple[str, str]:
    """The code of an actor and a note: a state's name, else the country code, else the COW number, else any name.

    What is no country there (IGO, NGO, MNC, None) leaves the name to say which organisation it is.
    """
    given = index.by_code("iso3", country) or (index.by_code("cow", cow) if cow else "")
    actor = index.lookup(name)
    if given:
        state = index.country("" if isinstance(actor, Person) else name, given, "iso3")
        return state.code or given, f"actor's name and country disagree: {state.note}" if state.note else ""
    return ("", "") if isinstance(actor, Person) or not actor.known else (actor.code, "")


def _first(cell: str | None) -> str:
    first = (cell or "").split(";")[0].strip()
    return "" if is_missing(first) else first


def _read(blocks: Iterator[Block], context: Context) -> Iterator[Batch]:
    calendar = Calendar()
    for frame, bad in frames(blocks, _LAYOUT):
        yield _normalise(frame, bad, context, calendar)


def _normalise(frame: pl.DataFrame, bad: list[BadRow], context: Context, calendar: Calendar) -> Batch:
    frame = read_once(
        frame,
        ["type", "mode"],
        lambda kind, mode: polecat_action(kind, mode) or (None, None, None),
        {"action": pl.Utf8, "plover": pl.Utf8, "quad": pl.Int8},
    ).with_columns(
        calendar.days(frame, "day").alias("date"),
        calendar.days(frame, "published").alias("known_on"),
        pl.col("quad_text")
        .str.to_lowercase()
        .replace_strict(_QUADS, default=None, return_dtype=pl.Int8)
        .alias("quad_given"),
        pl.col("given_intensity").cast(pl.Float32, strict=False).alias("intensity"),
    )
    frame, rejected = reject(
        frame,
        [
            (pl.col("id") == "", "has no Event ID"),
            *day_faults("day", "date", "Event Date", EARLIEST, context.today),
            (
                pl.col("known_on").is_null() & (pl.col("published") != ""),
                pl.format("Publication Date {} is no day", "published"),
            ),
            *after_today("published", "known_on", "Publication Date", context.today),
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
        pl.col("known_on").alias("reported"),
        pl.max_horizontal("date", pl.col("known_on").fill_null(pl.col("date"))).alias("known_on"),
        pl.lit(1, dtype=pl.Int32).alias("mentions"),
        channel(),
        place_of("city", "district", "province", "country"),
        pl.concat_str(
            pl.format("{}: {} {}: {} contexts={}", "sender_name", "type", "mode", "receiver_name", "contexts"),
            pl.format(" ({})", "sender_note"),
            pl.format(" ({})", "receiver_note"),
            ignore_nulls=True,
        ).alias("text"),
    )
    judged = frame.with_columns(pl.format("contexts={}", "contexts").alias("text"))
    rows = conform("events", frame.with_columns(assign_areas(judged, context.codebook).alias("areas")))
    changed = corrections(
        frame,
        [
            (pl.col("quad_given") != pl.col("quad"), "Quad Code contradicts the Event Type: the type's class is taken"),
            (pl.col("known_on") != pl.col("reported"), UNREPORTED),
            (pl.col("reported").is_null(), UNREPORTED),
            (pl.col("sender_note").is_not_null(), pl.col("sender_note")),
            (pl.col("receiver_note").is_not_null(), pl.col("receiver_note")),
        ],
    )
    return Batch("events", rows, frame["line"], [*bad, *rejected], corrected=changed)


_OWN = set(_LAYOUT.usual[2:4] + _LAYOUT.usual[5:23])


def _recognises(head: Head) -> bool:
    """Four names that only POLECAT has."""
    return len(names_in(head) & _OWN) >= 4


POLECAT = Source(
    "polecat",
    "POLECAT events",
    (Reader(_recognises, _read),),
    rank=3,
    other_files=partial(headless, width=len(_LAYOUT.usual), title="POLECAT"),
    fetch=Fetch(
        "polecat", listed("10.7910/DVN/AJGVIT", lambda name, *span: "ngecevents" in name and holds(name, *span)), HOSTS
    ),
    citation="Scarborough, Bagozzi, Beger, Berrie, Halterman, Schrodt and Spivey, POLECAT Weekly Data, "
    "Harvard Dataverse",
    terms="as on its Dataverse page",
    home="https://doi.org/10.7910/DVN/AJGVIT",
)
