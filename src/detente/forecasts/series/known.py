"""What was known of a dataset at an origin: all that a forecaster may look at."""

from __future__ import annotations

from copy import copy
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detente.forecasts.series.dataset import Array, Dataset, transform
from detente.forecasts.series.features import Past, Relatives, View, mean_of_group, view


class Known:
    """What was known of `data` at the end of the period `origin`, no more; `seed` is for what draws.

    `totals` has the values by period up to the origin (series, periods; NaN where missing), `items` what each series
    counts, `relatives` which series have to do with each other, `past` the values by day where the data have days, and
    `now` the features that the learners see.
    """

    def __init__(self, data: Dataset, origin: int, *, seed: int = 0, relatives: Relatives | None = None) -> None:
        self.data, self.origin, self.seed = data, origin, seed
        self.kind, self.by = data.kind, data.by
        self.relatives = relatives or Relatives.of(data)
        self._views: dict[int, View] = {}

    @cached_property
    def past(self) -> Past:
        """The values in the data's own units, with their running averages."""
        return Past(self.data, self.data.known_at(self.origin), self.relatives)

    @cached_property
    def totals(self) -> Array:
        """The values by period (series, periods)."""
        return self.data.totals(self.past.fine, 0, self.origin + 1)

    @cached_property
    def items(self) -> NDArray[np.object_]:
        """The item of each series (series,)."""
        return self.data.keys["item"].to_numpy()

    @cached_property
    def now(self) -> View:
        """The features at the origin."""
        return self.view(self.past.fine.shape[1] - 1)

    def view(self, unit: int) -> View:
        """The features at an earlier day (or period, where the data have no days)."""
        if unit not in self._views:
            self._views[unit] = view(self.past, unit)
        return self._views[unit]

    @cached_property
    def scores(self) -> Array:
        """The totals on the scale of scores (series, periods), values first divided by their own scale."""
        return scaled(self.totals, self.kind, self.now.scale)

    @cached_property
    def group_means(self) -> Array:
        """What sender and receiver have in common with their other series (series, periods); see `group_means`."""
        return group_means(self.scores, self.relatives)

    def of(self, rows: NDArray[np.int64]) -> Known:
        """The same of some series only, for forecasting alone: what they have to do with the others is kept."""
        some = copy(self)
        for name in ("totals", "items", "scores", "group_means"):
            some.__dict__[name] = getattr(self, name)[rows]
        now = self.now
        some.__dict__["now"] = View(now.features[rows], now.level[rows], now.scale[rows])
        return some


def scaled(y: Array, kind: str, scale: Array) -> Array:
    """The scale of scores, values first divided by their own scale."""
    return transform(kind, y / scale[:, None] if kind == "value" else y)


def group_means(z: Array, group: Relatives) -> Array:
    """Sender's and receiver's effects on the item at every period (series, periods), from averages up to it."""
    known = np.isfinite(z)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.cumsum(np.where(known, z, 0.0), 1) / np.cumsum(known, 1)
    items = int(group.item.max()) + 1
    whole = _by(mean, group.item)
    return np.nan_to_num(
        _by(mean, group.sender * items + group.item) + _by(mean, group.receiver * items + group.item) - whole
    )


def _by(values: Array, group: NDArray[np.int64]) -> Array:
    return np.stack([mean_of_group(column, group) for column in values.T], axis=1)
