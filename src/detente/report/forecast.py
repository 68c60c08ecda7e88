"""The document of a pair's forecast: chances of events by area with the record of such calls, then the fans."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from detente.actors import state_name
from detente.forecasts.events.track_record import against
from detente.forecasts.fan import SHOWN
from detente.forecasts.result import RULES
from detente.periods import period_text
from detente.plots import Chart
from detente.report.document import Document, Note, Part, Share, Table, Text, items

if TYPE_CHECKING:
    from detente.forecasts.events.result import EventForecasts
    from detente.forecasts.fan import Fan
    from detente.forecasts.result import PairForecast

TITLES = {"improvement": "improves", "new agreement": "new agr.", "suspension": "suspens.", "rising stock": "stock up"}


def build(forecast: PairForecast) -> Document:
    """Chances and fans, and what is unknown."""
    names = " – ".join(state_name(code, forecast.as_of) for code in forecast.pair)
    ends = ", ".join(dict.fromkeys(f"{_kind(fan)} to {fan.data_to}" for fan in forecast.fans))
    bridged = Note(f"Data: {ends}; what lies between is bridged by the model.") if ends else None
    unknown = (Note(f"Unknown: {text}", quiet=False) for text in forecast.unknown)
    blocks = (bridged, _chances(forecast), _fans(forecast), *unknown)
    return Document(names, f"Forecast of {forecast.horizon} months from {forecast.as_of}", blocks)


def _kind(fan: Fan) -> str:
    return "UN votes" if fan.of_votes else "reports"


def _chances(forecast: PairForecast) -> Part | None:
    by_rule = {rule: events for rule, events in forecast.events.items() if events.by_area}
    if not by_rule:
        return None
    rows = tuple((title, *(_chance(x, area) for x in by_rule.values())) for area, title in forecast.areas.items())
    rules = (f"{TITLES[rule]}: {RULES[rule]}. {_record(x)} {_calibration(x)}" for rule, x in by_rule.items())
    read = Note("Each with its 90% interval; base rate.")
    table = Table(("", *(TITLES[rule] for rule in by_rule)), rows)
    return Part(f"Chance within {forecast.horizon} months", (table, read, items(*rules)))


def _chance(events: EventForecasts, area: str) -> Text:
    one = events.by_area.get(area)
    if one is None:
        return "unknown"
    return Share(one.chance.value, (one.chance.low, one.chance.high)), f"; {one.base_rate:.0%}"


def _record(events: EventForecasts) -> str:
    record = events.track_record()
    return (
        f"{record['n']:.0f} past calls by the same rule: {against(record)}."
        if record
        else "No past call could be checked."
    )


def _calibration(events: EventForecasts) -> str:
    bands = "; ".join(f"said {r['said']:.0%}, came {r['came']:.0%} ({r['n']:.0f})" for r in events.calibration())
    return f"Calibration: {bands}." if bands else ""


def _fans(forecast: PairForecast) -> Part | None:
    if not forecast.fans:
        return None
    header = ("", "last", "ahead", *(f"{level:.0%}" for level in SHOWN))
    table = Table(header, tuple(row for fan in forecast.fans for row in _rows(fan)), "lrlrrrrr")
    reach = dict.fromkeys(f"Fans of {_kind(fan)} reach {fan.reach}." for fan in forecast.fans if fan.reach)
    rests = dict.fromkeys(f"Rests on {fan.model}: {fan.basis}; data to {fan.data_to}." for fan in forecast.fans)
    charts = (
        Chart(
            partial(forecast.plot, fan.item, fan.area),
            f"Forecast of {fan.item}",
            f"{fan.title}: past, median, 50% and 90% bands.",
        )
        for fan in {(fan.item, fan.area): fan for fan in forecast.fans}.values()
    )
    return Part("Expected", (table, *map(Note, (*reach, *rests)), *charts))


def _rows(fan: Fan) -> list[tuple[str, ...]]:
    """The first, middle and last period of a fan; its name and last value stand in the first row."""
    last = fan.history[-1][1] if fan.history else float("nan")
    head = (f"{fan.between} {fan.title}", _number(last, fan.unit))
    shown = sorted({0, len(fan.periods) // 2, len(fan.periods) - 1})
    return [
        (
            *(head if n == 0 else ("", "")),
            period_text(fan.periods[n], fan.by),
            *(_number(v, fan.unit) for v in fan.quantiles[n]),
        )
        for n in shown
    ]


def _number(value: float, unit: str) -> str:
    if value != value:
        return "-"
    return f"{value:.0%}" if unit == "share" else f"{value:,.0f}"
