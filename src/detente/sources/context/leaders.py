"""Leaders of states, Archigos 4.1: who held the most power, from day to day, as dated facts of the kind leader.

One who was in office at the end of the data has no end known. States are by Gleditsch and Ward's number, which the
release calls ccode. Tried on a table drawn from the release; the release (behind tabs, with more columns) is read by
its layout.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from detente.files.rows import BadRow
from detente.sources.context.days import backwards, no_day, with_date
from detente.sources.context.parties import with_states
from detente.sources.context.rows import Make, dated_facts, reader
from detente.sources.schema import Batch
from detente.sources.source import Source


def _leaders(code: str) -> Make:
    def make(frame: pl.DataFrame, bad: list[BadRow]) -> Iterator[Batch]:
        frame = with_date(with_date(frame, "date", "startdate"), "ended", "enddate")
        frame, faults = with_states(frame, "gw", code, year="date_year")
        faults = [no_day("date", "startdate"), no_day("ended", "enddate"), *faults]
        faults.append((pl.col("obsid") == "", "has no obsid"))
        faults.append(backwards())
        still = pl.col("exit").str.to_lowercase() == "still in office"
        spell = {
            "event_id": pl.col("obsid"),
            "ends": pl.when(~still).then("ended_last"),
            "actors": pl.concat_list(f"{code}_state"),
            "kind": pl.lit("leader"),
            "reference": pl.col("obsid"),
            "description": pl.format("{} takes office as leader", "leader"),
        }
        raw = f"obsid {code} leader startdate enddate"
        yield dated_facts("archigos", frame, bad, faults, spell, raw, until=pl.col("ended_last"))

    return make


LEADERS = Source(
    "archigos",
    "Archigos leaders",
    (
        reader("obsid gwcode leader startdate enddate entry exit", _leaders("gwcode"), title="Archigos leaders"),
        reader("obsid ccode leader startdate enddate entry exit", _leaders("ccode"), title="Archigos leaders"),
    ),
    ("dated_facts",),
    covers="years",
    citation="Goemans, Gleditsch and Chiozza, Introducing Archigos: A Dataset of Political Leaders, Journal of Peace "
    "Research 46(2), 2009",
    terms="as on the authors' site",
    home="https://www.rochester.edu/college/faculty/hgoemans/data.htm",
)
