"""Shares of cooperation with the uncertainty that counts allow.

A share of n reports, k of them cooperative, has the Jeffreys posterior Beta(k + 1/2, n - k + 1/2)
(Brown, Cai and DasGupta, "Interval estimation for a binomial proportion", Statistical Science
16(2), 2001). It treats reports as independent draws, which they are not quite: read the interval as
the least uncertainty there is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detente.errors import DetenteError

LEVEL = 0.90


@dataclass(frozen=True, slots=True)
class Share:
    """k of n, its posterior mean and the bounds of the central interval; mean None where n is 0."""

    k: int
    n: int
    mean: float | None
    low: float | None
    high: float | None


def share_interval(
    k: ArrayLike, n: ArrayLike, level: float = LEVEL
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Posterior mean and central interval of k successes in n; NaN where n is 0. DetenteError unless 0 <= k <= n.

    >>> mean, low, high = share_interval([8], [10])
    >>> [round(float(x[0]), 3) for x in (mean, low, high)]
    [0.773, 0.548, 0.94]
    """
    from scipy.special import betaincinv

    from detente.models.checks import numbers, probability

    k_, n_ = numbers("k", k), numbers("n", n)
    if not ((k_ >= 0) & (k_ <= n_)).all():
        raise DetenteError("of n observations, k is 0 to n")
    probability("level", level)
    a, b = k_ + 0.5, n_ - k_ + 0.5
    tail = (1 - level) / 2
    empty = n_ == 0
    mean = np.where(empty, np.nan, a / (a + b))
    low = np.where(empty, np.nan, betaincinv(a, b, tail))
    high = np.where(empty, np.nan, betaincinv(a, b, 1 - tail))
    return mean, low, high


def share(k: int, n: int, level: float = LEVEL) -> Share:
    """`share_interval` for one count."""
    mean, low, high = share_interval([k], [n], level)
    if n == 0:
        return Share(0, 0, None, None, None)
    return Share(k, n, float(mean[0]), float(low[0]), float(high[0]))


def probability_higher(now: Share, before: Share) -> float | None:
    """Posterior probability that the share behind `now` exceeds that behind `before`.

    Both have Jeffreys posteriors, taken as independent; the integral over `now` is done by
    quadrature on 4,001 quantiles. None where either has no observation.

    >>> round(probability_higher(share(9, 10), share(5, 10)), 2)
    0.98
    """
    if now.n == 0 or before.n == 0:
        return None
    from scipy.special import betainc, betaincinv

    grid = (np.arange(4001) + 0.5) / 4001
    points = betaincinv(now.k + 0.5, now.n - now.k + 0.5, grid)
    return float(np.mean(betainc(before.k + 0.5, before.n - before.k + 0.5, points)))
