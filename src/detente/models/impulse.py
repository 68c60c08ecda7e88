"""Impulse responses and variance decompositions of a vector autoregression, exact and by posterior draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import polars as pl

from detente.checks import estimable, probability, whole
from detente.models.base import Fit
from detente.plots import BLUE, GREY, band, figure, level_line, source_line
from detente.uncertainty import Array, tails


def moving_average(coefficients: Array, steps: int) -> Array:
    """Psi[h, i, j], h = 0..steps-1: effect on series j after h periods of a unit error in equation i.

    `coefficients` is (..., lags, n, n): [lag, lagged series, equation]; the result (..., steps, n, n). DetenteError for
    no step.

    >>> moving_average(np.array([[[0.5]]]), 4).ravel().tolist()
    [1.0, 0.5, 0.25, 0.125]
    """
    whole("steps", steps)
    *lead, lags, n, _ = coefficients.shape
    out = np.zeros((*lead, steps, n, n))
    out[..., 0, :, :] = np.eye(n)
    for h in range(1, steps):
        back = min(h, lags)
        # One product over (lag, series): the responses of the last periods, side by side.
        past = np.concatenate([out[..., h - lag, :, :] for lag in range(1, back + 1)], axis=-1)
        out[..., h, :, :] = past @ coefficients[..., :back, :, :].reshape(*lead, back * n, n)
    return out


def orthogonalised(coefficients: Array, covariance: Array, steps: int) -> Array:
    """Responses [h, shock, response] to one-standard-deviation Cholesky shocks in the order of the series.

    A series responds within the period to shocks of those before it, not of those after (Sims, "Macroeconomics
    and reality", Econometrica 48, 1980).
    """
    with estimable("the shocks"):
        root = np.linalg.cholesky(covariance)
    return np.swapaxes(root, -1, -2)[..., None, :, :] @ moving_average(coefficients, steps)


def decompose(responses: Array) -> Array:
    """Share [h, shock, response] of the forecast error variance h + 1 periods ahead that each shock makes."""
    squares = np.cumsum(responses**2, axis=-3)
    return squares / squares.sum(axis=-2, keepdims=True)


def made_by(coefficients: Array, covariance: Array, errors: Array, chosen: Sequence[int]) -> Array:
    """The part (..., T, n) of the path that the Cholesky shocks of the chosen series made.

    `coefficients` (..., lags, n, n), `covariance` (..., n, n), `errors` (..., T, n).
    """
    with estimable("the shocks"):
        root = np.linalg.cholesky(covariance)
        shocks = np.swapaxes(np.linalg.solve(root, np.swapaxes(errors, -1, -2)), -1, -2)
    kept = np.zeros_like(shocks)
    kept[..., list(chosen)] = shocks[..., list(chosen)]
    path = kept @ np.swapaxes(root, -1, -2)
    lags = coefficients.shape[-3]
    for t in range(1, path.shape[-2]):
        for lag in range(1, min(t, lags) + 1):
            path[..., t, :] += (path[..., None, t - lag, :] @ coefficients[..., lag - 1, :, :])[..., 0, :]
    return path


@dataclass(frozen=True, eq=False, repr=False)
class Responses(Fit):
    """An array [h, shock, response] with its band; behaves as the array of its points.

    `low` and `high` are None where no draws were asked for. `measure` is "response" or "share of variance".
    """

    COLUMNS: ClassVar[dict[str, str]] = {
        "step": "periods after the shock, from 0",
        "shock": "series whose shock it is",
        "response": "series that answers",
        "value": "the response, or the share of the variance",
        "low": "lower bound of its band; null without draws",
        "high": "upper bound of its band; null without draws",
    }
    METHODS: ClassVar[tuple[str, ...]] = ("Sims, Macroeconomics and reality, Econometrica 48, 1980",)

    point: Array
    low: Array | None
    high: Array | None
    names: Sequence[str]
    measure: str
    level: float

    def __array__(self, dtype: Any = None, copy: Any = None) -> Array:
        return np.asarray(self.point, dtype=dtype)

    def __getitem__(self, key: Any) -> Any:
        return self.point[key]

    def __len__(self) -> int:
        return len(self.point)

    @property
    def shape(self) -> tuple[int, ...]:
        """(steps, n, n)."""
        return self.point.shape

    @property
    def frame(self) -> pl.DataFrame:
        """A row a step, shock and response; see `COLUMNS`."""
        steps, n, _ = self.point.shape
        return pl.DataFrame(
            {
                "step": np.repeat(np.arange(steps), n * n),
                "shock": [self.names[i] for _ in range(steps) for i in range(n) for _ in range(n)],
                "response": [self.names[j] for _ in range(steps) for _ in range(n) for j in range(n)],
                "value": self.point.ravel(),
                "low": None if self.low is None else self.low.ravel(),
                "high": None if self.high is None else self.high.ravel(),
            },
            schema_overrides={"low": pl.Float64, "high": pl.Float64},
        )

    def summary(self) -> str:
        """The largest of each shock's responses, and when it comes."""
        lines = [f"{self.measure.capitalize()} to shocks in the order {', '.join(self.names)}, {len(self)} periods:"]
        for i, shock in enumerate(self.names):
            for j, response in enumerate(self.names):
                at = int(np.abs(self.point[:, i, j]).argmax())
                value = f"{self.point[at, i, j]:.2f}"
                if self.low is not None and self.high is not None:
                    value += f" ({self.low[at, i, j]:.2f} to {self.high[at, i, j]:.2f})"
                lines.append(f"{shock} -> {response}: {value} after {at} periods.")
        return "\n".join(lines)

    def plot(self) -> Any:
        """A grid of charts, a row for each shock, a column for each response, with bands."""
        n = len(self.names)
        drawing, axes = figure(1.7 * n + 0.6, n, n, squeeze=False, sharey="col" if self.low is not None else False)
        steps = np.arange(len(self.point))
        for i in range(n):
            for j in range(n):
                axis, colour = axes[i][j], BLUE if i != j else GREY
                level_line(axis)
                if self.low is None or self.high is None:
                    axis.plot(steps, self.point[:, i, j], color=colour, linewidth=1.6)
                else:
                    band(axis, steps, self.point[:, i, j], self.low[:, i, j], self.high[:, i, j], colour=colour)
                axis.set_title(f"{self.names[i]} \u2192 {self.names[j]}", fontsize=9)
        for axis in axes[-1]:
            axis.set_xlabel("periods after the shock")
        for row in axes:
            row[0].set_ylabel(self.measure)
        shade = "" if self.low is None else f"; shade: {self.level:.0%} band"
        source_line(drawing, f"Cholesky shocks of one standard deviation, in the order of the series{shade}.")
        return drawing


def with_band(point: Array, draws: Array | None, names: Sequence[str], measure: str, level: float = 0.90) -> Responses:
    """`Responses` with pointwise central bands of the draws."""
    probability("level", level)
    if draws is None:
        return Responses(point, None, None, names, measure, level)
    low, _, high = np.quantile(draws, tails(level), axis=0)
    return Responses(point, low, high, names, measure, level)
