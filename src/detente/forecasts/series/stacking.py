"""Combining forecasts: distributions mixed with weights that past scores chose.

The mixture (linear pool) of the members' distributions with weights w has, for an outcome y, the CRPS

    sum_i w_i E|X_i - y| - 1/2 sum_ij w_i w_j E|X_i - X_j|

so that over past forecasts the best weights, not negative and adding to one, solve a small quadratic programme
(stacking of predictive distributions by CRPS; Yao et al., Bayesian Analysis 13, 2018). They are drawn towards equal
weights as by one more past origin: forecasts of one origin err together, however many series there are. Averaging
quantiles instead would put mass between the two humps of a series that changes its sign.
"""

from __future__ import annotations

import numpy as np

from detente.forecasts.scores import COUNT, LEVELS, Array

STEPS, THIN = 400, 4


def combine(members: Array, weights: Array) -> Array:
    """Quantiles (rows, COUNT) of the mixture of members (members, rows, COUNT).

    A row's missing members leave their weight to the rest; NaN where none is there.
    """
    known = np.asarray(np.isfinite(members).all(-1))
    share = weights[:, None] * known
    total = share.sum(0)
    rows = np.flatnonzero(total > 0)
    found = np.full(members.shape[1:], np.nan)
    if not len(rows):
        return found
    points = np.where(known[:, rows, None], members[:, rows], 0.0).transpose(1, 0, 2).reshape(len(rows), -1)
    mass = np.repeat((share[:, rows] / total[rows]).T / COUNT, COUNT, axis=1)
    order = np.argsort(points, axis=1)
    reached = np.cumsum(np.take_along_axis(mass, order, 1), axis=1)
    ordered = np.take_along_axis(points, order, 1)
    for n, row in enumerate(rows):
        found[row] = ordered[n, np.minimum(np.searchsorted(reached[n], LEVELS), ordered.shape[1] - 1)]
    return found


def learn(members: Array, outcomes: Array, origins: int) -> Array:
    """Weights (members,) with the least CRPS on past forecasts (members, rows, COUNT) of so many origins, and
    outcomes (rows,).

    Equal weights without rows.

    >>> rng = np.random.default_rng(0)
    >>> y = rng.standard_normal(4000)
    >>> from scipy.special import ndtri
    >>> good, bad = ndtri(LEVELS), 3 + ndtri(LEVELS)
    >>> learn(np.stack([np.tile(good, (4000, 1)), np.tile(bad, (4000, 1))]), y, 20).round(1).tolist()
    [1.0, 0.0]
    """
    count = len(members)
    equal = np.full(count, 1 / count)
    rows = np.isfinite(members).all((0, 2)) & np.isfinite(outcomes)
    if rows.sum() < 2:
        return equal
    q, y = members[:, rows, THIN // 2 :: THIN], outcomes[rows]
    away = np.abs(q - y[None, :, None]).mean((1, 2))
    apart = np.array([[np.abs(a[:, :, None] - b[:, None, :]).mean() for b in q] for a in q])
    weights = equal.copy()
    scale = float(away.mean()) + 1e-12
    for step in range(STEPS):
        slope = (away - apart @ weights) / scale
        weights = weights * np.exp(-20.0 / np.sqrt(step + 1) * (slope - slope.min()))
        weights /= weights.sum()
    pull = 1 / (1 + max(origins, 1))
    return np.asarray((1 - pull) * weights + pull * equal)
