"""What a forecaster may look at: each series' recent, older and oldest past, its relatives', all free of scale.

Every figure is relative to the series' own level and scale at the origin, so that what is learnt on busy pairs serves
quiet ones. Half-lives and windows are in periods; where the data are daily they reach into the period, and
origins for learning may lie anywhere, not on the calendar's periods alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detente.forecasts.series.dataset import Array, Dataset

HALF_LIVES = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
WINDOWS = (1, 2, 3, 6, 12)
SHORT, LONG = 1.0, 4.0
POWERS: dict[str, Callable[[Array], Array]] = {
    "x": lambda v: v,
    "abs": np.abs,
    "square": np.square,
    "positive": lambda v: (v > 0).astype(float),
    "root": lambda v: np.sign(v) * np.sqrt(np.abs(v)),
    "asinh": np.arcsinh,
    "log": np.log1p,
}


@dataclass(frozen=True, eq=False)
class Relatives:
    """Who is related to whom among the series: the same item in the other direction, the pair, sender, receiver, item.

    Index arrays (series,); `reverse` is -1 where there is none.
    """

    reverse: NDArray[np.int64]
    pair: NDArray[np.int64]
    sender: NDArray[np.int64]
    receiver: NDArray[np.int64]
    item: NDArray[np.int64]

    @classmethod
    def of(cls, data: Dataset) -> Relatives:
        """From the keys of a dataset."""
        a, b, item = (data.keys[name].to_list() for name in ("a", "b", "item"))
        at = {key: n for n, key in enumerate(zip(a, b, item, strict=True))}
        reverse = [at.get((y, x, i), -1) if data.directed else -1 for x, y, i in zip(a, b, item, strict=True)]
        return cls(
            np.array(reverse),
            _numbers([" ".join(sorted(pair)) for pair in zip(a, b, strict=True)]),
            _numbers(a) if data.directed else _numbers([*a, *b])[: len(a)],
            _numbers(b) if data.directed else _numbers([*a, *b])[len(a) :],
            _numbers(item),
        )


def _numbers(names: Sequence[str]) -> NDArray[np.int64]:
    order = {name: n for n, name in enumerate(sorted(set(names)))}
    return np.array([order[name] for name in names], dtype=np.int64)


def discounted(x: Array, kept: float) -> Array:
    """Sums of the past of x (series, units) up to every unit, of which each keeps so much of the sum before it.

    >>> discounted(np.array([[1.0, 0.0, 2.0]]), 0.5).tolist()
    [[1.0, 0.5, 2.25]]
    """
    sums = np.array(x.T, order="C")
    for n in range(1, len(sums)):
        sums[n] += kept * sums[n - 1]
    return np.ascontiguousarray(sums.T)


@dataclass(eq=False)
class Past:
    """The fine values known at an origin (series, units), and running averages of them."""

    data: Dataset
    fine: Array
    relatives: Relatives
    _averages: dict[tuple[str, float], Array] = field(default_factory=dict, init=False)

    @cached_property
    def _filled(self) -> tuple[Array, Array | None]:
        if self.data.kind != "share":
            return self.fine, None
        known = np.isfinite(self.fine)
        return np.where(known, self.fine, 0.0), known.astype(float)

    @cached_property
    def _sums(self) -> tuple[Array, Array | None]:
        values, known = self._filled
        pad = ((0, 0), (1, 0))
        return np.cumsum(np.pad(values, pad), 1), None if known is None else np.cumsum(np.pad(known, pad), 1)

    def window(self, at: int, periods: float, back: float = 0.0) -> Array:
        """Mean per unit over so many periods up to unit `at`, `back` periods earlier; NaN where nothing is known."""
        length = self.data.length
        last = at + 1 - round(back * length)
        first = max(0, last - max(1, round(periods * length)))
        if last <= 0:
            return np.full(len(self.fine), np.nan)
        sums, counts = self._sums
        total = sums[:, last] - sums[:, first]
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(total / ((last - first) if counts is None else counts[:, last] - counts[:, first]))

    def averages(self, what: str, half_life: float) -> Array:
        """Exponentially weighted means per unit (series, units) of x, |x|, x > 0, the signed root or asinh x."""
        if (what, half_life) not in self._averages:
            self._averages[what, half_life] = self._average(what, half_life)
        return self._averages[what, half_life]

    def _average(self, what: str, half_life: float) -> Array:
        values, known = self._filled
        x = POWERS[what](values)
        weight = 1 - 0.5 ** (1 / max(half_life * self.data.length, 0.3))
        ones = np.ones((1, x.shape[1])) if known is None else known
        with np.errstate(invalid="ignore", divide="ignore"):
            return discounted(weight * x, 1 - weight) / discounted(weight * ones, 1 - weight)

    def half_lives(self, some: tuple[float, ...] = HALF_LIVES) -> tuple[float, ...]:
        """Those that a unit can tell apart."""
        return tuple(h for h in some if h * self.data.length >= 0.5)


@dataclass(frozen=True, eq=False)
class View:
    """What is seen of every series at an origin: features (series, columns), and the level and scale they are
    relative to.
    """

    features: Array
    level: Array
    scale: Array

    def inward(self, kind: str, outcome: Array, rng: np.random.Generator) -> Array:
        """Outcomes as the learners see them. Whole numbers are spread over their unit (Machado and Santos Silva, JASA
        100, 2005).
        """
        if kind == "count":
            return np.asarray(np.log(outcome + rng.random(outcome.shape) + 0.5) - np.log(self.level + 1))
        if kind == "value":
            return np.asarray(np.arcsinh(outcome / self.scale))
        return np.asarray(outcome - self.level)

    def outward(self, kind: str, seen: Array) -> Array:
        """Quantiles (series, levels) of what learners see, as outcomes."""
        if kind == "count":
            return np.maximum(np.floor(np.exp(np.minimum(seen + np.log(self.level + 1)[:, None], 30.0)) - 0.5), 0.0)
        if kind == "value":
            return np.asarray(self.scale[:, None] * np.sinh(seen))
        return np.clip(self.level[:, None] + seen, 0.0, 1.0)


def view(past: Past, at: int) -> View:
    """The view at unit `at`, of which and of earlier ones alone it tells."""
    return {"count": _counts, "value": _values, "share": _shares}[past.data.kind](past, at)


def _values(past: Past, at: int) -> View:
    length = past.data.length
    busy = past.averages("abs", 6.0)[:, at]
    scale = 0.35 * busy * length + 1e-3 * max(float(np.median(busy)) * length, 1e-6)

    def free(rate: Array) -> Array:
        return np.asarray(np.arcsinh(rate * length / scale))

    columns = [free(past.window(at, w)) for w in WINDOWS]
    columns += [free(past.window(at, 1, back)) for back in (1, 2)]
    columns += [free(past.averages("x", h)[:, at]) for h in past.half_lives()]
    for h in past.half_lives((0.25, 1.0, 4.0, 13.0)):
        root = past.averages("root", h)[:, at]
        columns += [
            past.averages("positive", h)[:, at],
            free(np.sign(root) * root**2),
            past.averages("asinh", h)[:, at],
        ]
    spread = np.sqrt(past.averages("square", 3.0)[:, at] * length)
    columns += [
        np.log((past.averages("abs", 1.0)[:, at] + 1e-9) / (busy + 1e-9)),
        np.log(spread / scale + 1e-9),
        np.log(scale),
    ]
    return View(np.column_stack(columns), np.zeros(len(scale)), scale)


def _counts(past: Past, at: int) -> View:
    length, kin = past.data.length, past.relatives
    level = past.averages("x", 3.0)[:, at] * length
    base = np.log(level + 0.5)

    def free(rate: Array) -> Array:
        return np.asarray(np.log(rate * length + 0.5) - base)

    columns = [base, *(free(past.window(at, w)) for w in WINDOWS), *(free(past.window(at, 1, back)) for back in (1, 2))]
    columns += [free(past.averages("x", h)[:, at]) for h in past.half_lives()]
    columns.append(past.averages("log", LONG)[:, at] * 1.0)
    short, long = (past.window(at, w) * length for w in (SHORT, LONG))
    for rate in (short, long):
        columns.append(np.where(kin.reverse >= 0, np.log(rate[kin.reverse] + 0.5) - base, np.nan))
        columns.append(np.log(_added(rate, kin.pair) + 0.5) - base)
        for group in (kin.sender, kin.receiver, kin.item):
            columns.append(mean_of_group(np.log1p(rate), _joint(group, kin.item)))
    columns += [_of_item(np.log1p(long), kin, item) for item in range(min(int(kin.item.max()) + 1, 8))]
    columns.append(kin.item.astype(float))
    return View(np.column_stack(columns), level, np.ones(len(level)))


def _shares(past: Past, at: int) -> View:
    kin = past.relatives
    level = past.averages("x", 3.0)[:, at]
    columns = [level, *(past.window(at, w) - level for w in (*WINDOWS, 24))]
    columns += [past.window(at, 1, back) - level for back in (1, 2, 3)]
    columns += [past.averages("x", h)[:, at] - level for h in past.half_lives()]
    mean_square = past.averages("square", 6.0)[:, at]
    columns.append(np.sqrt(np.maximum(mean_square - past.averages("x", 6.0)[:, at] ** 2, 0)))
    last = past.window(at, 1)
    for seen in (last, past.window(at, 3)):
        move = seen - level
        for group in (kin.sender, kin.receiver, kin.item):
            columns.append(mean_of_group(move, _joint(group, kin.item)))
        columns.append(mean_of_group(move, kin.pair))
    columns += [
        mean_of_group(level, _joint(kin.sender, kin.item)) - level,
        mean_of_group(level, _joint(kin.receiver, kin.item)) - level,
    ]
    columns.append(kin.item.astype(float))
    return View(np.column_stack(columns), level, np.ones(len(level)))


def _joint(group: NDArray[np.int64], item: NDArray[np.int64]) -> NDArray[np.int64]:
    return group if group is item else group * (int(item.max()) + 1) + item


def _added(values: Array, group: NDArray[np.int64]) -> Array:
    return np.asarray(np.bincount(group, np.nan_to_num(values))[group])


def mean_of_group(values: Array, group: NDArray[np.int64]) -> Array:
    """The mean of a group's known values (series,), for each of its series; NaN where none is known."""
    known = np.isfinite(values)
    count = np.bincount(group, known.astype(float))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((np.bincount(group, np.where(known, values, 0.0)) / count)[group])


def _of_item(values: Array, kin: Relatives, item: int) -> Array:
    """Values of one item of the same direction of the same pair, for every series; NaN where there is none."""
    direction = kin.pair * 2 + (kin.sender > kin.receiver)
    items = np.full(int(direction.max()) + 1, np.nan)
    mine = kin.item == item
    items[direction[mine]] = values[mine]
    return items[direction]
