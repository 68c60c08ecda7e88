"""What the page's charts draw: directed shares by year or month, the stock of agreements, the dated facts."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from detente.actors import counts_as
from detente.assessment.windows import Entries
from detente.measures.stock import Life, stock

if TYPE_CHECKING:
    from detente.record import Record


def chart_series(record: Record, a: str, b: str, as_of: date, entries: Entries, held: list[Life]) -> dict[str, Any]:
    """Plain rows for every chart of the page; `stock` is empty where no agreements are held."""
    rows = record.table("figures", as_of).filter(
        pl.col("measure").str.starts_with("icews_") & pl.col("subject").is_in([f"{a}>{b}", f"{b}>{a}"])
    )
    yearly = [
        {"sender": subject.split(">")[0], "period": f"{year}-01-01", "k": int(k), "n": int(n)}
        for subject, year, k, n in rows.group_by("subject", pl.col("date").dt.year().alias("year"))
        .agg(
            pl.col("value").filter(pl.col("measure").str.contains("cooperation")).sum().alias("k"),
            pl.col("value").sum().alias("n"),
        )
        .sort("subject", "year")
        .iter_rows()
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
            {"sender": sender, "period": period.isoformat(), "area": area, "k": int(k), "n": int(n)}
            for sender, period, area, k, n in exploded.filter(~pl.col("area").str.contains(":"))
            .group_by("sender", "period", "area")
            .agg(pl.col("k").sum().alias("k"), pl.len().alias("n"))
            .sort("sender", "area", "period")
            .iter_rows()
        ]
    facts = [
        {
            "date": row["date"].isoformat(),
            "area": row["area"],
            "tone": row["tone"],
            "text": row["description"],
            "url": row["url"],
            "from": "both" if not row["targets"] else (a if a in map(counts_as, row["actors"]) else b),
        }
        for row in entries.facts.iter_rows(named=True)
    ]
    return {
        "yearly": yearly,
        "yearly_compiled": rows["compiled_on"].max(),
        "monthly": monthly,
        "facts": facts,
        "stock": _stock(entries.facts, held, as_of),
        "source": entries.source,
    }


def _stock(facts: pl.DataFrame, held: list[Life], as_of: date) -> list[dict[str, Any]]:
    if not held or facts.is_empty():
        return []
    days = pl.select(pl.date_range(pl.lit(facts["date"].min()), pl.lit(as_of), "1mo")).to_series().to_list()
    return [
        {"day": row["day"].isoformat(), **{name: row[name] for name in ("in_force", "suspended", "restrictions")}}
        for row in stock(held, [*days, as_of]).iter_rows(named=True)
    ]
