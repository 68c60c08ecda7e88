"""Militarised interstate disputes by directed dyad and year: Correlates of War, and Gibler, Miller and Little.

The years in a row of a dispute, in both directions, are one fact of two states: only the dyadic release of the
Correlates of War (4.02, 4.03) tells days. The two others were tried on the form that the R package peacesciencer gives
them, which for Gibler, Miller and Little is the published layout (cut off after 2012 or 2010); that one was not.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from detente.files.rows import BadRow
from detente.files.tabular import reject
from detente.sources.context import cow_mid, militarised
from detente.sources.context.days import no_day, spells, with_day, with_spell
from detente.sources.context.parties import both, with_states
from detente.sources.context.rows import Make, dated_facts, in_order, number, reader
from detente.sources.schema import Batch
from detente.sources.source import Source

_COLUMNS = "dispnum ccode1 ccode2 year sidea1 sidea2 hiact1 hiact2 hostlev1 hostlev2 orig1 orig2"
_DAYS = "strtyr strtmnth strtday endyear endmnth endday"
_SIDES = "sideaa sideab hihosta hihostb highmcaa highmcab orignata orignatb"


def _by_year(source: str) -> Make:
    def make(frame: pl.DataFrame, bad: list[BadRow]) -> Iterator[Batch]:
        frame, faults = with_states(frame, "cow", "ccode1", "ccode2")
        faults.append(no_day("date", "year"))
        for n in "12":
            faults += militarised.no_party(f"sidea{n}", f"hiact{n}", f"hostlev{n}")
        raw = "dispnum ccode1 ccode2 year sidea1 sidea2 hostlev1 hostlev2"
        kept, wrong = reject(with_day(frame, "date", "year"), faults, raw.split())
        # By number: a state that changes its name during a dispute is no second party.
        disputes = spells(kept.with_columns(both("ccode1", "ccode2").alias("pair")), "dispnum", "pair")
        disputes = disputes.with_columns(both("ccode1_state", "ccode2_state").alias("pair"))
        disputes = with_day(with_day(disputes, "date", "first"), "ended", "last").with_columns(
            ends=pl.col("ended_last")
        )
        parties = [militarised.party(f"ccode{n}_state", f"sidea{n}", f"orig{n}", f"hiact{n}") for n in "12"]
        levels = [number(f"hostlev{n}") for n in "12"]
        yield _facts(source, disputes, kept.height, in_order(bad, wrong), "dispnum", parties, levels)

    return make


def _by_day(frame: pl.DataFrame, bad: list[BadRow]) -> Iterator[Batch]:
    """Dyad-years that each repeat the days of the whole."""
    frame, faults = with_states(frame, "cow", "statea", "stateb", year="strtyr")
    frame, undated = with_spell(frame, _DAYS.split()[:3], _DAYS.split()[3:])
    faults += undated
    for n in "ab":
        faults += militarised.no_party(f"sidea{n}", f"highmca{n}", f"hihost{n}")
    kept, wrong = reject(frame, faults, f"disno statea stateb {_DAYS}".split())
    pair = both("statea_state", "stateb_state").alias("pair")
    goes_on = pl.col("ongo2014") == "1"
    disputes = (
        kept.with_columns(pair, pl.when(~goes_on).then(pl.col("ended_last")).alias("ends"))
        .sort("line")
        .unique(["disno", "pair", "date"], keep="first", maintain_order=True)
    )
    parties = [militarised.party(f"state{n}_state", f"sidea{n}", f"orignat{n}", f"highmca{n}") for n in "ab"]
    levels = [number(f"hihost{n}") for n in "ab"]
    yield _facts("cow_mid_dyads", disputes, kept.height, in_order(bad, wrong), "disno", parties, levels)


def _facts(
    source: str,
    disputes: pl.DataFrame,
    rows: int,
    bad: list[BadRow],
    dispute: str,
    parties: list[pl.Expr],
    levels: list[pl.Expr],
) -> Batch:
    """The facts of disputes of `rows` dyad-years, with the column of their numbers and words for both parties."""
    level = pl.max_horizontal(levels)
    fact = militarised.fact("militarised dispute", level, dispute) | {
        "ends": pl.col("ends"),
        "event_id": pl.concat_str(dispute, pl.col("pair").list.join("-"), "date", separator=":"),
        "actors": pl.col("pair"),
        "description": pl.format("militarised dispute: {} and {}", *parties),
    }
    skipped = {"is a further year or the other direction of a row kept": rows - disputes.height}
    return dated_facts(source, disputes, bad, [], fact, dispute, skipped=skipped)


MID_DYADS = Source(
    "cow_mid_dyads",
    "COW militarised disputes by dyad",
    (
        reader(f"{_COLUMNS} dispongoing", _by_year("cow_mid_dyads"), whole=True),
        reader(
            f"disno dyindex statea stateb year {_DAYS} {_SIDES}", _by_day, "ongo2014", "COW MID (dyadic)", whole=True
        ),
    ),
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
        reader(f"{_COLUMNS} midongoing", _by_year("gml"), title="GML disputes by dyad", whole=True),
        *cow_mid.tables("gml", "GML", says=b"gml-"),
    ),
    ("dated_facts",),
    covers="years",
    citation="Gibler, Miller and Little, An Analysis of the Militarized Interstate Dispute (MID) Dataset, 1816-2001, "
    "International Studies Quarterly 60(4), 2016",
    terms="of the International Conflict Data Project: to be cited, not to be passed on",
    home="https://internationalconflict.ua.edu/data-download/",
)
