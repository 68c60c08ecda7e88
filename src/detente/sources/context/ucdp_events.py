"""UCDP's georeferenced events (GED): each deadly event in which the forces of a state took part.

Events between groups alone are counted and left out. Where only a group stood on the other side, or civilians did, the
state acts alone. Levels are best estimates of deaths. Read by the published layout, tried on no released file yet.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from detente.files.rows import BadRow
from detente.sources.context.parties import both, with_states
from detente.sources.context.rows import UNKNOWN, Fault, dated_facts, no_number, number, reader
from detente.sources.schema import Batch
from detente.sources.source import Source

_RAW = "id year type_of_violence side_a side_b gwnoa gwnob date_prec date_start date_end best"
PRECISIONS = {"1": "day", "2": "month", "3": "month", "4": "month", "5": "year"}


def make(frame: pl.DataFrame, bad: list[BadRow]) -> Iterator[Batch]:
    """An event of two states is one of both; elsewhere the state alone acts."""
    frame, _ = with_states(frame, "gw", "gwnoa", "gwnob", "country_id")
    faults: list[Fault] = []
    for column in ("gwnoa", "gwnob"):
        said = ~pl.col(column).is_in(UNKNOWN) & pl.col(f"{column}_state").is_null()
        faults.append((said, pl.format(f"{column} '{{}}' is no number of Gleditsch and Ward", column)))
    for name, column in {"date": "date_start", "ended": "date_end"}.items():
        day = pl.col(column).str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
        frame = frame.with_columns(day.alias(name))
        faults.append((pl.col(name).is_null(), pl.format(f"no day can be read of {column} '{{}}'", column)))
    precision = pl.col("date_prec").replace_strict(PRECISIONS, default=None, return_dtype=pl.Utf8)
    frame = frame.with_columns(precision.alias("date_precision"), pl.col("ended").alias("date_last"))
    faults += [
        (pl.col("date_precision").is_null(), pl.format("date_prec '{}' is unknown", "date_prec")),
        (pl.col("ended") < pl.col("date"), "ends before it begins"),
        no_number("best", low=0),
    ]
    one, other, place = (pl.col(f"{column}_state") for column in ("gwnoa", "gwnob", "country_id"))
    unread = pl.any_horizontal(test for test, _ in faults).fill_null(False)
    of_states = one.is_not_null() | other.is_not_null() | unread
    aside = frame.height - (frame := frame.filter(of_states)).height
    alone = one.is_null() | other.is_null()
    elsewhere = place.ne_missing(one) & place.ne_missing(other)
    event = {
        "event_id": pl.col("id"),
        "ends": pl.col("ended"),
        "actors": pl.when(alone).then(pl.concat_list(pl.coalesce(one, other))).otherwise(both(one, other)),
        "area": pl.lit("regional_conflict"),
        "kind": pl.lit("deadly event"),
        "tone": pl.lit("conflictual"),
        "third_party": pl.when(elsewhere).then(place),
        "level": number("best"),
        "reference": pl.coalesce(pl.col("conflict_new_id").replace("", None), "id"),
        "description": pl.format(
            "deadly event: {} against {}, {} dead by the best estimate",
            "side_a",
            "side_b",
            pl.when(pl.col("best").is_in(UNKNOWN)).then(pl.lit("number unknown")).otherwise(pl.col("best")),
        ),
    }
    skipped = {"is between groups, without a state": aside}
    yield dated_facts("ucdp_ged", frame, bad, faults, event, _RAW, skipped=skipped)


EVENTS = Source(
    "ucdp_ged",
    "UCDP georeferenced events (GED)",
    (reader(_RAW, make, "conflict_new_id country_id"),),
    ("dated_facts",),
    covers="years",
    citation="Sundberg and Melander, Introducing the UCDP Georeferenced Event Dataset, Journal of Peace Research "
    "50(4), 2013",
    terms="CC BY 4.0",
    home="https://ucdp.uu.se/downloads/",
)
