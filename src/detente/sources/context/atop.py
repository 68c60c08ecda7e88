"""Alliance obligations, ATOP 5.1, by pair and year: a spell for each kind of pledge.

Tried on a real file of the directed pairs (columns ccode1, ccode2, atop_defense ...). The official releases by
directed pair (atop5_1ddyr.csv) and by pair (atop5_1dy.csv) are read by their published layouts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import polars as pl

from detente.files.rows import BadRow
from detente.files.tabular import reject
from detente.sources.context.days import no_day, spells, with_day
from detente.sources.context.parties import both, in_order_of_codes, with_states
from detente.sources.context.rows import UNKNOWN, dated_facts, reader
from detente.sources.schema import Batch
from detente.sources.source import Source

PLEDGES = {
    "defense": "defence pact",
    "offense": "offence pact",
    "neutral": "neutrality pact",
    "nonagg": "non-aggression pact",
    "consul": "consultation pact",
}


def make(frame: pl.DataFrame, bad: list[BadRow], a: str, b: str, prefix: str, directed: bool) -> Iterator[Batch]:
    """A fact for each run of years of a pledge, of both states or of one towards the other.

    All pledges of two states in years in a row share a reference: they may stand in one treaty, and a pledge of
    non-aggression alone is no alliance.
    """
    frame = frame.rename({a: "a", b: "b"} | {f"{prefix}{name}": name for name in PLEDGES})
    frame, faults = with_states(frame, "cow", "a", "b")
    frame = with_day(frame, "date", "year")
    faults.append(no_day("date", "year"))
    for name in PLEDGES:
        no_flag = ~pl.col(name).is_in(["0", "1", "0.0", "1.0", *UNKNOWN])
        faults.append((no_flag, pl.format(f"{name} '{{}}' is neither 0 nor 1", name)))
    kept, wrong = reject(frame, faults, f"a b year {' '.join(PLEDGES)}".split())
    low, high = in_order_of_codes("a_state", "b_state")
    kept = kept.with_columns(low.alias("low"), high.alias("high"), pl.col("date").dt.year().alias("year"))
    given = kept.unpivot(
        list(PLEDGES), index=["line", "a_state", "b_state", "low", "high", "year"], variable_name="pledge"
    ).filter(pl.col("value").is_in(["1", "1.0"]))
    mutual = pl.lit(True) if not directed else pl.col("a_state").n_unique().over("low", "high", "year", "pledge") == 2
    given = (
        given.with_columns(pl.when(mutual).then(pl.lit("")).otherwise("a_state").alias("by"))
        .sort("line")
        .unique(["low", "high", "year", "pledge", "by"], keep="first", maintain_order=True)
    )
    since = spells(given, "low", "high").select("low", "high", pl.col("first").alias("since"))
    end, last = pl.col("last").cast(pl.Int32), pl.lit(kept["year"].max(), pl.Int32)
    runs = spells(given, "low", "high", "pledge", "by")
    runs = runs.with_columns(pl.when(end < last).then(pl.date(end, 12, 31)).alias("ends"))
    runs = runs.join(since, on=["low", "high"]).filter(pl.col("since").cast(pl.Int32) <= pl.col("first").cast(pl.Int32))
    runs = with_day(runs.sort("since").unique(["line", "pledge", "by"], keep="last"), "date", "first").sort(
        "line", "pledge"
    )
    kind = pl.col("pledge").replace_strict(PLEDGES, return_dtype=pl.Utf8)
    one_sided = pl.col("by") != ""
    columns = {
        "event_id": pl.concat_str("low", "high", "pledge", "by", "first", separator=":"),
        "ends": pl.col("ends"),
        "actors": pl.when(one_sided).then(pl.concat_list("a_state")).otherwise(both("a_state", "b_state")),
        "targets": pl.when(one_sided).then(pl.concat_list("b_state")),
        "area": pl.lit("diplomatic"),
        "kind": kind,
        "tone": pl.lit("cooperative"),
        "reference": pl.concat_str("low", "high", "since", separator="-"),
        "description": pl.format("{} in force", kind),
    }
    flags = [pl.col(name).is_in(["1", "1.0"]) for name in PLEDGES]
    none = kept.filter(~pl.any_horizontal(flags)).height
    mirrored = (pl.len().over("low", "high", "year") > 1) & (pl.col("a_state") == pl.col("high"))
    other = kept.filter(mirrored & pl.any_horizontal(flags) & ~pl.col("line").is_in(runs["line"].implode())).height
    further = kept.height - runs["line"].n_unique() - other - none
    skipped = {
        "the same two states the other way round": other,
        "a further year of its pledges": further,
        "no pledge": none,
    }
    batch = dated_facts("atop", runs, [*bad, *wrong], [], columns, "line", skipped=skipped)
    days = kept.select(pl.col("date").min(), pl.col("date_last").max())
    yield replace(batch, span=days.row(0) if kept.height else None)


def _layout(
    a: str, b: str, prefix: str = "", marks: str = "", directed: bool = True
) -> tuple[str, partial[Iterator[Batch]]]:
    needed = " ".join([a, b, "year", marks, *(prefix + name for name in PLEDGES)])
    return needed, partial(make, a=a.lower(), b=b.lower(), prefix=prefix, directed=directed)


ATOP = Source(
    "atop",
    "ATOP alliances",
    (
        reader(*_layout("ccode1", "ccode2", "atop_"), title="ATOP alliances by directed pair and year", whole=True),
        reader(
            *_layout("stateA", "stateB", marks="ddyad"), title="ATOP alliances by directed pair and year", whole=True
        ),
        reader(
            *_layout("mem1", "mem2", marks="atopally", directed=False),
            title="ATOP alliances by pair and year",
            whole=True,
        ),
    ),
    ("dated_facts",),
    covers="years",
    citation="Leeds, Ritter, Mitchell and Long, Alliance Treaty Obligations and Provisions, International Interactions "
    "28, 2002 (version 5.1)",
    terms="free with citation; not to be redistributed",
    home="https://www.atopdata.org",
)
