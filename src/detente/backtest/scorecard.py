"""A back-test summed up: who won, by how much, how surely, where not; as data.

Models are compared on the same cells (series, origin, horizon), those that all whole models could forecast; a partial
model (classical ones fitted to a sample of series, or those that need longer pasts) is compared on its own cells.
The strongest baseline is the one with the lowest mean CRPS over all cells, and for a horizon or an item, over theirs:
chosen after the fact, so harder to beat than any that a forecaster could have named before.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detente.backtest.plan import BINS, SUMS, Plan, Scored
from detente.forecasts.scores import diebold_mariano, skill
from detente.forecasts.series.dataset import Array, Dataset
from detente.forecasts.series.stack import MEMBERS, STACK

WHOLE, MOST = 0.98, 0.80


@dataclass(frozen=True, eq=False)
class Scorecard:
    """The results of a back-test of `data` by `plan`."""

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
    def _known(self) -> dict[str, NDArray[np.bool_]]:
        return {name: np.isfinite(self.crps[name]) for name in self.names}

    @cached_property
    def whole(self) -> list[str]:
        """Models that forecast nearly every cell that any did, and baselines that forecast most: none of these shall be let off."""
        most = max(int(known.sum()) for known in self._known.values())
        least = {name: WHOLE if name in self.ours else MOST for name in self.names}
        return [name for name in self.names if self._known[name].sum() >= least[name] * most]

    @cached_property
    def cells(self) -> NDArray[np.bool_]:
        """The cells (origins, series, horizons) that all whole models forecast."""
        return np.asarray(np.logical_and.reduce([self._known[name] for name in self.whole]))

    def mean(self, name: str, cells: NDArray[np.bool_]) -> float:
        """Mean CRPS of a model over some cells."""
        values = self.crps[name][cells]
        return float(values.mean(dtype=np.float64)) if values.size else float("nan")

    def strongest(self, cells: NDArray[np.bool_]) -> str:
        """The whole baseline with the lowest mean CRPS on some cells."""
        rivals = [name for name in self.whole if name not in self.ours]
        return min(rivals, key=lambda name: self.mean(name, cells))

    def _by_origin(self, name: str, cells: NDArray[np.bool_]) -> Array:
        with np.errstate(invalid="ignore"):
            sums = np.where(cells, self.crps[name], 0.0).sum((1, 2), dtype=np.float64)
        number = cells.sum((1, 2))
        return np.asarray(sums[number > 0] / number[number > 0])

    def _against(self, name: str, rival: str, cells: NDArray[np.bool_], horizon: int) -> dict[str, float]:
        ours, theirs = self._by_origin(name, cells), self._by_origin(rival, cells)
        value = 1 - self.mean(name, cells) / self.mean(rival, cells)
        block = max(1, -(-horizon // self.plan.step))
        sums = (self._by_pair(one, cells) for one in (name, rival))
        _, low, high = skill(*sums, block=block, seed=self.plan.seed)
        statistic, p = diebold_mariano(ours, theirs, block)
        return {"skill": value, "low": low, "high": high, "dm": statistic, "p": p}

    @cached_property
    def _pair_of(self) -> NDArray[np.int64]:
        """The number of each series' pair, whichever side comes first (series,)."""
        sides = self.data.keys.select(pl.min_horizontal("a", "b").alias("a"), pl.max_horizontal("a", "b").alias("b"))
        return np.asarray(sides.select(pl.struct("a", "b").rank("dense")).to_series().to_numpy() - 1, dtype=np.int64)

    def _by_pair(self, name: str, cells: NDArray[np.bool_]) -> Array:
        """Sums of CRPS (origins, pairs) over the cells, of origins and pairs that have any."""
        shape = (cells.shape[0], int(self._pair_of.max()) + 1)
        found, number = np.zeros(shape), np.zeros(shape)
        with np.errstate(invalid="ignore"):
            sums = np.where(cells, self.crps[name], 0.0).sum(2, dtype=np.float64)
        for origin in range(shape[0]):
            found[origin] = np.bincount(self._pair_of, sums[origin], shape[1])
            number[origin] = np.bincount(self._pair_of, cells[origin].sum(1), shape[1])
        return found[number.sum(1) > 0][:, number.sum(0) > 0]

    def models(self) -> pl.DataFrame:
        """A row a model: CRPS by horizon and over all, log and interval scores, Brier, coverage, skill over the strongest baseline."""
        rival = self.strongest(self.cells)
        rows = []
        for name in self.names:
            partial = name not in self.whole
            cells = self.cells & self._known[name] if partial else self.cells
            means = {what: self._sum(name, what) for what in SUMS}
            by_horizon = {f"crps_{h}": self.mean(name, self.at(cells, n)) for n, h in enumerate(self.plan.horizons)}
            against = self.strongest(cells) if partial else rival
            rows.append(
                {
                    "model": name,
                    "kind": "ours" if name in self.ours else "baseline",
                    "cells": int(cells.sum()),
                    **by_horizon,
                    "crps": self.mean(name, cells),
                    "skill": 1 - self.mean(name, cells) / self.mean(against, cells),
                    **means,
                }
            )
        return pl.DataFrame(rows).sort(pl.col("cells") < self.cells.sum() * WHOLE, "crps", maintain_order=True)

    def at(self, cells: NDArray[np.bool_], horizon: int) -> NDArray[np.bool_]:
        """Those of the cells that lie at a horizon, by its place in the plan."""
        mask = np.zeros(cells.shape[2], dtype=bool)
        mask[horizon] = True
        return np.asarray(cells & mask)

    def _sum(self, name: str, what: str) -> float:
        values = np.stack([one.sums[name][what] for one in self.scored])
        weights = np.stack([one.counts for one in self.scored]) * np.isfinite(values)
        total = weights.sum()
        return float(np.nansum(values * weights) / total) if total else float("nan")

    def horizons(self) -> pl.DataFrame:
        """The stack against the strongest baseline of each horizon: skill, 90% bounds, Diebold-Mariano statistic and p, coverage."""
        rows = []
        for n, h in enumerate(self.plan.horizons):
            cells = self.at(self.cells, n)
            if not cells.any():
                continue
            rival = self.strongest(cells)
            covered = [float(np.nansum(s.sums[self.best]["coverage"][n] * s.counts[n])) for s in self.scored]
            number = [float(s.counts[n].sum()) for s in self.scored]
            rows.append(
                {
                    "horizon": h,
                    "model": self.best,
                    "crps": self.mean(self.best, cells),
                    "strongest": rival,
                    "crps_strongest": self.mean(rival, cells),
                    **self._against(self.best, rival, cells, h),
                    "coverage": sum(covered) / sum(number),
                }
            )
        return pl.DataFrame(rows)

    @property
    def best(self) -> str:
        """Ours to be judged: the stack, named before the results, or the only model run."""
        return STACK if STACK in self.names else self.ours[0]

    def items(self) -> pl.DataFrame:
        """The same by item (quad class, issue)."""
        rows = []
        names = self.data.keys["item"].to_numpy()
        for item in sorted(set(names)):
            cells = self.cells & (names == item)[None, :, None]
            if cells.any():
                rival = self.strongest(cells)
                rows.append(
                    {
                        "item": item,
                        "cells": int(cells.sum()),
                        "crps": self.mean(self.best, cells),
                        "strongest": rival,
                        "crps_strongest": self.mean(rival, cells),
                        **self._against(self.best, rival, cells, max(self.plan.horizons)),
                    }
                )
        return pl.DataFrame(rows)

    def pairs(self) -> pl.DataFrame:
        """By pair: cells, CRPS of ours and of the strongest baseline overall, skill; the losing cases first."""
        rival = self.strongest(self.cells)
        sums = [np.where(self.cells, self.crps[name], 0.0).sum((0, 2), dtype=np.float64) for name in (self.best, rival)]
        frame = self.data.keys.select(
            pl.min_horizontal("a", "b").alias("a"), pl.max_horizontal("a", "b").alias("b")
        ).with_columns(
            pl.Series("ours", sums[0]), pl.Series("theirs", sums[1]), pl.Series("cells", self.cells.sum((0, 2)))
        )
        return (
            frame.group_by("a", "b")
            .agg(pl.col("ours", "theirs", "cells").sum())
            .filter(pl.col("cells") > 0)
            .select(
                "a",
                "b",
                "cells",
                (pl.col("ours") / pl.col("cells")).alias("crps"),
                (pl.col("theirs") / pl.col("cells")).alias("crps_strongest"),
                (1 - pl.col("ours") / pl.col("theirs")).alias("skill"),
            )
            .sort("skill", "a", "b")
        )

    def overall(self) -> dict[str, Any]:
        """The headline: the strongest baseline, the skill of ours over it with bounds and test, coverage, pairs won."""
        rival = self.strongest(self.cells)
        won = self.pairs()
        gains = ((won["crps_strongest"] - won["crps"]) * won["cells"]).to_numpy()
        most = won.row(int(gains.argmax()), named=True)
        return {
            "model": self.best,
            "strongest": rival,
            **self._against(self.best, rival, self.cells, max(self.plan.horizons)),
            "coverage": self._sum(self.best, "coverage"),
            "coverage_bounds": self._sum(self.best, "coverage_bounds"),
            "cells": int(self.cells.sum()),
            "pairs": won.height,
            "pairs_won": int((won["skill"] > 0).sum()),
            "median_pair_skill": float(np.nanmedian(won["skill"].to_numpy())),
            "largest_pair": f"{most['a']}-{most['b']}",
            "largest_pair_of_gain": float(gains.max() / gains.sum()) if gains.sum() > 0 else float("nan"),
        }

    def pit(self, name: str) -> Array:
        """Share of outcomes in each of `BINS` equal bins of the PIT (BINS,); 1 / BINS each when calibrated."""
        counts = np.sum([one.pits[name].sum(0) for one in self.scored], axis=0)
        return np.asarray(counts / max(counts.sum(), 1))

    def weights(self) -> pl.DataFrame:
        """The stack's weights by horizon, averaged over origins."""
        members = self.plan.members
        mean = np.mean([one.weights for one in self.scored], axis=0)
        return pl.DataFrame({"horizon": list(self.plan.horizons), **{m: mean[:, n] for n, m in enumerate(members)}})

    def described(self) -> dict[str, Any]:
        """What was run."""
        data, plan = self.data, self.plan
        return {
            "data": data.name,
            "kind": data.kind,
            "by": data.by,
            "series": int(data.scored.sum()),
            "series_teaching": data.size,
            "pairs": self.pairs().height,
            "periods": data.periods,
            "from": data.starts[0].isoformat(),
            "to": data.starts[-1].isoformat(),
            "origins": len(self.scored),
            "first_origin": data.starts[self.scored[0].origin].isoformat(),
            "last_origin": data.starts[self.scored[-1].origin].isoformat(),
            "horizons": list(plan.horizons),
            "step": plan.step,
            "refit": plan.refit,
            "models": list(plan.models),
            "members": list(MEMBERS),
            "seed": plan.seed,
            "pit_bins": BINS,
        }

    def to_dict(self, most_pairs: int | None = None) -> dict[str, Any]:
        """Everything as plain data; NaN becomes null."""
        frames: dict[str, pl.DataFrame] = {
            "models": self.models(),
            "horizons": self.horizons(),
            "items": self.items(),
            "weights": self.weights(),
            "pairs": self.pairs() if most_pairs is None else self.pairs().head(most_pairs),
        }
        plain: dict[str, Any] = {"run": self.described(), "overall": _clean(self.overall())}
        plain |= {name: [_clean(row) for row in frame.iter_rows(named=True)] for name, frame in frames.items()}
        plain["pit"] = {name: [round(float(v), 5) for v in self.pit(name)] for name in self.names}
        return plain

    def to_json(self) -> str:
        """`to_dict` as JSON text with a final newline."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=1) + "\n"


def _clean(row: dict[str, Any]) -> dict[str, Any]:
    """A row as JSON has it, by the names that its keys have there."""
    return {
        key.replace("coverage", "inside"): (round(value, 5) if np.isfinite(value) else None)
        if isinstance(value, float)
        else value
        for key, value in row.items()
    }


def losing(card: Scorecard, count: int = 5) -> Sequence[dict[str, Any]]:
    """The pairs on which ours lost most to the strongest baseline."""
    return [row for row in card.pairs().head(count).iter_rows(named=True) if row["skill"] < 0]
