"""Multivariate Bayesian regression with the conjugate normal-inverse-Wishart prior, all in closed form.

Y = X B + E with rows of E ~ N(0, S). Prior: vec(B) | S ~ N(vec(M), S (x) diag(v)), S ~ IW(Psi, nu). The posterior
is of the same form and the marginal likelihood is that of a matric-variate t (Zellner, *An Introduction to
Bayesian Inference in Econometrics*, 1971, ch. 8; Kadiyala and Karlsson, "Numerical methods for estimation and
inference in Bayesian VAR-models", Journal of Applied Econometrics 12, 1997). Without a prior, the same posterior
under the diffuse prior p(B, S) ~ |S|^-(n+1)/2, centred on least squares.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detente.checks import all_finite, estimable
from detente.errors import NotEstimable
from detente.uncertainty import Array


@dataclass(frozen=True, slots=True)
class Conjugate:
    """The prior: mean M (k, n), variances v (k,) of each regressor's row, Psi (n, n) and degrees of freedom nu."""

    mean: Array
    variance: Array
    scale: Array
    freedom: float


@dataclass(frozen=True, slots=True)
class Posterior:
    """B | S ~ N(mean, S (x) inverse(precision)), S ~ IW(scale, freedom); `residuals` are those of the mean."""

    mean: Array
    precision: Array
    scale: Array
    freedom: float
    residuals: Array
    log_marginal: float

    @property
    def covariance(self) -> Array:
        """Posterior mean of S (n, n); defined for freedom > n + 1."""
        n = self.scale.shape[0]
        return self.scale / (self.freedom - n - 1)

    def draws(self, count: int, rng: np.random.Generator) -> tuple[Array, Array]:
        """Draws of B (count, k, n) and S (count, n, n); NotEstimable where S or the precision has no root."""
        k, n = self.mean.shape
        # Bartlett: the inverse of a Wishart with identity scale, then the scale.
        lower = np.tril(rng.standard_normal((count, n, n)), -1)
        lower[:, np.arange(n), np.arange(n)] = np.sqrt(rng.chisquare(self.freedom - np.arange(n), (count, n)))
        with estimable("the spread of the regression"):
            root = np.linalg.cholesky(self.scale) @ np.linalg.inv(lower).transpose(0, 2, 1)
            noise = np.linalg.inv(np.linalg.cholesky(self.precision)).T @ rng.standard_normal((count, k, n))
        return self.mean + noise @ root.transpose(0, 2, 1), root @ root.transpose(0, 2, 1)


def regress(y: Array, x: Array, prior: Conjugate | None) -> Posterior:
    """The posterior of Y = X B + E for y (T, n) and x (T, k).

    NotEstimable where there are too few rows, and without a prior where regressors are collinear or no error is left.

    >>> rng = np.random.default_rng(1)
    >>> x = rng.standard_normal((500, 2))
    >>> fit = regress(x @ np.array([[1.0], [2.0]]) + rng.standard_normal((500, 1)), x, None)
    >>> fit.mean.round(1).ravel().tolist()
    [1.0, 2.0]
    """
    (t, n), k = y.shape, x.shape[1]
    if prior is None:
        if t - k <= n + 1:
            raise NotEstimable(f"{t} periods are too few for {k} coefficients an equation; take fewer lags or a prior")
        precision = x.T @ x
        # In the columns' own units, so that large numbers beside the constant don't pass for collinear.
        if np.linalg.matrix_rank(x / np.maximum(np.linalg.norm(x, axis=0), 1e-300)) < k:
            raise NotEstimable("the regressors are collinear: a series is constant or a sum of others; leave one out")
        mean = _solved(precision, x.T @ y)
        residuals = y - x @ mean
        if (np.linalg.norm(residuals, axis=0) <= 1e-9 * np.linalg.norm(y, axis=0)).any():
            raise NotEstimable("the past explains a series wholly: no error is left to estimate from")
        return Posterior(mean, precision, residuals.T @ residuals, t - k, residuals, float("nan"))
    from scipy.special import multigammaln

    inverse = 1 / prior.variance
    precision = x.T @ x + np.diag(inverse)
    mean = _solved(precision, x.T @ y + inverse[:, None] * prior.mean)
    residuals = y - x @ mean
    shift = mean - prior.mean
    scale = prior.scale + residuals.T @ residuals + shift.T @ (inverse[:, None] * shift)
    freedom = prior.freedom + t
    log_marginal = (
        -0.5 * t * n * np.log(np.pi)
        + multigammaln(freedom / 2, n)
        - multigammaln(prior.freedom / 2, n)
        + 0.5 * prior.freedom * np.linalg.slogdet(prior.scale)[1]
        - 0.5 * freedom * np.linalg.slogdet(scale)[1]
        - 0.5 * n * (np.linalg.slogdet(precision)[1] + np.log(prior.variance).sum())
    )
    all_finite("the regression", mean, scale, log_marginal)
    return Posterior(mean, precision, scale, freedom, residuals, float(log_marginal))


def _solved(precision: Array, right: Array) -> Array:
    """precision^-1 right, with every regressor brought to its own unit first."""
    unit = 1 / np.sqrt(np.diag(precision))
    with estimable("the regression"):
        return np.asarray(unit[:, None] * np.linalg.solve(precision * np.outer(unit, unit), unit[:, None] * right))
