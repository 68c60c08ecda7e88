"""A series' past and what is to be expected of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from detente.forecasts.scores import COUNT, Array

SHOWN = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, eq=False)
class Fan:
    """The forecast of one series of a pair.

    `history` has periods and values; `quantiles` (periods ahead, SHOWN); `area` None stands for all together; `model` and `basis`
    say by what and from what.
    """

    a: str
    b: str
    item: str
    area: str | None
    unit: str
    by: str
    history: tuple[tuple[date, float], ...]
    periods: tuple[date, ...]
    quantiles: Array
    model: str
    basis: str


def shown(quantiles: Array) -> Array:
    """Of a hundred quantiles (..., COUNT) those that a fan shows (..., SHOWN)."""
    return np.asarray(quantiles[..., (np.array(SHOWN) * COUNT).astype(int)])
