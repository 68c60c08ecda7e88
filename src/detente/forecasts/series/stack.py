"""The stack: forecasters mixed by what their past forecasts earned; what forecasts of now are made by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.forecasts.series.baselines import CLIMATOLOGY
from detente.forecasts.series.dataset import Array, Dataset, transform
from detente.forecasts.series.features import Relatives
from detente.forecasts.series.forecaster import Forecaster
from detente.forecasts.series.hierarchical import HIERARCHICAL
from detente.forecasts.series.known import Known
from detente.forecasts.series.learned import FOREST, Learned
from detente.forecasts.series.learners import Forest
from detente.forecasts.series.stacking import combine, learn

MEMBERS = ("hierarchical", "boosted", "forest", "climatology")
STACK = "stack"
SAMPLE, MEMORY = 1_500, 12
NOW: dict[str, Forecaster] = {"hierarchical": HIERARCHICAL, "forest": FOREST, "climatology": CLIMATOLOGY}
"""The members of the stack that forecasts of now are made by: boosting costs most and adds least."""

# Three weights need no more than a rough forest at past origins, and few series.
FEW, WEIGHED = 400, (1, 2, 4, 8, 16)
ROUGH = NOW | {"forest": Learned((Forest(trees=20), 20_000), (Forest(trees=20), 20_000), groups=((1, 31),))}


@dataclass(frozen=True, eq=False)
class Memory:
    """What the members forecast at an origin of a sample of series: quantiles (members, horizons, sample, COUNT) on the
    scale of scores."""

    origin: int
    sample: NDArray[np.int64]
    quantiles: NDArray[np.float32]


def remember(
    known: Known,
    forecasts: Mapping[str, Mapping[int, Array]],
    members: Sequence[str],
    horizons: Sequence[int],
    rng: np.random.Generator,
) -> Memory:
    """What the members forecast of as many series as weights are learnt from."""
    sample = np.sort(rng.permutation(np.flatnonzero(known.data.scored))[:SAMPLE])
    some = {name: {h: forecasts[name][h][sample] for h in horizons} for name in members}
    return Memory(known.origin, sample, _scored(known.kind, some, members, horizons))


def _scored(
    kind: str, forecasts: Mapping[str, Mapping[int, Array]], members: Sequence[str], horizons: Sequence[int]
) -> NDArray[np.float32]:
    quantiles = np.array([[forecasts[name][h] for h in horizons] for name in members])
    return transform(kind, quantiles).astype(np.float32)


def weights_of(known: Known, horizons: Sequence[int], members: Sequence[str], memory: Sequence[Memory]) -> Array:
    """The weights (horizons, members): each horizon's from past forecasts with outcomes by now, else the next
    shorter's.
    """
    weights = np.full((len(horizons), max(1, len(members))), 1 / max(1, len(members)))
    z = transform(known.kind, known.totals)
    for n, h in enumerate(horizons):
        past = [one for one in memory if one.origin + h <= known.origin][-MEMORY:]
        if past and len(members) > 1:
            weights[n] = learn(
                np.concatenate([one.quantiles[:, n] for one in past], axis=1).astype(np.float64),
                np.concatenate([z[one.sample, one.origin + h] for one in past]),
                len(past),
            )
        elif n:
            weights[n] = weights[n - 1]
    return weights


@dataclass(frozen=True, eq=False)
class Stack:
    """What was learnt from all pairs: by each of the members of `NOW`, and their weights (horizons, members)."""

    learnt: dict[str, Any]
    weights: Array

    def forecast(self, known: Known, ahead: int) -> Array:
        """Quantiles (series, ahead, COUNT) of the periods after the origin, on the scale of the data."""
        horizons = range(1, ahead + 1)
        members = [NOW[name].forecast(known, horizons, learnt) for name, learnt in self.learnt.items()]
        mixed = [combine(np.stack([one[h] for one in members]), self.weights[h - 1]) for h in horizons]
        return np.stack(mixed, axis=1)


def learn_stack(data: Dataset, ahead: int, *, members: Sequence[str] = tuple(NOW), seed: int = 0) -> Stack:
    """Learn from a dataset how to forecast so many periods after its last.

    Weights are those that two past origins earned at some horizons; those between have the next shorter's.
    """
    horizons, relatives = tuple(range(1, ahead + 1)), Relatives.of(data)
    some = [h for h in WEIGHED if h <= ahead]
    now = Known(data, data.periods - 1, seed=seed, relatives=relatives)
    memory = []
    for origin in (now.origin - ahead, now.origin - ahead // 2 - 1):
        if origin >= 4 and len(members) > 1:
            past = Known(data, origin, seed=seed, relatives=relatives)
            sample = np.sort(np.random.default_rng([seed, origin]).permutation(data.size)[:FEW])
            learnt = {name: ROUGH[name].learn(past, some) for name in members}
            forecasts = {name: ROUGH[name].forecast(past.of(sample), some, learnt[name]) for name in members}
            memory.append(Memory(origin, sample, _scored(past.kind, forecasts, members, some)))
    weights = weights_of(now, some, members, memory)
    nearest = np.searchsorted(some, horizons, side="right") - 1
    return Stack({name: NOW[name].learn(now, horizons) for name in members}, weights[nearest])
