"""The stack: our forecasters and climatology mixed by what their past forecasts earned; what forecasts of now are made by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.forecasts.series.baselines import sample as climatology
from detente.forecasts.series.dataset import Array, Dataset, transform
from detente.forecasts.series.features import Relatives
from detente.forecasts.series.forecasters import Forecaster
from detente.forecasts.series.stacking import combine, learn

MEMBERS = ("hierarchical", "boosted", "forest", "climatology")
STACK = "stack"
SAMPLE, MEMORY = 1_500, 12


@dataclass(frozen=True, eq=False)
class Memory:
    """What the members said at an origin of a sample of series: quantiles (members, horizons, sample, COUNT) on the scale of scores."""

    origin: int
    sample: NDArray[np.int64]
    quantiles: NDArray[np.float32]


def remember(
    ahead: Forecaster,
    said: Mapping[str, Mapping[int, Array]],
    members: Sequence[str],
    horizons: Sequence[int],
    rng: np.random.Generator,
) -> Memory:
    """What the members said, of as many series as weights are learnt from."""
    sample = np.sort(rng.permutation(np.flatnonzero(ahead.data.scored))[:SAMPLE])
    quantiles = np.stack([[said[name][h][sample] for h in horizons] for name in members]) if members else np.zeros((0,))
    return Memory(ahead.origin, sample, transform(ahead.data.kind, quantiles).astype(np.float32))


def weights_of(
    data: Dataset, origin: int, horizons: Sequence[int], members: Sequence[str], memory: Sequence[Memory], totals: Array
) -> Array:
    """The stack's weights (horizons, members): each horizon's from past forecasts with outcomes by now, else the next shorter's."""
    found = np.full((len(horizons), max(1, len(members))), 1 / max(1, len(members)))
    z = transform(data.kind, totals)
    for n, h in enumerate(horizons):
        past = [one for one in memory if one.origin + h <= origin]
        if past and len(members) > 1:
            some = past[-MEMORY:]
            found[n] = learn(
                np.concatenate([one.quantiles[:, n] for one in some], axis=1).astype(np.float64),
                np.concatenate([z[one.sample, one.origin + h] for one in some]),
                len(some),
            )
        elif n:
            found[n] = found[n - 1]
    return found


def forecast_now(data: Dataset, ahead: int, *, full: bool = True, seed: int = 0) -> Array:
    """Forecasts (series, ahead, COUNT) of the periods after the last, on the scale of the data.

    `full` stacks the hierarchical model, the forest and climatology with weights from up to two past origins;
    else the hierarchical model alone.
    """
    horizons = tuple(range(1, ahead + 1))
    last = data.periods - 1
    relatives = Relatives.of(data)
    now = Forecaster(data, last, seed=seed, relatives=relatives)
    if not full:
        made = now.hierarchical(horizons)
        return np.stack([made[h] for h in horizons], axis=1)
    members = ["hierarchical", "forest", "climatology"]
    memory = []
    for origin in (last - ahead, last - ahead // 2 - 1):
        if origin >= 4:
            past = Forecaster(data, origin, seed=seed, relatives=relatives)
            rng = np.random.default_rng([seed, origin])
            memory.append(remember(past, _said(past, horizons), members, horizons, rng))
    weights = weights_of(data, last, horizons, members, memory, now.totals)
    said = _said(now, horizons)
    return np.stack(
        [combine(np.stack([said[name][h] for name in members]), weights[n]) for n, h in enumerate(horizons)], axis=1
    )


def _said(ahead: Forecaster, horizons: Sequence[int]) -> dict[str, dict[int, Array]]:
    said = ahead.all(horizons, ("hierarchical", "forest"))
    said["climatology"] = dict.fromkeys(horizons, climatology(ahead.totals))
    return said
