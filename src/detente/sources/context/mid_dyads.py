"""Militarised interstate disputes by directed dyad and year: Correlates of War, and Gibler, Miller and Little.

The years in a row of a dispute, in both directions, are one fact of two states: days can't be read of these files.
Both were tried on the form that the R package peacesciencer gives them, which for Gibler, Miller and Little is the
published layout (cut off after 2012 or 2010).
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from detente.files.rows import BadRow
from detente.files.tabular import reject
from detente.sources.context import cow_mid, militarised
from detente.sources.context.rows import (
    Make,
    both,
    dated_facts,
    in_order,
    no_day,
    no_number,
    number,
    reader,
    spells,
    with_day,
    with_states,
)
from detente.sources.schema import Batch
from detente.sources.source import Source

_COLUMNS = "dispnum ccode1 ccode2 year sidea1 sidea2 hiact1 hiact2 hostlev1 hostlev2 orig1 orig2"


def _make(source: str) -> Make:
    def make(frame: pl.DataFrame, bad: list[BadRow]) -> Iterator[Batch]:
        frame, faults = with_states(frame, "cow", "ccode1", "ccode2")
        faults.append(no_day("date", "year"))
        for n in "12":
            faults += [militarised.no_side(f"sidea{n}"), militarised.no_action(f"hiact{n}"), no_number(f"hostlev{n}")]
        raw = "dispnum ccode1 ccode2 year sidea1 sidea2 hostlev1 hostlev2"
        kept, wrong = reject(with_day(frame, "date", "year"), faults, raw.split())
        pair = both("ccode1_state", "ccode2_state").alias("pair")
        disputes = spells(kept.with_columns(pair), "dispnum", "pair")
        disputes = with_day(with_day(disputes, "date", "first"), "ended", "last")
        level = pl.max_horizontal(number("hostlev1"), number("hostlev2"))
        parties = [militarised.party(f"ccode{n}_state", f"sidea{n}", f"orig{n}", f"hiact{n}") for n in "12"]
        dispute = {
            "event_id": pl.concat_str("dispnum", pl.col("pair").list.join("-"), "first", separator=":"),
            "ends": pl.col("ended_last"),
            "known_on": pl.col("ended_last"),
            "actors": pl.col("pair"),
            "area": militarised.area(level),
            "kind": pl.lit("militarised dispute"),
            "tone": pl.lit("conflictual"),
            "level": level,
            "reference": pl.col("dispnum"),
            "description": pl.format("militarised dispute: {} and {}", *parties),
        }
        rest = kept.height - disputes.height
        skipped = {"is a further year or the other direction of a row kept": rest} if rest else {}
        bad = in_order(bad, wrong)
        yield dated_facts(source, disputes, bad, [], dispute, raw, skipped=skipped)

    return make


MID_DYADS = Source(
    "cow_mid_dyads",
    "COW militarised disputes by dyad",
    (reader(f"{_COLUMNS} dispongoing", _make("cow_mid_dyads"), whole=True),),
    ("dated_facts",),
    covers="years",
    citation=cow_mid.MID.citation,
    terms=cow_mid.MID.terms,
    home=cow_mid.MID.home,
)
GML = Source(
    "gml",
    "Gibler-Miller-Little militarised disputes",
    (
        reader(f"{_COLUMNS} midongoing", _make("gml"), title="GML disputes by dyad", whole=True),
        *cow_mid.tables("gml", "GML", says=b"gml-"),
    ),
    ("dated_facts",),
    covers="years",
    citation="Gibler, Miller and Little, An Analysis of the Militarized Interstate Dispute (MID) Dataset, 1816-2001, "
    "International Studies Quarterly 60(4), 2016",
    terms="of the International Conflict Data Project: to be cited, not to be passed on",
    home="https://internationalconflict.ua.edu/data-download/",
)
