"""Ideal points of states in the UN General Assembly by session, and their agreement with six states, as published.

Measures of a state: ideal_point, with the 5% and 95% quantiles of its estimate (ideal_point_q5, ideal_point_q95); of
two states: un_agreement (share of their votes that were the same, one of the two being Brazil, China, India, Israel,
Russia or the United States). A session counts for the year in which it begins and is known when it is over, on the last
of September a year later. Tried on the release of June 2024.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from detente.files.rows import BadRow
from detente.sources.context.days import no_day, with_day
from detente.sources.context.parties import in_order_of_codes, with_states
from detente.sources.context.rows import Value, indicators, no_numbers, number, reader
from detente.sources.schema import Batch
from detente.sources.source import Source

POINTS = {"ideal_point": "idealpointall", "ideal_point_q5": "q5%all", "ideal_point_q95": "q95%all"}
OTHERS = {"USA": "usagree", "BRA": "brazilagree", "CHN": "chinaagree", "IND": "indiaagree", "ISR": "israelagree"}
RUSSIA = "russagree"
FIRST = 1945


def make(frame: pl.DataFrame, bad: list[BadRow]) -> Iterator[Batch]:
    """What two of the six share stands in the rows of both: it is taken from that of the first by code."""
    session = pl.col("session").cast(pl.Int32, strict=False)
    year = pl.when(session.is_between(1, 999)).then((session + FIRST).cast(pl.Utf8)).fill_null("")
    frame = with_day(frame.with_columns(year.alias("year")), "date", "year")
    frame, faults = with_states(frame, "cow", "ccode")
    columns = [*OTHERS.values(), RUSSIA]
    faults += [no_day("date", "session"), *no_numbers(POINTS.values(), low=-20, high=20), *no_numbers(columns, high=1)]
    state = pl.col("ccode_state")
    russia = pl.when(pl.col("date").dt.year() > 1991).then(pl.lit("RUS")).otherwise(pl.lit("SUN"))
    values = [Value(measure, number(column), state) for measure, column in POINTS.items()]
    for partner, column in [*((pl.lit(code), column) for code, column in OTHERS.items()), (russia, RUSSIA)]:
        six = state.is_in([*OTHERS, "RUS", "SUN"])
        told = (state != partner) & (~six | (state < partner))
        share = pl.when(told).then(number(column))
        values.append(Value("un_agreement", share, *in_order_of_codes(state, partner)))
    known = pl.col("date").dt.offset_by("1y9mo").dt.offset_by("-1d")
    yield indicators("ideal_points", frame, bad, faults, values, "ccode session idealpointall", known_on=known)


IDEAL_POINTS = Source(
    "ideal_points",
    "UN ideal points",
    (
        reader(
            "ccode session idealpointall",
            make,
            " ".join([*list(POINTS.values())[1:], *OTHERS.values(), RUSSIA]),
            title="UN ideal points by session",
        ),
    ),
    ("indicators",),
    covers="years",
    citation="Bailey, Strezhnev and Voeten, Estimating Dynamic State Preferences from United Nations Voting Data, "
    "Journal of Conflict Resolution 61(2), 2017",
    terms="CC0",
    home="https://doi.org/10.7910/DVN/LEJUQZ",
)
