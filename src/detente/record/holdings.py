"""What a record holds, a line for each table and source, and what of its files could not be taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from detente.record.cases import CASE_TABLES
from detente.record.parts import QUARANTINE, rows_set_aside
from detente.sources.schema import TABLES

if TYPE_CHECKING:
    from detente.record.cases import Case
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


def holdings(record: Store) -> pl.DataFrame:
    """Rows, span, states, files, corrections and coverage of every table of the cases and of every source."""
    cases = (_of_case(case, table) for case in record.cases for table in CASE_TABLES if case.table(table).height)
    files = (
        _of_source(record, table, source)
        for table in TABLES
        for source in sorted({part.source for part in record.parts(table)})
    )
    return pl.DataFrame([*cases, *files], schema=SCHEMA, orient="row")


def _of_case(case: Case, table: str) -> dict[str, Any]:
    rows = case.table(table)
    parties = pl.concat([rows["actors"], rows["targets"]]).explode() if table == "facts" else None
    dates = rows["date"] if "date" in rows.columns else pl.Series(dtype=pl.Date)
    return {
        "table": table,
        "source": f"case {case.id}",
        "rows": rows.height,
        "first": dates.min(),
        "last": dates.max(),
        "states": None if parties is None else parties.drop_nulls().n_unique(),
        "files": 1,
    }


def _of_source(record: Store, table: str, source: str) -> dict[str, Any]:
    parts = record.parts(table, source)
    files = [f for c in record.commits for f in c.files if f.reader == source and table in f.rows]
    asked = [pl.col("date").min().alias("first"), pl.col("date").max().alias("last")] if "date" in TABLES[table] else []
    if table in STATES:
        asked.append(pl.col(STATES[table]).drop_nulls().n_unique().alias("states"))
    span = {}
    if asked:
        rows = pl.scan_parquet(record.paths(parts), glob=False)
        span = rows.select(asked).collect().row(0, named=True)
    by_day = record.coverage(source, by="day")["covered"] if table == "events" else pl.Series(dtype=pl.Float64)
    return {
        "table": table,
        "source": source,
        "rows": sum(part.rows for part in parts),
        **span,
        "files": sum(1 for file in files if file.rows[table]),
        "corrected": sum(sum(file.corrected.values()) for file in files) or None,
        "conflicts": sum(file.conflicts + file.withdrawn for file in files) or None,
        "covered": round(float(by_day.mean()), 4) if len(by_day) else None,  # type: ignore[arg-type]
        "covers": [list(span) for span in record.covers(source)] if table == "events" else None,
    }


FILES: dict[str, Any] = {
    "file": pl.Utf8,
    "source": pl.Utf8,
    "pair": pl.Utf8,
    "rows": pl.Int64,
    "duplicates": pl.Int64,
    "quarantined": pl.Int64,
    "release": pl.Utf8,
    "from": pl.Utf8,
    "fetched": pl.Utf8,
    "ingested_at": pl.Utf8,
    "digest": pl.Utf8,
}


def ingested(record: Store) -> pl.DataFrame:
    """The files of which rows were taken, oldest first: columns `FILES`."""
    rows = [
        {
            "file": file.name,
            "source": file.reader,
            "pair": file.pair or None,
            "rows": sum(file.rows.values()),
            "duplicates": file.duplicates,
            "quarantined": file.quarantined,
            "release": file.fetched.get("release") or file.release or None,
            "from": file.fetched.get("from"),
            "fetched": file.fetched.get("at"),
            "ingested_at": commit.at,
            "digest": file.digest,
        }
        for commit in record.commits
        for file in commit.files
    ]
    return pl.DataFrame(rows, schema=FILES, orient="row")


def quarantined(record: Store) -> pl.DataFrame:
    """Rows and files that could not be taken: file, line (0 for a whole file, null for rows held before), reason, raw,
    ingested_at.
    """
    frames = [rows_set_aside(record.folder, c).with_columns(pl.lit(c.at).alias("ingested_at")) for c in record.commits]
    return pl.concat([pl.DataFrame(schema={**QUARANTINE, "ingested_at": pl.Utf8}), *frames])
