"""Trade agreements, DESTA 2.02: by pair, withdrawals by pair, and the list of treaties. All three tried on real files.

The list tells the same treaties by their members: it is a source of its own, so that none is counted twice.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from detente.files.rows import BadRow
from detente.files.tabular import reject
from detente.sources.context.acts import acts
from detente.sources.context.days import no_day, with_day
from detente.sources.context.parties import both, with_states
from detente.sources.context.rows import UNKNOWN, in_order, once, reader
from detente.sources.schema import Batch
from detente.sources.source import Source

OTHERS = {"900": "XKX"}
"""Kosovo has no number of ISO."""
CONSOLIDATED = "a consolidated text, told by the treaties that it joins"
TREATY = {
    "area": pl.lit("economic"),
    "reference": pl.col("base_treaty"),
}
SIGNED = {
    "signed": {
        "description": pl.format("trade agreement signed: {}", "name"),
    },
    "in force": {
        "description": pl.format("trade agreement in force: {}", "name"),
    },
}
ENDED = {
    "left": {
        "description": pl.format("trade agreement left: {}", "name"),
    }
}


def by_pair(frame: pl.DataFrame, bad: list[BadRow]) -> Iterator[Batch]:
    """An agreement of two states signed and in force (of many states: a fact a pair, under one reference), or left."""
    frame, faults = with_states(frame, "numeric", "iso1", "iso2", others=OTHERS)
    frame = with_day(frame, "signed", "year")
    frame = with_day(frame, "in force", "entryforceyear")
    frame = with_day(frame, "left", "year")
    raw = "number iso1 iso2 name year entryforceyear"
    kept, wrong = reject(frame, [no_day("signed", "year"), *faults], raw.split())
    parties = both("iso1_state", "iso2_state")
    told = kept.filter(pl.col("entry_type") != "consolidated").with_columns(parties.alias("actors"))
    pairs, again = once(told, ["number", "actors"], "the same two states once more")
    skipped = {CONSOLIDATED: kept.height - told.height, **again}
    shared = {
        **TREATY,
        "event_id": pl.concat_str("number", pl.col("actors").list.join("-"), separator=":"),
        "actors": pl.col("actors"),
    }
    left = pl.col("entry_type") == "withdrawal"
    yield from acts("desta", pairs.filter(~left), in_order(bad, wrong), [], shared, SIGNED, raw, skipped)
    yield from acts("desta", pairs.filter(left), [], [], shared, ENDED, raw)


DESTA = Source(
    "desta",
    "DESTA trade agreements",
    (
        reader(
            "iso1 iso2 number base_treaty name entry_type year entryforceyear typememb", by_pair, title="DESTA by pair"
        ),
    ),
    ("dated_facts",),
    covers="years",
    citation="Dür, Baccini and Elsig, The Design of International Trade Agreements, Review of International "
    "Organizations 9(3), 2014 (version 2.02)",
    terms="free with citation",
    home="https://www.designoftradeagreements.org/downloads/",
)

MEMBERS = [f"c{n}" for n in range(1, 151)]
UNTOLD = {
    "consolidated": CONSOLIDATED,
    "withdrawal": "a withdrawal, of which the list doesn't say whose it is",
    "accession": "an accession, of which the list doesn't say whose it is",
    "negotiation": "a negotiation",
}


def treaties(frame: pl.DataFrame, bad: list[BadRow]) -> Iterator[Batch]:
    """A treaty, protocol or amendment of all its members signed and in force."""
    frame = with_day(frame, "signed", "year")
    frame = with_day(frame, "in force", "entryforceyear")
    untold = pl.col("entry_type").replace_strict(UNTOLD, default="", return_dtype=pl.Utf8)
    skipped = {
        why: n for why, n in frame.filter(untold != "").group_by(untold.alias("why")).len().sort("why").iter_rows()
    }
    told = frame.filter(untold == "")
    each = told.unpivot(MEMBERS, index=["line", "year"], value_name="member").filter(~pl.col("member").is_in(UNKNOWN))
    each, _ = with_states(each, "numeric", "member", others=OTHERS)
    lists = each.group_by("line").agg(
        pl.col("member_state").drop_nulls().unique().sort().alias("actors"),
        pl.col("member").filter(pl.col("member_state").is_null()).first().alias("no_state"),
    )
    told = told.join(lists, on="line", how="left", maintain_order="left")
    faults = [
        no_day("signed", "year"),
        (pl.col("no_state").is_not_null(), pl.format("member '{}' is no numeric code of ISO", "no_state")),
        (pl.col("actors").list.len().fill_null(0) < 2, "names less than two members"),
    ]
    shared = {**TREATY, "event_id": pl.concat_str("number", "line", separator=":"), "actors": pl.col("actors")}
    yield from acts("desta_treaties", told, bad, faults, shared, SIGNED, "number name year entryforceyear", skipped)


TREATIES = Source(
    "desta_treaties",
    "DESTA list of treaties",
    (
        reader(
            "number base_treaty name entry_type year entryforceyear typememb c1 c2",
            treaties,
            " ".join(MEMBERS[2:]),
            "DESTA by treaty",
        ),
    ),
    ("dated_facts",),
    covers="years",
    citation=DESTA.citation,
    terms=DESTA.terms,
    home=DESTA.home,
)
