"""The panel: direction x area x period, with zeros where a source covers most of it and nulls where none does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl

from detente.actors import counted
from detente.errors import NoData
from detente.measures.columns import PANEL
from detente.measures.coverage import LEAST
from detente.periods import PERIODS, period, periods
from detente.record import Store
from detente.record.queries import CLASSES, all_counts, pair_counts
from detente.record.view import View, busiest_source
from detente.uncertainty import share_interval

COUNTS = list(CLASSES)
COOPERATIVE = pl.col("verbal_cooperation") + pl.col("material_cooperation")
CONFLICTUAL = pl.col("verbal_conflict") + pl.col("material_conflict")
TYPES: dict[str, Any] = {
    **dict.fromkeys(PANEL, pl.Float64),
    **dict.fromkeys(("sender", "receiver", "area", "source"), pl.Utf8),
    **dict.fromkeys(COUNTS, pl.Int64),
    "period": pl.Date,
}
GOVERNMENT = ("GOV", "MIL", "LEG", "SPY", "COP", "JUD", "IGO")


def pair_panel(
    pair: View,
    *,
    by: str = "month",
    areas: Sequence[str | None] = (None,),
    sectors: str = "all",
) -> pl.DataFrame:
    """Directed counts by quad class of one pair, both directions, in every period.

    Columns as in `detente.measures.columns.PANEL`. Counts are as reported, never scaled. Where nothing was reported
    they are zero in a period that is covered by half or more, else null. A quarter hour of GDELT 2 covers 1/96 of a
    day. `sectors="government"` keeps acts of states and their organs.

    Periods in which one of the two did not exist are left out. Raises NoData where no event source is held
    or none of its days is known on `as_of`.
    """
    period(by)
    chosen = pair.source
    pairs = pl.DataFrame({"sender": [pair.a, pair.b], "receiver": [pair.b, pair.a]})
    actors = GOVERNMENT if sectors == "government" else None
    coverage = pair.coverage(by)
    panel = pl.concat(
        _complete(pair_counts(pair, chosen, by=by, area=area, sectors=actors), pairs, by, coverage, area, chosen)
        for area in areas
    )
    if panel.is_empty():
        raise NoData(
            f"{chosen} covers no day{f' known on {pair.as_of}' if pair.as_of else ''} on which both states existed"
        )
    return panel


def states_panel(
    record: Store,
    states: Sequence[str] | None = None,
    *,
    by: str = "month",
    as_of: date | None = None,
    area: str | None = None,
    source: str | None = None,
    min_events: int = 1,
) -> pl.DataFrame:
    """The columns of `pair_panel` for every directed pair of states, or of those named, in one pass.

    Pairs with fewer than `min_events` events (both directions, all periods) are left out; the rest have every period of
    the source, with zeros where it covers half of one or more. Raises NoData where no event source is held.
    """
    period(by)
    chosen = busiest_source(record, source, as_of)
    counts = all_counts(record, source=chosen, by=by, as_of=as_of, area=area, states=states)
    low, high = pl.min_horizontal("sender", "receiver"), pl.max_horizontal("sender", "receiver")
    active = (
        counts.group_by(low.alias("sender"), high.alias("receiver"))
        .agg(pl.sum_horizontal(COUNTS).sum().alias("n"))
        .filter(pl.col("n") >= min_events)
        .drop("n")
    )
    pairs = pl.concat([active, active.select(sender="receiver", receiver="sender")]).sort("sender", "receiver")
    return _complete(counts, pairs, by, record.coverage(chosen, as_of, by), area, chosen)


def _complete(
    counts: pl.DataFrame, pairs: pl.DataFrame, by: str, coverage: pl.DataFrame, area: str | None, source: str
) -> pl.DataFrame:
    """The panel of directed pairs (sender, receiver) in all periods from counts in some of them."""
    firsts = [*coverage["period"].to_list(), *counts["period"].to_list()]
    if not firsts:
        return pl.DataFrame(schema=TYPES)
    starts = pl.DataFrame({"period": periods(min(firsts), max(firsts), by)})
    covered = starts.join(coverage, on="period", how="left", maintain_order="left")
    grid = _while_both_lived(covered.with_columns(pl.col("covered").fill_null(0.0)).join(pairs, how="cross"), by)
    full = grid.join(counts, on=["period", "sender", "receiver"], how="left", maintain_order="left")
    # Of a period that is hardly covered, silence says nothing.
    zero = (pl.col("covered") >= LEAST) & pl.col("verbal_cooperation").is_null()
    full = full.with_columns(pl.when(zero).then(0).otherwise(pl.col(c)).alias(c) for c in [*COUNTS, "intensity"])
    reports = full.select(cooperative=COOPERATIVE, total=COOPERATIVE + CONFLICTUAL).fill_null(0)
    mean, low, high = share_interval(reports["cooperative"].to_numpy(), reports["total"].to_numpy())
    shares = pl.DataFrame({"share": mean, "share_low": low, "share_high": high}).fill_nan(None)
    return full.with_columns(shares, area=pl.lit(area, dtype=pl.Utf8), source=pl.lit(source)).select(list(PANEL))


def _while_both_lived(grid: pl.DataFrame, by: str) -> pl.DataFrame:
    """The rows of periods on some day of which both lived; days of no life are no days covered."""
    codes = {*grid["sender"].unique(), *grid["receiver"].unique()}
    lived = [(code, begins, ends) for code, counts, begins, ends in counted(codes) if code == counts]
    days = pl.DataFrame(lived, schema={"code": pl.Utf8, "from": pl.Date, "to": pl.Date}, orient="row")
    first, after = pl.col("period"), pl.col("period").dt.offset_by(PERIODS[by].every)
    begins, ends = pl.max_horizontal(first, "from", "from_other"), pl.min_horizontal(after, "to", "to_other")
    return (
        grid.join(days, left_on="sender", right_on="code", maintain_order="left")
        .join(days, left_on="receiver", right_on="code", maintain_order="left", suffix="_other")
        .with_columns(((ends - begins).dt.total_days() / (after - first).dt.total_days()).alias("lived"))
        .filter(pl.col("lived") > 0)
        # What is covered of a life that fills a part of the period: no less than this.
        .with_columns((pl.col("covered") - (1 - pl.col("lived"))).clip(0.0).alias("covered"))
        .drop("from", "to", "from_other", "to_other", "lived")
    )
