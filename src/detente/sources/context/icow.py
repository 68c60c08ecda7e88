"""Claims of one state on another's territory, rivers or seas: Issue Correlates of War, 1.01 with an extension to 2017.

A month of end 99 (201799) says that the claim stood when the data ended; where no end is given it is not known either.
How a claim was resolved is told by the codebook's number. Tried on that extension, whose columns are those released.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from detente.files.rows import BadRow
from detente.files.tabular import reject
from detente.sources.context.days import backwards, no_day, with_day
from detente.sources.context.parties import both, with_states
from detente.sources.context.rows import UNKNOWN, dated_facts, in_order, no_number, number, reader
from detente.sources.schema import Batch
from detente.sources.source import Source

_RAW = "claimdy name chal tgt begclaim endclaim resolved icowsal"
_OPEN = "99"


def _month(name: str, column: str) -> tuple[pl.Expr, pl.Expr]:
    """The year and month of a cell that says YYYYMM, under `<name>_y` and `<name>_m`."""
    text = pl.col(column)
    text = pl.when(text.str.contains(r"^\d{6}$")).then(text)
    return text.str.slice(0, 4).fill_null("").alias(f"{name}_y"), text.str.slice(4).fill_null("").alias(f"{name}_m")


def make(frame: pl.DataFrame, bad: list[BadRow]) -> Iterator[Batch]:
    """The claim from its beginning, and its end where one is known."""
    frame = frame.with_columns(*_month("begun", "begclaim"), *_month("ended", "endclaim"))
    frame, faults = with_states(frame, "cow", "chal", "tgt", year="begun_y")
    frame = with_day(frame, "date", "begun_y", "begun_m")
    still = pl.col("ended_m") == _OPEN
    frame = with_day(frame.with_columns(still.alias("still")), "ended", "ended_y", "ended_m")
    said = ~pl.col("endclaim").is_in(UNKNOWN)
    no_end = pl.format("endclaim '{}' is no year and month", "endclaim")
    faults += [
        no_day("date", "begclaim"),
        (said & ~pl.col("still") & pl.col("ended").is_null(), no_end),
        backwards(),
        no_number("icowsal", low=0, high=12),
    ]
    kept, wrong = reject(frame, faults, _RAW.split())
    yield _facts(kept, in_order(bad, wrong))
    yield _ends(kept.filter(pl.col("ended").is_not_null()))


def _named(kept: pl.DataFrame) -> dict[str, pl.Expr]:
    own = pl.col("claimdy")
    own = pl.when(own.is_in(UNKNOWN)).then(pl.col("name")).otherwise(own)
    return {
        "event_id": pl.concat_str(own, "chal", "tgt", "begclaim", separator=":"),
        "area": pl.lit("diplomatic"),
        "level": number("icowsal"),
        "reference": own,
    }


def _facts(kept: pl.DataFrame, bad: list[BadRow]) -> Batch:
    end = pl.when("still").then(pl.lit("; it stood when the data ended")).otherwise(pl.lit("; its end is not known"))
    claim = _named(kept) | {
        "ends": pl.col("ended_last"),
        "actors": pl.concat_list("chal_state"),
        "targets": pl.concat_list("tgt_state"),
        "kind": pl.lit("claim"),
        "tone": pl.lit("conflictual"),
        "description": pl.format(
            "claim to {} of {} against {}{}", "name", "chal_state", "tgt_state",
            pl.when(pl.col("ended").is_null()).then(end).otherwise(pl.lit("")),
        ),
    }  # fmt: skip
    return dated_facts("icow", kept, bad, [], claim, _RAW, until=_told())


def _told() -> pl.Expr:
    """The last day of which a claim tells: that of its end, or of the data where it stood."""
    stood = pl.concat_str("ended_y", pl.lit("-12-31")).str.to_date(strict=False)
    return pl.coalesce("ended_last", pl.when("still").then(stood), "date_last")


def _ends(ended: pl.DataFrame) -> Batch:
    how = pl.col("resolved")
    how = pl.when(how.is_in(UNKNOWN)).then(pl.lit("not told")).otherwise(how)
    claim = _named(ended)
    told = claim | {
        "event_id": pl.concat_str(claim["event_id"], pl.lit("end"), separator=":"),
        "date": pl.col("ended"),
        "precision": pl.col("ended_precision"),
        "known_on": pl.col("ended_last"),
        "actors": both("chal_state", "tgt_state"),
        "kind": pl.lit("claim ended"),
        "description": pl.format(
            "end of the claim to {} of {} against {} (resolution, by the codebook's number: {})",
            "name", "chal_state", "tgt_state", how,
        ),
    }  # fmt: skip
    return dated_facts("icow", ended, [], [], told, _RAW, until=pl.col("ended_last"))


CLAIMS = Source(
    "icow",
    "claims of the Issue Correlates of War (ICOW)",
    (reader(_RAW, make),),
    ("dated_facts",),
    covers="years",
    citation="Hensel and Mitchell, From Territorial Claims to Identity Claims: The Issue Correlates of War (ICOW) "
    "Project, Conflict Management and Peace Science 34(2), 2017",
    terms="to be cited",
    home="https://www.paulhensel.org/icow.html",
)
