"""Rivalries of states as Thompson, Sakuwa and Suhas (1494-2020) and Thompson and Dreyer (1494-2010) judge them, and the
arms races of Gibler, Rider and Hutchison.

A rivalry that lasts to the last year of its data has no known end. All three were tried on the form that the R package
peacesciencer gives them; the books print the same lists.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from detente.files.rows import BadRow
from detente.sources.context.days import with_spell
from detente.sources.context.parties import both, with_states
from detente.sources.context.rows import Make, dated_facts, reader
from detente.sources.schema import Batch
from detente.sources.source import Source

TYPES = ("positional", "spatial", "ideological", "interventionary")


def _make(source: str, number: str, begins: str, ends: str, last: int, kind: str, words: pl.Expr, area: str) -> Make:
    """A reader's `make`: spells by year, of which those that end in the `last` year of the data have no known end."""

    def make(frame: pl.DataFrame, bad: list[BadRow]) -> Iterator[Batch]:
        frame, faults = with_states(frame, "cow", "ccode1", "ccode2", year=begins)
        frame, undated = with_spell(frame, [begins], [ends])
        faults += undated
        spell = {
            "event_id": pl.concat_str(number, "ccode1", "ccode2", begins, separator=":"),
            "ends": pl.when(pl.col("ended_last").dt.year() < last).then(pl.col("ended_last")),
            "actors": both("ccode1_state", "ccode2_state"),
            "area": pl.lit(area),
            "kind": pl.lit(kind),
            "tone": pl.lit("conflictual"),
            "reference": pl.col(number),
            "description": words,
        }
        raw = f"{number} ccode1 ccode2 {begins} {ends}"
        yield dated_facts(source, frame, bad, faults, spell, raw, until=pl.col("ended_last"))

    return make


def _listed(named: list[pl.Expr]) -> pl.Expr:
    kinds = pl.concat_str(named, separator=", ", ignore_nulls=True)
    kind = pl.when(kinds == "").then(pl.lit("type not told")).otherwise(kinds)
    return pl.format("strategic rivalry ({})", kind)


def _source(source: str, title: str, columns: str, make: Make, others: str, citation: str) -> Source:
    return Source(
        source,
        title,
        (reader(columns, make, others),),
        ("dated_facts",),
        covers="years",
        citation=citation,
        terms="to be cited; the lists are published in print",
        home="https://svmiller.com/peacesciencer/",
    )


THOMPSON_SAKUWA_SUHAS = _source(
    "rivalries_tss",
    "strategic rivalries of Thompson, Sakuwa and Suhas",
    f"tssr_id rivalry ccode1 ccode2 start end {' '.join(TYPES)}",
    _make(
        "rivalries_tss",
        "tssr_id",
        "start",
        "end",
        2020,
        "rivalry",
        _listed([pl.when(pl.col(name) == "1").then(pl.lit(name)) for name in TYPES]),
        "diplomatic",
    ),
    "",
    "Thompson, Sakuwa and Suhas, Analyzing Strategic Rivalries in World Politics, 2021",
)
THOMPSON_DREYER = _source(
    "rivalries_td",
    "interstate rivalries of Thompson and Dreyer",
    "rivalryno rivalryname ccode1 ccode2 styear endyear type1",
    _make(
        "rivalries_td",
        "rivalryno",
        "styear",
        "endyear",
        2010,
        "rivalry",
        _listed([pl.when(~pl.col(name).is_in(["", "NA"])).then(pl.col(name)) for name in ("type1", "type2", "type3")]),
        "diplomatic",
    ),
    "type2 type3",
    "Thompson and Dreyer, Handbook of International Rivalries 1494-2010, 2012",
)
ARMS_RACES = _source(
    "arms_races",
    "arms races of Gibler, Rider and Hutchison",
    "race_id ccode1 ccode2 styear endyear",
    _make(
        "arms_races",
        "race_id",
        "styear",
        "endyear",
        10_000,
        "arms race",
        pl.lit("arms race"),
        "military_dialogue",
    ),
    "",
    "Gibler, Rider and Hutchison, Taking Arms Against a Sea of Troubles, Journal of Peace Research 42(2), 2005",
)
