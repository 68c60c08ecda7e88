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
    every = periods(fit["period"][0], fit["period"][-1], by)
    at = dict(zip(every, range(len(every)), strict=True))
    number = pl.Series([at[day] for day in fit["period"]])
    whole = fit["covered"] >= WHOLE
    runs = (
        [
            run.drop("run").slice(first, last - first + 1)
            for run in fit.with_columns((number.diff().fill_null(1) != 1).cum_sum().alias("run")).partition_by(
                "run", maintain_order=True
            )
            for first, last in [_bounds(run["covered"] >= WHOLE)]
            if last >= first
        ]
        if whole.any()
        else []
    )
    if not runs:
        return fit.clear()
    longest = max(run.height for run in runs)
    fitting = [run for run in runs if run.height * 2 >= longest] if latest else [r for r in runs if r.height == longest]
    return fitting[-1] if latest else fitting[0]


def _bounds(whole: pl.Series) -> tuple[int, int]:
    at = whole.arg_true()
    return (int(at[0]), int(at[-1])) if len(at) else (0, -1)


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
