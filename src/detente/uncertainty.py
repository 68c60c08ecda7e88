"""The one interval of this package: an estimate with its band, from draws, from a ratio of draws, or from counts.

A ratio whose denominator may be nought can be anything: its posterior has no bounds worth printing, whatever the
quantiles of the draws say (Fieller, "Some problems in interval estimation", Journal of the Royal Statistical Society
B 16, 1954: the confidence set of a ratio is bounded only where the denominator differs from nought).

A share of n reports, k of them cooperative, has the Jeffreys posterior Beta(k + 1/2, n - k + 1/2) (Brown, Cai and
DasGupta, "Interval estimation for a binomial proportion", Statistical Science 16(2), 2001). It treats reports as
independent draws, which they are not quite: read the interval as the least uncertainty there is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detente.checks import numbers, probability
from detente.errors import DetenteError

Array = NDArray[np.float64]
LEVEL = 0.90
# So few draws beyond nought leave a 90% band as it would be without them.
FEW = 0.01


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its central band, which holds `level` of what it may be.

    >>> str(Estimate(0.5, 0.25, 0.75)), Estimate(0.5, 0.25, 0.75).above
    ('0.50 (0.25 to 0.75)', True)
    """

    value: float
    low: float
    high: float
    level: float = LEVEL

    @property
    def above(self) -> bool:
        """Whether the band lies above nought."""
        return self.low > 0

    @property
    def below(self) -> bool:
        """Whether the band lies below nought."""
        return self.high < 0

    def __str__(self) -> str:
        return f"{self.value:.2f} ({self.low:.2f} to {self.high:.2f})"


@dataclass(frozen=True, slots=True)
class NotIdentified:
    """A ratio whose denominator may be nought: no number, on no side of nought."""

    value: None = None
    low: None = None
    high: None = None
    above: bool = False
    below: bool = False

    def __str__(self) -> str:
        return "not identified"


Quotient = Estimate | NotIdentified


def estimate(draws: Array, level: float = LEVEL) -> Estimate:
    """Median and central band of draws (draws,)."""
    low, middle, high = np.quantile(draws, tails(level))
    return Estimate(float(middle), float(low), float(high), level)


def reach(level: float) -> float:
    """How many standard deviations the central band of a normal distribution reaches to each side.

    >>> round(reach(0.9), 3)
    1.645
    """
    from scipy.special import ndtri

    return float(ndtri((1 + probability("level", level)) / 2))


def tails(level: float = LEVEL) -> tuple[float, float, float]:
    """The quantiles of the lower bound, the median and the upper bound of a central band."""
    low = round((1 - level) / 2, 12)
    return low, 0.5, 1 - low


def away_from_nought(draws: Array) -> NDArray[np.bool_]:
    """Whether draws (draws, ...) of a denominator keep one sign, but for one in a hundred.

    >>> away_from_nought(np.array([[1.0, 1.0], [2.0, -1.0], [3.0, 2.0]])).tolist()
    [True, False]
    """
    return np.asarray(np.minimum((draws <= 0).mean(0), (draws >= 0).mean(0)) <= FEW)


def quotient(top: Array, bottom: Array, *, scale: float = 1.0) -> Quotient:
    """Median and band of the draws scale * top / bottom; NotIdentified where `bottom` may be nought.

    >>> str(quotient(np.ones(3), np.array([-1.0, 1.0, 2.0])))
    'not identified'
    """
    return estimate(scale * top / bottom) if away_from_nought(bottom) else NotIdentified()


def text(value: float | None, low: float | None, high: float | None) -> str:
    """A row of a table in words; null is a ratio that is not identified.

    >>> text(None, None, None), text(1, 0, 2)
    ('not identified', '1.00 (0.00 to 2.00)')
    """
    if value is None or low is None or high is None:
        return str(NotIdentified())
    return str(Estimate(value, low, high))


@dataclass(frozen=True, slots=True)
class Share:
    """k of n observations; DetenteError unless 0 <= k <= n.

    >>> Share(9, 10).estimate.low > 0.6, str(Share(0, 0).estimate)
    (True, 'not identified')
    """

    k: int
    n: int

    def __post_init__(self) -> None:
        _within(self.k, self.n)

    @property
    def estimate(self) -> Quotient:
        """The posterior mean with its 90% band; NotIdentified where nothing was observed."""
        if self.n == 0:
            return NotIdentified()
        (mean,), (low,), (high,) = share_interval([self.k], [self.n])
        return Estimate(float(mean), float(low), float(high))

    def probability_above(self, other: Share) -> float | None:
        """Posterior probability that this share exceeds the other; None where either has no observation.

        Both have Jeffreys posteriors, taken as independent; the integral over this one is by quadrature on 4,001
        quantiles.

        >>> round(Share(9, 10).probability_above(Share(5, 10)), 2)
        0.98
        """
        if self.n == 0 or other.n == 0:
            return None
        from scipy.special import betainc, betaincinv

        grid = (np.arange(4001) + 0.5) / 4001
        points = betaincinv(self.k + 0.5, self.n - self.k + 0.5, grid)
        return float(np.mean(betainc(other.k + 0.5, other.n - other.k + 0.5, points)))


def share_interval(k: ArrayLike, n: ArrayLike, level: float = LEVEL) -> tuple[Array, Array, Array]:
    """Posterior mean and central interval of k successes in n; NaN where n is 0. DetenteError unless 0 <= k <= n.

    >>> mean, low, high = share_interval([8], [10])
    >>> [round(float(x[0]), 3) for x in (mean, low, high)]
    [0.773, 0.548, 0.94]
    """
    from scipy.special import betaincinv

    k_, n_ = numbers("k", k), numbers("n", n)
    _within(k_, n_)
    probability("level", level)
    a, b = k_ + 0.5, n_ - k_ + 0.5
    lower, _, upper = tails(level)
    mean, low, high = a / (a + b), betaincinv(a, b, lower), betaincinv(a, b, upper)
    mean, low, high = (np.where(n_ == 0, np.nan, bound) for bound in (mean, low, high))
    return mean, low, high


def _within(k: Array | float, n: Array | float) -> None:
    if not np.all((np.asarray(k) >= 0) & (np.asarray(k) <= n)):
        raise DetenteError("of n observations, k is 0 to n")
