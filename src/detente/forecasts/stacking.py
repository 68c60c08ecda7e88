"""Combining forecasts: quantiles averaged with weights that past scores chose.

Averaging quantiles keeps the shape of its members where averaging probabilities widens it (Lichtendahl, Grushka-Cockayne
and Winkler, Management Science 59, 2013). The weights are not negative, add to one, and have the least CRPS on past
forecasts, with a pull towards equal weights worth `PULL` past forecasts (stacking: Yao et al., Bayesian Analysis 13, 2018).
"""

from __future__ import annotations

import numpy as np

from detente.forecasts.dataset import transform, untransform
from detente.forecasts.scores import LEVELS, Array

PULL = 50.0
STEPS, THIN = 300, 5


def combine(members: Array, weights: Array, kind: str) -> Array:
    """Quantiles (rows, levels) of members (members, rows, levels), averaged on the scale of scores.

    A row's missing members leave their weight to the rest.
    """
    known = np.asarray(np.isfinite(members).all(-1))
    share = weights[:, None] * known
    total = share.sum(0)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(total > 0, share / total, np.nan)
    filled = np.where(known[..., None], members, 0.0)
    return untransform(kind, np.einsum("mr,mrl->rl", share, transform(kind, filled)))


def learn(members: Array, outcomes: Array) -> Array:
    """Weights (members,) with the least CRPS on past forecasts (members, rows, levels) and outcomes (rows,).

    By exponentiated gradient on the loss, which is convex. Equal weights without rows.

    >>> rng = np.random.default_rng(0)
    >>> y = rng.standard_normal(4000)
    >>> from scipy.special import ndtri
    >>> good, bad = ndtri(LEVELS), 3 + ndtri(LEVELS)
    >>> learn(np.stack([np.tile(good, (4000, 1)), np.tile(bad, (4000, 1))]), y).round(1).tolist()
    [1.0, 0.0]
    """
    count = len(members)
    equal = np.full(count, 1 / count)
    rows = np.isfinite(members).all((0, 2)) & np.isfinite(outcomes)
    if rows.sum() < 2:
        return equal
    q, y, levels = members[:, rows, ::THIN], outcomes[rows], LEVELS[::THIN]
    size = rows.sum()
    pull = PULL / (size + PULL)
    scale = float(np.abs(y[:, None] - q.mean(0)).mean()) + 1e-12
    weights, mean = equal.copy(), np.zeros(count)
    for step in range(STEPS):
        mixed = np.tensordot(weights, q, 1)
        slope = np.where(y[:, None] > mixed, -levels, 1 - levels)
        gradient = (q * slope).mean((1, 2)) / scale
        weights = weights * np.exp(-8.0 / np.sqrt(step + 1) * (gradient - gradient.min()))
        weights /= weights.sum()
        if step >= STEPS // 2:
            mean += weights
    return (1 - pull) * mean / mean.sum() + pull * equal
