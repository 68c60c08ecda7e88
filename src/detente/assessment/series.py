"""What the page's charts draw: directed shares by year or month, the stock of agreements, the dated facts."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from detente.assessment.indicators import yearly_counts
from detente.assessment.windows import Entries
from detente.measures.in_force import Life, in_force

if TYPE_CHECKING:
    from detente.record.view import View


def chart_series(pair: View, entries: Entries, agreements: list[Life]) -> dict[str, Any]:
    """Plain rows for every chart of the page; `stock` is empty where no agreements are held."""
    rows = yearly_counts(pair)
    yearly = [
        {"sender": subject.split(">")[0], "period": date(year, 1, 1), "k": k, "n": n}
        for subject, year, k, n in rows.select("subject", "year", "k", "n").iter_rows()
    ]
    monthly: list[dict[str, Any]] = []
    if entries.events.height:
        frame = entries.events.with_columns(
            pl.col("date").dt.truncate("1mo").alias("period"), (pl.col("quad") <= 2).alias("k")
        )
        exploded = pl.concat(
            [
                frame.with_columns(pl.lit("").alias("area")).select("sender", "period", "area", "k"),
                frame.explode("areas")
                .drop_nulls("areas")
                .select("sender", "period", pl.col("areas").alias("area"), "k"),
            ]
        )
        monthly = [
            {"sender": sender, "period": period, "area": area, "k": int(k), "n": int(n)}
            for sender, period, area, k, n in exploded.filter(~pl.col("area").str.contains(":"))
            .group_by("sender", "period", "area")
            .agg(pl.col("k").sum().alias("k"), pl.len().alias("n"))
            .sort("sender", "area", "period")
            .iter_rows()
        ]
    facts = entries.facts.select("date", "area", "tone", "url", text="description").to_dicts()
    return {
        # Another source's counts don't stand in for those of the source of the answer.
        "yearly": [] if entries.source else yearly,
        "yearly_compiled": rows["compiled_on"].max(),
        "monthly": monthly,
        "facts": facts,
        "facts_to": entries.facts_to,
        "stock": _stock(entries.facts, agreements, entries.facts_to),
        "source": entries.source,
        "reports_to": _reports_to(entries, rows),
    }


def _reports_to(entries: Entries, yearly: pl.DataFrame) -> date | None:
    """The last day of the reports that are drawn."""
    if entries.covered:
        return entries.covered[-1][1]
    return date(max(yearly["year"].to_list()), 12, 31) if yearly.height else None


def _stock(facts: pl.DataFrame, agreements: list[Life], last: date | None) -> list[dict[str, Any]]:
    if not agreements or facts.is_empty() or last is None:
        return []
    days = pl.select(pl.date_range(pl.lit(facts["date"].min()), pl.lit(last), "1mo")).to_series().to_list()
    return in_force(agreements, [*days, last]).select("day", "in_force", "suspended", "restrictions").to_dicts()
