"""Which model did better where: CRPS by cell (origin, series, horizon), and fair comparisons of them.

Models are compared on the same cells, those that all whole models could forecast; a partial model (classical ones
fitted to a sample of series, or those that need longer pasts) is compared on its own cells. The strongest baseline is
the one with the lowest mean CRPS on them: chosen after the fact, so harder to beat than any that a forecaster could
have named before.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detente.backtest.plan import Plan, Scored
from detente.forecasts.scores import diebold_mariano, skill
from detente.forecasts.series.dataset import Array, Dataset
from detente.forecasts.series.stack import STACK

WHOLE, MOST = 0.98, 0.80


@dataclass(frozen=True, eq=False, repr=False)
class Cells:
    """CRPS of every model in every cell of a back-test of `data` by `plan`, and how two compare on some."""

    data: Dataset
    plan: Plan
    scored: list[Scored]

    @property
    def ours(self) -> list[str]:
        """Our models, the stack first."""
        return [name for name in (STACK, *self.plan.models) if name in self.names]

    @cached_property
    def names(self) -> list[str]:
        """Every model that forecast anything, in order."""
        return [name for name in self.scored[0].crps if np.isfinite(self.crps[name]).any()]

    @cached_property
    def crps(self) -> dict[str, Array]:
        """CRPS by model (origins, series, horizons)."""
        return {name: np.stack([one.crps[name] for one in self.scored]) for name in self.scored[0].crps}

    @cached_property
    def known(self) -> dict[str, NDArray[np.bool_]]:
        """Which cells each model forecast."""
        return {name: np.isfinite(self.crps[name]) for name in self.names}

    @cached_property
    def whole(self) -> list[str]:
        """Models that forecast nearly every cell that any did, and baselines that forecast most: none of these shall
        be let off.
        """
        most = max(int(cells.sum()) for cells in self.known.values())
        least = {name: WHOLE if name in self.ours else MOST for name in self.names}
        return [name for name in self.names if self.known[name].sum() >= least[name] * most]

    @cached_property
    def cells(self) -> NDArray[np.bool_]:
        """The cells (origins, series, horizons) that all whole models forecast."""
        return np.asarray(np.logical_and.reduce([self.known[name] for name in self.whole]))

    def mean(self, name: str, cells: NDArray[np.bool_]) -> float:
        """Mean CRPS of a model over some cells."""
        values = self.crps[name][cells]
        return float(values.mean(dtype=np.float64)) if values.size else float("nan")

    def skill(self, name: str, rival: str, cells: NDArray[np.bool_]) -> float:
        """1 less the ratio of the mean CRPS on some cells to a rival's; NaN where the rival made no error at all."""
        theirs = self.mean(rival, cells)
        return 1 - self.mean(name, cells) / theirs if theirs else float("nan")

    def strongest(self, cells: NDArray[np.bool_]) -> str:
        """The whole baseline with the lowest mean CRPS on some cells."""
        rivals = [name for name in self.whole if name not in self.ours]
        return min(rivals, key=lambda name: self.mean(name, cells))

    def _by_origin(self, name: str, cells: NDArray[np.bool_]) -> Array:
        with np.errstate(invalid="ignore"):
            sums = np.where(cells, self.crps[name], 0.0).sum((1, 2), dtype=np.float64)
        number = cells.sum((1, 2))
        return np.asarray(sums[number > 0] / number[number > 0])

    def against(self, name: str, rival: str, cells: NDArray[np.bool_], horizon: int) -> dict[str, float]:
        """Skill of a model over a rival on some cells, its 90% bounds, and the Diebold-Mariano statistic with p."""
        ours, theirs = self._by_origin(name, cells), self._by_origin(rival, cells)
        value = self.skill(name, rival, cells)
        block = max(1, -(-horizon // self.plan.step))
        sums = (self._by_pair(one, cells) for one in (name, rival))
        _, low, high = skill(*sums, block=block, seed=self.plan.seed)
        statistic, p = diebold_mariano(ours, theirs, block)
        return {"skill": value, "low": low, "high": high, "dm": statistic, "p": p}

    @property
    def sides(self) -> pl.DataFrame:
        """The pair of each series, a before b whichever acts."""
        return self.data.keys.select(pl.min_horizontal("a", "b").alias("a"), pl.max_horizontal("a", "b").alias("b"))

    @cached_property
    def _pair_of(self) -> NDArray[np.int64]:
        """The number of each series' pair, whichever side comes first (series,)."""
        return np.asarray(
            self.sides.select(pl.struct("a", "b").rank("dense")).to_series().to_numpy() - 1, dtype=np.int64
        )

    def _by_pair(self, name: str, cells: NDArray[np.bool_]) -> Array:
        """Sums of CRPS (origins, pairs) over the cells, of origins and pairs that have any."""
        shape = (cells.shape[0], int(self._pair_of.max()) + 1)
        totals, number = np.zeros(shape), np.zeros(shape)
        with np.errstate(invalid="ignore"):
            sums = np.where(cells, self.crps[name], 0.0).sum(2, dtype=np.float64)
        for origin in range(shape[0]):
            totals[origin] = np.bincount(self._pair_of, sums[origin], shape[1])
            number[origin] = np.bincount(self._pair_of, cells[origin].sum(1), shape[1])
        return totals[number.sum(1) > 0][:, number.sum(0) > 0]

    def at(self, cells: NDArray[np.bool_], horizon: int) -> NDArray[np.bool_]:
        """Those of the cells that lie at a horizon, by its place in the plan."""
        mask = np.zeros(cells.shape[2], dtype=bool)
        mask[horizon] = True
        return np.asarray(cells & mask)
