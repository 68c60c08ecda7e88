"""The normalised tables that every source yields: their columns and types."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from detente.files.rows import CORRECTED, BadRow

TABLES: dict[str, dict[str, Any]] = {
    "events": {
        "event_id": pl.Utf8,
        "source": pl.Utf8,
        "date": pl.Date,
        "known_on": pl.Date,
        "sender": pl.Utf8,
        "sender_sector": pl.Utf8,
        "receiver": pl.Utf8,
        "receiver_sector": pl.Utf8,
        "action": pl.Utf8,
        "plover": pl.Utf8,
        "quad": pl.Int8,
        "intensity": pl.Float32,
        "areas": pl.List(pl.Utf8),
        "place": pl.Utf8,
        "channel": pl.Utf8,
        "mentions": pl.Int32,
        "confidence": pl.Float32,
        "text": pl.Utf8,
        "url": pl.Utf8,
    },
    "facts": {
        "event_id": pl.Utf8,
        "source": pl.Utf8,
        "date": pl.Date,
        "precision": pl.Utf8,
        "known_on": pl.Date,
        "actors": pl.List(pl.Utf8),
        "targets": pl.List(pl.Utf8),
        "area": pl.Utf8,
        "kind": pl.Utf8,
        "tone": pl.Utf8,
        "channel": pl.Utf8,
        "third_party": pl.Utf8,
        "agreements": pl.List(pl.Utf8),
        "description": pl.Utf8,
        "url": pl.Utf8,
        "title": pl.Utf8,
        "url2": pl.Utf8,
        "note": pl.Utf8,
    },
    "agreements": {
        "event_id": pl.Utf8,
        "source": pl.Utf8,
        "agreement": pl.Utf8,
        "title": pl.Utf8,
        "form": pl.Utf8,
        "tone": pl.Utf8,
        "area": pl.Utf8,
        "parties": pl.List(pl.Utf8),
        "channel": pl.Utf8,
        "third_party": pl.Utf8,
        "starts": pl.Utf8,
        "since": pl.Date,
        "known_on": pl.Date,
        "url": pl.Utf8,
        "cited": pl.Utf8,
    },
    "figures": {
        "event_id": pl.Utf8,
        "source": pl.Utf8,
        "subject": pl.Utf8,
        "measure": pl.Utf8,
        "area": pl.Utf8,
        "period": pl.Utf8,
        "date": pl.Date,
        "value": pl.Float64,
        "unit": pl.Utf8,
        "known_on": pl.Date,
        "compiled_on": pl.Date,
        "url": pl.Utf8,
        "title": pl.Utf8,
        "note": pl.Utf8,
    },
    "dated_facts": {
        "event_id": pl.Utf8,
        "source": pl.Utf8,
        "date": pl.Date,
        "precision": pl.Utf8,
        "ends": pl.Date,
        "known_on": pl.Date,
        "compiled_on": pl.Date,
        "actors": pl.List(pl.Utf8),
        "targets": pl.List(pl.Utf8),
        "area": pl.Utf8,
        "kind": pl.Utf8,
        "tone": pl.Utf8,
        "channel": pl.Utf8,
        "third_party": pl.Utf8,
        "level": pl.Float32,
        "reference": pl.Utf8,
        "description": pl.Utf8,
        "url": pl.Utf8,
    },
    "indicators": {
        "event_id": pl.Utf8,
        "source": pl.Utf8,
        "a": pl.Utf8,
        "b": pl.Utf8,
        "measure": pl.Utf8,
        "date": pl.Date,
        "ends": pl.Date,
        "value": pl.Float64,
        "known_on": pl.Date,
        "compiled_on": pl.Date,
    },
    "votes": {"event_id": pl.Utf8, "rcid": pl.Utf8, "state": pl.Utf8, "choice": pl.Utf8},
    "rollcalls": {
        "event_id": pl.Utf8,
        "rcid": pl.Utf8,
        "session": pl.Int32,
        "date": pl.Date,
        "known_on": pl.Date,
        "resolution": pl.Utf8,
        "title": pl.Utf8,
    },
    "rollcall_issues": {"event_id": pl.Utf8, "rcid": pl.Utf8, "issue": pl.Utf8},
}


@dataclass(slots=True)
class Batch:
    """Rows of one table, the line of each in its file, and the rows that could not be taken.

    `skipped` counts rows set aside by rule and by reason (a member absent from a vote, say); reasons of none drop out.
    `moments` are the texts YYYYMMDDHHMMSS at which `rows` were reported, where the source says it to the minute.
    `span` are the first and last day of which the rows of a source that covers "years" tell, silence included.
    `corrected` has the line and reason of each correction made to the rows kept: nothing is replaced silently.
    """

    table: str
    rows: pl.DataFrame
    lines: pl.Series
    bad: list[BadRow] = field(default_factory=list)
    skipped: dict[str, int] = field(default_factory=dict)
    moments: pl.Series | None = None
    span: tuple[date, date] | None = None
    corrected: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=CORRECTED))

    def __post_init__(self) -> None:
        self.skipped = {reason: count for reason, count in self.skipped.items() if count}

    def corrections(self) -> dict[str, int]:
        """How many rows were corrected, by reason."""
        return dict(self.corrected.group_by("reason", maintain_order=True).len().iter_rows())


def known_by(rows: pl.DataFrame, as_of: date | None) -> pl.DataFrame:
    """Rows known on a day (all without one); of an end that came later nothing was known."""
    if as_of is None or "known_on" not in rows.columns:
        return rows
    rows = rows.filter(pl.col("known_on") <= as_of)
    ends = pl.col("ends")
    return rows.with_columns(pl.when(ends <= as_of).then(ends)) if "ends" in rows.columns else rows


def conform(table: str, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with exactly the columns and types of `table`; columns not given are null."""
    schema = TABLES[table]
    return rows.select(
        (pl.col(name) if name in rows.columns else pl.lit(None)).cast(kind).alias(name) for name, kind in schema.items()
    )
