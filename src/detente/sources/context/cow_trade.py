"""Trade of two states, Correlates of War 4.0: imports of each from the other, in million US dollars of the year.

Measure of two states: exports (a to b, as the buyer's records have it). Tried on a table of these columns drawn from
the release; the release itself has more of them, not read.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from detente.files.rows import BadRow
from detente.sources.context.rows import Value, indicators, no_numbers, number, reader
from detente.sources.context.yearly import by_year
from detente.sources.schema import Batch
from detente.sources.source import Source


def make(frame: pl.DataFrame, bad: list[BadRow]) -> Iterator[Batch]:
    """Imports, from the seller to the buyer: `a` sells to `b`."""
    frame, faults = by_year(frame, "cow", "ccode1", "ccode2")
    faults += no_numbers(["flow1", "flow2"])
    one, other = pl.col("ccode1_state"), pl.col("ccode2_state")
    flows = [Value("exports", number("flow1"), other, one), Value("exports", number("flow2"), one, other)]
    yield indicators("cow_trade", frame, bad, faults, flows, "ccode1 ccode2 year flow1 flow2")


TRADE = Source(
    "cow_trade",
    "COW trade",
    (reader("ccode1 ccode2 year flow1 flow2", make, title="COW trade by dyad"),),
    ("indicators",),
    covers="years",
    citation="Barbieri, Keshk and Pollins, Trading Data, Conflict Management and Peace Science 26(5), 2009",
    terms="as on the site of the Correlates of War",
    home="https://correlatesofwar.org/data-sets/bilateral-trade/",
)
