"""Forecasters by name: ours, baselines and those that other packages add, all through one door."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from detente.forecasts.scores import COUNT
from detente.forecasts.series.dataset import Array
from detente.forecasts.series.known import Known
from detente.registry import Registry


class Forecaster(ABC):
    """A way to forecast all series of a dataset from what was known at an origin.

    `baseline` says that it is run in every back-test as one to be beaten; `costly`, that origins of a back-test may
    share what it learns (`detente backtest --refit`).
    """

    baseline = False
    costly = False

    def suits(self, kind: str, by: str) -> bool:
        """Whether it can forecast a kind of data (count, value, share) by a period (week, month, quarter, year)."""
        return True

    def title(self, name: str, by: str) -> str:
        """What it is called in results: the name it is registered by, unless its windows depend on the period."""
        return name

    def learn(self, known: Known, horizons: Sequence[int]) -> Any:
        """What it learns from all series, to be used at this origin or a later one; None where it need not."""
        return None

    @abstractmethod
    def forecast(self, known: Known, horizons: Sequence[int], learnt: Any = None) -> Mapping[int, Array]:
        """For each horizon quantiles (series, COUNT), rising, at `detente.forecasts.scores.LEVELS`, on the scale of
        the data; NaN where it can say nothing."""


_HERE = "detente.forecasts.series"
OURS = ("hierarchical", "boosted", "forest", "BVAR")
CLASSICAL = ("ETS", "ARIMA")
FORECASTERS: Registry[Forecaster] = Registry(
    "detente.forecasters",
    {
        "hierarchical": f"{_HERE}.hierarchical:HIERARCHICAL",
        "boosted": f"{_HERE}.learned:BOOSTED",
        "forest": f"{_HERE}.learned:FOREST",
        "BVAR": f"{_HERE}.vector:BVAR",
        "last value": f"{_HERE}.baselines:LAST_VALUE",
        "seasonal naive": f"{_HERE}.baselines:SEASONAL",
        **{f"window {n}": f"{_HERE}.baselines:WINDOW_{n}" for n in (1, 2, 3, 4)},
        "climatology": f"{_HERE}.baselines:CLIMATOLOGY",
        "last value, errors pooled by level": f"{_HERE}.baselines:POOLED_LAST",
        "mean of window 1, errors pooled by level": f"{_HERE}.baselines:POOLED_MEAN",
        "mean of all, errors pooled by level": f"{_HERE}.baselines:POOLED_ALL",
        "negative binomial, rolling": f"{_HERE}.baselines:ROLLING",
        "negative binomial AR": f"{_HERE}.baselines:AUTOREGRESSION",
        "ETS": f"{_HERE}.classical:ETS",
        "ARIMA": f"{_HERE}.classical:ARIMA",
    },
    f"{_HERE}.forecaster:Forecaster",
)
"""The forecasters; another package adds one by an entry point in the group `detente.forecasters`."""


def judged() -> tuple[str, ...]:
    """The names of those that a back-test judges: all but baselines."""
    return tuple(name for name, one in FORECASTERS.usable().items() if not one.baseline)


def forecast_by(name: str, known: Known, horizons: Sequence[int], learnt: Any = None) -> Mapping[int, Array]:
    """What the forecaster of a name forecasts; PackageError where one of another package fails or gives another
    shape.
    """
    with FORECASTERS.blamed(name):
        forecasts = FORECASTERS[name].forecast(known, horizons, learnt)
        shape = (len(known.totals), COUNT)
        if wrong := [h for h in horizons if np.shape(forecasts[h]) != shape]:
            raise ValueError(f"its quantiles {wrong[0]} ahead are not of shape {shape}")
        return forecasts


def baselines(kind: str, by: str) -> dict[str, str]:
    """The baselines that suit a kind and a period: their names by what they are called in results.

    >>> list(baselines("share", "year"))[:4]
    ['last value', 'last 3 years', 'last 5 years', 'last 10 years']
    """
    names: dict[str, str] = {}
    for name, one in FORECASTERS.usable().items():
        with FORECASTERS.blamed(name):
            if one.baseline and one.suits(kind, by):
                names.setdefault(one.title(name, by), name)
    return names
