"""Chances of events by area, and how such chances fared in the past."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

import polars as pl

from detente.forecasts.events.track_record import PastForecast, against, calibration, track_record
from detente.results import Result, keys
from detente.uncertainty import Estimate


@dataclass(frozen=True, slots=True)
class EventForecast:
    """A chance with its 90% bounds and base rate, and how much of it each kind of member gave (adding to 1)."""

    area: str
    chance: Estimate = field(metadata=keys("probability", "interval"))
    base_rate: float
    weights: dict[str, float]


@dataclass(frozen=True, repr=False)
class EventForecasts(Result):
    """The chances of every area on a day, and the past forecasts by which they are to be judged."""

    COLUMNS: ClassVar[dict[str, str]] = {
        "area": "the issue area",
        "probability": "the chance that it happens within the horizon",
        "low": "lower 90% bound",
        "high": "upper 90% bound",
        "base_rate": "how often it happened in any area's past spans",
    }
    METHODS: ClassVar[tuple[str, ...]] = (
        "Hoeting et al., Bayesian model averaging: a tutorial, Statistical Science 14, 1999",
        "Dawid, Statistical theory: the prequential approach, Journal of the Royal Statistical Society A 147, 1984",
    )

    as_of: date
    horizon: int
    by_area: dict[str, EventForecast]
    past: tuple[PastForecast, ...]

    @property
    def frame(self) -> pl.DataFrame:
        """A row an area."""
        numbers = dict.fromkeys(("probability", "low", "high", "base_rate"), pl.Float64)
        areas = self.by_area.values()
        rows = [(x.area, x.chance.value, x.chance.low, x.chance.high, x.base_rate) for x in areas]
        return pl.DataFrame(rows, schema={"area": pl.Utf8, **numbers}, orient="row")

    def summary(self) -> str:
        """The chances, and how those of the past fared."""
        areas = self.by_area.values()
        chances = (f"{x.area} {x.chance.value:.0%} ({x.chance.low:.0%} to {x.chance.high:.0%})" for x in areas)
        record = self.track_record()
        past = f"{record['n']:.0f} past forecasts: {against(record)}" if record else "no past forecast could be checked"
        return f"within {self.horizon} months of {self.as_of}: {', '.join(chances) or 'unknown'}\n{past}"

    def plot(self) -> Any:
        """The chance of every area with its bounds, base rates as ticks."""
        from detente.plots import BLUE, GREY, figure

        drawn, axis = figure(1 + 0.3 * len(self.by_area))
        for y, one in enumerate(self.by_area.values()):
            chance = one.chance
            axis.plot([chance.low, chance.high], [y, y], color=BLUE)
            axis.plot(chance.value, y, "o", color=BLUE)
            axis.plot(one.base_rate, y, "|", color=GREY)
        axis.set_yticks(range(len(self.by_area)), list(self.by_area))
        axis.set_xlim(0, 1)
        axis.set_xlabel(f"chance within {self.horizon} months of {self.as_of} (tick: base rate)")
        return drawn

    def track_record(self) -> dict[str, float]:
        """How good past forecasts were; see `detente.forecasts.events.track_record.track_record`."""
        return track_record(self.past, self.horizon)

    def calibration(self, edges: Sequence[float] = (0.35, 0.5)) -> list[dict[str, float]]:
        """Past forecasts by bands of probability; see `detente.forecasts.events.track_record.calibration`."""
        return calibration(self.past, edges)
