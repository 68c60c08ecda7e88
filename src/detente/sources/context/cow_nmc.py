"""National material capabilities of the Correlates of War, 7.0, by state and year.

Measures of a state: milex (military expenditure, thousand US dollars of the year; by the codebook British pounds
before 1914), milper (military personnel, thousands), irst (iron and steel, thousand tons), pec (energy consumed,
thousand tons of coal), tpop and upop (all people, and those in cities; thousands), cinc (share of the six in those of
all states, 0 to 1). Unknown ones have no row. Tried on a table of these columns drawn from the release; the release
adds stateabb and version, and writes -9 for what is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from detente.files.rows import BadRow
from detente.sources.context.rows import (
    Value,
    indicators,
    no_day,
    no_numbers,
    number,
    reader,
    with_day,
    with_former,
    with_states,
)
from detente.sources.schema import Batch
from detente.sources.source import Source

MEASURES = ("milex", "milper", "irst", "pec", "tpop", "upop", "cinc")


def make(frame: pl.DataFrame, bad: list[BadRow]) -> Iterator[Batch]:
    """A row a measure that is known."""
    frame, faults = with_states(frame, "cow", "ccode")
    frame = with_former(frame, "cow", "ccode")
    frame = with_day(frame, "date", "year")
    faults += [no_day("date", "year"), *no_numbers(MEASURES[:-1]), *no_numbers(["cinc"], high=1)]
    values = [Value(name, number(name), pl.col("ccode_state")) for name in MEASURES]
    yield indicators("cow_nmc", frame, bad, faults, values, f"ccode year {' '.join(MEASURES)}")


NMC = Source(
    "cow_nmc",
    "COW capabilities",
    (reader(f"ccode year {' '.join(MEASURES)}", make, title="COW national material capabilities"),),
    ("indicators",),
    covers="years",
    citation="Singer, Bremer and Stuckey, Capability Distribution, Uncertainty, and Major Power War, 1972; "
    "National Material Capabilities 7.0",
    terms="as on the site of the Correlates of War",
    home="https://correlatesofwar.org/data-sets/national-material-capabilities/",
)
