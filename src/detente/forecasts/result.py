"""The forecast of one pair as data: fans, chances of events, what is unknown."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, ClassVar

import polars as pl

from detente.actors import state_name
from detente.errors import NoData
from detente.forecasts.events.result import EventForecasts
from detente.forecasts.fan import SHOWN, Fan, fan_chart
from detente.periods import period_text
from detente.results import Result, flat, plain

RULES = {
    "improvement": "the chronology gains at least one cooperative entry, and more cooperative than conflictual ones",
    "new agreement": "the chronology gains a signed agreement",
    "suspension": "an agreement is suspended, terminated or lapses",
    "rising stock": "more agreements come into force, or back, than are suspended or end",
}
PLACES = 4
NAMES = [f"q{int(level * 100):02d}" for level in SHOWN]


@dataclass(frozen=True, eq=False, repr=False)
class PairForecast(Result):
    """The forecast of a pair as of a day: fans, chances of events by rule (each with the record of past ones), and
    what is unknown; its table has a row a series and period.
    """

    COLUMNS: ClassVar[dict[str, str]] = {
        "a": "the sender, or the first of the two where there is no direction",
        "b": "the receiver, or the second",
        "item": "what is forecast: a quad class, share, intensity, UN agreement",
        "area": "the issue area, null for all together",
        "by": "the length of periods",
        "period": "the first day of the period",
        **{name: f"the {name[1:]}% quantile" for name in NAMES},
        "model": "by what",
        "data_to": "the last day of the data",
    }
    METHODS: ClassVar[tuple[str, ...]] = (
        "West and Harrison, Bayesian Forecasting and Dynamic Models, 1997",
        "Meinshausen, Quantile regression forests, Journal of Machine Learning Research 7, 2006",
        "Yao et al., Using stacking to average Bayesian predictive distributions, Bayesian Analysis 13, 2018",
        *EventForecasts.METHODS,
    )

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
        """The fans, a row a series and period."""
        rows = [
            (fan.a, fan.b, fan.item, fan.area, fan.by, day, *map(float, fan.quantiles[n]), fan.model, fan.data_to)
            for fan in self.fans
            for n, day in enumerate(fan.periods)
        ]
        kinds = {"period": pl.Date, "data_to": pl.Date, **dict.fromkeys(NAMES, pl.Float64)}
        return pl.DataFrame(rows, schema={name: kinds.get(name, pl.Utf8) for name in self.COLUMNS}, orient="row")

    def chances(self) -> pl.DataFrame:
        """Chances of events: rule, area, probability, low, high, base_rate."""
        frames = [one.frame.select(pl.lit(rule).alias("rule"), pl.all()) for rule, one in self.events.items()]
        return pl.concat(frames)

    def summary(self) -> str:
        """The chances, the last period of every fan, and what is unknown."""
        lines = [
            f"{' – '.join(state_name(code, self.as_of) for code in self.pair)}, {self.horizon} months from {self.as_of}"
        ]
        lines += [f"{rule} {one.summary().splitlines()[0]}" for rule, one in self.events.items() if one.by_area]
        for fan in self.fans:
            low, middle, high = fan.quantiles[-1][[0, 2, 4]]
            number = ".0%" if fan.unit == "share" else ",.0f"
            band = f"{middle:{number}} ({low:{number}} to {high:{number}})"
            lines.append(f"{fan.between} {fan.title}, {period_text(fan.periods[-1], fan.by)}: {band}")
        return "\n".join([*lines, *(f"unknown: {text}" for text in self.unknown)])

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data."""
        answer = {
            "pair": self.pair,
            "as_of": self.as_of,
            "horizon_months": self.horizon,
            "events": {
                rule: {
                    "rule": RULES[rule],
                    "areas": [
                        {"area": area, "title": self.areas[area], **flat(one)}
                        for area, one in forecasts.by_area.items()
                    ],
                    "record": forecasts.track_record(),
                    "calibration": forecasts.calibration(),
                }
                for rule, forecasts in self.events.items()
            },
            "fans": [{**flat(fan), "levels": SHOWN, "quantiles": fan.quantiles.tolist()} for fan in self.fans],
            "unknown": self.unknown,
        }
        return {**plain(answer, PLACES), "provenance": self.provenance}

    @property
    def charts(self) -> dict[str, Callable[[], Any]]:
        """What draws the fans of each item and area, by the chart's name."""
        drawn = dict.fromkeys((fan.item, fan.area) for fan in self.fans)
        return {f"forecast-{_name(*one)}": partial(self.plot, *one) for one in drawn}

    def plot(self, item: str | None = None, area: str | None = None) -> Any:
        """Fan charts of an item (default: the first) in an area (None: all together), a panel a direction; NoData
        without any.
        """
        if not self.fans:
            raise NoData("no series to draw: " + "; ".join(self.unknown))
        name = item or self.fans[0].item
        fans = [fan for fan in self.fans if fan.item == name and fan.area == area]
        if not fans:
            others = sorted({f"{fan.item}{f' in {fan.area}' if fan.area else ''}" for fan in self.fans})
            raise NoData(f"no forecast of {name}{f' in {area}' if area else ''}; there are: {', '.join(others)}")
        return fan_chart(fans, self.as_of)


def _name(item: str, area: str | None) -> str:
    return re.sub(r"[:_ ]", "-", f"{item}-{area}" if area else item).replace(",", "").lower()
