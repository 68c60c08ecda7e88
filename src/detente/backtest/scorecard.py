"""A back-test summed up: who won, by how much, how surely, where not; see `detente.backtest.cells` on what is
compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detente import __version__
from detente.backtest import words
from detente.backtest.cells import WHOLE, Cells
from detente.backtest.plan import BINS, SUMS
from detente.forecasts.series.dataset import Array
from detente.forecasts.series.stack import MEMBERS, STACK
from detente.results import Result, plain

PLACES = 5


@dataclass(frozen=True, eq=False, repr=False)
class Scorecard(Cells, Result):
    """The results of a back-test of `data` by `plan`: its table has a row a model."""

    COLUMNS: ClassVar[dict[str, str]] = {
        "model": "the forecaster, or the stack of ours",
        "kind": "ours or baseline",
        "cells": "forecasts compared",
        "crps": "mean CRPS on the scale of scores; crps_H at horizon H",
        "skill": "1 less the ratio of its CRPS to that of the strongest baseline",
        "log_score": "bits, over ten bins",
        "interval_score": "of the 90% interval",
        "coverage": "share of outcomes within the 90% interval by a randomised PIT",
        "coverage_bounds": "the same, counting ties with a bound as within",
        "brier": "of the event that the outcome lies above the mean of the last year",
    }
    METHODS: ClassVar[tuple[str, ...]] = (
        "Gneiting and Raftery, Strictly proper scoring rules, Journal of the American Statistical Association "
        "102, 2007",
        "Diebold and Mariano, Comparing predictive accuracy, Journal of Business and Economic Statistics 13, 1995",
        "Harvey, Leybourne and Newbold, Testing the equality of prediction mean squared errors, International "
        "Journal of Forecasting 13, 1997",
        "Czado, Gneiting and Held, Predictive model assessment for count data, Biometrics 65, 2009",
    )

    @property
    def provenance(self) -> dict[str, Any]:  # type: ignore[override]  # told by what was run
        """By what it was made: the version and what was run."""
        return {"version": __version__, "parameters": self.described(), "sources": [self.data.name]}

    @property
    def frame(self) -> pl.DataFrame:
        """A row a model; see `models`."""
        return self.models()

    @property
    def headline(self) -> str:
        """The result in two sentences, whoever won."""
        return words.headline(self.overall(), len(self.scored))

    def summary(self) -> str:
        """Who won, and what was run."""
        return f"{self.headline}\n{words.described(self.described())}"

    def plot(self) -> Any:
        """Skill over the strongest baseline of each horizon, ours and the other models as points."""
        from detente.plots import BLUE, GREY, SERIES, figure, source_line

        frame = self.horizons()
        drawing, axis = figure(3.2)
        x = frame["horizon"].to_numpy()
        axis.axhline(0, color=GREY, linewidth=1)
        low, middle, high = (100 * frame[name].to_numpy() for name in ("low", "skill", "high"))
        axis.errorbar(x, middle, [middle - low, high - middle], fmt="o-", color=BLUE, capsize=3, label=self.best)
        for name, colour in zip([m for m in self.ours if m != self.best and m in self.whole], SERIES[1:], strict=False):
            against = [
                100 * (1 - self.mean(name, cells) / self.mean(self.strongest(cells), cells))
                for cells in (self.at(self.cells, n) for n in range(len(x)))
            ]
            axis.plot(x, against, "--", color=colour, linewidth=1, label=name)
        axis.set_xlabel(f"horizon ({self.data.by}s)")
        axis.set_ylabel("skill in CRPS (%)")
        axis.set_xticks(x)
        axis.legend(frameon=False, ncols=4, fontsize=8)
        source_line(drawing, words.described(self.described()))
        return drawing

    def plot_calibration(self) -> Any:
        """PIT histograms of ours and of the strongest baseline."""
        from detente.plots import BLUE, GREY, ORANGE, figure, source_line

        drawing, axes = figure(2.8, 1, 2, sharey=True)
        edges = np.arange(BINS) / BINS
        for axis, name, colour in zip(axes, (self.best, self.strongest(self.cells)), (BLUE, ORANGE), strict=True):
            density, look = self.pit(name) * BINS, {"alpha": 0.75, "edgecolor": "white"}
            axis.bar(edges, density, width=1 / BINS, align="edge", color=colour, **look)
            axis.axhline(1, color=GREY, linewidth=1)
            axis.set_title(name, fontsize=9)
            axis.set_xlabel("PIT of outcomes")
        axes[0].set_ylabel("density (1 = calibrated)")
        source_line(drawing, words.described(self.described()))
        return drawing

    def models(self) -> pl.DataFrame:
        """A row a model: CRPS by horizon and over all, log and interval scores, Brier, coverage, skill over the
        strongest baseline.
        """
        rows = []
        for name in self.names:
            cells = self.cells if name in self.whole else self.cells & self.known[name]
            rows.append(
                {
                    "model": name,
                    "kind": "ours" if name in self.ours else "baseline",
                    "cells": int(cells.sum()),
                    **{f"crps_{h}": self.mean(name, self.at(cells, n)) for n, h in enumerate(self.plan.horizons)},
                    "crps": self.mean(name, cells),
                    "skill": self.skill(name, self.strongest(cells), cells),
                    **{what: self._sum(name, what) for what in SUMS},
                }
            )
        return pl.DataFrame(rows).sort(pl.col("cells") < self.cells.sum() * WHOLE, "crps", maintain_order=True)

    def _sum(self, name: str, what: str) -> float:
        values = np.stack([one.sums[name][what] for one in self.scored])
        weights = np.stack([one.counts for one in self.scored]) * np.isfinite(values)
        total = weights.sum()
        return float(np.nansum(values * weights) / total) if total else float("nan")

    def horizons(self) -> pl.DataFrame:
        """The stack against the strongest baseline of each horizon: skill, 90% bounds, Diebold-Mariano statistic and
        p, coverage.
        """
        rows = []
        for n, h in enumerate(self.plan.horizons):
            cells = self.at(self.cells, n)
            if not cells.any():
                continue
            covered = [float(np.nansum(s.sums[self.best]["coverage"][n] * s.counts[n])) for s in self.scored]
            number = [float(s.counts[n].sum()) for s in self.scored]
            coverage = sum(covered) / sum(number)
            rows.append({"horizon": h, "model": self.best, **self._judged(cells, h), "coverage": coverage})
        return pl.DataFrame(rows)

    def _judged(self, cells: NDArray[np.bool_], horizon: int) -> dict[str, Any]:
        """Ours against the strongest baseline on some cells."""
        rival = self.strongest(cells)
        return {
            "crps": self.mean(self.best, cells),
            "strongest": rival,
            "crps_strongest": self.mean(rival, cells),
            **self.against(self.best, rival, cells, horizon),
        }

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
                judged = self._judged(cells, max(self.plan.horizons))
                rows.append({"item": item, "cells": int(cells.sum()), **judged})
        return pl.DataFrame(rows)

    def pairs(self) -> pl.DataFrame:
        """By pair: cells, CRPS of ours and of the strongest baseline overall, skill; the losing cases first."""
        rival = self.strongest(self.cells)
        sums = [np.where(self.cells, self.crps[name], 0.0).sum((0, 2), dtype=np.float64) for name in (self.best, rival)]
        frame = self.sides.with_columns(
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
        by_pair = self.pairs()
        gains = ((by_pair["crps_strongest"] - by_pair["crps"]) * by_pair["cells"]).to_numpy()
        most = by_pair.row(int(gains.argmax()), named=True)
        return {
            "model": self.best,
            "strongest": rival,
            **self.against(self.best, rival, self.cells, max(self.plan.horizons)),
            "coverage": self._sum(self.best, "coverage"),
            "coverage_bounds": self._sum(self.best, "coverage_bounds"),
            "cells": int(self.cells.sum()),
            "pairs": by_pair.height,
            "pairs_won": int((by_pair["skill"] > 0).sum()),
            "median_pair_skill": float(np.nanmedian(by_pair["skill"].to_numpy())),
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

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data; NaN becomes null."""
        frames: dict[str, pl.DataFrame] = {
            "models": self.models(),
            "horizons": self.horizons(),
            "items": self.items(),
            "weights": self.weights(),
            "pairs": self.pairs(),
        }
        return {
            "run": self.described(),
            "overall": _named(self.overall()),
            **{name: [_named(row) for row in frame.iter_rows(named=True)] for name, frame in frames.items()},
            "pit": plain({name: self.pit(name).tolist() for name in self.names}, PLACES),
        }


def _named(row: dict[str, Any]) -> Any:
    """A row as JSON has it, by the names that its keys have there."""
    return plain({key.replace("coverage", "inside"): value for key, value in row.items()}, PLACES)
