"""Spillover: how much of some series goes with the shocks of a block of others, such as relations with a third state.

A vector autoregression of all of them, read through its variance decomposition with the block in both places of the
Cholesky order, beside what a block shifted in time gives by chance. The sources are in `SpilloverFit.METHODS`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detente.checks import whole
from detente.errors import DetenteError, NotEstimable
from detente.models.base import Estimator, Fit
from detente.models.frames import columns_of
from detente.models.impulse import Responses, decompose, orthogonalised
from detente.models.minnesota import Minnesota, lagged, minnesota, residual_deviations
from detente.models.regression import regress
from detente.models.var import BayesianVAR, VARFit, simulate
from detente.plots import GREY, band, figure, legend, source_line
from detente.uncertainty import Array, Estimate, estimate

ASSOCIATED = "more than chance: associated with it"


@dataclass(frozen=True, slots=True)
class Spill:
    """What the block makes of one series.

    `last` is its share of the forecast error variance at the horizon when the other series' own shocks go first (the
    block answers for what it alone adds), `first` when the block goes first (it answers for what they share in a
    period as well). `placebo` is the 95th percentile of `last` when the block is shifted in time, so that any share is
    chance. `answer` is the summed answer of the series, over the horizon, to a fall by one standard deviation in every
    series of the block.
    """

    series: str
    last: Estimate
    first: Estimate
    placebo: float
    answer: Estimate

    @property
    def reading(self) -> str:
        """What may be concluded, in one sentence."""
        if self.last.low > self.placebo:
            return ASSOCIATED
        if self.last.value > self.placebo:
            return "more than chance would mostly give, but not surely"
        if self.first.low > max(self.placebo, self.last.high):
            return "they move in the same period; which moves which can't be told"
        return "no more than chance would give"


@dataclass(frozen=True)
class Spillover(Estimator):
    """Estimator of what a block of series makes of the others; `lags` and `prior` as in `BayesianVAR`.

    Assumes linear dynamics that hold throughout, and that nothing left out drives both: shares are associations.

    >>> rng = np.random.default_rng(1)
    >>> y = rng.standard_normal((400, 2))
    >>> y[1:, 0] += y[:-1, 1]
    >>> fit = Spillover(lags=1, horizon=6).fit({"pair": y[:, 0], "third": y[:, 1]}, ["third"])
    >>> round(fit.spills[0].last.value, 1), fit.spills[0].reading == ASSOCIATED
    (0.5, True)
    """

    lags: int | Sequence[int] = (1, 2, 3, 4, 6)
    prior: Minnesota = field(default_factory=Minnesota)
    horizon: int = 12
    draws: int = 500
    placebos: int = 100
    seed: int = 0

    def fit(self, frame: Any, block: Sequence[str]) -> SpilloverFit:
        """Fit to a frame; `block` names the columns of the block, the others are those it may move.

        NotEstimable as `BayesianVAR.fit`, and where the series are too short to be shifted in time.
        """
        whole("horizon", self.horizon)
        whole("draws", self.draws)
        whole("placebos", self.placebos)
        y, names = columns_of(frame)
        missing = [name for name in block if name not in names]
        if missing or not block or len(set(block)) == len(names):
            raise DetenteError(
                f"the block needs some, not all, of the columns {', '.join(names)}"
                + (f"; {', '.join(missing)} is none of them" if missing else "")
            )
        last = [names.index(name) for name in block]
        others = [i for i in range(len(names)) if i not in last]
        order = [*others, *last]
        fit = BayesianVAR(self.lags, self.prior).fit({names[i]: y[:, i] for i in order})
        return SpilloverFit(self, fit, len(others), self._spills(fit, len(others)))

    @classmethod
    def example(cls, seed: int = 0) -> dict[str, Any]:
        """Two series of a pair and one of a third, of 200 periods; the third moves the first and not the second."""
        coefficients = np.array([[[0.3, 0.1, 0.0], [0.1, 0.3, 0.0], [0.35, 0.0, 0.4]]])
        path = simulate(coefficients, np.eye(3), 200, np.random.default_rng(seed))
        return {"frame": dict(zip(("a", "b", "third"), path.T, strict=True)), "block": ["third"]}

    def _spills(self, fit: VARFit, others: int) -> tuple[Spill, ...]:
        n = len(fit.names)
        coefficients, covariance = fit.draws(self.draws, self.seed)
        block_last, block_first = np.arange(n), np.roll(np.arange(n), n - others)
        last = block_share(coefficients, covariance, self.horizon, block_last, others)
        first = block_share(coefficients, covariance, self.horizon, block_first, others)
        chance = self._placebo(fit, others)
        turned = coefficients[..., block_first, :][..., block_first]
        responses = orthogonalised(turned, covariance[:, block_first][:, :, block_first], self.horizon)
        answers = -responses[:, :, : n - others, n - others :].sum((1, 2))
        return tuple(
            Spill(fit.names[i], estimate(last[:, i]), estimate(first[:, i]), float(chance[i]), estimate(answers[:, i]))
            for i in range(others)
        )

    def _placebo(self, fit: VARFit, others: int) -> Array:
        """95th percentile of the block's share when it is shifted in a circle by at least a tenth of the series."""
        rng = np.random.default_rng(self.seed)
        y, (t, n) = fit.data, fit.data.shape
        prior = minnesota(fit.prior or self.prior, residual_deviations(y, fit.lags), fit.lags)
        least = max(fit.lags + 1, t // 10)
        if t - least <= least:
            raise NotEstimable(f"{t} periods are too few to be shifted in time")
        shares = []
        for shift in rng.integers(least, t - least, self.placebos):
            moved = np.column_stack([y[:, :others], np.roll(y[:, others:], shift, axis=0)])
            other = regress(moved[fit.lags :], lagged(moved, fit.lags), prior)
            coefficients = other.mean[1:].reshape(fit.lags, n, n)
            shares.append(block_share(coefficients, other.covariance, self.horizon, np.arange(n), others))
        return np.asarray(np.quantile(shares, 0.95, axis=0))


def block_share(coefficients: Array, covariance: Array, horizon: int, order: NDArray[np.int64], others: int) -> Array:
    """Share of the variance of the first `others` series that the shocks of the rest make, in a Cholesky order.

    `coefficients` (..., lags, n, n) and `covariance` (..., n, n) have the block last; `order` lists the series in the
    order of the shocks. The result is (..., others).
    """
    turned = coefficients[..., order, :][..., order]
    shares = decompose(orthogonalised(turned, covariance[..., order, :][..., order], horizon))[..., -1, :, :]
    place = np.argsort(order)
    return np.asarray(shares[..., place, :][..., place][..., others:, :others].sum(-2))


@dataclass(frozen=True, eq=False, repr=False)
class SpilloverFit(Fit):
    """A fitted spillover: the VAR with the block last, how many series are not of it, and what it makes of each."""

    COLUMNS: ClassVar[dict[str, str]] = {
        "series": "one that is not of the block",
        "measure": "share_last, share_first or answer; see `Spill`",
        "value": "posterior median",
        "low": "lower bound of its 90% band",
        "high": "upper bound of its 90% band",
        "placebo": "what share_last is by chance at most, in 95 of 100 shifts of the block; null for the others",
    }
    METHODS: ClassVar[tuple[str, ...]] = Responses.METHODS

    model: Spillover
    var: VARFit
    others: int
    spills: tuple[Spill, ...]

    @property
    def frame(self) -> pl.DataFrame:
        """A row a series and measure; see `COLUMNS`."""
        return self._table(
            (one.series, name, value.value, value.low, value.high, one.placebo if name == "share_last" else None)
            for one in self.spills
            for name, value in (("share_last", one.last), ("share_first", one.first), ("answer", one.answer))
        )

    def paths(self, *, draws: int = 300) -> pl.DataFrame:
        """The series as they were and without the block's shocks: rows row, series, actual, without, low, high."""
        block = self.var.names[self.others :]
        point, low, high = self.var.counterfactual(block, draws=draws, seed=self.model.seed)
        return pl.concat(
            pl.DataFrame(
                {
                    "row": np.arange(self.var.lags, len(self.var.data)),
                    "series": [self.var.names[i]] * len(point),
                    "actual": self.var.data[self.var.lags :, i],
                    "without": point[:, i],
                    "low": (point if low is None else low)[:, i],
                    "high": (point if high is None else high)[:, i],
                }
            )
            for i in range(self.others)
        )

    def summary(self, unit: str = "period") -> str:
        """The shares with their bands, beside what chance gives, and what may be concluded."""
        block = ", ".join(self.var.names[self.others :])
        lines = [f"Share of the variance, {self.model.horizon} {unit}s ahead, that goes with {block}:"]
        for one in self.spills:
            last, first = (f"{x.value:.0%} ({x.low:.0%} to {x.high:.0%})" for x in (one.last, one.first))
            lines.append(
                f"{one.series}: {last} beyond the others' own shocks, {first} with what they share; "
                f"chance gives up to {one.placebo:.0%}: {one.reading}."
            )
        return "\n".join(lines)

    def plot(self, unit: str = "period") -> Any:
        """Each series as it was, smoothed over the horizon, and without the block's shocks, with bands."""
        table = self.paths()
        names = self.var.names[: self.others]
        drawing, axes = figure(2.2 * len(names) + 0.4, len(names), squeeze=False)
        for (axis,), name in zip(axes, names, strict=True):
            rows = table.filter(table["series"] == name)
            actual, *without = (
                column.rolling_mean(self.model.horizon, min_samples=1)
                for column in rows["actual", "without", "low", "high"]
            )
            axis.plot(rows["row"], actual, color=GREY, linewidth=1.2, label="as it was")
            band(axis, rows["row"], *without, label="without the block's shocks")
            axis.set_ylabel(name)
        legend(axes[0][0])
        axes[-1][0].set_xlabel(unit)
        source_line(drawing, f"Running means of {self.model.horizon} {unit}s; shade: 90% band.")
        return drawing
