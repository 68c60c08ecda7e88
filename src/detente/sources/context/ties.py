"""Threats and impositions of sanctions, TIES 4, a row a case.

Tried on a real file that has the imposed cases alone; the official table (TIESv4, with threats, months and days) is
read by its published layout.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import polars as pl

from detente.files.rows import BadRow
from detente.sources.context.acts import acts
from detente.sources.context.days import backwards, no_day, with_day
from detente.sources.context.parties import with_states
from detente.sources.context.rows import UNKNOWN, reader
from detente.sources.schema import Batch
from detente.sources.source import Source

BODIES = {"1000": "EU"}
"""Numbers of the codebook that are no states."""
NO_END = (*UNKNOWN, "3000", "9999")
"""How the end of a case is written that had none."""
PARTS = ("year", "month", "day")


def make(frame: pl.DataFrame, bad: list[BadRow], imposed: str) -> Iterator[Batch]:
    """A case as sanctions threatened, imposed and lifted, by the primary sender. Of several years of imposition the
    first is taken; `imposed` begins the names of its columns.
    """
    if "imposition" not in frame.columns:
        frame = frame.with_columns(imposition=pl.lit("1"), threat=pl.lit(""))
    dates = [f"{imposed}{part}" for part in PARTS]
    frame = frame.with_columns(pl.col(dates).str.extract("^([^,;]*)").str.strip_chars())
    frame = with_day(frame, "imposed", *dates)
    frame = with_day(frame, "threatened", *(f"start{part}" for part in PARTS))
    frame = with_day(frame, "lifted", "endyear", "endmonth", "endday", NO_END)
    was = {"imposed": pl.col("imposition") == "1", "threatened": pl.col("threat") == "1"}
    was["lifted"] = was["imposed"]
    when = pl.when(was["imposed"]).then("imposed").otherwise("threatened").dt.year().cast(pl.Utf8).fill_null("")
    frame, states = with_states(
        frame.with_columns(when.alias("year")), "cow", "primarysender", "targetstate", others=BODIES
    )
    unread, text = no_day("imposed", f"{imposed}year")
    faults = [(was["imposed"] & unread, text), *states]
    late, words = backwards("imposed", "lifted")
    faults.append((was["imposed"] & late, words))
    frame = frame.with_columns(pl.when(test).then(act).alias(act) for act, test in was.items())
    sender = pl.col("primarysender").replace_strict(BODIES, default=None, return_dtype=pl.Utf8)
    shared = {
        "event_id": pl.col("caseid"),
        "actors": pl.concat_list("primarysender_state"),
        "targets": pl.concat_list("targetstate_state"),
        "area": pl.lit("economic"),
        "channel": sender,
        "reference": pl.col("caseid"),
    }
    named = {
        "imposed": {
            "ends": pl.col("lifted_last"),
            "description": pl.lit("sanctions imposed"),
        },
        "threatened": {
            "known_on": pl.col("date_last"),
            "description": pl.lit("sanctions threatened"),
        },
        "lifted": {
            "description": pl.lit("sanctions ended"),
        },
    }
    raw = f"caseid primarysender targetstate {imposed}year endyear"
    yield from acts("ties", frame, bad, faults, shared, named, raw)


OFFICIAL = "sancimpositionstart"
_ENDS = "startyear startmonth startday endmonth endday"
TIES = Source(
    "ties",
    "TIES sanctions",
    (
        reader(
            f"caseid imposition {OFFICIAL}year primarysender targetstate endyear",
            partial(make, imposed=OFFICIAL),
            f"threat {OFFICIAL}month {OFFICIAL}day {_ENDS}",
            "TIES cases",
        ),
        reader(
            "caseid primarysender targetstate sancstartyear endyear",
            partial(make, imposed="sancstart"),
            f"sancstartmonth sancstartday {_ENDS}",
            "TIES cases that were imposed",
        ),
    ),
    ("dated_facts",),
    covers="years",
    citation="Morgan, Bapat and Kobayashi, Threat and Imposition of Economic Sanctions 1945-2005, Conflict Management "
    "and Peace Science 31(5), 2014",
    terms="cite",
    home="https://sanctions.web.unc.edu",
)
