"""Formal alliances of the Correlates of War, 4.1, by dyad: each spell with the strongest pledge that it holds."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from detente.files.rows import BadRow
from detente.sources.context.days import no_day, with_day
from detente.sources.context.parties import both, with_states
from detente.sources.context.rows import dated_facts, reader
from detente.sources.schema import Batch
from detente.sources.source import Source

PLEDGES = {"defense": "defence pact", "neutrality": "neutrality pact", "nonaggression": "non-aggression pact"}


def make(frame: pl.DataFrame, bad: list[BadRow]) -> Iterator[Batch]:
    """Spells as dated facts; one cut off by the first or last year of the data has no such day."""
    frame, faults = with_states(frame, "cow", "ccode1", "ccode2", year="dyad_st_year")
    frame = with_day(frame, "date", "dyad_st_year", "dyad_st_month", "dyad_st_day")
    frame = with_day(frame, "ended", "dyad_end_year", "dyad_end_month", "dyad_end_day")
    pledge = pl.coalesce(pl.when(pl.col(name) == "1").then(pl.lit(kind)) for name, kind in PLEDGES.items())
    spell = {
        "event_id": pl.concat_str("version4id", "ccode1", "ccode2", "date", separator=":"),
        "ends": pl.when(pl.col("right_censor") != "1").then(pl.col("ended_last")),
        "actors": both("ccode1_state", "ccode2_state"),
        "area": pl.lit("diplomatic"),
        "kind": pledge.fill_null("entente"),
        "tone": pl.lit("cooperative"),
        "reference": pl.col("version4id"),
        "description": pl.format("{} in force", pledge.fill_null("entente")),
    }
    raw = "ccode1 ccode2 dyad_st_year dyad_st_month dyad_st_day"
    ended = pl.col("ended_last").is_not_null() | (pl.col("right_censor") == "1")
    faults += [
        no_day("date", "dyad_st_year"),
        (~ended, pl.format("no day can be read of dyad_end_year '{}'", "dyad_end_year")),
    ]
    yield dated_facts("cow_alliances", frame, bad, faults, spell, raw, until=pl.col("ended_last"))


ALLIANCES = Source(
    "cow_alliances",
    "COW alliances",
    (
        reader(
            "version4id ccode1 ccode2 dyad_st_day dyad_st_month dyad_st_year dyad_end_year right_censor defense",
            make,
            "dyad_end_day dyad_end_month neutrality nonaggression entente",
            "COW alliances by dyad",
        ),
    ),
    ("dated_facts",),
    covers="years",
    citation="Gibler, International Military Alliances 1648-2008, 2009",
    terms="as on the site of the Correlates of War; not to be redistributed",
    home="https://correlatesofwar.org/data-sets/formal-alliances/",
)
