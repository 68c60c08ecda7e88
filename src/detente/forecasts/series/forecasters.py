"""Our own forecasters of a dataset, from one origin: boosting, a forest, the hierarchical model, the vector autoregression.

Each gives, for every horizon asked, quantiles (series, COUNT) on the scale of the data, NaN where it can say nothing; they see the
dataset as it was known at the origin alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from detente.forecasts.scores import COUNT, LEVELS
from detente.forecasts.series import hierarchical
from detente.forecasts.series.dataset import Array, Dataset, transform, untransform
from detente.forecasts.series.features import Past, Relatives, View, view
from detente.forecasts.series.learners import Boosted, Fitted, Forest

GROUPS = ((1, 1), (2, 3), (4, 7), (8, 15), (16, 31))
ROWS = {"boosted": {False: 60_000, True: 200_000}, "forest": {False: 120_000, True: 250_000}}
LEARNERS: dict[str, dict[bool, Any]] = {
    "boosted": {False: Boosted(), True: Boosted(leaves=40, rounds=50)},
    "forest": {False: Forest(), True: Forest(least=20)},
}
MOST_VIEWED = 2_000_000
LEAST_VAR, MOST_VAR, VAR_DRAWS = 16, 8, 400
OURS = ("hierarchical", "boosted", "forest", "BVAR")


class Forecaster:
    """What was known of a dataset at the end of period `origin`, and the forecasts of each model from it.

    `learners` may hold some that learnt at an earlier origin, by model and first horizon of the group; new ones are added.
    """

    def __init__(
        self,
        data: Dataset,
        origin: int,
        *,
        seed: int = 0,
        relatives: Relatives | None = None,
        learners: dict[tuple[str, int], Fitted | None] | None = None,
    ) -> None:
        self.data, self.origin, self.seed = data, origin, seed
        self.learners = {} if learners is None else learners
        self.relatives = relatives or Relatives.of(data)
        fine = data.known_at(origin)
        self.past = Past(data, fine, self.relatives)
        self._views: dict[int, View] = {}
        self.now = view(self.past, fine.shape[1] - 1)
        self.totals = data.totals(fine, 0, origin + 1)

    def hierarchical(self, horizons: Sequence[int]) -> dict[int, Array]:
        """See `detente.forecasts.series.hierarchical`."""
        kind = self.data.kind
        return {h: hierarchical.forecast(self.totals, h, kind, self.relatives, self.now.scale) for h in horizons}

    def learnt(self, name: str, horizons: Sequence[int]) -> dict[int, Array]:
        """`boosted` or `forest`, one fit for a group of neighbouring horizons; see `detente.forecasts.series.learners`."""
        found = {}
        for group in _grouped(horizons):
            if (name, group[0]) not in self.learners:
                self.learners[name, group[0]] = self.learn(name, group)
            for h in group:
                found[h] = self.apply(self.learners[name, group[0]], self.now, h)
        return found

    def learn(self, name: str, horizons: Sequence[int]) -> Fitted | None:
        """A learner that has seen what followed past origins of all series; None with too little past."""
        # Where periods have no parts, series are short and many: what tells them apart takes deeper trees.
        deep = self.data.length == 1.0 and self.data.size > 2_000
        x, y = self._lessons(horizons, ROWS[name][deep])
        return LEARNERS[name][deep].fit(x, y, self.seed) if len(y) >= 200 else None

    def apply(self, fitted: Fitted | None, seen: View, horizon: int) -> Array:
        """Quantiles by a learner for what is seen; all NaN without one."""
        if fitted is None:
            return np.full((len(seen.level), COUNT), np.nan)
        x = np.column_stack([seen.features, np.full(len(seen.level), float(horizon))])
        found = seen.outward(self.data.kind, fitted.quantiles(x))
        found[~np.isfinite(seen.level)] = np.nan
        return found

    def _lessons(self, horizons: Sequence[int], most: int) -> tuple[Array, Array]:
        """Features and outcomes of past origins: every third of a period where there are days, else every period."""
        data, rng = self.data, np.random.default_rng(self.seed)
        length, fine = data.length, self.past.fine
        step = max(1, round(length / 3))
        first = round(length * (5 if data.by in ("week", "month") else 2)) - 1
        last = fine.shape[1] - 1
        # Of many series a few origins give all the rows there is room for, evenly from the first to the last.
        step *= max(1, -(-(last - first) // step * data.size // MOST_VIEWED))
        ends = [end for end in range(last - step, first - 1, -step) if end + round(length * min(horizons)) <= last]
        each = max(50, most // max(1, len(ends) * len(horizons)))
        rows, outcomes = [], []
        for end in ends:
            seen = self._viewed(end)
            for h in horizons:
                start, stop = end + 1 + round(length * (h - 1)), end + 1 + round(length * h)
                if stop > fine.shape[1]:
                    continue
                value = seen.inward(data.kind, fine[:, start:stop].sum(1), rng)
                known = np.flatnonzero(np.isfinite(value))
                if len(known) > each:
                    known = np.sort(rng.choice(known, each, replace=False))
                rows.append(np.column_stack([seen.features[known], np.full(len(known), float(h))]))
                outcomes.append(value[known])
        if not rows:
            return np.zeros((0, 1)), np.zeros(0)
        return np.concatenate(rows), np.concatenate(outcomes)

    def _viewed(self, end: int) -> View:
        if end not in self._views:
            self._views[end] = view(self.past, end)
        return self._views[end]

    def vector(self, horizons: Sequence[int]) -> dict[int, Array]:
        """A Bayesian vector autoregression of each pair's series, on the scale of scores; see `detente.models.BayesianVAR`.

        Of pairs with up to eight series, each known in all of sixteen periods or more and not constant.
        """
        from detente.models import BayesianVAR

        kind, last = self.data.kind, max(horizons)
        y = self.totals / self.now.scale[:, None] if kind == "value" else self.totals
        z = transform(kind, y)
        found = {h: np.full((len(y), COUNT), np.nan) for h in horizons}
        if y.shape[1] < LEAST_VAR:
            return found
        for pair in range(int(self.relatives.pair.max()) + 1):
            mine = np.flatnonzero((self.relatives.pair == pair) & np.isfinite(z).all(1) & (np.ptp(z, axis=1) > 0))
            if not 1 <= len(mine) <= MOST_VAR:
                continue
            fit = BayesianVAR(lags=1 if len(mine) > 2 else 2).fit(z[mine].T)
            paths = fit.predictive(last, draws=VAR_DRAWS, seed=self.seed)
            for h in horizons:
                quantiles = untransform(kind, np.quantile(paths[:, h - 1], LEVELS, axis=0).T)
                found[h][mine] = quantiles * self.now.scale[mine, None] if kind == "value" else quantiles
        return found

    def all(self, horizons: Sequence[int], models: Sequence[str] = OURS) -> dict[str, dict[int, Array]]:
        """Every model named, by horizon."""
        ways = {
            "hierarchical": self.hierarchical,
            "boosted": lambda hs: self.learnt("boosted", hs),
            "forest": lambda hs: self.learnt("forest", hs),
            "BVAR": self.vector,
        }
        return {name: ways[name](horizons) for name in models}


def _grouped(horizons: Sequence[int]) -> list[list[int]]:
    found = [[h for h in horizons if first <= h <= last] for first, last in GROUPS]
    return [group for group in found if group]
