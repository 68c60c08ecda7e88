"""Terminations of international sanctions (IST): cases of states and organisations, 1990-2018. Tried on a real file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import polars as pl

from detente.files.rows import BadRow
from detente.sources.context.acts import acts
from detente.sources.context.days import backwards, misread, no_day, on_day
from detente.sources.context.parties import with_states
from detente.sources.context.rows import reader
from detente.sources.schema import Batch
from detente.sources.source import Source

BODIES = {
    "1240": "COMMONWEALTH",
    "1520": "ECOWAS",
    "1653": "EU",  # the European Economic Community
    "1653, 1830": "EU",
    "1830": "EU",
    "3450": "ARABLEAGUE",
    "3760": "AU",
    "3900": "OAS",
    "4120": "EAC",
    "4250": "SADC",
    "4375": "UNASUR",
    "4400": "UN",
}
"""Senders that are no states, by the numbers of the codebook (those of the Correlates of War for organisations)."""
BEGINS = date(1990, 1, 1)
"""Sanctions that were in force then or came later are in the data: nothing is told of those that ended before."""


def make(frame: pl.DataFrame, bad: list[BadRow]) -> Iterator[Batch]:
    """Sanctions imposed and lifted, under the id of the case."""
    frame = on_day(frame, "imposed", "startdate", "%d.%m.%Y")
    frame = on_day(frame, "lifted", "terdate", "%d.%m.%Y")
    frame = frame.with_columns(pl.col("imposed").dt.year().cast(pl.Utf8).fill_null("").alias("year"))
    frame, states = with_states(frame, "cow", "sender", "target", others=BODIES)
    faults = [
        no_day("imposed", "startdate"),
        misread("lifted", "terdate"),
        backwards("imposed", "lifted"),
        *states,
    ]
    measures = pl.col("measures").str.replace_all(" ", "").str.split(",")
    area = (
        pl.when(pl.col("measures") == "AE")
        .then(pl.lit("defence_industry"))
        .when(measures.list.set_difference(["DS", "TB"]).list.len() == 0)
        .then(pl.lit("diplomatic"))
        .otherwise(pl.lit("economic"))
    )
    shared = {
        "event_id": pl.col("caseid"),
        "actors": pl.concat_list("sender_state"),
        "targets": pl.concat_list("target_state"),
        "area": area,
        "channel": pl.col("sender").replace_strict(BODIES, default=None, return_dtype=pl.Utf8),
        "reference": pl.col("caseid"),
    }
    named = {
        "imposed": {
            "ends": pl.col("lifted"),
            "description": pl.format("sanctions imposed (measures of the codebook: {})", "measures"),
        },
        "lifted": {
            "description": pl.format("sanctions lifted (measures of the codebook: {})", "measures"),
        },
    }
    for batch in acts("ist", frame, bad, faults, shared, named, "caseid sender target startdate terdate"):
        span = batch.span
        yield replace(batch, span=(max(span[0], BEGINS), span[1])) if span and span[1] >= BEGINS else batch


IST = Source(
    "ist",
    "sanctions by their termination",
    (reader("caseid sender target startdate terdate measures targetsalience", make, title="IST cases of sanctions"),),
    ("dated_facts",),
    covers="years",
    citation="Attia and Grauvogel, International Sanctions Termination 1990-2018, Journal of Peace Research, 2022",
    terms="as on the Dataverse; cite",
    home="https://doi.org/10.7910/DVN/SVR5W7",
)
