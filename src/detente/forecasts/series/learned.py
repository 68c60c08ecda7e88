"""Forecasters that learn from what followed past origins of all series: boosting and a forest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from detente.forecasts.scores import COUNT
from detente.forecasts.series.dataset import Array
from detente.forecasts.series.forecaster import Forecaster
from detente.forecasts.series.known import Known
from detente.forecasts.series.learners import Boosted, Fitted, Forest

GROUPS = ((1, 1), (2, 3), (4, 7), (8, 15), (16, 31))
MOST_VIEWED, LEAST_ROWS = 2_000_000, 200


class Learned(Forecaster):
    """A learner, one fit for a group of neighbouring horizons; see `detente.forecasts.series.learners`.

    Where periods have no parts, series are short and many: what tells them apart takes `deep` trees. Each comes with
    the rows that it learns from at most.
    """

    costly = True

    def __init__(
        self, usual: tuple[Any, int], deep: tuple[Any, int], groups: Sequence[tuple[int, int]] = GROUPS
    ) -> None:
        self.usual, self.deep, self.groups = usual, deep, groups

    def learn(self, known: Known, horizons: Sequence[int]) -> dict[int, Fitted]:
        """What was learnt by the first horizon of each group; none of groups with too little past."""
        deep = known.data.length == 1.0 and known.data.size > 2_000
        learner, rows = self.deep if deep else self.usual
        learnt = {}
        for group in self._grouped(horizons):
            x, y = lessons(known, group, rows)
            if len(y) >= LEAST_ROWS:
                learnt[group[0]] = learner.fit(x, y, known.seed)
        return learnt

    def forecast(self, known: Known, horizons: Sequence[int], learnt: Any = None) -> dict[int, Array]:
        """What the learners say of the features now."""
        fits = self.learn(known, horizons) if learnt is None else learnt
        now, unknown = known.now, np.full((len(known.totals), COUNT), np.nan)
        quantiles = {h: unknown for h in horizons}
        for group in self._grouped(horizons):
            if group[0] in fits:
                for h in group:
                    x = np.column_stack([now.features, np.full(len(now.level), float(h))])
                    quantiles[h] = now.outward(known.kind, fits[group[0]].quantiles(x))
                    quantiles[h][~np.isfinite(now.level)] = np.nan
        return quantiles

    def _grouped(self, horizons: Sequence[int]) -> list[list[int]]:
        groups = ([h for h in horizons if first <= h <= last] for first, last in self.groups)
        return [group for group in groups if group]


BOOSTED = Learned((Boosted(), 60_000), (Boosted(leaves=40, rounds=50), 200_000))
FOREST = Learned((Forest(), 40_000), (Forest(trees=80), 250_000), groups=((1, 1), (2, 7), (8, 31)))


def lessons(known: Known, horizons: Sequence[int], most: int) -> tuple[Array, Array]:
    """Features (rows, columns; the last is the horizon) and outcomes (rows,) of past origins, `most` or little more:
    every third of a period where there are days, else every period."""
    data, rng = known.data, np.random.default_rng(known.seed)
    length, fine = data.length, known.past.fine
    step = max(1, round(length / 3))
    first = round(length * (5 if data.by in ("week", "month") else 2)) - 1
    last = fine.shape[1] - 1
    # Of many series a few origins give all the rows there is room for, evenly from the first to the last.
    step *= max(1, -(-(last - first) // step * data.size // MOST_VIEWED))
    ends = [end for end in range(last - step, first - 1, -step) if end + round(length * min(horizons)) <= last]
    each = max(50, most // max(1, len(ends) * len(horizons)))
    rows, outcomes = [], []
    for end in ends:
        seen = known.view(end)
        for h in horizons:
            start, stop = end + 1 + round(length * (h - 1)), end + 1 + round(length * h)
            if stop > fine.shape[1]:
                continue
            value = seen.inward(data.kind, fine[:, start:stop].sum(1), rng)
            usable = np.flatnonzero(np.isfinite(value))
            if len(usable) > each:
                usable = np.sort(rng.choice(usable, each, replace=False))
            rows.append(np.column_stack([seen.features[usable], np.full(len(usable), float(h))]))
            outcomes.append(value[usable])
    return (np.concatenate(rows), np.concatenate(outcomes)) if rows else (np.zeros((0, 1)), np.zeros(0))
