"""The local level of a series of counts or sums: a random walk seen through few, many or no reports.

y_t given eta_t is binomial (logit), Poisson (log, with an offset) or Gaussian; eta_t = level_t + noise_t, where
level_t = level_{t-1} + N(0, q) and noise_t ~ N(0, s) takes what counts vary beyond their family. A period without
reports tells nothing: the level is carried through it with a band that widens. Counts are fitted at the mode, by
iterated smoothing, with the Laplace likelihood. q and s are averaged over a grid by their marginal likelihood, so that
the bands carry their uncertainty. The sources are in `LocalLevelFit.METHODS`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
import polars as pl
from numpy.typing import ArrayLike

from detente.checks import probability
from detente.errors import NotEstimable
from detente.models.base import Estimator, Fit
from detente.models.frames import UNITS, by_period, exposed
from detente.plots import GREY, band, figure, legend, source_line
from detente.uncertainty import Array, reach


@dataclass(frozen=True)
class LocalLevel(Estimator):
    """Estimator of the level of one series.

    `family`: "binomial" (y of `exposure` trials; the level is a share), "poisson" (y counted over `exposure`, such as
    the volume of all reports; the level is a rate per unit of exposure), "gaussian" (y / exposure with an error
    variance that falls with exposure). Assumes that levels move in steps of one size and know nothing of the future.

    >>> fit = LocalLevel("binomial").fit([8, 0, 9, 2, 1], [10, 0, 10, 10, 10])
    >>> [round(float(x), 1) for x in fit.level], bool(fit.high[1] - fit.low[1] > fit.high[0] - fit.low[0])
    ([0.7, 0.7, 0.6, 0.4, 0.3], True)
    """

    family: Literal["binomial", "poisson", "gaussian"] = "binomial"
    probability: float = 0.90

    def fit(self, y: ArrayLike, exposure: ArrayLike | None = None) -> LocalLevelFit:
        """Fit to y (T,) with exposure (T,), 1 by default; a period with exposure 0 (or y missing) is one unseen.

        DetenteError for an unknown family, a probability outside 0 to 1, negative exposures, or counts outside their
        range; NotEstimable where no period was seen.
        """
        probability("probability", self.probability)
        seen, weight = exposed(y, exposure, self.family)
        if not (weight > 0).any():
            raise NotEstimable("no period was seen: a level needs at least one")
        return _fit(self, seen, weight)

    @classmethod
    def example(cls, seed: int = 0) -> dict[str, Any]:
        """Sixty shares of up to 30 reports, some periods without any, their level a random walk."""
        rng = np.random.default_rng(seed)
        level, exposure = np.cumsum(0.2 * rng.standard_normal(60)), rng.integers(0, 31, 60)
        return {"y": rng.binomial(exposure, 1 / (1 + np.exp(-level))), "exposure": exposure}


def _fit(model: LocalLevel, y: Array, exposure: Array) -> LocalLevelFit:
    from scipy.special import expit, softmax

    from detente.models.local_level_filter import laplace

    centre, spread, usual = _units(model.family, y, exposure)
    values, seen = (y - centre * exposure) / spread / usual, exposure / usual
    start, noises = _scales(model.family, values, seen)
    steps = np.array([0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6])
    family = list(UNITS).index(model.family)
    estimates, weights, pairs = [], [], []
    for step in steps:
        for noise in noises:
            level, variance, log_likelihood = laplace(values, seen, family, step**2, noise**2, start, 25.0)
            # Half-normal priors on both deviations, on a grid even in their logs.
            prior = np.log(step) - 0.5 * (step / 0.5) ** 2 - 0.5 * noise**2
            if model.family != "gaussian":
                prior += np.log(max(noise, 0.05))
            estimates.append((level, variance))
            weights.append(log_likelihood + prior)
            pairs.append((step, noise))
    weight = softmax(weights)
    levels = np.array([level for level, _ in estimates])
    mean = weight @ levels
    deviation = spread * np.sqrt(weight @ (np.array([variance for _, variance in estimates]) + (levels - mean) ** 2))
    mean = centre + spread * mean
    z = reach(model.probability)
    turn = {"binomial": expit, "poisson": np.exp, "gaussian": lambda x: x}[model.family]
    step, noise = weight @ np.array(pairs)
    return LocalLevelFit(
        model,
        y,
        exposure,
        turn(mean),
        turn(mean - z * deviation),
        turn(mean + z * deviation),
        spread * step,
        spread * np.sqrt(usual) * noise,
    )


def _units(family: str, y: Array, exposure: Array) -> tuple[float, float, float]:
    """Centre and spread of y / exposure, and the usual exposure: the units in which a Gaussian series is fitted.

    They keep it from being too large or too small for the filter. Counts are fitted as they are.
    """
    if family != "gaussian":
        return 0.0, 1.0, 1.0
    seen = exposure > 0
    rates = y[seen] / exposure[seen]
    centre = float(rates.mean())
    return centre, float(rates.std()) or abs(centre) or 1.0, float(exposure[seen].mean())


def _scales(family: str, y: Array, exposure: Array) -> tuple[float, Array]:
    """Where the level starts on the linear scale, and the grid of noise deviations."""
    if family == "gaussian":
        # The noise of one period at the usual exposure, from a tenth of the spread to more than all of it.
        return 0.0, np.array([0.1, 0.2, 0.4, 0.7, 1.0, 1.4])
    share = (y.sum() + 0.5) / (exposure.sum() + 1)
    start = np.log(share / (1 - share)) if family == "binomial" else np.log((y.sum() + 0.5) / exposure.sum())
    return float(start), np.array([0.0, 0.1, 0.2, 0.4, 0.8])


@dataclass(frozen=True, eq=False, repr=False)
class LocalLevelFit(Fit):
    """Level (T,) with its band; mean step and noise deviations."""

    COLUMNS: ClassVar[dict[str, str]] = {
        "period": "0 for the first",
        "observed": "y / exposure; null where nothing was seen",
        "exposure": "as given; 0 where nothing was seen",
        "level": "the level at its posterior median",
        "low": "lower bound of its band",
        "high": "upper bound of its band",
    }
    METHODS: ClassVar[tuple[str, ...]] = (
        "Harvey, Forecasting, Structural Time Series Models and the Kalman Filter, 1989",
        "Durbin and Koopman, Time series analysis of non-Gaussian observations, Journal of the Royal Statistical "
        "Society B 62, 2000",
    )

    model: LocalLevel
    y: Array
    exposure: Array
    level: Array
    low: Array
    high: Array
    step: float
    noise: float

    @property
    def frame(self) -> pl.DataFrame:
        """A row a period; see `COLUMNS`."""
        return by_period(self.y, self.exposure, level=self.level, low=self.low, high=self.high)

    def summary(self) -> str:
        """Where the level began and where it stands, with bands."""
        first, last = (f"{self.level[i]:.3g} ({self.low[i]:.3g} to {self.high[i]:.3g})" for i in (0, -1))
        unseen = int((self.exposure == 0).sum())
        return (
            f"Local level ({self.model.family}) of {len(self.y)} periods, {unseen} of them unseen: {first} at first, "
            f"{last} at last; steps of {self.step:.2g} and noise of {self.noise:.2g} on the linear scale."
        )

    def plot(self) -> Any:
        """The level with its band, the periods' own values as dots."""
        drawing, axis = figure(2.8)
        frame = self.frame
        axis.scatter(frame["period"], frame["observed"], s=8, color=GREY, label="observed")
        band(axis, *frame["period", "level", "low", "high"], label="level")
        axis.set_xlabel("period")
        axis.set_ylabel(UNITS[self.model.family])
        legend(axis)
        source_line(drawing, f"Shade: {self.model.probability:.0%} band.")
        return drawing
