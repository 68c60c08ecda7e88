"""What is to be expected of one pair: counts, shares, intensity and votes as fans; events of interest as chances,
area by area.

With events held, all pairs teach (`detente.forecasts.reports`). Without, a case's yearly counts and agreement in UN
votes are carried on by the pooled model that ships (`detente.forecasts.pooled`), fitted to all pairs before the day.
From the chronology come improvement, new agreements, suspensions and a rising stock
(`detente.forecasts.events.hazards`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from detente.actors import state_name
from detente.checks import whole
from detente.errors import DetenteError, NoData
from detente.forecasts import pooled
from detente.forecasts.events.hazards import event_forecasts
from detente.forecasts.events.outlook import improvement
from detente.forecasts.events.result import EventForecasts
from detente.forecasts.fan import Fan
from detente.forecasts.reports import fans_of_reports, periods_asked
from detente.forecasts.result import PairForecast
from detente.measures.in_force import Life, lives
from detente.measures.roll_calls import vote_sources
from detente.periods import LONGER, period

if TYPE_CHECKING:
    from detente.record.view import View


def forecast(
    pair: View,
    *,
    horizon: int = 24,
    by: str | None = None,
    areas: Sequence[str | None] = (None,),
    seed: int = 0,
    on_step: Callable[[str], None] | None = None,
) -> PairForecast:
    """Forecast a pair from what was known on `as_of`, `horizon` months ahead; see the module.

    `by` None takes the longest period of which enough are covered. Fans begin with the period that holds the day
    after `as_of`; what lies between the end of the data and that day is bridged by the model, whose errors are those
    of so many periods ahead. They reach 24 periods at most, and no further from the data than half of what is covered
    (`Fan.reach` says so); none where the data ended more than 24 months before. Their bands never narrow with the
    distance (`detente.forecasts.fan.never_narrower`). NoData where nothing is held. Raises DetenteError for a horizon
    that is not 1 to 120 months.
    """
    whole("seed", seed, 0)
    if not isinstance(horizon, int) or not 1 <= horizon <= 120:
        raise DetenteError(f"the horizon is 1 to 120 whole months, not {horizon}")
    if by is not None:
        period(by, LONGER)
    step = on_step or (lambda text: None)
    titles = {area.id: area.title for area in pair.record.codebook.areas}
    step("asking the chronology")
    ends = pair.area_ends
    events = chances_of_events(pair, horizon, seed)
    unknown: list[str] = []
    fans: list[Fan] = []
    source = pair.source_held
    if source is not None:
        try:
            fans += fans_of_reports(pair, horizon, by, areas, seed=seed, on_step=step)
        except NoData as error:
            unknown.append(f"reports: {error}")
    years = periods_asked(horizon, "year")
    for topic, carried in (("reports", pooled.counts_of), ("agreement in UN votes", pooled.votes_of)):
        # Yearly counts of a case are another source's: they speak where no events are held, never beside them.
        if topic == "reports" and source is not None:
            continue
        step(f"carrying on the {topic}")
        try:
            fans += carried(pair, years)
        except NoData as error:
            unknown.append(f"{topic}: {error}")
    any_chance = any(made.by_area for made in events.values())
    if late := {area: end for area, end in ends.items() if end < pair.day}:
        where = f" in {', '.join(titles.get(area, area) for area in late)}" if any_chance else ""
        unknown.append(
            f"chances of events{where}: the chronology is complete to {min(late.values())} only, its silence after "
            "is no evidence"
        )
    elif not any_chance:
        unknown.append(f"chances of events: no chronology of {horizon} months before some earlier day")
    if not fans and not any_chance:
        raise NoData(
            f"nothing of {state_name(pair.a)} and {state_name(pair.b)} known on {pair.day} can be carried forward: "
            + "; ".join(unknown)
        )
    kinds = {fan.of_votes for fan in fans}
    cited = [*([source or "icews"] if False in kinds else []), *(vote_sources(pair.record) if True in kinds else [])]
    provenance = pair.record.provenance(cited, horizon=horizon, by=by, source=pair.named, areas=list(areas), seed=seed)
    return PairForecast((pair.a, pair.b), pair.day, horizon, tuple(fans), events, titles, tuple(unknown), provenance)


def chances_of_events(pair: View, horizon: int, seed: int) -> dict[str, EventForecasts]:
    """The chances of every rule of RULES in every area; none after the day to which the chronology is complete."""
    facts, areas = pair.chronology, [area.id for area in pair.record.codebook.areas]
    begins = facts["date"][0] if facts.height else pair.day
    signed = [
        (area, day, True)
        for area, day, kind in facts.select("area", "counts_from", "kind").iter_rows()
        if kind == "agreement signed"
    ]
    moves = _moves(lives(pair))
    lapses = [(area, day, True) for area, day, up in moves if not up]

    def asked(dated: Sequence[tuple[str, date, bool]]) -> EventForecasts:
        return event_forecasts(dated, areas, begins, pair.day, horizon, complete_to=pair.area_ends, seed=seed)

    return {
        "improvement": improvement(pair, horizon, seed=seed),
        "new agreement": asked(signed),
        "suspension": asked(lapses),
        "rising stock": asked(moves),
    }


def _moves(agreements: Sequence[Life]) -> list[tuple[str, date, bool]]:
    """Days on which a cooperative agreement came into force or back (True), or left it (False)."""
    moves = []
    for life in agreements:
        if life.tone != "cooperative":
            continue
        before = ""
        for stage in life.stages:
            if (stage.state == "in force") != (before == "in force"):
                moves.append((life.area, stage.day, stage.state == "in force"))
            before = stage.state
    return sorted(moves, key=lambda move: move[1])
