"""A series' past and what is to be expected of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np

from detente.errors import NoData
from detente.forecasts.scores import COUNT, Array
from detente.periods import HORIZON, PERIODS, is_old, periods
from detente.results import keys

SHOWN = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, eq=False)
class Fan:
    """The forecast of one series of a pair.

    `history` has periods and values; `periods` begin with the one that holds the day after that of the forecast;
    `quantiles` (periods, SHOWN); `area` None stands for all together; `model` and `basis` say by what and from what,
    `data_to` the last day of the data: what lies between it and the day of the forecast is bridged by the model.
    `reach` says how far the periods go and why no further, None where they make up the months asked for. `of_votes`:
    the series is of votes in the UN, which have no direction, not of reports; `conflictual`: it counts conflict.
    """

    a: str
    b: str
    item: str
    area: str | None
    unit: str
    by: str
    model: str
    basis: str
    data_to: date
    reach: str | None
    history: tuple[tuple[date, float], ...]
    periods: tuple[date, ...]
    quantiles: Array = field(metadata=keys())
    of_votes: bool = field(default=False, metadata=keys())
    conflictual: bool = field(default=False, metadata=keys())

    @property
    def between(self) -> str:
        """As in USA>RUS, or USA-RUS where there is no direction."""
        return f"{self.a}-{self.b}" if self.of_votes else f"{self.a}>{self.b}"

    @property
    def title(self) -> str:
        """What is forecast, and of which area, in words."""
        return self.item.replace("_", " ") + (f" ({self.area})" if self.area else "")


def bridge(data_to: date, as_of: date, by: str, covered_to: date | None = None) -> list[date]:
    """The periods from the one after `data_to` to that which holds the day after `as_of`: the last is the first to
    forecast.

    Data are as old as the last day that they cover (`covered_to`), which a period that is not whole may hold.

    >>> bridge(date(2006, 12, 31), date(2007, 2, 1), "year")
    [datetime.date(2007, 1, 1)]
    >>> len(bridge(date(2018, 8, 31), date(2018, 10, 31), "month"))
    3

    Raises NoData where the data ended more than 24 months before `as_of`.
    """
    if is_old(max(data_to, covered_to or data_to), as_of):
        raise NoData(f"its data end {data_to}, more than {HORIZON} months before {as_of}")
    first, last = data_to + timedelta(days=1), as_of + timedelta(days=1)
    return periods(first, max(first, last), by)


def shown(quantiles: Array) -> Array:
    """Of a hundred quantiles (..., COUNT) those that a fan shows (..., SHOWN)."""
    return np.asarray(quantiles[..., (np.array(SHOWN) * COUNT).astype(int)])


def never_narrower(quantiles: Array, kind: str) -> Array:
    """Quantiles (series, periods, SHOWN) with bands that don't narrow with the distance from the data.

    Each period's errors are learnt alone, so that their spread wavers by chance; what is further off is not surer.
    Either side of a band is as far from the median as it was at any shorter distance; what would lie below nought
    (or, of a share, above one) goes to the other side.

    >>> near, far = [2.0, 4, 5, 6, 8], [3.0, 4, 5, 6, 7]
    >>> never_narrower(np.array([[near, far]]), "count")[0, 1].tolist()
    [2.0, 4.0, 5.0, 6.0, 8.0]
    """
    middle = quantiles[..., 2]
    out = quantiles.copy()
    for low, high in ((0, 4), (1, 3)):
        down = np.maximum.accumulate(middle - quantiles[..., low], axis=1)
        up = np.maximum.accumulate(quantiles[..., high] - middle, axis=1)
        width = down + up if kind != "share" else np.minimum(down + up, 1.0)
        least, most = {"count": (0.0, np.inf), "share": (0.0, 1.0)}.get(kind, (-np.inf, np.inf))
        out[..., low] = np.clip(middle - down, least, most - width)
        out[..., high] = out[..., low] + width
    return out


def fan_chart(fans: Sequence[Fan], as_of: date) -> Any:
    """Fans of one item, a panel a direction: past, median, 50% and 90% bands, the day of the forecast as a line."""
    from detente.plots import BLUE, GREY, INK, ORANGE, figure, source_line

    name = fans[0].item
    drawn, axes = figure(3.2, 1, len(fans), sharey=True, squeeze=False)
    colour = ORANGE if fans[0].conflictual else BLUE
    factor = 100 if fans[0].unit == "share" else 1
    for axis, fan in zip(axes[0], fans, strict=True):
        # Periods are drawn at their middle: the day of the forecast then lies after all that was known.
        half = timedelta(days=PERIODS[fan.by].days // 2)
        days, ahead = [day + half for day, _ in fan.history], [day + half for day in fan.periods]
        axis.plot(days, [factor * value for _, value in fan.history], color=INK, linewidth=1.4, label="record")
        q = factor * fan.quantiles
        for low, high, alpha, label in ((0, 4, 0.16, "90%"), (1, 3, 0.3, "50%")):
            axis.fill_between(ahead, q[:, low], q[:, high], color=colour, alpha=alpha, linewidth=0, label=label)
        axis.plot(ahead, q[:, 2], color=colour, linewidth=1.8, marker="o" if len(q) < 6 else None, label="median")
        if len(q) < 6:
            axis.errorbar(ahead, q[:, 2], [q[:, 2] - q[:, 0], q[:, 4] - q[:, 2]], fmt="none", color=colour, capsize=3)
        axis.axvline(as_of, color=GREY, linewidth=1, linestyle=":")
        axis.set_title(fan.between, fontsize=9)
        axis.set_xlabel(f"{fan.by} (dotted: {as_of})")
        axis.tick_params(axis="x", rotation=30)
    axes[0][0].set_ylabel(f"{name.replace('_', ' ')} ({'%' if factor == 100 else fans[0].unit})")
    if factor == 100:
        axes[0][0].set_ylim(0, 100)
    elif fans[0].unit == "reports":
        axes[0][0].set_ylim(bottom=0)
    axes[0][0].legend(frameon=False, fontsize=8, loc="upper left")
    source_line(drawn, f"{fans[0].model}; {fans[0].basis}.")
    return drawn
