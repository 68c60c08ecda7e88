"""A posterior in three numbers; and of a ratio of draws, whether it has any.

A ratio whose denominator may be nought can be anything: its posterior has no bounds worth printing, whatever the
quantiles of the draws say (Fieller, "Some problems in interval estimation", Journal of the Royal Statistical Society
B 16, 1954: the confidence set of a ratio is bounded only where the denominator differs from nought).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
TAILS = (0.05, 0.50, 0.95)
# So few draws beyond nought leave a 90% band as it would be without them.
FEW = 0.01


@dataclass(frozen=True, slots=True)
class Estimate:
    """A posterior median with its 90% band.

    >>> str(Estimate(0.5, 0.25, 0.75)), Estimate(0.5, 0.25, 0.75).above
    ('0.50 (0.25 to 0.75)', True)
    """

    value: float
    low: float
    high: float

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


def estimate(draws: Array) -> Estimate:
    """Median and 90% band of draws (draws,)."""
    low, middle, high = np.quantile(draws, TAILS)
    return Estimate(float(middle), float(low), float(high))


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
