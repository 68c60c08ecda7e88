"""Multinational military exercises, MME 7, a row a participant: one fact an exercise. Tried on a real file (long)."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from detente.actors import Actors
from detente.files.rows import BadRow
from detente.files.tabular import reject
from detente.sources.context.days import backwards, no_day, with_day
from detente.sources.context.parties import with_parties, with_states
from detente.sources.context.rows import UNKNOWN, dated_facts, in_order, reader
from detente.sources.schema import Batch
from detente.sources.source import Source

NO_DAY = (*UNKNOWN, "xx", "XX")


def make(frame: pl.DataFrame, bad: list[BadRow], actors: Actors) -> Iterator[Batch]:
    """An exercise with all states that take part, by name where they have no number (Tonga). Two exercises that agree
    in name, place, days, participants and focus are one.
    """
    frame, (no_state,) = with_states(frame, "gw", "gwcode", year="s_year")
    frame, _ = with_parties(frame, actors, "country")
    named = pl.col("country_codes").list.first()
    frame = frame.with_columns(pl.coalesce("gwcode_state", pl.when(pl.col("gwcode").is_in(UNKNOWN)).then(named)))
    frame = with_day(frame, "date", "s_year", "s_month", "s_day", NO_DAY)
    frame = with_day(frame, "ended", "e_year", "e_month", "e_day", NO_DAY)
    raw = "mmeid ex_name gwcode startdate enddate"
    no_party = pl.col("gwcode_state").is_null()
    faults = [
        no_day("date", "startdate"),
        backwards(),
        (no_party & ~pl.col("gwcode").is_in(UNKNOWN), no_state[1]),
    ]
    kept, wrong = reject(frame, faults, raw.split())
    known = kept.filter(~no_party)
    rest = [pl.col(name).first() for name in known.columns if name not in ("mmeid", "gwcode_state")]
    each = known.group_by("mmeid", maintain_order=True).agg(pl.col("gwcode_state").unique().sort(), *rest)
    members = pl.col("gwcode_state").list.join(" ")
    same = ["name", "location", "startdate", "enddate", "members", "focusdescription"]
    name = pl.when(pl.col("ex_name").is_in(UNKNOWN)).then(pl.lit("")).otherwise("ex_name")
    each = each.with_columns(name.alias("named"), name.str.to_lowercase().alias("name"), members.alias("members"))
    exercises = each.unique(same, keep="first", maintain_order=True)
    twice = known.filter(~pl.col("mmeid").is_in(exercises["mmeid"].implode())).height
    again = known.height - known.unique(["mmeid", "gwcode_state"]).height
    skipped = {
        "a participant that is no state": kept.height - known.height,
        "the same participant once more": again,
        "the same exercise under another id": twice,
        "another participant of the same exercise": known.height - again - twice - exercises.height,
    }
    columns = {
        "event_id": pl.col("mmeid"),
        "ends": pl.col("ended_last"),
        "actors": pl.col("gwcode_state"),
        "area": pl.lit("military_dialogue"),
        "kind": pl.lit("exercise"),
        "tone": pl.lit("cooperative"),
        "reference": pl.col("mmeid"),
        "description": pl.when(pl.col("named") == "")
        .then(pl.lit("military exercise"))
        .otherwise(pl.format("military exercise {}", "named")),
    }
    yield dated_facts("exercises", exercises, in_order(bad, wrong), [], columns, raw, skipped=skipped)


EXERCISES = Source(
    "exercises",
    "multinational military exercises",
    (
        reader(
            "MMEID Ex_Name gwcode StartDate s.year s.month s.day EndDate e.year e.month e.day",
            make,
            "country Location FocusDescription",
            "MME exercises by participant",
            whole=True,
            by_name=True,
        ),
    ),
    ("dated_facts",),
    covers="years",
    citation="D'Orazio and Galambos, Multinational Military Exercises, 1980-2010, 2021, doi:10.7910/DVN/KHFODX",
    terms="as on the Dataverse; cite",
    home="https://doi.org/10.7910/DVN/KHFODX",
)
