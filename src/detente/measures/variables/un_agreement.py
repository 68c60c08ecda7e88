"""Agreement in UN roll calls by year, from the votes held."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from detente import clock
from detente.actors import counts_as
from detente.measures.variables import Variable
from detente.measures.votes import all_similarity, un_agreement
from detente.record.view import View
from detente.sources import source

COLUMNS = {
    "un_agreement": "share of roll calls of the UN General Assembly on which the two cast the same vote",
    "un_votes": "roll calls on which both voted yes, no or abstained",
}


def values(pairs: Sequence[View], periods: Sequence[date], by: str) -> pl.DataFrame:
    """The years in which both voted and that had ended by the day."""
    whole = [day for day in periods if day.year < (pairs[0].as_of or clock.today()).year]
    shares = _of_one(pairs[0]) if len(pairs) == 1 else _of_many(pairs, min(periods).year)
    return pl.DataFrame({"period": whole}, schema={"period": pl.Date}).join(
        shares.with_columns(pl.date("year", 1, 1).alias("period")), on="period"
    )


def _of_one(pair: View) -> pl.DataFrame:
    sides = (pl.lit(pair.a).alias("a"), pl.lit(pair.b).alias("b"))
    return un_agreement(pair).select("year", *sides, un_agreement="share", un_votes="votes")


def _of_many(pairs: Sequence[View], since: int) -> pl.DataFrame:
    every = all_similarity(pairs[0].record, as_of=pairs[0].as_of, since=since).rename({"a": "one", "b": "other"})
    named_pairs = pl.DataFrame(
        [(pair.a, pair.b, *sorted((counts_as(pair.a), counts_as(pair.b)))) for pair in pairs],
        schema=["a", "b", "one", "other"],
        orient="row",
    )
    # As whole roll calls of whole roll calls, so that a share is the same however many pairs are named_pairs about.
    identical = (pl.col("agreement") * pl.col("votes")).round()
    both = every.join(named_pairs, on=["one", "other"])
    return both.select("year", "a", "b", un_agreement=identical / pl.col("votes"), un_votes="votes")


VARIABLE = Variable(
    "agreement in UN roll calls",
    "share of roll calls",
    COLUMNS,
    (source("unvotes").cite(),),
    values,
    ("year",),
)
