"""Agreements in force at the end of every period, as far as the pair's chronology tells."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from detente.actors import counts_as
from detente.measures.in_force import in_force, lives
from detente.measures.variables import Variable
from detente.periods import period_end
from detente.record.view import View

COLUMNS = {
    "agreements_in_force": "agreements and programmes of the two in force on the period's last day, in all areas",
    "agreements_suspended": "agreements and programmes suspended on that day",
    "restrictions_in_force": "restrictions (sanctions, bans) in force on that day",
}
SCHEMA = {"period": pl.Date, "a": pl.Utf8, "b": pl.Utf8, **dict.fromkeys(COLUMNS, pl.Int64)}


def values(pairs: Sequence[View], periods: Sequence[date], by: str) -> pl.DataFrame:
    """From the pair's first fact to the day to which its chronology tells all; nothing of pairs without agreements."""
    parties = [{counts_as(code) for code in row} for row in pairs[0].record.table("agreements")["parties"]]
    described = [pair for pair in pairs if any({counts_as(pair.a), counts_as(pair.b)} <= row for row in parties)]
    frames = [_of(pair, periods, by) for pair in described]
    return pl.concat([pl.DataFrame(schema=SCHEMA), *frames])


def _of(pair: View, periods: Sequence[date], by: str) -> pl.DataFrame:
    facts, agreements = pair.chronology, lives(pair)
    if facts.is_empty() or not agreements:
        return pl.DataFrame(schema=SCHEMA)
    first, last = facts["date"][0], min(pair.chronology_ends, pair.as_of or date.max)
    ends = {end: start for start in periods if first <= (end := period_end(start, by)) <= last}
    counts = in_force(agreements, list(ends)).select("in_force", "suspended", "restrictions")
    counts.columns = list(COLUMNS)
    sides = (pl.lit(pair.a).alias("a"), pl.lit(pair.b).alias("b"))
    return counts.select(pl.Series("period", list(ends.values()), dtype=pl.Date), *sides, *COLUMNS)


VARIABLE = Variable(
    "agreements in force",
    "agreements",
    COLUMNS,
    ("agreements and facts of the cases held (see their datapackage.json)",),
    values,
)
