"""Vector autoregression, least squares or Bayesian with a Minnesota prior, in closed form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from operator import index
from typing import Any, ClassVar

import numpy as np
import polars as pl

from detente.checks import estimable, probability, whole
from detente.errors import DetenteError, NotEstimable
from detente.models.base import Estimator, Fit
from detente.models.frames import columns_of
from detente.models.impulse import Responses, decompose, made_by, moving_average, orthogonalised, with_band
from detente.models.minnesota import Minnesota, lagged, log_evidence, minnesota, residual_deviations
from detente.models.regression import Posterior, regress
from detente.uncertainty import Array, away_from_nought, tails

GRID = np.geomspace(0.01, 5.0, 28)


@dataclass(frozen=True)
class BayesianVAR(Estimator):
    """y_t = c + sum over l of y_{t-l} A_l + e_t, e_t ~ N(0, S), independent through time.

    `lags`: a number, or several of which the marginal likelihood chooses (with a prior only). `prior`: None for
    least squares, in which case draws are from the posterior under the diffuse prior. Assumes linear, stable
    dynamics and errors without autocorrelation; `VARFit.diagnostics` tests both.

    >>> rng = np.random.default_rng(7)
    >>> y = np.zeros((400, 2))
    >>> for t in range(1, 400):
    ...     y[t] = [0.5 * y[t-1, 0] + 0.2 * y[t-1, 1], 0.3 * y[t-1, 1]] + rng.standard_normal(2)
    >>> BayesianVAR(lags=1, prior=None).fit(y).coefficients.round(1).tolist()
    [[[0.5, 0.0], [0.2, 0.3]]]
    """

    lags: int | Sequence[int] = 6
    prior: Minnesota | None = field(default_factory=Minnesota)

    def fit(self, frame: Any) -> VARFit:
        """Fit to a frame (polars, pandas; a column a series) or an array (T, n), periods in order.

        DetenteError where a value is missing, NotEstimable where a series is constant, several repeat each other, or
        periods are too few.
        """
        y, names = columns_of(frame)
        try:
            choices = [index(p) for p in ([self.lags] if isinstance(self.lags, int) else self.lags)]
        except TypeError:
            choices = []
        if not choices or min(choices) < 1:
            raise DetenteError(f"lags must be one or more whole numbers from 1, not {self.lags!r}")
        if len(y) < max(choices) + 3:
            raise NotEstimable(f"{len(y)} periods are too few for {max(choices)} lags")
        if np.linalg.matrix_rank((y - y.mean(0)) / y.std(axis=0), tol=1e-6 * np.sqrt(len(y))) < len(names):
            raise NotEstimable(f"{', '.join(names)} repeat each other: one is a sum of others; leave one out")
        if self.prior is None:
            if len(choices) > 1:
                raise DetenteError("choosing lags by marginal likelihood needs a prior; see VARFit.lag_selection")
            return self._fit_lags(y, names, choices[0], choices[0])
        # Every number of lags is judged on the same periods, the chosen one then takes all it can.
        judged = [self._fit_lags(y, names, p, max(choices)) for p in choices]
        best = max(judged, key=lambda fit: fit.objective).lags
        chosen = self._fit_lags(y, names, best, best) if len(choices) > 1 else judged[0]
        return replace(chosen, tried={fit.lags: fit.objective for fit in judged})

    @classmethod
    def example(cls, seed: int = 0) -> dict[str, Any]:
        """Two sides over 400 periods; each is moved by its own last move (0.3) and by the other's (0.2)."""
        path = simulate(np.array([[[0.3, 0.2], [0.2, 0.3]]]), np.eye(2), 400, np.random.default_rng(seed))
        return {"frame": {"a": path[:, 0], "b": path[:, 1]}}

    def _fit_lags(self, y: Array, names: list[str], lags: int, first: int) -> VARFit:
        x = lagged(y, lags)[first - lags :]
        target = y[first:]
        if self.prior is None:
            flat = regress(target, x, None)
            return VARFit(y, names, lags, None, flat, float("nan"), {}, ((1.0, flat),))
        prior, spread = self.prior, residual_deviations(y, lags)

        def given(tightness: float) -> Posterior:
            return regress(target, x, minnesota(replace(prior, tightness=tightness), spread, lags))

        if prior.tightness is not None:
            fixed = given(prior.tightness)
            objective = log_evidence(fixed.log_marginal, prior.tightness)
            return VARFit(y, names, lags, prior, fixed, objective, {}, ((1.0, fixed),))
        posteriors = [given(float(t)) for t in GRID]
        logs = np.array([log_evidence(f.log_marginal, float(t)) for f, t in zip(posteriors, GRID, strict=True)])
        best = _peak(GRID, logs)
        posterior = given(best)
        # A grid even in the logarithm gives each value a weight in proportion to itself.
        weights = np.exp(logs - logs.max()) * GRID
        weights /= weights.sum()
        mixture = tuple((float(w), f) for w, f in zip(weights, posteriors, strict=True) if w > 1e-4)
        objective = log_evidence(posterior.log_marginal, best)
        return VARFit(y, names, lags, replace(prior, tightness=best), posterior, objective, {}, mixture)


def simulate(coefficients: Array, covariance: Array, periods: int, rng: np.random.Generator) -> Array:
    """A path (periods, n) of a VAR with coefficients (lags, n, n) and normal errors, long after its start."""
    lags, n, _ = coefficients.shape
    errors = rng.multivariate_normal(np.zeros(n), covariance, periods + 100)
    y = np.zeros((periods + 100, n))
    for t in range(lags, len(y)):
        y[t] = errors[t] + sum(y[t - lag - 1] @ coefficients[lag] for lag in range(lags))
    return y[100:]


def paths(data: Array, lags: int, b: Array, errors: Array, most: Array | float = np.inf) -> Array:
    """The paths (draws, steps, n) of a VAR after the data with such errors, within `most` of nought.

    `b` (draws, 1 + n * lags, n) are the coefficients, the intercept first.
    """
    draws, steps, n = errors.shape
    past = np.broadcast_to(data[::-1][:lags].ravel(), (draws, n * lags))
    path = np.empty((draws, steps, n))
    for t in range(steps):
        row = np.column_stack([np.ones(draws), past])
        path[:, t] = np.clip(np.einsum("dk,dkn->dn", row, b) + errors[:, t], -most, most)
        past = np.column_stack([path[:, t], past[:, :-n]])
    return path


def _peak(grid: Array, values: Array) -> float:
    """Where the parabola through the highest value and its neighbours peaks, in the logarithm of an even grid."""
    at = int(values.argmax())
    if at in (0, len(grid) - 1):
        return float(grid[at])
    left, middle, right = values[at - 1 : at + 2]
    # Three equal values have no peak.
    bend = left - 2 * middle + right
    shift = 0.5 * (left - right) / bend if bend < 0 else 0.0
    return float(grid[at] * (grid[1] / grid[0]) ** shift)


@dataclass(frozen=True, eq=False, repr=False)
class VARFit(Fit):
    """A fitted vector autoregression.

    `prior` holds the tightness chosen and `posterior` the posterior given it; `mixture` weighs those of other values.
    `objective` is the log marginal likelihood with the hyperprior (nan without a prior), `tried` that of every number
    of lags.
    """

    COLUMNS: ClassVar[dict[str, str]] = {
        "effect": "series explained",
        "cause": "series lagged; null for the intercept",
        "lag": "periods before; 0 for the intercept",
        "value": "posterior mean, or least squares",
        "low": "lower bound of its 90% band, by 2,000 draws",
        "high": "upper bound of its 90% band, by 2,000 draws",
    }
    METHODS: ClassVar[tuple[str, ...]] = (
        "Litterman, Forecasting with Bayesian vector autoregressions, Journal of Business and Economic Statistics 4, "
        "1986",
        "Kadiyala and Karlsson, Numerical methods for estimation and inference in Bayesian VAR-models, Journal of "
        "Applied Econometrics 12, 1997",
        "Giannone, Lenza and Primiceri, Prior selection for vector autoregressions, Review of Economics and Statistics "
        "97, 2015",
        *Responses.METHODS,
    )

    data: Array
    names: list[str]
    lags: int
    prior: Minnesota | None
    posterior: Posterior
    objective: float
    tried: dict[int, float]
    mixture: tuple[tuple[float, Posterior], ...]

    @property
    def observations(self) -> int:
        """Periods used: those of the series less the lags."""
        return len(self.posterior.residuals)

    @property
    def coefficients(self) -> Array:
        """A (lags, n, n): effect of [lag, lagged series, equation]; posterior means, or least squares."""
        n = len(self.names)
        return self.posterior.mean[1:].reshape(self.lags, n, n)

    @property
    def intercept(self) -> Array:
        """c (n,)."""
        return self.posterior.mean[0]

    @property
    def covariance(self) -> Array:
        """S (n, n): posterior mean; without a prior, residual products over the number of observations."""
        if self.prior is None:
            return self.posterior.scale / self.observations
        return self.posterior.covariance

    @property
    def frame(self) -> pl.DataFrame:
        """A row a coefficient; see `COLUMNS`."""
        n, mean = len(self.names), self.posterior.mean
        low, _, high = np.quantile(self._raw_draws(2000, 0)[0], tails(), axis=0)
        causes = [None, *self.names * self.lags]
        return pl.DataFrame(
            {
                "effect": np.repeat(self.names, len(mean)),
                "cause": causes * n,
                "lag": np.tile([0, *np.repeat(np.arange(1, self.lags + 1), n)], n),
                "value": mean.T.ravel(),
                "low": low.T.ravel(),
                "high": high.T.ravel(),
            }
        )

    def draws(self, count: int = 2000, seed: int = 0) -> tuple[Array, Array]:
        """Posterior draws of the coefficients (count, lags, n, n) and of S (count, n, n)."""
        n = len(self.names)
        b, s = self._raw_draws(count, seed)
        return b[:, 1:].reshape(count, self.lags, n, n), s

    def _raw_draws(self, count: int, seed: int) -> tuple[Array, Array]:
        return _drawn(self, whole("draws", count), seed)

    def irf(self, steps: int = 12, *, draws: int = 0, seed: int = 0, level: float = 0.90) -> Responses:
        """Orthogonalised responses [h, shock, response], h = 0..steps-1; with `draws` > 0 their band too."""
        point = orthogonalised(self.coefficients, self.covariance, steps)
        drawn = orthogonalised(*self.draws(draws, seed), steps) if draws else None
        return with_band(point, drawn, self.names, "response", level)

    def fevd(self, steps: int = 12, *, draws: int = 0, seed: int = 0, level: float = 0.90) -> Responses:
        """Share [h, shock, response] of the variance of the forecast error h + 1 periods ahead, with band."""
        point = decompose(orthogonalised(self.coefficients, self.covariance, steps))
        drawn = decompose(orthogonalised(*self.draws(draws, seed), steps)) if draws else None
        return with_band(point, drawn, self.names, "share of variance", level)

    def returned(self, horizon: int = 12, *, draws: int = 2000, seed: int = 0, level: float = 0.90) -> pl.DataFrame:
        """What follows a move: rows mover, answerer, value, low, high.

        Of one unit that the mover gives in all within `horizon` periods, the sum of the answerer's moves from the next
        period on, after an error of the mover alone (so in no order of the series); value is the posterior median. Null
        where what the mover gives in all may be nought, so that the share is not identified.
        """
        probability("level", level)
        paths = moving_average(self.draws(draws, seed)[0], whole("horizon", horizon) + 1).sum(1)
        given = np.diagonal(paths, axis1=1, axis2=2)
        share = np.where(away_from_nought(given)[:, None], paths / given[:, :, None], np.nan)
        low, middle, high = np.quantile(share, tails(level), axis=0)
        rows = [
            (mover, answerer, middle[i, j], low[i, j], high[i, j])
            for i, mover in enumerate(self.names)
            for j, answerer in enumerate(self.names)
            if i != j
        ]
        schema = {"mover": pl.Utf8, "answerer": pl.Utf8, **dict.fromkeys(("value", "low", "high"), pl.Float64)}
        return pl.DataFrame(rows, schema=schema, orient="row").fill_nan(None)

    def granger(self) -> pl.DataFrame:
        """F tests, each: do the lags of one series help to predict another (Granger, Econometrica 37, 1969)?

        Columns cause, effect, statistic, p. For each pair a regression of the effect on its own lags and those of
        the cause alone, by least squares whatever the prior.
        """
        from scipy.special import fdtrc

        rows = []
        for i, cause in enumerate(self.names):
            for j, effect in enumerate(self.names):
                if i == j:
                    continue
                own = self.data[:, [j]]
                both = self.data[:, [j, i]]
                full = regress(own[self.lags :], lagged(both, self.lags), None)
                less = regress(own[self.lags :], lagged(own, self.lags), None)
                free = len(full.residuals) - 1 - 2 * self.lags
                gain = (less.scale[0, 0] - full.scale[0, 0]) / self.lags / (full.scale[0, 0] / free)
                rows.append((cause, effect, float(gain), float(fdtrc(self.lags, free, gain))))
        return pl.DataFrame(rows, schema=["cause", "effect", "statistic", "p"], orient="row")

    def lag_selection(self, most: int = 12) -> pl.DataFrame:
        """AIC, BIC and Hannan-Quinn of least squares with 1 to `most` lags, all on the same periods."""
        if whole("most", most) >= len(self.data):
            raise NotEstimable(f"{len(self.data)} periods are too few for {most} lags")
        n, target = len(self.names), self.data[most:]
        t = len(target)
        rows = []
        for p in range(1, most + 1):
            fit = regress(target, lagged(self.data, p)[most - p :], None)
            size = n * (1 + n * p)
            log_det = np.linalg.slogdet(fit.scale / t)[1]
            rows.append((p, *(float(log_det + size * cost / t) for cost in (2, np.log(t), 2 * np.log(np.log(t))))))
        return pl.DataFrame(rows, schema=["lags", "AIC", "BIC", "HQ"], orient="row")

    def forecast(self, steps: int) -> Array:
        """Point forecast (steps, n) from the end of the data."""
        errors = np.zeros((1, whole("steps", steps), len(self.names)))
        return paths(self.data, self.lags, self.posterior.mean[None], errors)[0]

    def predictive(self, steps: int, *, draws: int = 1000, seed: int = 0) -> Array:
        """Draws (draws, steps, n) of the path after the data: coefficients, covariance and errors all drawn."""
        whole("steps", steps)
        b, s = self._raw_draws(draws, seed)
        rng = np.random.default_rng([seed, 1])
        with estimable("the errors to come"):
            errors = rng.standard_normal((draws, steps, len(self.names))) @ np.linalg.cholesky(s).transpose(0, 2, 1)
        # An explosive draw must not reach infinity: forecasts stay within what no reader would believe anyway.
        return paths(self.data, self.lags, b, errors, 10 * (np.abs(self.data).max(axis=0) + 1))

    def counterfactual(
        self, without: Sequence[str], *, draws: int = 0, seed: int = 0, level: float = 0.90
    ) -> tuple[Array, Array | None, Array | None]:
        """The path (T - lags, n) had the shocks of the named series been nil throughout, and its band.

        Shocks are those of the Cholesky order of the series: put the named ones first to count what they share
        with others as theirs, last to count it as the others'. By historical decomposition (Kilian and
        Luetkepohl, *Structural Vector Autoregressive Analysis*, 2017, ch. 4): the path less what those shocks made.
        """
        probability("level", level)
        unknown = [name for name in without if name not in self.names]
        if unknown:
            raise DetenteError(f"no series {', '.join(unknown)}; the series are {', '.join(self.names)}")
        chosen = [self.names.index(name) for name in without]
        path = self.data[self.lags :]
        point = path - made_by(self.coefficients, self.covariance, self.posterior.residuals, chosen)
        if not draws:
            return point, None, None
        b, s = self._raw_draws(draws, seed)
        errors = path - lagged(self.data, self.lags) @ b
        drawn = path - made_by(b[:, 1:].reshape(draws, self.lags, *self.covariance.shape), s, errors, chosen)
        low, _, high = np.quantile(drawn, tails(level), axis=0)
        return point, low, high

    def diagnostics(self) -> dict[str, float]:
        """largest_root (below 1 is stable), and p of the Ljung-Box test of each series' residuals, `lags` + 4 deep."""
        from scipy.special import chdtrc

        n = len(self.names)
        companion = np.zeros((n * self.lags, n * self.lags))
        companion[:n] = self.coefficients.transpose(2, 0, 1).reshape(n, -1)
        companion[n:, :-n] = np.eye(n * (self.lags - 1))
        checks = {"largest_root": float(np.abs(np.linalg.eigvals(companion)).max())}
        depth = self.lags + 4
        for name, e in zip(self.names, (self.posterior.residuals - self.posterior.residuals.mean(0)).T, strict=True):
            t = len(e)
            r = np.array([e[k:] @ e[:-k] for k in range(1, depth + 1)]) / (e @ e)
            q = t * (t + 2) * (r**2 / (t - np.arange(1, depth + 1))).sum()
            checks[f"autocorrelation_p_{name}"] = float(chdtrc(depth - self.lags, q))
        return checks

    def summary(self) -> str:
        """What was fitted, in words and numbers."""
        how = "least squares" if self.prior is None else f"Minnesota prior, tightness {self.prior.tightness:.3g}"
        checks = self.diagnostics()
        lines = [
            f"VAR of {', '.join(self.names)}: {self.lags} lags, {self.observations} periods, {how}.",
            f"Largest root {checks['largest_root']:.3f} ({'stable' if checks['largest_root'] < 1 else 'NOT stable'}).",
        ]
        total = self.coefficients.sum(0)
        for j, effect in enumerate(self.names):
            parts = ", ".join(f"{cause} {total[i, j]:+.3f}" for i, cause in enumerate(self.names))
            p = checks[f"autocorrelation_p_{effect}"]
            lines.append(f"{effect}: sum of lags of {parts}; autocorrelation left p = {p:.3f}.")
        return "\n".join(lines)

    def plot(self, steps: int = 12, *, draws: int = 2000, seed: int = 0) -> Any:
        """Impulse responses with bands."""
        return self.irf(steps, draws=draws, seed=seed).plot()


@lru_cache(maxsize=4)
def _drawn(fit: VARFit, count: int, seed: int) -> tuple[Array, Array]:
    # Several questions in a row are asked of the same draws.
    rng = np.random.default_rng(seed)
    weights = [weight for weight, _ in fit.mixture]
    counts = rng.multinomial(count, np.array(weights) / sum(weights))
    drawn = [posterior.draws(int(n), rng) for n, (_, posterior) in zip(counts, fit.mixture, strict=True) if n]
    return np.concatenate([b for b, _ in drawn]), np.concatenate([s for _, s in drawn])
