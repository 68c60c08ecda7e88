"""The document of a pair's forecast: chances of events by area with the record of such calls, then the fans."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from detente.actors import state_name
from detente.forecasts.events.track_record import against
from detente.forecasts.fan import SHOWN
from detente.forecasts.result import RULES
from detente.plots import Chart
from detente.report.document import Document, Note, Part, Share, Table, Text, items

if TYPE_CHECKING:
    from detente.forecasts.events.result import EventForecasts
    from detente.forecasts.fan import Fan
    from detente.forecasts.result import PairForecast

TITLES = {"improvement": "improves", "new agreement": "new agr.", "suspension": "suspens.", "rising stock": "stock up"}


def build(made: PairForecast) -> Document:
    """Chances and fans, and what is unknown."""
    names = " – ".join(state_name(code, made.as_of) for code in made.pair)
    ends = ", ".join(dict.fromkeys(f"{_kind(fan)} to {fan.data_to}" for fan in made.fans))
    bridged = Note(f"Data: {ends}; what lies between is bridged by the model.") if ends else None
    unknown = (Note(f"Unknown: {text}", quiet=False) for text in made.unknown)
    blocks = (bridged, _chances(made), _fans(made), *unknown)
    return Document(names, f"Forecast of {made.horizon} months from {made.as_of}", blocks)


def _kind(fan: Fan) -> str:
    return "UN votes" if fan.of_votes else "reports"


def _chances(made: PairForecast) -> Part | None:
    called = {rule: one for rule, one in made.events.items() if one.by_area}
    if not called:
        return None
    rows = tuple((title, *(_chance(one, area) for one in called.values())) for area, title in made.areas.items())
    told = (f"{TITLES[rule]}: {RULES[rule]}. {_record(one)} {_calibration(one)}" for rule, one in called.items())
    read = Note("Each with its 90% interval; base rate.")
    table = Table(("", *(TITLES[rule] for rule in called)), rows)
    return Part(f"Chance within {made.horizon} months", (table, read, items(*told)))


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
    told = "; ".join(f"said {r['said']:.0%}, came {r['came']:.0%} ({r['n']:.0f})" for r in events.calibration())
    return f"Calibration: {told}." if told else ""


def _fans(made: PairForecast) -> Part | None:
    if not made.fans:
        return None
    header = ("", "last", "ahead", *(f"{level:.0%}" for level in SHOWN))
    table = Table(header, tuple(row for fan in made.fans for row in _rows(fan)), "lrlrrrrr")
    reach = dict.fromkeys(f"Fans of {_kind(fan)} reach {fan.reach}." for fan in made.fans if fan.reach)
    rests = dict.fromkeys(f"Rests on {fan.model}: {fan.basis}; data to {fan.data_to}." for fan in made.fans)
    charts = (
        Chart(
            partial(made.plot, item, area),
            f"Forecast of {item}",
            f"{_item(item, area)}: past, median, 50% and 90% bands.",
        )
        for item, area in dict.fromkeys((fan.item, fan.area) for fan in made.fans)
    )
    return Part("Expected", (table, *map(Note, (*reach, *rests)), *charts))


def _item(item: str, area: str | None) -> str:
    return item.replace("_", " ") + (f" ({area})" if area else "")


def _rows(fan: Fan) -> list[tuple[str, ...]]:
    """The first, middle and last period of a fan; its name and last value stand in the first row."""
    last = fan.history[-1][1] if fan.history else float("nan")
    head = (f"{fan.between} {_item(fan.item, fan.area)}", _number(last, fan.unit))
    shown = sorted({0, len(fan.periods) // 2, len(fan.periods) - 1})
    return [
        (
            *(head if n == 0 else ("", "")),
            _period(fan.periods[n], fan.by),
            *(_number(v, fan.unit) for v in fan.quantiles[n]),
        )
        for n in shown
    ]


def _period(day: date, by: str) -> str:
    words = {"year": f"{day.year}", "month": f"{day:%Y-%m}", "quarter": f"{day.year} Q{(day.month + 2) // 3}"}
    return words.get(by, day.isoformat())


def _number(value: float, unit: str) -> str:
    if value != value:
        return "-"
    return f"{value:.0%}" if unit == "share" else f"{value:,.0f}"
