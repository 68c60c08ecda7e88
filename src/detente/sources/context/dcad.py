"""Defence cooperation agreements, DCAD 1.0, by treaty: signed and in force. Tried on a real file."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from detente.files.rows import BadRow
from detente.sources.context.acts import acts
from detente.sources.context.days import misread, no_day, with_day
from detente.sources.context.parties import both, with_states
from detente.sources.context.rows import number, once, reader
from detente.sources.schema import Batch
from detente.sources.source import Source

# What each category of the codebook is, and the area that it belongs to.
CATEGORIES = {
    "DCA": ("defence cooperation", "military_dialogue"),
    "TREX": ("training and exchange of officers", "military_dialogue"),
    "COMMISSION": ("joint defence commission", "military_dialogue"),
    "DIC": ("cooperation of defence industries", "defence_industry"),
    "PROCUREMENT": ("procurement of arms", "defence_industry"),
    "RESEARCH": ("defence research", "defence_industry"),
}


def make(frame: pl.DataFrame, bad: list[BadRow]) -> Iterator[Batch]:
    """Both acts of an agreement under its id. Two agreements of one day differ in their categories; rows that agree in
    all but the id are one.
    """
    same = ["ccode1", "ccode2", "signyear", "signmonth", "signday", "type", "category1", "category2", "category3"]
    frame, skipped = once(frame, same, "the same agreement under another id")
    frame, faults = with_states(frame, "cow", "ccode1", "ccode2", year="signyear")
    frame = with_day(frame, "signed", "signyear", "signmonth", "signday")
    frame = with_day(frame, "in force", "eifyear", "eifmonth", "eifday")
    ended = pl.col("terminated") == "1"
    lasted = pl.when(ended).then(number("durationactual")).cast(pl.Int32, strict=False)
    words = {name: text for name, (text, _) in CATEGORIES.items()}
    areas = {name: area for name, (_, area) in CATEGORIES.items()}
    topic = pl.col("category1").str.to_uppercase()
    faults += [
        no_day("signed", "signyear"),
        misread("in force", "eifyear"),
        (
            ended & ~number("durationactual").is_between(0, 200),
            pl.format("durationActual '{}' is no number of years", "durationactual"),
        ),
        (~topic.is_in(list(CATEGORIES)), pl.format("category1 '{}' is none of the codebook", "category1")),
    ]
    shared = {
        "event_id": pl.col("dcaid"),
        "actors": both("ccode1_state", "ccode2_state"),
        "area": topic.replace_strict(areas, default=None, return_dtype=pl.Utf8),
        "reference": pl.col("dcaid"),
    }
    text = topic.replace_strict(words, default=None, return_dtype=pl.Utf8)
    named = {
        "signed": {
            "description": pl.format("agreement on {} signed", text),
        },
        "in force": {
            "description": pl.format("agreement on {} in force", text),
            "ends": pl.date(pl.col("in force").dt.year() + lasted, 12, 31),
        },
    }
    raw = "dcaid ccode1 ccode2 signyear signmonth signday category1"
    yield from acts("dcad", frame, bad, faults, shared, named, raw, skipped)


DCAD = Source(
    "dcad",
    "DCAD agreements",
    (
        reader(
            "ccode1 ccode2 signDay signMonth signYear EIFDay EIFMonth EIFYear category1 DCAid",
            make,
            "type category2 category3 terminated durationActual",
            "DCAD defence cooperation agreements",
            whole=True,
        ),
    ),
    ("dated_facts",),
    covers="years",
    citation="Kinne, The Defense Cooperation Agreement Dataset (DCAD), Journal of Conflict Resolution 64(4), 2020",
    terms="as on the site of the Correlates of War; cite",
    home="https://correlatesofwar.org/data-sets/defense-cooperation-agreement-dataset/",
)
