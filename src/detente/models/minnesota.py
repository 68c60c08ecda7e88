"""Litterman's prior of a vector autoregression, and the regressors it speaks of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detente.checks import above_nought
from detente.errors import DetenteError
from detente.models.regression import Conjugate
from detente.uncertainty import Array


@dataclass(frozen=True, slots=True)
class Minnesota:
    """Litterman's prior as a conjugate one: coefficients shrink to zero, the more so the longer the lag.

    Prior standard deviation of lag l of series j in equation i: tightness * sd_i / (sd_j * l**decay), where sd is
    the residual deviation of an autoregression of that series. The prior mean is `own` for the first own lag
    (0: a series reverts to its mean, as event series do; 1: a random walk), else 0. The intercept is free.
    `tightness` None is learnt from the marginal likelihood times a Gamma hyperprior with mode 0.2 and standard
    deviation 0.4: point estimates are those of its mode, draws are spread over its posterior on a grid.

    Sources: Litterman, "Forecasting with Bayesian vector autoregressions", Journal of Business & Economic
    Statistics 4, 1986; Giannone, Lenza and Primiceri, "Prior selection for vector autoregressions", Review of
    Economics and Statistics 97, 2015.
    """

    tightness: float | None = None
    decay: float = 1.0
    own: float = 0.0

    def __post_init__(self) -> None:
        """DetenteError for a tightness that isn't above nought, or a decay below it."""
        if self.tightness is not None:
            above_nought("tightness", self.tightness)
        if not isinstance(self.decay, int | float | np.number) or not 0 <= self.decay < np.inf:
            raise DetenteError(f"decay is a number of 0 or more, not {self.decay!r}")
        if not isinstance(self.own, int | float | np.number) or not np.isfinite(self.own):
            raise DetenteError(f"own is a number, not {self.own!r}")


def lagged(y: Array, lags: int) -> Array:
    """The regressors (T - lags, 1 + n * lags): a one, then the n series lagged once, twice ..."""
    t = len(y)
    return np.column_stack([np.ones(t - lags), *(y[lags - lag : t - lag] for lag in range(1, lags + 1))])


def residual_deviations(y: Array, lags: int) -> Array:
    """Residual standard deviation of a univariate autoregression of every series."""
    deviations = []
    for column in y.T:
        p = max(1, min(lags, (len(y) - 3) // 3))
        x = lagged(column[:, None], p)
        residuals = column[p:] - x @ np.linalg.lstsq(x, column[p:], rcond=None)[0]
        deviations.append(np.sqrt(residuals @ residuals / max(1, len(x) - p - 1)))
    # A series that one past value explains wholly would else be given no error at all.
    return np.maximum(deviations, 1e-3 * y.std(axis=0))


def minnesota(prior: Minnesota, spread: Array, lags: int) -> Conjugate:
    """The conjugate form of the prior for n series with residual deviations `spread` (n,)."""
    n = len(spread)
    freedom = n + 2
    steps = np.arange(1, lags + 1)[:, None]
    tightness = prior.tightness if prior.tightness is not None else 0.2
    lag_variance = (tightness / (steps**prior.decay * spread)) ** 2
    mean = np.zeros((1 + n * lags, n))
    mean[1 : 1 + n] = prior.own * np.eye(n)
    # Wide against any level the data can have, in units of each equation's error.
    variance = np.concatenate([[1e6], lag_variance.ravel()])
    return Conjugate(mean, variance, np.diag(spread**2), freedom)


def log_evidence(log_marginal: float, tightness: float) -> float:
    """Log marginal likelihood plus the log of the Gamma hyperprior (mode 0.2, standard deviation 0.4)."""
    shape = 1 + (0.2 / 0.4) ** 2 / 2 + np.sqrt((0.2 / 0.4) ** 2 + (0.2 / 0.4) ** 4 / 4)
    scale = 0.2 / (shape - 1)
    return float(log_marginal + (shape - 1) * np.log(tightness) - tightness / scale)
