"""Rows that tell of several acts, each with a day: signed, in force, ended; imposed, lifted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import polars as pl

from detente.files.rows import BadRow
from detente.files.tabular import reject
from detente.sources.context.rows import Fault, dated_facts, in_order
from detente.sources.schema import Batch

ACTS: dict[str, tuple[str, str | None]] = {
    "signed": ("agreement signed", "cooperative"),
    "in force": ("agreement in force", "cooperative"),
    "ended": ("agreement ended", None),
    "left": ("agreement ended", None),
    "threatened": ("sanction threatened", "conflictual"),
    "imposed": ("sanction", "conflictual"),
    "lifted": ("sanction lifted", "cooperative"),
}
"""The kind and tone of each act."""


def acts(
    source: str,
    frame: pl.DataFrame,
    bad: list[BadRow],
    faults: Sequence[Fault],
    columns: Mapping[str, pl.Expr],
    named: Mapping[str, Mapping[str, pl.Expr]],
    raw: str,
    skipped: Mapping[str, int] | None = None,
) -> Iterator[Batch]:
    """A batch for each act (of `ACTS`) of which a row may tell: its day is under that name in the frame,
    null where the row doesn't tell of it; `named` has its own columns, and `columns` those that all acts share.

    The first act says which years are covered; the others are known on its day at the earliest.
    """
    kept, wrong = reject(frame, faults, raw.split())
    first = next(iter(named))
    silent = kept.filter(pl.all_horizontal(pl.col(act).is_null() for act in named)).height
    left_out = {**(skipped or {}), "no day is known": silent}
    for act, own in named.items():
        kind, tone = ACTS[act]
        rows = kept.filter(pl.col(act).is_not_null()).with_columns(
            pl.col(f"{act}{part}").alias(f"date{part}") for part in ("", "_last", "_precision")
        )
        told = {"kind": pl.lit(kind), "tone": pl.lit(tone, pl.Utf8), **columns, **own}
        told.setdefault("known_on", pl.max_horizontal("date_last", f"{first}_last"))
        told["event_id"] = pl.concat_str(columns["event_id"], pl.lit(act), separator=":")
        batch = dated_facts(source, rows, [], [], told, raw)
        if act == first:
            yield replace(batch, bad=in_order(bad, wrong), skipped=left_out)
        else:
            yield replace(batch, span=None)
