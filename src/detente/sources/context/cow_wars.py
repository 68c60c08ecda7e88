"""Inter-state wars of the Correlates of War, 4.0: every two states of opposite sides, as long as both fought.

By directed dyad and year as in the R package peacesciencer, which says no days (tried on that file), and with days as
released by participant (4.0) and by directed dyad and year (the dyadic data, 4.01), both by their published layouts. A
war is known on its last day, since its outcome is told.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from detente.files.rows import BadRow
from detente.files.tabular import reject
from detente.sources.context import militarised
from detente.sources.context.days import no_day, spells, with_day, with_spell
from detente.sources.context.parties import both, with_states
from detente.sources.context.rows import UNKNOWN, dated_facts, in_order, no_numbers, number, reader
from detente.sources.schema import Batch
from detente.sources.source import Source

OUTCOMES = {
    "1": "won",
    "2": "lost",
    "3": "compromise",
    "4": "became part of another war",
    "5": "going on",
    "6": "stalemate",
    "7": "going on below the level of war",
    "8": "changed sides",
}
_UNKNOWN = (*UNKNOWN, "-7", "-8")
_SIDES = ("initiator", "outcome", "batdeath")
_BEGUN, _ENDED = ("startyear", "startmonth", "startday"), ("endyear", "endmonth", "endday")


def _party(n: int) -> pl.Expr:
    """A participant in words."""
    began = pl.when(pl.col(f"initiator{n}") == "1").then(pl.lit("initiator, ")).otherwise(pl.lit(""))
    outcome = pl.col(f"outcome{n}")
    result = outcome.replace_strict(OUTCOMES, default="outcome not told", return_dtype=pl.Utf8)
    dead = number(f"batdeath{n}", _UNKNOWN).cast(pl.Int64).cast(pl.Utf8).fill_null("unknown")
    return pl.format("{} ({}{}, battle deaths in all: {})", f"ccode{n}_state", began, result, dead)


def _wars(pairs: pl.DataFrame, bad: list[BadRow], skipped: int, name: pl.Expr) -> Batch:
    """The facts of pairs of opponents, whose columns end in 1 and 2."""
    pair = both("ccode1_state", "ccode2_state")
    war = {
        "event_id": pl.concat_str("warnum", pair.list.join("-"), "date", separator=":"),
        "ends": pl.col("ended_last"),
        "known_on": pl.col("ended_last"),
        "actors": pair,
        "area": pl.lit("regional_conflict"),
        "kind": pl.lit("war"),
        "tone": pl.lit("conflictual"),
        "reference": pl.col("warnum"),
        "description": pl.format("{}: {} against {}", name, _party(1), _party(2)),
    }
    left = {"is told in the row of an opponent or of another year": skipped}
    return dated_facts("cow_wars", pairs, bad, [], war, "warnum", skipped=left)


def _by_year(frame: pl.DataFrame, bad: list[BadRow]) -> Iterator[Batch]:
    frame, faults = with_states(frame, "cow", "ccode1", "ccode2")
    faults += [no_day("date", "year"), *no_numbers(["batdeath1", "batdeath2"], _UNKNOWN)]
    kept, wrong = reject(with_day(frame, "date", "year"), faults, ["warnum", "ccode1", "ccode2", "year"])
    wars = spells(kept.with_columns(both("ccode1", "ccode2").alias("pair")), "warnum", "pair")
    wars = with_day(with_day(wars, "date", "first"), "ended", "last")
    yield _wars(wars, in_order(bad, wrong), kept.height - wars.height, pl.lit("inter-state war"))


def _by_dyad(frame: pl.DataFrame, bad: list[BadRow]) -> Iterator[Batch]:
    """Directed dyad-years that each repeat the days of the whole; what its outcomes mean for each side is not read."""
    frame, faults = with_states(frame, "cow", "statea", "stateb", year="warstrtyr")
    begins, ends = ["warstrtyr", "warstrtmnth", "warstrtday"], ["warendyr", "warendmnth", "warenday"]
    frame, undated = with_spell(frame, begins, ends, _UNKNOWN)
    faults += [*undated, *no_numbers(["batdtha", "batdthb"], _UNKNOWN)]
    kept, wrong = reject(frame, faults, ["warnum", "statea", "stateb", "warstrtyr", "warendyr"])
    first = pl.lit("1")
    columns = {
        f"{name}{n}": column
        for n, side in (("1", "a"), ("2", "b"))
        for name, column in {
            "initiator": pl.when(pl.col(f"warole{side}") == first).then(first).otherwise(pl.lit("0")),
            "outcome": pl.lit(""),
            "batdeath": pl.col(f"batdth{side}"),
        }.items()
    }
    kept = kept.rename({"statea_state": "ccode1_state", "stateb_state": "ccode2_state"}).with_columns(**columns)
    wars = kept.with_columns(both("ccode1_state", "ccode2_state").alias("pair")).sort("line")
    wars = wars.unique(["warnum", "pair", "date"], keep="first", maintain_order=True)
    yield _wars(wars, in_order(bad, wrong), kept.height - wars.height, pl.lit("inter-state war"))


def _by_participant(frame: pl.DataFrame, bad: list[BadRow]) -> Iterator[Batch]:
    """Participants, each with one spell of fighting or two, as pairs of opponents."""
    frame, faults = with_states(frame, "cow", "ccode", year="startyear1")
    faults.append((~pl.col("side").is_in(["1", "2"]), pl.format("side '{}' is neither 1 nor 2", "side")))
    faults += [*no_numbers(["batdeath"], _UNKNOWN), no_day("date", "startyear1"), no_day("ended", "endyear1")]
    for name, columns in {"date": _BEGUN, "ended": _ENDED}.items():
        for n, prefix in (("1", ""), ("2", "again_")):
            y, m, d = (f"{column}{n}" for column in columns)
            frame = with_day(frame, f"{prefix}{name}", y, m, d, _UNKNOWN)
    half = pl.col("again_date").is_null() != pl.col("again_ended").is_null()
    faults.append((half, "its second spell lacks a beginning or an end"))
    kept, wrong = reject(frame, faults, ["warnum", "ccode", "side", "startyear1", "endyear1"])
    second = [name for name in kept.columns if name.startswith("again_")]
    again = kept.filter(pl.col("again_date").is_not_null()).drop(name.removeprefix("again_") for name in second)
    again = again.rename({name: name.removeprefix("again_") for name in second})
    fought = pl.concat([kept.drop(second), again.select(kept.drop(second).columns)])
    pairs = militarised.opponents(fought.with_columns(pl.col("side").replace("2", "0")), "warnum", "side")
    firsts = {"ccode_state": "ccode1_state", **{name: f"{name}1" for name in _SIDES}}
    seconds = {"ccode_state_2": "ccode2_state", **{f"{name}_2": f"{name}2" for name in _SIDES}}
    pairs = pairs.rename(firsts | seconds)
    skipped = kept.height - pairs["line"].n_unique()
    yield _wars(pairs, in_order(bad, wrong), skipped, pl.col("warname"))


_SPELLS = " ".join(f"{column}{n}" for n in "12" for column in (*_BEGUN, *_ENDED))
WARS = Source(
    "cow_wars",
    "COW inter-state wars",
    (
        reader(
            "warnum ccode1 ccode2 year cowinterongoing initiator1 initiator2 outcome1 outcome2 batdeath1 batdeath2",
            _by_year,
            title="COW inter-state wars by dyad",
            whole=True,
        ),
        reader(
            "warnum disno dyindex statea stateb year warstrtyr warstrtmnth warstrtday warendyr warendmnth warenday "
            "warolea waroleb batdtha batdthb",
            _by_dyad,
            title="COW inter-state wars (dyadic)",
            whole=True,
        ),
        reader(
            f"warnum warname ccode side initiator outcome batdeath {_SPELLS}",
            _by_participant,
            title="COW inter-state wars by participant",
            whole=True,
        ),
    ),
    ("dated_facts",),
    covers="years",
    citation="Sarkees and Wayman, Resort to War: 1816-2007, 2010",
    terms="as on the site of the Correlates of War",
    home="https://correlatesofwar.org/data-sets/cow-war/",
)
