"""What a forecast has to beat: each series' own past and little else.

Each is made of the totals of periods (series, periods; NaN where missing) and gives quantiles (series, COUNT) of the
outcome `horizon` periods later, on the scale of the data. NaN where it can say nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.forecasts.scores import COUNT, LEVELS
from detente.forecasts.series.dataset import Array, transform, untransform
from detente.forecasts.series.forecaster import Forecaster
from detente.forecasts.series.known import Known
from detente.periods import PERIODS


class Baseline(Forecaster):
    """A baseline that takes each horizon alone: `make` gives the quantiles from what was known, `named` its title by
    period.
    """

    baseline = True

    def __init__(
        self,
        make: Callable[[Known, int], Array],
        suits: Callable[[str, str], bool] = lambda kind, by: True,
        named: Callable[[str], str] | None = None,
    ) -> None:
        self.make, self._suits, self._named = make, suits, named

    def suits(self, kind: str, by: str) -> bool:
        """By the rule given."""
        return self._suits(kind, by)

    def title(self, name: str, by: str) -> str:
        """With the length of its window, as in "last 4 weeks"."""
        return self._named(by) if self._named else name

    def forecast(self, known: Known, horizons: Sequence[int], learnt: Any = None) -> dict[int, Array]:
        """One horizon after the other."""
        return {h: self.make(known, h) for h in horizons}


def _window(n: int) -> Baseline:
    """The values of the last periods: the nth of the windows of `detente.periods.Period`."""
    return Baseline(
        lambda known, h: sample(known.totals[:, -PERIODS[known.by].windows[n] :]),
        lambda kind, by: len(PERIODS[by].windows) > n,
        lambda by: f"last {PERIODS[by].windows[n]} {by}s",
    )


def _pooled_over(window: Callable[[str], int], named: Callable[[str], str] | None = None) -> Baseline:
    def make(known: Known, h: int) -> Array:
        return pooled_by_level(known.totals, h, window(known.by), known.kind, known.relatives.item)

    return Baseline(make, named=named)


def _of_counts(kind: str, by: str) -> bool:
    return kind == "count"


LAST_VALUE = Baseline(lambda known, h: last_value(known.totals, h, known.kind))
SEASONAL = Baseline(lambda known, h: seasonal(known.totals, h, PERIODS[known.by].per_year), lambda _, by: by != "year")
WINDOW_1, WINDOW_2, WINDOW_3, WINDOW_4 = map(_window, range(4))
CLIMATOLOGY = Baseline(lambda known, h: sample(known.totals))
POOLED_LAST, POOLED_ALL = _pooled_over(lambda by: 1), _pooled_over(lambda by: 10_000)
POOLED_MEAN = _pooled_over(
    lambda by: PERIODS[by].windows[0], lambda by: f"mean of {PERIODS[by].windows[0]} {by}s, errors pooled by level"
)
ROLLING = Baseline(lambda known, h: negative_binomial(known.totals, h, PERIODS[known.by].windows[1]), _of_counts)
AUTOREGRESSION = Baseline(lambda known, h: autoregression(known.totals, h), _of_counts)


def sample(past: Array) -> Array:
    """The values of the past as they stand, each as likely as the other.

    >>> sample(np.array([[3.0, np.nan, 1.0]]))[0, [0, 99]].tolist()
    [1.0, 3.0]
    """
    if not past.shape[1]:
        return np.full((len(past), COUNT), np.nan)
    ordered = np.sort(past, axis=1)
    known = np.isfinite(past).sum(1)
    at = np.minimum((LEVELS[None] * known[:, None]).astype(int), np.maximum(known[:, None] - 1, 0))
    return np.take_along_axis(ordered, at, 1)


def last_value(y: Array, horizon: int, kind: str) -> Array:
    """The last value plus the changes over as many periods that the series itself has seen, on the scale of scores."""
    z = transform(kind, y)
    filled = _carried(z)
    if y.shape[1] <= horizon:
        return np.repeat(y[:, -1:], COUNT, 1)
    changes = filled[:, horizon:] - filled[:, :-horizon]
    return untransform(kind, filled[:, -1:] + sample(changes))


def seasonal(y: Array, horizon: int, season: int) -> Array:
    """The values of the same season in past years, and of its two neighbours."""
    target = y.shape[1] - 1 + horizon
    at = [t + d for t in range(target - season, -season, -season) for d in (-1, 0, 1)]
    some = [t for t in at if 0 <= t < y.shape[1]]
    return sample(y[:, some]) if some else np.full((len(y), COUNT), np.nan)


def pooled_by_level(y: Array, horizon: int, window: int, kind: str, items: NDArray[np.int64], bins: int = 20) -> Array:
    """The mean of the last periods, with the errors of such means on all series of the item and of like level."""
    found = np.full((len(y), COUNT), np.nan)
    z = transform(kind, y)
    means = _rolling_mean(z, min(window, y.shape[1]))
    for item in np.unique(items):
        mine = items == item
        found[mine] = _pooled(z[mine], means[mine], horizon, min(window, 2), bins)
    return untransform(kind, found)


def _pooled(z: Array, means: Array, horizon: int, least: int, bins: int) -> Array:
    origins = range(least - 1, z.shape[1] - horizon)
    levels = np.concatenate([means[:, o] for o in origins] or [np.zeros(0)])
    errors = np.concatenate([z[:, o + horizon] - means[:, o] for o in origins] or [np.zeros(0)])
    known = np.isfinite(levels) & np.isfinite(errors)
    levels, errors = levels[known], errors[known]
    if len(errors) < 20:
        return np.full((len(z), COUNT), np.nan)
    edges = np.unique(np.quantile(levels, np.linspace(0, 1, max(1, min(bins, len(errors) // 50)) + 1)[1:-1]))
    of, now = np.searchsorted(edges, levels, "right"), np.searchsorted(edges, means[:, -1], "right")
    table = np.stack(
        [np.quantile(errors[of == b] if (of == b).any() else errors, LEVELS) for b in range(len(edges) + 1)]
    )
    return np.asarray(means[:, -1:] + table[now])


def negative_binomial(y: Array, horizon: int, window: int) -> Array:
    """A negative binomial about the mean of the last periods, as dispersed as the series has been."""
    some = y[:, -window:]
    if not some.shape[1]:
        return np.full((len(y), COUNT), np.nan)
    return _quantiles(some.mean(1) + 0.5 / some.shape[1], _size(y, y.mean(1)))


def autoregression(y: Array, horizon: int) -> Array:
    """Counts about a mean that returns to the series' own: mean + phi ** h (last - mean), negative binomial.

    phi, common to all series, by moments of first differences about each mean; dispersion by series.
    """
    mean = y.mean(1, keepdims=True)
    if y.shape[1] < 4:
        return _quantiles(mean[:, 0] + 0.1, _size(y, mean[:, 0]))
    gap = (y - mean) / np.sqrt(mean + 1)
    phi = float(np.clip((gap[:, 1:] * gap[:, :-1]).sum() / (gap[:, :-1] ** 2).sum() + 1 / y.shape[1], 0, 0.98))
    ahead = mean[:, 0] + phi**horizon * (y[:, -1] - mean[:, 0])
    before = mean + phi**horizon * (y[:, :-horizon] - mean) if y.shape[1] > horizon + 2 else None
    size = _size(y, mean[:, 0]) if before is None else _size(y[:, horizon:], before)
    return _quantiles(np.maximum(ahead, 0) + 0.05, size)


def _size(y: Array, mean: Array) -> Array:
    """Sizes of negative binomials by moments, drawn towards what all series share."""
    expected = mean if mean.ndim == 2 else mean[:, None]
    excess = ((y - expected) ** 2 - expected).sum(1)
    square = (expected**2 * np.ones_like(y)).sum(1)
    common = max(excess.sum() / max(square.sum(), 1e-9), 1e-3)
    weight = 4.0 * square / np.maximum(y.shape[1], 1)
    inverse = (np.maximum(excess, 0) + weight * common) / np.maximum(square + weight, 1e-9)
    return np.asarray(1 / np.clip(inverse, 1e-3, 1e3))


def _quantiles(mean: Array, size: Array) -> Array:
    """Quantiles of negative binomials (mean, size), by the gamma mixture beyond counts of 200."""
    # Two digits of the logarithms of mean and size: many series share one distribution then, and no reader could tell.
    logs = np.round(np.log10(np.maximum(np.stack([mean, size], axis=1), 1e-3)), 2)
    rounded = np.asarray(10**logs, dtype=np.float64)
    some, of = np.unique(rounded, axis=0, return_inverse=True)
    return _exact_quantiles(some[:, 0], some[:, 1])[of.ravel()]


def _exact_quantiles(mean: Array, size: Array) -> Array:
    from scipy.stats import gamma, nbinom

    p = size / (size + mean)
    found = np.empty((len(mean), COUNT))
    small = mean < 200
    found[small] = nbinom.ppf(LEVELS[None], size[small, None], p[small, None])
    found[~small] = np.round(gamma.ppf(LEVELS[None], size[~small, None], scale=(mean / size)[~small, None]))
    return found


def _carried(z: Array) -> Array:
    """Gaps filled by the value before them."""
    known = np.isfinite(z)
    at = np.maximum.accumulate(np.where(known, np.arange(z.shape[1]), 0), axis=1)
    return np.take_along_axis(z, at, 1)


def _rolling_mean(z: Array, window: int) -> Array:
    known = np.isfinite(z)
    sums, counts = (
        np.cumsum(np.pad(x, ((0, 0), (window, 0))), 1) for x in (np.where(known, z, 0.0), known.astype(float))
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((sums[:, window:] - sums[:, :-window]) / (counts[:, window:] - counts[:, :-window]))
