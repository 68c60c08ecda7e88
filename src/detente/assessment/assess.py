"""Assess the security relations of two states as of a day, from what was known on that day."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import polars as pl

from detente.actors import state_name
from detente.assessment.findings import AreaFinding, Evidence, Notes, ThirdParty
from detente.assessment.in_force import area_in_force, in_force_indicator
from detente.assessment.indicators import indicators
from detente.assessment.result import Assessment
from detente.assessment.series import chart_series
from detente.assessment.windows import LEAST_EVENTS, Entries, collect, event_share, fact_share
from detente.assessment.words import cannot_tell, overall
from detente.codebook import Area
from detente.codebook.areas import third_states
from detente.errors import NoData
from detente.explain.digest import explain
from detente.explain.section import Section
from detente.forecasts.events.outlook import OPENING, RULE_FACTS, UNLIKELY, improvement, rests_on, verdict
from detente.forecasts.events.result import EventForecasts
from detente.levers.comparison import LeverComparison
from detente.levers.variants import VARIANTS
from detente.levers.weigh import weigh
from detente.measures.in_force import Life, lives
from detente.periods import HORIZON, months_before
from detente.record.facts import date_text, outside
from detente.uncertainty import Estimate, Share

if TYPE_CHECKING:
    from detente.record.view import View

LEAST_FACTS = 2
SHOWN = 6
THIRDS = 8
STRONGEST = 3
NOT_COUNTED = "After the chronology's end, not counted: "
RISING, FALLING = 0.80, 0.20
# The first three share one fitted model and the fourth needs one more: an assessment takes less time than `weigh`.
VARIED, DRAWS = VARIANTS[:4], 200


def assess(pair: View, *, with_models: bool = True) -> Assessment:
    """Assess one pair; raises NoData where nothing of it was known on `as_of`.

    `with_models=False` leaves out what the models say (`detente.explain.digest`) and the levers, which take longest.
    """
    entries = collect(pair)
    notes = Notes()
    # Of an agreement of many the two may be parties; what else is in force between them a chronology of theirs tells.
    agreements = lives(pair) if entries.facts_to else []
    known = (*indicators(pair, entries, notes), in_force_indicator(pair, agreements, entries.facts_to, notes))
    # Those first that open the assessment.
    numbers = tuple(sorted((one for one in known if one), key=lambda one: not one.leading))
    if entries.facts.is_empty() and entries.events.is_empty() and not numbers:
        raise NoData(
            f"nothing about {' and '.join(pair.names)} was known on {pair.day} in {pair.record.folder}. "
            "Ingest event files (detente ingest FILE...), a chronology of your own (docs/formats.md), or fetch some "
            f"(detente fetch gdelt --from {months_before(pair.day, 3)} --to {pair.day})"
        )
    areas = pair.record.codebook.areas
    forecasts = improvement(pair)
    findings = tuple(_area(pair, area, entries, agreements, forecasts, notes) for area in areas)
    word, bottom_line = overall(findings, entries)
    levers, levers_unknown = _levers(pair) if with_models else (None, "")
    explanation, methods = _explanation(pair) if with_models else ((), [])
    provenance = pair.provenance(
        [*methods, *(levers.METHODS if levers else ())],
        votes=True,
        horizon_months=HORIZON,
        opening=OPENING,
        unlikely=UNLIKELY,
        rising=RISING,
        falling=FALLING,
        least_facts=LEAST_FACTS,
        least_events=LEAST_EVENTS,
        source=entries.source,
    )
    return Assessment(
        (pair.a, pair.b),
        pair.names,
        pair.day,
        HORIZON,
        word,
        bottom_line,
        findings,
        numbers,
        _third_parties(pair, entries),
        levers,
        levers_unknown,
        explanation,
        cannot_tell(entries, findings, numbers, forecasts, outside(pair.record, entries.facts)),
        tuple(notes.items),
        provenance,
        chart_series(pair, entries, agreements),
    )


def _levers(pair: View) -> tuple[LeverComparison | None, str]:
    """The standard levers compared, or why they can't be."""
    try:
        return weigh(pair, horizon=HORIZON, variants=VARIED, draws=DRAWS), ""
    except NoData as error:
        return None, f"unknown: {error}"


def _explanation(pair: View) -> tuple[tuple[Section, ...], list[str]]:
    """What the models say, and the papers of their methods."""
    try:
        digest = explain(pair)
    except NoData:
        return (), []
    return digest.sections, digest.provenance["methods"]


def _direction(now: Share, before: Share, least: int) -> str:
    higher = now.probability_above(before) if min(now.n, before.n) >= least else None
    if higher is None:
        return "unknown"
    return "rising" if higher >= RISING else "falling" if higher <= FALLING else "steady"


def _area(
    pair: View, area: Area, entries: Entries, agreements: list[Life], forecasts: EventForecasts, notes: Notes
) -> AreaFinding:
    windows, complete = entries.windows, entries.facts_say(area.id)
    start, earlier = months_before(pair.day, HORIZON), months_before(pair.day, 2 * HORIZON)
    facts_end = entries.ends.get(area.id, pair.day)
    facts_now = fact_share(entries.facts, area.id, start, facts_end) if complete else Share(0, 0)
    events_now = event_share(entries.events, area.id, windows[1], windows[2]) if windows else Share(0, 0)
    # Of events that ended months ago the level may stand, no direction; enough facts of later tell both.
    later = entries.stale and facts_now.n >= LEAST_FACTS
    by_events = windows is not None and not entries.old and events_now.n >= LEAST_EVENTS and not later
    data_to = facts_end if complete else None
    if windows and by_events:
        data_to = windows[2]
        now, least = events_now, LEAST_EVENTS
        before = Share(0, 0) if entries.stale else event_share(entries.events, area.id, windows[0], windows[1])
        basis = f"{now.n} reports of {entries.source}, {windows[1]} to {windows[2]}"
    else:
        now, before, least = facts_now, fact_share(entries.facts, area.id, earlier, start), LEAST_FACTS
        basis = f"{now.n} dated {'fact' if now.n == 1 else 'facts'}, {start} to {facts_end}"
        if not complete and area.id in entries.ends:
            basis = f"the chronology, complete to {facts_end}"
    forecast = forecasts.by_area.get(area.id)
    chance = forecast.chance if forecast else None
    evidence, level = _evidence(area.id, entries, by_events, notes), now.estimate
    return AreaFinding(
        area.id,
        area.title,
        basis,
        now.n,
        level.value,
        (level.low, level.high) if isinstance(level, Estimate) else None,
        _direction(now, before, least),
        chance.value if chance else None,
        (chance.low, chance.high) if chance else None,
        forecast.base_rate if forecast else None,
        rests_on(forecast, forecasts) if forecast else "",
        RULE_FACTS.format(HORIZON) if forecast else "",
        HORIZON,
        verdict(chance.value) if chance else "unknown",
        evidence,
        area_in_force(pair, agreements, area.id, entries.ends.get(area.id, entries.facts_to), notes),
        _unknowns(area.id, entries, now.n, events_now, forecast is None, by_events),
        data_to if now.n else None,
        by_events,
    )


def _unknowns(
    area: str, entries: Entries, entered: int, reports: Share, no_chance: bool, by_events: bool
) -> tuple[tuple[str, str], ...]:
    """What of an area's level, direction and chance is unknown, and why; () where all are known."""
    facts = entries.facts.filter(pl.col("area") == area)
    if facts.is_empty() and not reports.n and not entered:
        return (("", "no record of this area held before this date"),)
    end = entries.ends.get(area)
    complete = f"complete to {end} only, the chronology"
    ends = f"{entries.source} ends {entries.covered[-1][1]}" if entries.covered else ""
    level = chance = ""
    told_later = end is not None and (not entries.covered or end > entries.covered[-1][1])
    if not entered and entries.old and reports.n and not told_later:
        level = f"{ends} (last known: {reports.estimate.value:.0%} of {reports.n} reports)"
    elif not entered and facts.height and not entries.facts_say(area):
        level = complete
    elif not entered and reports.n and not entries.old:
        level = f"{reports.n} report{'' if reports.n == 1 else 's'} in the window, {LEAST_EVENTS} are needed"
    elif not entered:
        level = "no entry in the window"
    if no_chance:
        short = f"the chronology has no past of {HORIZON} months to judge by"
        chance = "no chronology of this area" if end is None else complete if end < entries.as_of else short
    if level == chance and level:
        return (("level and chance", level),)
    way = ends if by_events and entries.stale else ""
    said = (("level", level), ("direction", way), ("chance", chance))
    return tuple((what, why) for what, why in said if why)


def _evidence(area: str, entries: Entries, by_events: bool, notes: Notes) -> tuple[Evidence, ...]:
    """The last facts, those first that the chronology vouches for, and the strongest reports that make a level."""
    facts = entries.facts.filter(pl.col("area") == area).sort("date", descending=True, maintain_order=True)
    after = pl.col("counts_from") > entries.ends.get(area, entries.as_of)
    shown = [(row, "") for row in facts.filter(~after).head(SHOWN).iter_rows(named=True)]
    shown += [(row, NOT_COUNTED) for row in facts.filter(after).head(SHOWN).iter_rows(named=True)]
    evidence = []
    for row, mark in shown:
        sources = [(url, title) for url, title in ((row["url"], row["title"]), (row["url2"], None)) if url]
        cited = notes.cite(*sources or [(None, row["title"] or f"{row['source']} (no address)")])
        when = date_text(row["date"], row["precision"])
        evidence.append(Evidence(when, f"{mark}{row['description']}", row["tone"], *cited))
    windows = entries.windows
    if windows and by_events:
        within = (pl.col("date") > windows[1]) & (pl.col("date") <= windows[2])
        recent = entries.events.filter(pl.col("areas").list.contains(area) & within)
        order = (pl.col("intensity").abs(), "date", "event_id")
        for row in recent.sort(*order, descending=[True, True, False]).head(STRONGEST).iter_rows(named=True):
            # A coder's word for a headline, not a deed: the strongest are the likeliest to be miscoded.
            deed = f"{state_name(row['sender'])} to {state_name(row['receiver'])}: {_action(row['action'])}"
            where = row["url"] or None
            cited = notes.cite((where, None if where else f"{entries.source}, event {row['event_id']}"[:160]))
            tone = "cooperative" if row["quad"] <= 2 else "conflictual"
            evidence.append(Evidence(row["date"].isoformat(), f"coded: {row['text'] or deed}", tone, *cited))
    return tuple(evidence)


def _action(code: str) -> str:
    from detente.codebook import actions

    return actions()[code].name if code in actions() else code


def _third_parties(pair: View, entries: Entries) -> tuple[ThirdParty, ...]:
    """Third states over which the pair acted in the last ten years, by facts and by reports in the window."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    recent = entries.facts.filter(pl.col("date") > months_before(pair.day, 120)).drop_nulls("third_party")
    for states, tone in recent.select("third_party", "tone").iter_rows():
        for code in {*states.split(";")} - {pair.a, pair.b}:
            counts[code][tone] += 1
    windows = entries.windows
    if windows and not entries.old:
        within = entries.events.filter((pl.col("date") > windows[0]) & (pl.col("date") <= windows[2]))
        named = within.select(third_states(pl.col("areas")).alias("state"))["state"].explode().drop_nulls()
        for code, reports in named.value_counts().iter_rows():
            counts[code]["reports"] += reports
    thirds = [ThirdParty(code, state_name(code), **numbers) for code, numbers in counts.items()]
    return tuple(sorted(thirds, key=lambda one: (-one.cooperative - one.conflictual, -one.reports, one.state))[:THIRDS])
