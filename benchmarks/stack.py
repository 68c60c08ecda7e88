"""What cheap settings cost: the stack that forecasts of now are made by, against the same learnt at full expense.

    python benchmarks/stack.py [month|week] [FILE]

The 150 most active pairs of daily GDELT pair scores 2018-2021 at three origins each: means of the CRPS on the scale of
scores over twelve months (24 weeks), and seconds, all learnt anew.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from detente.forecasts.scores import Array, crps
from detente.forecasts.series import stack
from detente.forecasts.series.dataset import Dataset, transform
from detente.forecasts.series.known import Known
from detente.forecasts.series.learned import Learned
from detente.forecasts.series.learners import Forest
from detente.forecasts.series.tidy import read_tidy

DATA = Path(__file__).parents[2] / "shared" / "data" / "gdelt_dyads" / "daily_2018_2021.parquet"
ORIGINS = {"month": (26, 30, 34), "week": (100, 140, 180)}
AHEAD = {"month": 12, "week": 24}
FULL_FOREST = Learned((Forest(trees=80, least=30), 120_000), (Forest(trees=80), 250_000))


def settle(*, full: bool) -> None:
    """Learn weights as shipped, or by the whole members at every horizon from 1,500 series, with a larger forest."""
    if full:
        stack.NOW = stack.ROUGH = stack.NOW | {"forest": FULL_FOREST}
        stack.FEW, stack.WEIGHED = 1_500, tuple(range(1, 32))


def up_to(data: Dataset, periods: int) -> Dataset:
    rows = data.rows.filter(pl.col("unit") < int(data.edges[periods]))
    return replace(data, starts=data.starts[:periods], edges=data.edges[: periods + 1], rows=rows)


def scored(data: Dataset, origin: int, ahead: int) -> tuple[Array, float]:
    """The CRPS (series, horizons) of forecasts from an origin, and the seconds that they took."""
    known = up_to(data, origin + 1)
    start = time.perf_counter()
    quantiles = stack.learn_stack(known, ahead).forecast(Known(known, origin), ahead)
    seconds = time.perf_counter() - start
    outcomes = np.stack([data.outcomes(origin + h) for h in range(1, ahead + 1)], axis=1)
    return crps(transform(data.kind, quantiles), transform(data.kind, outcomes)), seconds


def main() -> None:
    by = sys.argv[1] if len(sys.argv) > 1 else "month"
    data = read_tidy(Path(sys.argv[2]) if len(sys.argv) > 2 else DATA, by=by, training_pairs=0, pairs=150)
    means, took = [], []
    for full in (False, True):
        settle(full=full)
        answers = [scored(data, origin, AHEAD[by]) for origin in ORIGINS[by]]
        means.append([float(np.nanmean(scores)) for scores, _ in answers])
        took.append(sum(seconds for _, seconds in answers))
        print(f"{'full' if full else 'shipped'}: CRPS {np.mean(means[-1]):.4f} ({means[-1]}), {took[-1]:.1f} s")
    loss = np.mean(means[0]) / np.mean(means[1]) - 1
    faster = took[1] / took[0]
    print(f"{data.size} series by {by}: CRPS of the shipped settings {loss:+.2%}, {faster:.1f}x as fast")


if __name__ == "__main__":
    main()
