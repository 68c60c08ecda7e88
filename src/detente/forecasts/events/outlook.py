"""The chance of improvement of an area, and what it rests on.

Improvement of an area within the horizon means: the chronology then gains at least one cooperative entry, and more
cooperative than conflictual ones. Its chance is that of `detente.forecasts.events.hazards`. Without a chronology, and
after the day to which it is complete, there is none: its silence then says nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.forecasts.events.hazards import event_forecasts
from detente.forecasts.events.result import EventForecast, EventForecasts
from detente.forecasts.events.track_record import against
from detente.periods import HORIZON

if TYPE_CHECKING:
    from detente.record.view import View

OPENING, UNLIKELY = 0.50, 0.35
RULE_FACTS = (
    "within {} months: at least one cooperative entry in the chronology, and more cooperative than conflictual ones"
)


def verdict(chance: float) -> str:
    """The word for a chance: opening from 0.50, unlikely below 0.35, limited between."""
    return "opening" if chance >= OPENING else "unlikely" if chance < UNLIKELY else "limited"


def improvement(pair: View, horizon: int = HORIZON, *, seed: int = 0) -> EventForecasts:
    """The chances of improvement of every area by the facts of a pair known on its day.

    None of an area whose chronology is complete (`View.area_ends`) to an earlier day only, or that has none.
    """
    facts, areas = pair.chronology, [area.id for area in pair.record.codebook.areas]
    dated = [
        (area, day, tone == "cooperative")
        for area, day, tone in facts.select("area", "counts_from", "tone").iter_rows()
        if tone in ("cooperative", "conflictual")
    ]
    begins = facts["date"][0] if facts.height else pair.day
    return event_forecasts(dated, areas, begins, pair.day, horizon, complete_to=pair.area_ends, seed=seed)


def rests_on(forecast: EventForecast, forecasts: EventForecasts) -> str:
    """The weights of the members that gave a chance, and the record of past forecasts of all areas."""
    record = forecasts.track_record()
    past = (
        f"{record['n']:.0f} past calls of all areas: {against(record)}"
        if record
        else "no past call could be checked yet"
    )
    return ", ".join(f"{name} {share:.0%}" for name, share in forecast.weights.items()) + f"; {past}"
