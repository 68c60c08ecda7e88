"""Armed conflicts of UCDP and PRIO: episodes as dated facts, the intensity of each year as indicators.

The data repeat a conflict each year. An episode gives a fact for every two states of opposite sides, those that sent
troops in support of a side among them (`fights`); for a government that fights at home or in a colony, which no second
state does (`alone`); and for each supporter towards the state that it supports (`supports`). Intensity is 1 for 25-999
battle deaths in a year, 2 for more. Tried on 25.1 as the R package peacesciencer gives it (a row each combination of
parties); the released table, which lists several parties in a cell and has codes for words, on its published layout.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from detente.files.rows import BadRow
from detente.files.tabular import reject
from detente.sources.context.days import no_day, spells, with_day
from detente.sources.context.parties import both, in_order_of_codes, with_states
from detente.sources.context.rows import (
    Fault,
    Value,
    dated_facts,
    in_order,
    indicators,
    no_number,
    not_too_many_pairs,
    number,
    reader,
)
from detente.sources.schema import Batch
from detente.sources.source import Source

ABOUT = {"1": "territory", "2": "government", "3": "territory and government", "both": "territory and government"}
INTERSTATE = "inter-state"
TYPES = {
    "1": "colonial",
    "extrasystemic": "colonial",
    "2": INTERSTATE,
    "interstate": INTERSTATE,
    "3": "internal",
    "intrastate": "internal",
    "4": "internationalised internal",
    "ii": "internationalised internal",
}
_RAW = "conflict_id year gwno_a gwno_a_2nd gwno_b gwno_b_2nd incompatibility intensity_level type_of_conflict "
_RAW += "start_date2 start_prec2 ep_end ep_end_date"
_PARTIES = {"gwno_a": "A", "gwno_a_2nd": "A2", "gwno_b": "B", "gwno_b_2nd": "B2"}


def _read(frame: pl.DataFrame) -> tuple[pl.DataFrame, list[Fault]]:
    """The frame with words for codes and the days of the episode."""
    text = {name: pl.col(name).str.to_lowercase() for name in ("incompatibility", "type_of_conflict")}
    about = text["incompatibility"].replace(ABOUT)
    kind = text["type_of_conflict"].replace_strict(TYPES, default=None, return_dtype=pl.Utf8)
    precision = pl.col("start_prec2")
    start, end = (pl.col(name).str.slice(0, 10) for name in ("start_date2", "ep_end_date"))
    ended = pl.when(pl.col("ep_end") == "1").then(end.str.to_date("%Y-%m-%d", strict=False))
    frame = frame.with_columns(
        about.alias("about"),
        kind.alias("type"),
        ended.alias("ep_ended"),
        start.str.slice(0, 4).alias("start_y"),
        # The codes of precision: 1 the day is known, 2 and 3 the month, more the year or less.
        pl.when(precision.is_in(["1", "2", "3"])).then(start.str.slice(5, 2)).otherwise(pl.lit("")).alias("start_m"),
        pl.when(precision == "1").then(start.str.slice(8, 2)).otherwise(pl.lit("")).alias("start_d"),
    )
    frame = with_day(with_day(frame, "date", "year"), "begun", "start_y", "start_m", "start_d")
    no_end = (pl.col("ep_end") == "1") & pl.col("ep_ended").is_null()
    return frame, [
        no_day("date", "year"),
        no_day("begun", "start_date2"),
        (pl.col("type").is_null(), pl.format("type_of_conflict '{}' is unknown", "type_of_conflict")),
        (~pl.col("about").is_in(list(ABOUT.values())), pl.format("incompatibility '{}' is unknown", "incompatibility")),
        (no_end, pl.format("no day can be read of ep_end_date '{}'", "ep_end_date")),
        no_number("intensity_level", low=1, high=2),
    ]


def _parties(frame: pl.DataFrame) -> tuple[pl.DataFrame, list[Fault]]:
    """The frame as one row a line, role and state, of cells that may list several numbers."""
    roles = [
        frame.with_columns(pl.col(column).str.split(",").alias("gwno"), pl.lit(role).alias("role"))
        for column, role in _PARTIES.items()
    ]
    parties = pl.concat(roles).explode("gwno").with_columns(pl.col("gwno").str.strip_chars())
    parties = parties.filter(~pl.col("gwno").is_in(["", "NA", "-9", "-99"]))
    return with_states(parties, "gw", "gwno")


def _relations(parties: pl.DataFrame) -> pl.DataFrame:
    """Who fights whom, who fights alone and who supports whom, of each conflict and year."""
    of = ["conflict_id", "year"]
    parties = parties.sort("line").unique([*of, "role", "gwno_state"], keep="first", maintain_order=True)
    sides = {role: parties.filter(pl.col("role").str.starts_with(role)) for role in ("A", "B")}
    chief = {side: parties.filter(pl.col("role") == side) for side in sides}
    helper = {side: parties.filter(pl.col("role") == f"{side}2") for side in sides}
    name = pl.col("gwno_state").alias("one")
    single = pl.lit(None, pl.Utf8).alias("other")

    def joined(these: pl.DataFrame, those: pl.DataFrame, relation: str) -> pl.DataFrame:
        not_too_many_pairs(these, those, of)
        other = those.select(*of, pl.col("gwno_state").alias("other"), pl.col("role").alias("other_role"))
        return these.join(other, on=of).with_columns(name, pl.lit(relation).alias("relation"))

    alone = chief["A"].filter(pl.col("type") != INTERSTATE).with_columns(name, single, single.alias("other_role"))
    fights = joined(sides["A"], sides["B"], "fights")
    supports = [joined(helper[side], chief[side], "supports") for side in sides]
    table = pl.concat([fights, alone.with_columns(pl.lit("alone").alias("relation")).select(fights.columns), *supports])
    key = [*of, "relation", "one", "other"]
    return table.filter(pl.col("one").ne_missing(pl.col("other"))).sort("line").unique(key, maintain_order=True)


def make(frame: pl.DataFrame, bad: list[BadRow]) -> Iterator[Batch]:
    """Facts by episode, and the intensity of each year."""
    frame, faults = _read(frame)
    kept, wrong = reject(frame, faults, _RAW.split())
    parties, unknown = _parties(kept)
    parties, odd = reject(parties, unknown, _RAW.split())
    odd = list({row.line: row for row in odd}.values())
    lines = [row.line for row in odd]
    parties, kept = (table.filter(~pl.col("line").is_in(lines)) for table in (parties, kept))
    relations = _relations(parties)
    values = _intensity(relations)
    facts = _facts(relations, kept)
    told = {*facts.lines, *values.lines}
    rest = {"is told in the row of another combination of parties": kept.height - len(told)}
    yield replace(facts, bad=in_order(bad, wrong, odd), skipped=rest)
    yield values


def _facts(relations: pl.DataFrame, kept: pl.DataFrame) -> Batch:
    episode = ["conflict_id", "start_date2"]
    year = pl.col("year").cast(pl.Int32)
    bounds = kept.group_by(episode).agg(
        year.min().alias("first_of_all"), year.max().alias("last_of_all"), pl.col("ep_ended").max().alias("over")
    )
    rows = spells(relations.drop("ep_ended"), *episode, "relation", "one", "other").join(bounds, on=episode)
    at_once = pl.col("first").cast(pl.Int32) == pl.col("first_of_all")
    to_the_end = pl.col("last").cast(pl.Int32) == pl.col("last_of_all")
    rows = with_day(with_day(rows.drop("date", "date_precision", "date_last"), "date", "first"), "ended", "last")
    rows = rows.with_columns(
        pl.when(at_once).then(pl.col(f"begun{part}")).otherwise(pl.col(f"date{part}")).alias(f"date{part}")
        for part in ("", "_precision", "_last")
    )
    fights, alone = (pl.col("relation") == relation for relation in ("fights", "alone"))
    group = pl.when(pl.col("side_b").is_in(["", "NA"])).then(pl.lit("an organised group")).otherwise(pl.col("side_b"))
    what = pl.format("{} armed conflict over {}", "type", "about")
    words = (
        pl.when(fights)
        .then(pl.format("{}: {}{} against {}{}", what, "one", _aid("role"), "other", _aid("other_role")))
        .when(alone)
        .then(pl.format("{}: the government of {} against {}", what, "one", group))
        .otherwise(pl.format("{}: {} with troops on the side of {}", what, "one", "other"))
    )
    who = pl.concat_str("relation", "one", pl.col("other").fill_null(""), separator="-")
    fact = {
        "event_id": pl.concat_str("conflict_id", "start_date2", who, "first", separator=":"),
        "ends": pl.when(to_the_end).then(pl.col("over")).otherwise(pl.col("ended_last")),
        "actors": pl.when(fights).then(both("one", "other")).otherwise(pl.concat_list("one")),
        "targets": pl.when(~fights & ~alone).then(pl.concat_list("other")),
        "area": pl.lit("regional_conflict"),
        "kind": pl.when(fights | alone).then(pl.lit("armed conflict")).otherwise(pl.lit("military support")),
        "tone": pl.when(fights | alone).then(pl.lit("conflictual")).otherwise(pl.lit("cooperative")),
        "reference": pl.col("conflict_id"),
        "description": words,
    }
    return dated_facts("ucdp", rows, [], [], fact, _RAW, until=pl.col("ended_last"))


def _aid(role: str) -> pl.Expr:
    helper = pl.col(role).str.ends_with("2")
    return pl.when(helper).then(pl.lit(" (with troops in support)")).otherwise(pl.lit(""))


def _intensity(relations: pl.DataFrame) -> Batch:
    """The highest intensity of a year: of the conflicts between two states, and of those of a government alone."""
    measures = {"fights": "conflict_intensity", "alone": "internal_conflict_intensity"}
    rows = relations.filter(pl.col("relation").is_in(list(measures)))
    a, b = in_order_of_codes("one", "other")
    rows = rows.with_columns(
        a.alias("a"),
        pl.when(pl.col("other").is_not_null()).then(b).alias("b"),
        number("intensity_level").alias("intensity"),
    )
    strongest = rows.sort("line").group_by("relation", "a", "b", "year", maintain_order=True)
    rows = strongest.agg(pl.col("line", "date", "date_last").first(), pl.col("intensity").max())
    values = [
        Value(measure, pl.when(pl.col("relation") == relation).then(pl.col("intensity")), pl.col("a"), pl.col("b"))
        for relation, measure in measures.items()
    ]
    return indicators("ucdp", rows, [], [], values, "year")


CONFLICTS = Source(
    "ucdp",
    "UCDP/PRIO armed conflicts",
    (reader(_RAW, make, "side_b", whole=True),),
    ("dated_facts", "indicators"),
    covers="years",
    citation="Gleditsch et al., Armed Conflict 1946-2001, Journal of Peace Research 39(5), 2002; Davies et al., "
    "Organized violence 1989-2024, Journal of Peace Research 62(4), 2025",
    terms="CC BY 4.0",
    home="https://ucdp.uu.se/downloads/",
)
