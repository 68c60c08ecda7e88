"""Which periods of a series may be read: what is partly covered is scaled up, what is hardly covered left out."""

from __future__ import annotations

import polars as pl

from detente.periods import periods

# Totals of a period that is covered by less than this are no totals.
LEAST = 0.5
# The first and last period of a series must be whole, but for a stray hour or day.
WHOLE = 0.95


def usable_run(coverage: pl.DataFrame, by: str, *, latest: bool = False) -> pl.DataFrame:
    """The rows (period, covered) of the longest run of periods that are covered by LEAST or more, from a whole one to a
    whole one.

    With `latest`, the latest run that is at least half as long as the longest. Empty where no period is whole.

    >>> from datetime import date
    >>> shares = pl.DataFrame({"period": [date(2018, m, 1) for m in range(1, 6)], "covered": [0.1, 1.0, 0.6, 1.0, 0.7]})
    >>> usable_run(shares, "month")["covered"].to_list()
    [1.0, 0.6, 1.0]
    """
    fit = coverage.select("period", "covered").filter(pl.col("covered") >= LEAST).sort("period")
    if fit.is_empty():
        return fit
    every = pl.DataFrame({"period": periods(fit["period"][0], fit["period"][-1], by)})
    # A period that is hardly covered ends a run; of each run only what lies between its whole periods is kept.
    gaps = every.join(fit, on="period", how="left", maintain_order="left").with_columns(
        run=pl.col("covered").is_null().cum_sum()
    )
    whole = pl.col("covered") >= WHOLE
    begun, goes_on = (whole.cum_sum(reverse=reverse).over("run") > 0 for reverse in (False, True))
    runs = gaps.drop_nulls().filter(begun & goes_on).partition_by("run", maintain_order=True, include_key=False)
    if not runs:
        return fit.clear()
    longest = max(runs, key=len)
    return [run for run in runs if run.height * 2 >= longest.height][-1] if latest else longest


def scaled(column: str) -> pl.Expr:
    """A total of a period brought up to the whole of it."""
    return pl.col(column) / pl.col("covered")


def said(run: pl.DataFrame, by: str) -> str:
    """Words on the partly covered periods of a run, for a basis; "" where all are whole.

    >>> said(pl.DataFrame({"covered": [1.0, 0.6, 1.0]}), "month")
    ' (1 of 3 months partly covered and scaled up)'
    """
    part = run.filter(pl.col("covered") < WHOLE).height
    return f" ({part} of {run.height} {by}s partly covered and scaled up)" if part else ""
