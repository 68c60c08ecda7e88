"""Agreement of two states in UN General Assembly roll calls, by issue and year."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from detente.actors import identity

if TYPE_CHECKING:
    from detente.record import Record


def agreement(
    record: Record, a: str, b: str, *, as_of: date | None = None, issues: tuple[str, ...] = ()
) -> pl.DataFrame:
    """Share of roll calls on which two states cast the same vote (yes, abstain or no), by year.

    Absences do not count. With `issues`, only roll calls with one of those codes. Columns: year,
    identical, votes, share. Empty where no votes are held.
    """
    parts = record.parts("votes")
    empty = pl.DataFrame(schema={"year": pl.Int32, "identical": pl.Int64, "votes": pl.Int64, "share": pl.Float64})
    if not parts or not record.parts("rollcalls"):
        return empty
    calls = record.table("rollcalls", as_of).lazy().select("rcid", "date")
    if issues:
        marked = record.table("rollcall_issues").filter(pl.col("issue").is_in(issues))["rcid"].unique()
        calls = calls.filter(pl.col("rcid").is_in(marked.implode()))
    votes = pl.scan_parquet(record.paths(parts)).select("rcid", "state", "choice")

    def side(code: str, name: str) -> pl.LazyFrame:
        return (
            votes.filter(pl.col("state").is_in(identity(code)))
            .unique("rcid")
            .select("rcid", pl.col("choice").alias(name))
        )

    return (
        calls.join(side(a, "a"), on="rcid")
        .join(side(b, "b"), on="rcid")
        .group_by(pl.col("date").dt.year().alias("year"))
        .agg(
            (pl.col("a") == pl.col("b")).sum().cast(pl.Int64).alias("identical"), pl.len().cast(pl.Int64).alias("votes")
        )
        .with_columns((pl.col("identical") / pl.col("votes")).alias("share"))
        .sort("year")
        .collect()
    )


def all_pairs_share(record: Record, year: int, *, as_of: date | None = None) -> float | None:
    """Share of identical votes over all pairs of states in a year: the comparison for one pair.

    Of the states present at a roll call, y of them yes, t abstaining and n no, y(y-1) + t(t-1) +
    n(n-1) ordered pairs agree; the sum over roll calls is divided by all ordered pairs present.
    """
    parts = record.parts("votes")
    if not parts or not record.parts("rollcalls"):
        return None
    calls = record.table("rollcalls", as_of).filter(pl.col("date").dt.year() == year)["rcid"]
    if calls.is_empty():
        return None
    counted = (
        pl.scan_parquet(record.paths(parts))
        .filter(pl.col("rcid").is_in(calls.implode()))
        .group_by("rcid", "choice")
        .len()
        .with_columns(pl.col("len").cast(pl.Int64))
        .collect()
    )
    same = int((counted["len"] * (counted["len"] - 1)).sum())
    present = counted.group_by("rcid").agg(pl.col("len").sum())["len"]
    pairs = int((present * (present - 1)).sum())
    return same / pairs if pairs else None
