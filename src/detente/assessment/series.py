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
    yearly = rows.select(
        pl.col("subject").str.split(">").list.first().alias("sender"), pl.date("year", 1, 1).alias("period"), "k", "n"
    )
    monthly: list[dict[str, Any]] = []
    if entries.events.height:
        month, cooperative = pl.col("date").dt.truncate("1mo").alias("period"), pl.col("quad") <= 2
        # Each report counts once for all areas together (""), and once for each of its own.
        areas = pl.concat_list(pl.lit(""), pl.col("areas").fill_null([])).alias("area")
        by_area = entries.events.select("sender", month, areas, cooperative.alias("k")).explode("area")
        monthly = (
            by_area.filter(~pl.col("area").str.contains(":"))
            .group_by("sender", "period", "area")
            .agg(pl.col("k").sum(), pl.len().alias("n"))
            .sort("sender", "area", "period")
            .to_dicts()
        )
    facts = entries.facts.select("date", "area", "tone", "url", text="description").to_dicts()
    return {
        # Another source's counts don't stand in for those of the source of the answer.
        "yearly": [] if entries.source else yearly.to_dicts(),
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
