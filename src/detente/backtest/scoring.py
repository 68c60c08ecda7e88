"""How every model fared at one origin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from detente.backtest.plan import BINS, SUMS, Scored
from detente.forecasts.scores import bin_edges, bounds, crps, interval_score, log_score, pit
from detente.forecasts.series.dataset import Array, transform
from detente.forecasts.series.known import Known
from detente.periods import PERIODS


def score(
    known: Known,
    horizons: Sequence[int],
    forecasts: Mapping[str, Mapping[int, Array]],
    weights: Array,
    rng: np.random.Generator,
) -> Scored:
    """The scores of every model's forecasts at an origin, by series and horizon."""
    data, items = known.data, known.relatives.item
    count = int(items.max()) + 1
    scored: dict[str, Array] = {}
    sums: dict[str, dict[str, Array]] = {}
    pits: dict[str, Array] = {}
    z = transform(data.kind, known.totals)
    edges = [bin_edges(z[items == item]) for item in range(count)]
    year = PERIODS[data.by].recent
    with np.errstate(invalid="ignore"):
        recent = np.array([np.nanmean(row) if np.isfinite(row).any() else np.nan for row in z[:, -year:]])
    counts = np.zeros((len(horizons), count))
    for name, by_horizon in forecasts.items():
        table = np.full((data.size, len(horizons)), np.nan, dtype=np.float64)
        sums[name] = {what: np.full((len(horizons), count), np.nan) for what in SUMS}
        pits[name] = np.zeros((len(horizons), BINS))
        for n, h in enumerate(horizons):
            if known.origin + h >= data.periods:
                continue
            outcome = transform(data.kind, data.outcomes(known.origin + h))
            quantiles = transform(data.kind, by_horizon[h])
            usable = data.scored & np.isfinite(outcome) & np.isfinite(quantiles).all(1) & np.isfinite(recent)
            if not usable.any():
                continue
            q, y = quantiles[usable], outcome[usable]
            table[usable, n] = crps(q, y)
            u = pit(q, y, rng)
            pits[name][n] = np.histogram(u, BINS, (0, 1))[0]
            low, high = bounds(q)
            cells = {
                "interval_score": interval_score(q, y),
                "coverage": ((u >= 0.05) & (u < 0.95)).astype(float),
                "coverage_bounds": ((y >= low) & (y <= high)).astype(float),
                "brier": ((q > recent[usable, None]).mean(1) - (y > recent[usable])) ** 2,
            }
            logs = np.zeros(len(y))
            for item in range(count):
                mine = items[usable] == item
                logs[mine] = log_score(q[mine], y[mine], edges[item])
            cells["log_score"] = logs
            number = np.bincount(items[usable], minlength=count)
            counts[n] = np.maximum(counts[n], number)
            for what, values in cells.items():
                with np.errstate(invalid="ignore", divide="ignore"):
                    sums[name][what][n] = np.bincount(items[usable], values, count) / number
        scored[name] = table
    return Scored(known.origin, scored, sums, pits, counts, weights)
