"""The Global Sanctions Data Base (version 4) by its published layouts, tried on no real file: by case, with names and
years of beginning and end, and by pair and year, in which organisations are their members.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from detente.actors import Actors
from detente.files.rows import BadRow
from detente.files.tabular import reject
from detente.sources.context.acts import acts
from detente.sources.context.days import backwards, no_day, spells, with_day
from detente.sources.context.parties import with_parties, with_states
from detente.sources.context.rows import in_order, number, reader
from detente.sources.schema import Batch
from detente.sources.source import Source

SIDES = ("sanctioning_state", "sanctioned_state")
MEASURES = ("arms", "military", "trade", "financial", "travel", "other")
BODIES = {"EEC": ("EU",), "EC": ("EU",), "EU": ("EU",), "UNO": ("UN",)}
"""The data base's own names of organisations."""


def cases(frame: pl.DataFrame, bad: list[BadRow], actors: Actors) -> Iterator[Batch]:
    """A case as sanctions imposed and lifted; one that goes on in the last year of the file has no end."""
    frame, no_sender = with_parties(frame, actors, "sanctioning_state", BODIES)
    frame, no_target = with_parties(frame, actors, "sanctioned_state", BODIES)
    frame = with_day(frame, "imposed", "begin")
    frame = with_day(frame, "lifted", "end")
    faults = [
        no_day("imposed", "begin"),
        no_day("lifted", "end"),
        backwards("imposed", "lifted"),
        no_sender,
        no_target,
    ]
    ids = [pl.col(f"{side}_codes").list.join("+") for side in SIDES]
    kept, wrong = reject(frame, faults, ["case_id", "sanctioned_state", "sanctioning_state", "begin", "end"])
    kept = kept.with_columns(pl.concat_str("case_id", *ids, separator=":").alias("id"))
    senders, targets = (pl.col(f"{side}_codes") for side in SIDES)
    yield from _told(kept, in_order(bad, wrong), senders, targets)


def dyads(frame: pl.DataFrame, bad: list[BadRow]) -> Iterator[Batch]:
    """Years in a row of a case between two states as sanctions imposed and lifted; a row may be of several cases."""
    sender, target = "sanctioning_state_iso3", "sanctioned_state_iso3"
    frame, faults = with_states(frame, "iso3", sender, target)
    frame = with_day(frame, "imposed", "year")
    kept, wrong = reject(frame, [no_day("imposed", "year"), *faults], ["case_id", sender, target, "year"])
    single = kept.with_columns(pl.col("imposed").dt.year().alias("year"), pl.col("case_id").str.split(",")).explode(
        "case_id", empty_as_null=True
    )
    single = single.with_columns(pl.col("case_id").str.strip_chars())
    runs = with_day(spells(single, "case_id", f"{sender}_state", f"{target}_state"), "imposed", "first")
    runs = with_day(runs, "lifted", "last")
    runs = runs.with_columns(
        pl.concat_str("case_id", f"{sender}_state", f"{target}_state", "first", separator=":").alias("id")
    )
    skipped = {"a further year of the same sanctions": kept.height - runs["line"].n_unique()}
    actors, targets = pl.concat_list(f"{sender}_state"), pl.concat_list(f"{target}_state")
    yield from _told(runs, in_order(bad, wrong), actors, targets, skipped)


def _told(
    frame: pl.DataFrame,
    bad: list[BadRow],
    actors: pl.Expr,
    targets: pl.Expr,
    skipped: dict[str, int] | None = None,
) -> Iterator[Batch]:
    """Sanctions from `imposed` to the end of the year `lifted`, by their measures."""
    days = frame.select(pl.col("imposed").min(), pl.col("lifted_last").max()).row(0) if frame.height else None
    goes_on = pl.col("lifted") == pl.col("lifted").max()
    frame = frame.with_columns(pl.when(~goes_on).then("lifted").alias("lifted"))
    is_on = {name: number(name) == 1 for name in MEASURES}
    economic = is_on["trade"] | is_on["financial"] | is_on["other"]
    text = (
        pl.concat_list(pl.when(test).then(pl.lit(name)) for name, test in is_on.items())
        .list.drop_nulls()
        .list.join(", ")
    )
    area = (
        pl.when(economic)
        .then(pl.lit("economic"))
        .when(is_on["arms"])
        .then(pl.lit("defence_industry"))
        .when(is_on["military"])
        .then(pl.lit("military_dialogue"))
        .otherwise(pl.lit("diplomatic"))
    )
    body = actors.list.first()
    shared = {
        "event_id": pl.col("id"),
        "actors": actors,
        "targets": targets,
        "area": area,
        "channel": pl.when(body.str.len_chars() != 3).then(body),
        "reference": pl.col("case_id"),
    }
    named = {
        "imposed": {
            "ends": pl.when(pl.col("lifted").is_not_null()).then("lifted_last"),
            "description": pl.format("sanctions imposed ({})", text),
        },
        "lifted": {
            "description": pl.format("last year of sanctions ({})", text),
        },
    }
    raw = "case_id sanctioned_state sanctioning_state"
    for batch in acts("gsdb", frame, bad, [], shared, named, raw, skipped):
        yield replace(batch, span=days) if batch.span else batch


_COLUMNS = f"case_id sanctioned_state sanctioning_state {' '.join(MEASURES)}"
GSDB = Source(
    "gsdb",
    "Global Sanctions Data Base",
    (
        reader(
            f"{_COLUMNS} sanctioned_state_iso3 sanctioning_state_iso3 year",
            dyads,
            title="GSDB sanctions by pair and year",
            whole=True,
        ),
        reader(f"{_COLUMNS} begin end", cases, title="GSDB sanctions by case", whole=True, by_name=True),
    ),
    ("dated_facts",),
    covers="years",
    citation="Syropoulos, Felbermayr, Kirilakha, Yalcin and Yotov, The Global Sanctions Data Base, Release 4, Review "
    "of International Economics, 2024",
    terms="on request from the authors; cite",
    home="https://www.globalsanctionsdatabase.com",
)
