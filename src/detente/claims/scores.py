"""Scores of probabilities against what happened, and how sure their differences are.

The Brier score is the mean of (p - o)^2 over claims, o being 1 where a claim held, 0 where it failed and 1/2 where
it was mixed (G. W. Brier, "Verification of forecasts expressed in terms of probability", Monthly
Weather Review 78(1), 1950). 0 is perfect, 1/4 what always saying 50% earns of claims that held or failed. Intervals of differences
are percentiles of a bootstrap over claims, which treats claims as independent: those of one study are not quite.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

RESAMPLES, SEED, LEVEL = 10_000, 2007, 0.90


def difference(
    one: Sequence[float], other: Sequence[float], outcomes: Sequence[float], *, seed: int = SEED
) -> tuple[float, float, float]:
    """Brier score of `one` less that of `other`, with the 90% bounds of a bootstrap over claims.

    >>> difference([0.5, 0.5], [0.5, 0.5], [1, 0])
    (0.0, 0.0, 0.0)
    """
    o = np.asarray(outcomes, dtype=float)
    gaps = (np.asarray(one) - o) ** 2 - (np.asarray(other) - o) ** 2
    drawn = np.random.default_rng(seed).integers(len(gaps), size=(RESAMPLES, len(gaps)))
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(gaps[drawn].mean(axis=1), [tail, 1 - tail])
    return float(gaps.mean()), float(low), float(high)
