"""A pair's forecast for a terminal and as fan charts: the same numbers, no arithmetic of its own."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from detente.actors import state_name
from detente.forecasts.events.track_record import against
from detente.forecasts.fan import SHOWN
from detente.forecasts.result import RULES

if TYPE_CHECKING:
    from detente.forecasts.fan import Fan
    from detente.forecasts.result import PairForecast

TITLES = {"improvement": "improves", "new agreement": "new agr.", "suspension": "suspens.", "rising stock": "stock up"}


def to_text(made: PairForecast, width: int = 100) -> str:
    """Chances area by area with the record of such calls, then the fans, then what is unknown."""
    a, b = (state_name(code, made.as_of) for code in made.pair)
    lines = [f"{a} - {b}: {made.horizon} months from {made.as_of}", *_ends(made, width), ""]
    lines += _chances(made, width)
    lines += _fans(made, width)
    for text in made.unknown:
        lines += textwrap.wrap(f"Unknown: {text}", width, subsequent_indent="  ")
    return "\n".join(lines) + "\n"


def _ends(made: PairForecast, width: int) -> list[str]:
    """The last day of the data of each kind of series: what lies between it and the day is bridged."""
    ends = dict.fromkeys((fan.data_to, "UN votes" if fan.item.startswith("UN ") else "reports") for fan in made.fans)
    told = ", ".join(f"{what} to {day}" for day, what in ends)
    return textwrap.wrap(f"Data: {told}; what lies between is bridged by the model.", width) if told else []


def _chances(made: PairForecast, width: int) -> list[str]:
    called = {rule: one for rule, one in made.events.items() if one.calls}
    if not called:
        return []
    lines = [
        f"{'Chance within ' + str(made.horizon) + ' months':<26}" + "".join(f"{TITLES[rule]:^18}" for rule in called)
    ]
    lines.append(f"{'':<26}" + "".join(f"{'(90%; base)':^18}" for _ in called))
    for area, title in made.areas.items():
        cells = []
        for one in called.values():
            call = one.calls.get(area)
            cells.append(
                f"{call.probability:>4.0%} {call.low:.0%}-{call.high:.0%}; {call.base_rate:.0%}" if call else "unknown"
            )
        lines.append(f"{title[:25]:<26}" + "".join(f"{cell:<18}" for cell in cells))
    lines.append("")
    for rule, one in called.items():
        record = one.record()
        lines += textwrap.wrap(
            f"{TITLES[rule]}: {RULES[rule]}. {_record(record)} {_calibration(one.calibration())}",
            width,
            subsequent_indent="  ",
        )
    return [*lines, ""]


def _record(record: dict[str, float]) -> str:
    if not record:
        return "No past call could be checked."
    return f"{record['n']:.0f} past calls by the same rule: {against(record)}."


def _calibration(rows: list[dict[str, float]]) -> str:
    parts = [f"said {row['said']:.0%}, came {row['came']:.0%} ({row['n']:.0f})" for row in rows]
    return f"Calibration: {'; '.join(parts)}." if parts else ""


def _fans(made: PairForecast, width: int) -> list[str]:
    lines: list[str] = []
    names = [f"{level:.0%}" for level in SHOWN]
    for fan in made.fans:
        if not lines:
            lines += [f"{'Expected':<44}{'last':>10}  {'ahead':<11}" + "".join(f"{name:>9}" for name in names)]
        last = fan.history[-1][1] if fan.history else float("nan")
        shown = sorted({0, len(fan.periods) // 2, len(fan.periods) - 1})
        for place, n in enumerate(shown):
            title = f"{fan.between} {fan.item.replace('_', ' ')}{f' ({fan.area})' if fan.area else ''}"
            head = f"{title[:43]:<44}{_figure(last, fan.unit):>10}" if place == 0 else " " * 54
            when = _period(fan, n)
            lines.append(f"{head}  {when:<11}" + "".join(f"{_figure(v, fan.unit):>9}" for v in fan.quantiles[n]))
    bases = dict.fromkeys(f"{fan.model}: {fan.basis}; data to {fan.data_to}" for fan in made.fans)
    for what, reach in dict.fromkeys(
        ("UN votes" if fan.item.startswith("UN ") else "reports", fan.reach) for fan in made.fans
    ):
        if reach:
            lines += textwrap.wrap(
                f"Fans of {what} reach {reach}.", width, initial_indent="  ", subsequent_indent="    "
            )
    for basis in bases:
        lines += textwrap.wrap(f"rests on {basis}", width, initial_indent="  ", subsequent_indent="    ")
    return [*lines, ""] if lines else []


def _period(fan: Fan, n: int) -> str:
    day = fan.periods[n]
    return {"year": f"{day.year}", "month": f"{day:%Y-%m}", "quarter": f"{day.year} Q{(day.month + 2) // 3}"}.get(
        fan.by, day.isoformat()
    )


def _figure(value: float, unit: str) -> str:
    if value != value:
        return "-"
    return f"{value:.0%}" if unit == "share" else f"{value:,.0f}"
