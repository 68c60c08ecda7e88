"""Investment treaties listed by UNCTAD: signed, in force and ended, with the parties by name.

Tried on a real file that has an id and days as YYYY-MM-DD; the list as the site gives it (no id, day/month/year) is
read by its published layout.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from detente.actors import Actors, organisations
from detente.files.rows import BadRow
from detente.sources.common import historic
from detente.sources.context.acts import acts
from detente.sources.context.days import misread, no_day, on_day
from detente.sources.context.parties import with_parties
from detente.sources.context.rows import reader
from detente.sources.schema import Batch
from detente.sources.source import Source

PARTIES = {
    "BLEU (Belgium-Luxembourg Economic Union)": ("BEL", "LUX"),
    "MERCOSUR (Mercado Común Sudamericano)": ("MERCOSUR",),
    "BIMSTEC (Bay of Bengal Initiative for Multi-Sectoral Technical and Economic Cooperation)": ("BIMSTEC",),
    "Hong Kong, China SAR": ("HKG",),
    "Macao, China SAR": ("MAC",),
    "Congo": ("COG",),
}
"""The list's own names."""


def make(frame: pl.DataFrame, bad: list[BadRow], actors: Actors) -> Iterator[Batch]:
    """Up to three acts of a treaty. What was signed and never came into force has the first alone."""
    named_id = pl.when(pl.col("treaty_id") == "").then("short_title").otherwise("treaty_id")
    frame, unknown = with_parties(frame.with_columns(named_id.alias("id")), actors, "parties", PARTIES)
    days = {"signed": "date_of_signature", "in force": "date_of_entry_into_force", "ended": "termination_date"}
    for act, column in days.items():
        frame = on_day(frame, act, column, "%Y-%m-%d", "%d/%m/%Y")
    bodies = [code for code, body in organisations().items() if body.kind == "organisation"]
    alone, body = (
        pl.col("parties_codes").list.len() < 2,
        pl.col("parties_codes").list.set_intersection(bodies).list.first(),
    )
    faults = [
        no_day("signed", "date_of_signature"),
        *(misread(act, column) for act, column in days.items()),
        unknown,
        (alone & body.is_null(), pl.format("names less than two parties: '{}'", "parties")),
    ]
    # Treaties of the Soviet Union stand under Russia.
    soviet = (
        frame.select(pl.lit("RUS").alias("code"), pl.col("signed").alias("date")).select(historic("code")).to_series()
    )
    codes = pl.col("parties_codes")
    frame = frame.with_columns(soviet.alias("russia")).with_columns(
        pl.when(codes.list.contains("RUS"))
        .then(pl.concat_list(codes.list.set_difference(["RUS"]), "russia").list.sort())
        .otherwise(codes)
        .alias("actors")
    )
    kind = pl.when(pl.col("type") == "BITs").then(pl.lit("bilateral investment treaty"))
    text = kind.otherwise(pl.lit("treaty with investment provisions"))
    shared = {
        "event_id": pl.col("id"),
        "actors": pl.col("actors"),
        "area": pl.lit("economic"),
        "channel": body,
        "reference": pl.col("id"),
    }
    title = pl.col("short_title")
    named = {
        "signed": {
            "description": pl.format("{} signed: {}", text, title),
        },
        "in force": {
            "description": pl.format("{} in force: {}", text, title),
            "ends": pl.col("ended"),
        },
        "ended": {
            "description": pl.format("{} ended: {}", text, title),
        },
    }
    raw = "id short_title parties date_of_signature date_of_entry_into_force termination_date"
    yield from acts("bits", frame, bad, faults, shared, named, raw)


BITS = Source(
    "bits",
    "UNCTAD investment treaties",
    (
        reader(
            "short_title type status parties date_of_signature",
            make,
            "treaty_id date_of_entry_into_force termination_date",
            "UNCTAD's investment treaties",
            by_name=True,
        ),
    ),
    ("dated_facts",),
    covers="years",
    citation="UNCTAD, International Investment Agreements Navigator",
    terms="terms of UNCTAD; cite",
    home="https://investmentpolicy.unctad.org/international-investment-agreements",
)
