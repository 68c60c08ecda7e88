"""What a record holds, a line for each table and source, and what of its files could not be taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from detente.record.cases import CASE_TABLES
from detente.record.parts import rows_set_aside
from detente.sources.schema import TABLES

if TYPE_CHECKING:
    from detente.record.store import Store

SCHEMA: dict[str, Any] = {
    "table": pl.Utf8,
    "source": pl.Utf8,
    "rows": pl.Int64,
    "first": pl.Date,
    "last": pl.Date,
    "states": pl.Int64,
    "files": pl.Int64,
    "corrected": pl.Int64,
    "conflicts": pl.Int64,
    "covered": pl.Float64,
    "covers": pl.List(pl.List(pl.Date)),
}
STATES = {"events": "sender", "votes": "state"}
QUARANTINE = {"file": pl.Utf8, "line": pl.Int64, "reason": pl.Utf8, "raw": pl.Utf8, "ingested_at": pl.Utf8}


def holdings(record: Store) -> pl.DataFrame:
    """Rows, span, states, files, corrections and coverage of every table of the cases and of every source."""
    lines = [*_of_cases(record), *_of_files(record)]
    return pl.DataFrame(lines, schema=SCHEMA, orient="row")


def _of_cases(record: Store) -> list[dict[str, Any]]:
    lines = []
    for case in record.cases:
        for name in CASE_TABLES:
            rows = case.table(name)
            if rows.height:
                parties = pl.concat([rows["actors"], rows["targets"]]).explode() if name == "facts" else None
                dates = rows["date"] if "date" in rows.columns else pl.Series(dtype=pl.Date)
                lines.append(
                    {
                        "table": name,
                        "source": f"case {case.id}",
                        "rows": rows.height,
                        "first": dates.min(),
                        "last": dates.max(),
                        "states": None if parties is None else parties.drop_nulls().n_unique(),
                        "files": 1,
                    }
                )
    return lines


def _of_files(record: Store) -> list[dict[str, Any]]:
    lines = []
    for table in TABLES:
        for source in sorted({part.source for part in record.parts(table)}):
            parts = record.parts(table, source)
            taken = [f for c in record.commits for f in c.files if f.reader == source and table in f.rows]
            wanted = [pl.col("date").min().alias("first"), pl.col("date").max().alias("last")]
            wanted = wanted if "date" in TABLES[table] else []
            if table in STATES:
                wanted.append(pl.col(STATES[table]).drop_nulls().n_unique().alias("states"))
            spans = (
                pl.scan_parquet(record.paths(parts), glob=False).select(wanted).collect().to_dicts() if wanted else [{}]
            )
            by_day = record.coverage(source, by="day")["covered"] if table == "events" else pl.Series(dtype=pl.Float64)
            lines.append(
                {
                    "table": table,
                    "source": source,
                    "rows": sum(part.rows for part in parts),
                    **spans[0],
                    "files": sum(1 for file in taken if file.rows[table]),
                    "corrected": sum(sum(file.corrected.values()) for file in taken) or None,
                    "conflicts": sum(file.conflicts + file.withdrawn for file in taken) or None,
                    "covered": round(float(by_day.mean()), 4) if len(by_day) else None,  # type: ignore[arg-type]
                    "covers": [list(span) for span in record.covers(source)] if table == "events" else None,
                }
            )
    return lines


def quarantined(record: Store) -> pl.DataFrame:
    """Rows and files that could not be taken: file, line (0 for a whole file, null for rows held before), reason, raw,
    ingested_at.
    """
    frames = [rows_set_aside(record.folder, c).with_columns(pl.lit(c.at).alias("ingested_at")) for c in record.commits]
    return pl.concat([pl.DataFrame(schema=QUARANTINE), *frames])
