"""A hierarchical model that few numbers describe: quiet series lean on their senders' and receivers' averages.

On the scale of scores z (log(1 + n), asinh(y / scale), shares), the centre of series i at period t is

    c = (kappa g + sum_k delta**k z[t - k]) / (kappa + sum_k delta**k)

with g the sum of the effects of sender and receiver on the item: the posterior mean of a level that drifts and has a
normal prior about its group's (West and Harrison, *Bayesian Forecasting and Dynamic Models*, 1997, on discounting).
kappa and delta, one an item and horizon, have the least squared error on past origins of all series. The distribution
about the centre is what followed centres of like level in series as restless. So the whole model is two numbers and a
table of quantiles an item and horizon, small enough to be shipped for pairs whose own record is thin (`to_dict`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.forecasts.scores import COUNT, between_levels
from detente.forecasts.series.dataset import Array, untransform
from detente.forecasts.series.features import discounted
from detente.forecasts.series.forecaster import Forecaster
from detente.forecasts.series.known import Known

KAPPAS = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
DELTAS = (0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.96, 1.0)
MOST_ORIGINS, A_CELL, ENOUGH = 30, 120, 1_500
TABLE: Array = np.array([0.005, 0.025, 0.05, *np.arange(0.1, 0.95, 0.05), 0.95, 0.975, 0.995])


@dataclass(frozen=True, eq=False)
class Cells:
    """kappa, delta, and the quantiles of errors (levels, spreads, TABLE) between edges of level and, by level, of
    spread.
    """

    kappa: float
    delta: float
    levels: Array
    spreads: Array
    table: Array
    rows: int

    def errors(self, centre: Array, spread: Array) -> Array:
        """Quantiles (series, COUNT) of the errors about the centres."""
        level = np.searchsorted(self.levels, centre, "right")
        cell = (spread[:, None] >= self.spreads[level]).sum(1)
        return between_levels(self.table[level, cell], TABLE)

    def to_dict(self) -> dict[str, Any]:
        """As plain numbers, three digits each."""
        return {
            "kappa": self.kappa,
            "delta": self.delta,
            "rows": self.rows,
            **{name: getattr(self, name).round(3).tolist() for name in ("levels", "spreads", "table")},
        }

    @classmethod
    def of(cls, data: dict[str, Any]) -> Cells:
        """The reverse of `to_dict`."""
        arrays = {name: np.array(data[name], dtype=float) for name in ("levels", "spreads", "table")}
        return cls(**{**data, **arrays})


class Hierarchical(Forecaster):
    """Cells for every item and horizon; see the module."""

    def learn(self, known: Known, horizons: Sequence[int]) -> dict[str, dict[int, Cells]]:
        """Cells by item and horizon, where there is past enough."""
        z, base = known.scores, known.group_means
        return {item: fit(z[mine], base[mine], horizons) for item, mine in _by_item(known)}

    def forecast(self, known: Known, horizons: Sequence[int], learnt: Any = None) -> dict[int, Array]:
        """What the cells give, NaN without."""
        cells = learnt or self.learn(known, horizons)
        quantiles = {h: np.full((len(known.totals), COUNT), np.nan) for h in horizons}
        for item, mine in _by_item(known):
            z, base, scale = known.scores[mine], known.group_means[mine, -1], known.now.scale[mine]
            for h in horizons:
                if h in cells.get(item, {}):
                    quantiles[h][mine] = predict(cells[item][h], z, base, known.kind, scale)
        return quantiles


HIERARCHICAL = Hierarchical()


def _by_item(known: Known) -> list[tuple[str, NDArray[np.int64]]]:
    return [(str(item), np.flatnonzero(known.items == item)) for item in np.unique(known.items.astype(str))]


def predict(cells: Cells, z: Array, base: Array, kind: str, scale: Array) -> Array:
    """Quantiles on the scale of the data for series z (series, periods) with group means base (series,)."""
    centres, spreads = _centres(z, base[:, None], cells.kappa, cells.delta)
    quantiles = untransform(kind, centres[:, -1:] + cells.errors(centres[:, -1], spreads[:, -1]))
    return quantiles * scale[:, None] if kind == "value" else quantiles


def fit(
    z: Array, base: Array, horizons: Sequence[int], *, kappas: Sequence[float] = KAPPAS, bins: int = 14, parts: int = 4
) -> dict[int, Cells]:
    """The cells of one item by horizon from all its series (series, periods); none of horizons with too little past.

    At most `bins` levels, each in `parts` by spread; kappa is one of `kappas`.
    """
    # Two numbers need no more than some series, evenly taken.
    every = max(1, len(z) // ENOUGH)
    some, about = z[::every], base[::every]
    sums = {delta: _discounted(some, delta) for delta in DELTAS}

    def loss(kappa: float, delta: float, horizon: int, origins: NDArray[np.int64]) -> float:
        mean, weight = sums[delta]
        with np.errstate(invalid="ignore", divide="ignore"):
            centres = (kappa * about[:, origins] + mean[:, origins]) / (kappa + weight[:, origins])
        gap = some[:, origins + horizon] - centres
        return float(np.nanmean(gap**2)) if np.isfinite(gap).any() else np.inf

    cells = {}
    for horizon in horizons:
        last = z.shape[1] - horizon
        origins = np.arange(max(1, last - MOST_ORIGINS), last)
        if len(origins) < 1:
            continue
        losses = {(kappa, delta): loss(kappa, delta, horizon, origins) for kappa in kappas for delta in DELTAS}
        kappa, delta = min(losses, key=losses.__getitem__)
        centres, spreads = _centres(z, base, kappa, delta)
        level, spread = centres[:, origins].ravel(), spreads[:, origins].ravel()
        error = z[:, origins + horizon].ravel() - level
        known = np.isfinite(error) & np.isfinite(spread)
        if known.sum() >= 30:
            cells[horizon] = _tabulate((level[known], spread[known], error[known]), kappa, delta, bins, parts)
    return cells


def _tabulate(seen: tuple[Array, Array, Array], kappa: float, delta: float, bins: int, parts: int) -> Cells:
    level, spread, error = seen
    bins = int(np.clip(len(error) // (4 * A_CELL), 1, bins))
    parts = parts if len(error) >= parts * A_CELL else 1
    levels = np.unique(np.quantile(level, np.arange(1, bins) / bins)) if bins > 1 else np.zeros(0)
    of = np.searchsorted(levels, level, "right")
    spreads = np.zeros((len(levels) + 1, parts - 1))
    table = np.zeros((len(levels) + 1, parts, len(TABLE)))
    for b in range(len(levels) + 1):
        mine = of == b
        if mine.any():
            spreads[b] = np.quantile(spread[mine], np.arange(1, parts) / parts)
        cell = (spread[:, None] >= spreads[b]).sum(1)
        for c in range(parts):
            errors = error[mine & (cell == c)]
            table[b, c] = np.quantile(errors if len(errors) >= 10 else error[mine] if mine.any() else error, TABLE)
    return Cells(kappa, delta, levels, spreads, table, len(error))


def _discounted(z: Array, delta: float) -> tuple[Array, Array]:
    """Discounted sums of the past and of its weights (series, periods) up to every period."""
    known = np.isfinite(z)
    return discounted(np.where(known, z, 0.0), delta), discounted(known.astype(float), delta)


def _centres(z: Array, base: Array, kappa: float, delta: float) -> tuple[Array, Array]:
    """Centres and root mean squared one-step surprises (series, periods) up to every period."""
    mean, weight = _discounted(z, delta)
    with np.errstate(invalid="ignore", divide="ignore"):
        centres = (kappa * base + mean) / (kappa + weight)
        surprise = (z[:, 1:] - centres[:, :-1]) ** 2
        squares, count = _discounted(surprise, 0.9)
        spreads = np.sqrt(np.pad(squares, ((0, 0), (1, 0))) / np.pad(count, ((0, 0), (1, 0))))
    return centres, np.nan_to_num(spreads, nan=0.0)
