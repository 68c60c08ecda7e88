"""Fit the pooled forecasters that ship for pairs whose own record is thin: yearly counts and UN agreement.

    python tools/fit_pooled.py ../shared/data > src/detente/forecasts/pooled.json

For every year Y listed, the cells of `detente.forecasts.series.hierarchical` (delta and tables of errors; no group
means, so that a pair needs nothing but its own past) from what was on record by the end of Y: ICEWS directed
dyad-years of all pairs (2002 on) with reports in five years or more of those up to Y, at least three of them; and
agreement in UN votes, year by year, of all pairs with forty years up to Y, or ten. A forecast as of a day uses the
last year that ended before it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import polars as pl

import detente as dt
from detente.forecasts.series.dataset import Dataset, build, transform
from detente.forecasts.series.datasets import from_record
from detente.forecasts.series.hierarchical import fit
from detente.forecasts.series.tidy import QUADS

COUNT_YEARS = range(2005, 2012)
VOTE_YEARS = (1990, 2000, 2006, 2011, 2019)
HORIZONS, BINS, PARTS, LEAST_REPORTS = (1, 2, 3), 6, 2, 20


def cells(data: Dataset, item: str, last: int) -> dict[str, Any]:
    mine = np.flatnonzero((data.keys["item"] == item).to_numpy())
    y = data.totals(data.known_at(data.periods - 1), 0, data.periods)[mine][:, : last + 1]
    enough = np.isfinite(y).sum(1) >= min(10, y.shape[1] - 1)
    z = transform(data.kind, y[enough])
    by_horizon = fit(z, np.zeros_like(z), HORIZONS, kappas=(0.0,), bins=BINS, parts=PARTS)
    return {str(h): one.to_dict() for h, one in by_horizon.items()}


def dyad_years(folder: Path) -> pl.DataFrame:
    table = pl.read_csv(folder / "icews_dyad_year" / "dyad_year_2002_2011.csv.gz")
    return table.filter(pl.col("sender") != pl.col("receiver")).select(
        pl.col("sender").alias("a"), pl.col("receiver").alias("b"), pl.date("year", 1, 1).alias("date"), *QUADS
    )


def main() -> None:
    folder = Path(sys.argv[1])
    table = dyad_years(folder)
    years = sorted(table["date"].dt.year().unique())
    made: dict[str, Any] = {"counts": {}, "share": {}, "votes": {}}
    for year in COUNT_YEARS:
        known = table.filter(pl.col("date").dt.year() <= year)
        lasting = known.group_by("a", "b").len().filter(pl.col("len") >= min(5, max(3, year - 2001 - 1)))
        known = known.join(lasting, on=["a", "b"], how="semi")
        long = known.unpivot(QUADS, index=["a", "b", "date"], variable_name="item", value_name="value")
        counts = build(long, kind="count", by="year", directed=True)
        made["counts"][str(year)] = {item: cells(counts, item, years.index(year)) for item in QUADS}
        every = pl.sum_horizontal(QUADS)
        some = known.filter(every >= LEAST_REPORTS).with_columns(
            pl.lit("share").alias("item"), (pl.sum_horizontal(QUADS[:2]) / every).alias("value")
        )
        shares = build(some.select("a", "b", "item", "date", "value"), kind="share", by="year", directed=True)
        made["share"][str(year)] = {"share": cells(shares, "share", years.index(year))}
    with TemporaryDirectory() as own:
        record = dt.open_record(own, cases=False)
        record.ingest([folder / "unvotes"])
        votes = from_record(record, "votes", by="year")
    starts = [day.year for day in votes.starts]
    for year in VOTE_YEARS:
        last = starts.index(year)
        made["votes"][str(year)] = {item: cells(votes, item, last) for item in sorted(set(votes.keys["item"]))}
    made["about"] = {
        "made_by": "tools/fit_pooled.py",
        "counts": "ICEWS directed dyad-years 2002-2011, doi:10.7910/DVN/28075",
        "votes": "UN General Assembly votes 1946-2019, doi:10.7910/DVN/LEJUQZ",
        "levels": [0.005, 0.025, 0.05, *np.arange(0.1, 0.95, 0.05).round(2).tolist(), 0.95, 0.975, 0.995],
    }
    print(json.dumps(made, separators=(",", ":")))


if __name__ == "__main__":
    main()
