"""Assess the security relations of two states as of a day, from what was known on that day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from detente import __version__
from detente.actors import state_name
from detente.assessment.figures import collect_figures
from detente.assessment.findings import AreaFinding, Assessment, Evidence, Notes
from detente.assessment.helps import what_would_help
from detente.assessment.holdings import area_stock, stock_figure
from detente.assessment.series import chart_series
from detente.assessment.windows import LEAST_EVENTS, Entries, collect, event_share, fact_share
from detente.assessment.words import cannot_tell, overall
from detente.codebook import Area
from detente.errors import NoData
from detente.explain.digest import explain
from detente.explain.section import Section
from detente.forecasts.events.outlook import OPENING, UNLIKELY, Outlook, from_forecast, improvement
from detente.forecasts.events.result import EventForecasts
from detente.measures.in_force import Life, lives
from detente.periods import HORIZON, months_before
from detente.record.facts import date_text, outside
from detente.uncertainty import Estimate, Share

if TYPE_CHECKING:
    from detente.record import Store
    from detente.record.view import View

LEAST_FACTS = 2
SHOWN = 6
NOT_COUNTED = "After the chronology's end, not counted: "
RISING, FALLING = 0.80, 0.20


def assess(pair: View, *, with_models: bool = True) -> Assessment:
    """Assess one pair; raises NoData where nothing of it was known on `as_of`.

    `with_models=False` leaves out what the models say (`detente.explain.digest`) and the levers, which take longest.
    """
    entries = collect(pair)
    notes = Notes()
    # Of an agreement of many the two may be parties; what else is in force between them only a chronology of theirs can tell.
    held = lives(pair) if entries.facts_to else []
    figures = collect_figures(pair, entries, notes)
    in_force = stock_figure(
        held, (state_name(pair.a, pair.day), state_name(pair.b, pair.day)), pair.day, entries.facts_to, notes
    )
    leading = [f for f in (*figures, in_force) if f and f.leading]
    figures = (*leading, *(f for f in (*figures, in_force) if f and not f.leading))
    if entries.facts.is_empty() and entries.events.is_empty() and not figures:
        raise NoData(
            f"nothing about {state_name(pair.a, pair.day)} and {state_name(pair.b, pair.day)} was known on {pair.day} in {pair.record.folder}. Ingest event files "
            "(detente ingest FILE...), a chronology of your own (docs/formats.md), or fetch some "
            f"(detente fetch gdelt --from {months_before(pair.day, 3)} --to {pair.day})"
        )
    areas = pair.record.codebook.areas
    calls = improvement(entries.facts, [area.id for area in areas], pair.day, HORIZON, complete_to=entries.ends)
    findings = tuple(_area(area, entries, held, calls, notes) for area in areas)
    verdict, summary = overall(findings, entries)
    return Assessment(
        (pair.a, pair.b),
        (state_name(pair.a, pair.day), state_name(pair.b, pair.day)),
        pair.day,
        HORIZON,
        verdict,
        summary,
        findings,
        figures,
        _third_parties((pair.a, pair.b), entries, pair.day),
        *(what_would_help(pair, HORIZON) if with_models else ((), "")),
        _explanation(pair) if with_models else (),
        cannot_tell(entries, findings, figures, calls, outside(pair.record, entries.facts)),
        tuple(notes.items),
        _provenance(pair.record, entries.source),
        chart_series(pair, entries, held),
    )


def _explanation(pair: View) -> tuple[Section, ...]:
    try:
        return explain(pair).sections
    except NoData:
        return ()


def _direction(now: Share, before: Share, least: int) -> str:
    if now.n < least or before.n < least:
        return "unknown"
    higher = now.probability_above(before)
    return (
        "rising"
        if higher is not None and higher >= RISING
        else "falling"
        if higher is not None and higher <= FALLING
        else "steady"
    )


def _area(area: Area, entries: Entries, held: list[Life], calls: EventForecasts, notes: Notes) -> AreaFinding:
    as_of, windows, says = entries.as_of, entries.windows, entries.facts_say(area.id)
    start, earlier = months_before(as_of, HORIZON), months_before(as_of, 2 * HORIZON)
    facts_end = entries.ends.get(area.id, as_of)
    facts_now = fact_share(entries.facts, area.id, start, facts_end) if says else Share(0, 0)
    events_now = event_share(entries.events, area.id, windows[1], windows[2]) if windows else Share(0, 0)
    # Of events that ended months ago the level may stand, no direction; facts of later, where there are enough, tell both.
    later = entries.stale and facts_now.n >= LEAST_FACTS
    by_events = windows is not None and not entries.old and events_now.n >= LEAST_EVENTS and not later
    data_to = facts_end if says else None
    if windows and by_events:
        data_to = windows[2]
        now, least = events_now, LEAST_EVENTS
        before = Share(0, 0) if entries.stale else event_share(entries.events, area.id, windows[0], windows[1])
        basis = f"{now.n} reports of {entries.source}, {windows[1]} to {windows[2]}"
    else:
        now, before, least = facts_now, fact_share(entries.facts, area.id, earlier, start), LEAST_FACTS
        basis = f"{now.n} dated {'fact' if now.n == 1 else 'facts'}, {start} to {facts_end}"
        if not says and area.id in entries.ends:
            basis = f"the chronology, complete to {facts_end}"
    outlook: Outlook | None = None
    if area.id in calls.by_area and not entries.facts.filter(pl.col("area") == area.id).is_empty():
        outlook = from_forecast(calls.by_area[area.id], calls)
    evidence, level = _evidence(area.id, entries, by_events, notes), now.estimate
    return AreaFinding(
        area.id,
        area.title,
        basis,
        level.value,
        (level.low, level.high) if isinstance(level, Estimate) else None,
        now.n,
        _direction(now, before, least),
        outlook.probability if outlook else None,
        (outlook.low, outlook.high) if outlook else None,
        outlook.base_rate if outlook else None,
        outlook.rests_on if outlook else "",
        outlook.rule if outlook else "",
        outlook.verdict if outlook else "unknown",
        evidence,
        area_stock(held, area.id, as_of, entries.ends.get(area.id, entries.facts_to), notes),
        _unknowns(area.id, entries, now.n, events_now, outlook is None, by_events),
        data_to if now.n else None,
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
    """The last facts, those first that the chronology vouches for, and of the reports that make a level the strongest."""
    windows = entries.windows
    facts = entries.facts.filter(pl.col("area") == area)
    after = pl.col("counts_from") > entries.ends.get(area, entries.as_of)
    shown = (
        facts.with_columns(after.alias("after"))
        .sort("after", "date", descending=[False, True], maintain_order=True)
        .head(SHOWN)
    )
    late = (
        facts.filter(after)
        .sort("date", descending=True, maintain_order=True)
        .head(SHOWN)
        .with_columns(pl.lit(True).alias("after"))
    )
    shown = pl.concat([shown.filter(~pl.col("after")), late])
    found = [
        Evidence(
            date_text(row["date"], row["precision"]),
            f"{NOT_COUNTED if row['after'] else ''}{row['description']}",
            row["tone"],
            tuple(notes.number(url, title) for url, title in ((row["url"], row["title"]), (row["url2"], None)) if url)
            or (notes.number(None, row["title"] or f"{row['source']} (no address)"),),
        )
        for row in shown.iter_rows(named=True)
    ]
    if windows and by_events:
        some = pl.col("areas").list.contains(area) & (pl.col("date") > windows[1]) & (pl.col("date") <= windows[2])
        recent = entries.events.filter(some)
        strongest = recent.sort(pl.col("intensity").abs(), "date", "event_id", descending=[True, True, False]).head(3)
        for row in strongest.iter_rows(named=True):
            # A coder's word for a headline, not a deed: the strongest are the likeliest to be miscoded.
            text = "coded: " + (
                row["text"] or f"{state_name(row['sender'])} to {state_name(row['receiver'])}: {_action(row['action'])}"
            )
            where = row["url"] or None
            found.append(
                Evidence(
                    row["date"].isoformat(),
                    text,
                    "cooperative" if row["quad"] <= 2 else "conflictual",
                    (notes.number(where, None if where else f"{entries.source}, event {row['event_id']}"[:160]),),
                )
            )
    return tuple(found)


def _action(code: str) -> str:
    from detente.codebook import actions

    return actions()[code].name if code in actions() else code


def _third_parties(pair: tuple[str, str], entries: Entries, as_of: date) -> tuple[dict[str, Any], ...]:
    """Third states over which the pair acted in the last ten years, by facts and by reports in the window."""
    table: dict[str, dict[str, Any]] = {}
    recent = entries.facts.filter((pl.col("date") > months_before(as_of, 120)) & pl.col("third_party").is_not_null())
    for row in recent.iter_rows(named=True):
        for code in {*row["third_party"].split(";")} - {*pair}:
            cell = table.setdefault(
                code, {"state": code, "name": state_name(code), "cooperative": 0, "conflictual": 0, "reports": 0}
            )
            cell[row["tone"]] += 1
    windows = entries.windows
    if windows and not entries.old:
        some = entries.events.filter((pl.col("date") > windows[0]) & (pl.col("date") <= windows[2]))["areas"].explode()
        for name, count in some.drop_nulls().value_counts().iter_rows():
            if code := name.partition(":")[2]:
                cell = table.setdefault(
                    code, {"state": code, "name": state_name(code), "cooperative": 0, "conflictual": 0, "reports": 0}
                )
                cell["reports"] += count
    return tuple(
        sorted(table.values(), key=lambda c: (-c["cooperative"] - c["conflictual"], -c["reports"], c["state"]))[:8]
    )


def _provenance(record: Store, source: str | None) -> dict[str, Any]:
    return {
        "version": __version__,
        "record_digest": record.digest(),
        "codebook_digest": record.codebook.digest,
        "parameters": {
            "horizon_months": HORIZON,
            "opening": OPENING,
            "unlikely": UNLIKELY,
            "rising": RISING,
            "falling": FALLING,
            "least_facts": LEAST_FACTS,
            "least_events": LEAST_EVENTS,
            "source": source,
        },
    }
