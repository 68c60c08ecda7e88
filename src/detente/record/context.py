"""Questions to the field's data sets about a pair: what happened or held between two states, and yearly values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from detente.actors import counted
from detente.record.facts import holds
from detente.sources.context.measures import of_two
from detente.sources.schema import TABLES, conform, known_by

if TYPE_CHECKING:
    from detente.record.view import View


def pair_dated(pair: View) -> pl.DataFrame:
    """Dated facts with both states among actors and targets, known on the day, oldest first."""
    parties = pl.concat_list("actors", pl.col("targets").fill_null([]))
    rows = pair.record.table("dated_facts", pair.as_of)
    return rows.filter(holds(parties, pair.a) & holds(parties, pair.b)).sort("date", "source", "event_id")


def pair_values(pair: View) -> pl.DataFrame:
    """Indicators of either state, of the two, and of either towards the other, known on the day, in today's codes.

    Of values under a former code those count that lie within its life.
    """
    paths = pair.record.paths(pair.record.parts("indicators"))
    if not paths:
        return pl.DataFrame(schema=TABLES["indicators"])
    lives = pl.DataFrame(counted([pair.a, pair.b]), schema=["code", "counts", "begins", "ends_on"], orient="row")
    codes = lives["code"].to_list()
    rows = pl.scan_parquet(paths, glob=False).filter(
        pl.col("a").is_in(codes) & (pl.col("b").is_null() | pl.col("b").is_in(codes))
    )
    shared = pl.col("measure").is_in(of_two()) & pl.col("b").is_not_null()
    today = dict(zip(lives["code"], lives["counts"], strict=True))
    return (
        known_by(conform("indicators", rows.collect()), pair.as_of)
        .with_columns(pl.col("a", "b").replace(today))
        .with_columns(
            # Under a former code the two may have stood in the other order.
            pl.when(shared).then(pl.min_horizontal("a", "b")).otherwise("a").alias("a"),
            pl.when(shared).then(pl.max_horizontal("a", "b")).otherwise("b").alias("b"),
        )
        .filter(pl.col("b").is_null() | (pl.col("a") != pl.col("b")))
        .sort("measure", "source", "a", "b", "date")
    )


def data_ends(pair: View, sources: list[str]) -> dict[str, int | None]:
    """The last year of which each source's files tell, by what was known on the day; None where they say nothing."""
    ends = {name: pair.record.covers(name, pair.as_of) for name in sources}
    return {name: spans[-1][1].year if spans else None for name, spans in ends.items()}
