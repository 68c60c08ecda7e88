"""The forecast of one pair as data: fans, chances of events, what is unknown."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from detente.errors import NoData
from detente.forecasts.events.hazards import EventForecasts
from detente.forecasts.fan import SHOWN, Fan, fan_chart

RULES = {
    "improvement": "the chronology gains at least one cooperative entry, and more cooperative than conflictual ones",
    "new agreement": "the chronology gains a signed agreement",
    "suspension": "an agreement is suspended, terminated or lapses",
    "rising stock": "more agreements come into force, or back, than are suspended or end",
}


@dataclass(frozen=True, eq=False)
class PairForecast:
    """The forecast of a pair as of a day: fans, chances of events by rule (each with its record of past calls), and what is unknown."""

    pair: tuple[str, str]
    as_of: date
    horizon: int
    fans: tuple[Fan, ...]
    events: dict[str, EventForecasts]
    areas: dict[str, str]
    unknown: tuple[str, ...]
    provenance: dict[str, Any]

    @property
    def frame(self) -> pl.DataFrame:
        """The fans as a tidy frame: a, b, item, area, by, period, q05 ... q95, model, data_to."""
        rows = [
            (
                fan.a,
                fan.b,
                fan.item,
                fan.area,
                fan.by,
                period,
                *(float(v) for v in fan.quantiles[n]),
                fan.model,
                fan.data_to,
            )
            for fan in self.fans
            for n, period in enumerate(fan.periods)
        ]
        names = [f"q{int(level * 100):02d}" for level in SHOWN]
        schema = {
            **dict.fromkeys(("a", "b", "item", "area", "by"), pl.Utf8),
            "period": pl.Date,
            **dict.fromkeys(names, pl.Float64),
            "model": pl.Utf8,
            "data_to": pl.Date,
        }
        return pl.DataFrame(rows, schema=schema, orient="row")

    def chances(self) -> pl.DataFrame:
        """Chances of events: rule, area, probability, low, high, base_rate."""
        rows = [
            (rule, area, call.probability, call.low, call.high, call.base_rate)
            for rule, made in self.events.items()
            for area, call in made.by_area.items()
        ]
        numbers = dict.fromkeys(("probability", "low", "high", "base_rate"), pl.Float64)
        return pl.DataFrame(rows, schema={"rule": pl.Utf8, "area": pl.Utf8, **numbers}, orient="row")

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data."""
        return {
            "pair": list(self.pair),
            "as_of": self.as_of.isoformat(),
            "horizon_months": self.horizon,
            "events": {
                rule: {
                    "rule": RULES[rule],
                    "areas": [
                        {
                            "area": area,
                            "title": self.areas[area],
                            "probability": round(call.probability, 4),
                            "interval": [round(call.low, 4), round(call.high, 4)],
                            "base_rate": round(call.base_rate, 4),
                            "weights": {name: round(value, 4) for name, value in call.weights.items()},
                        }
                        for area, call in made.by_area.items()
                    ],
                    "record": {name: round(value, 4) for name, value in made.track_record().items()},
                    "calibration": [{k: round(v, 4) for k, v in row.items()} for row in made.calibration()],
                }
                for rule, made in self.events.items()
            },
            "fans": [
                {
                    "a": fan.a,
                    "b": fan.b,
                    "item": fan.item,
                    "area": fan.area,
                    "unit": fan.unit,
                    "by": fan.by,
                    "model": fan.model,
                    "basis": fan.basis,
                    "data_to": fan.data_to.isoformat(),
                    "reach": fan.reach or None,
                    "history": [[day.isoformat(), _plain(value)] for day, value in fan.history],
                    "periods": [day.isoformat() for day in fan.periods],
                    "levels": list(SHOWN),
                    "quantiles": [[_plain(v) for v in row] for row in fan.quantiles],
                }
                for fan in self.fans
            ],
            "unknown": list(self.unknown),
            "provenance": self.provenance,
        }

    def to_json(self) -> str:
        """`to_dict` as JSON text with a final newline."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=1) + "\n"

    def plot(self, item: str | None = None, area: str | None = None) -> Any:
        """Fan charts of an item (default: the first) in an area (None: all together), a panel a direction; NoData without any."""
        if not self.fans:
            raise NoData("no series to draw: " + "; ".join(self.unknown))
        name = item or self.fans[0].item
        fans = [fan for fan in self.fans if fan.item == name and fan.area == area]
        if not fans:
            held = sorted({f"{fan.item}{f' in {fan.area}' if fan.area else ''}" for fan in self.fans})
            raise NoData(f"no forecast of {name}{f' in {area}' if area else ''}; there are: {', '.join(held)}")
        return fan_chart(fans, self.as_of)


def _plain(value: float) -> float | None:
    return round(float(value), 4) if np.isfinite(value) else None
