"""Assess the security relations of two states as of a day, from what was known on that day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from detente import __version__
from detente.actors import state_name
from detente.assessment.figures import collect_figures
from detente.assessment.findings import AreaFinding, Assessment, Evidence, Figure, Notes
from detente.assessment.helps import what_would_help
from detente.assessment.holdings import area_stock, stock_figure
from detente.assessment.series import chart_series
from detente.assessment.windows import (
    HORIZON,
    LEAST_EVENTS,
    Entries,
    collect,
    event_share,
    event_windows,
    fact_share,
)
from detente.codebook import Area
from detente.errors import NoData
from detente.explain.digest import explain
from detente.explain.section import Section
from detente.forecasts.hazards import Calls
from detente.forecasts.outlook import OPENING, UNLIKELY, Outlook, from_call, from_reference, improvement
from detente.measures.months import months_before
from detente.measures.shares import Share, probability_higher, share
from detente.measures.stock import Life, lives
from detente.record.facts import date_text, incomplete_from

if TYPE_CHECKING:
    from detente.record import Record

LEAST_FACTS = 2
SHOWN = 6
RISING, FALLING = 0.80, 0.20


def assess(
    record: Record, a: str, b: str, as_of: date, *, source: str | None = None, explained: bool = True
) -> Assessment:
    """Assess one pair; raises NoData where nothing of it was known on `as_of`.

    `explained=False` leaves out what the models say (`detente.explain.digest`) and the levers, which take longest.
    """
    entries = collect(record, a, b, as_of, source)
    notes = Notes()
    held = lives(record, a, b, as_of)
    figures = collect_figures(record, a, b, as_of, entries, notes)
    in_force = stock_figure(held, (state_name(a, as_of), state_name(b, as_of)), as_of, notes)
    figures = (*figures[:2], in_force, *figures[2:]) if in_force else figures
    if entries.facts.is_empty() and entries.events.is_empty() and not figures:
        raise NoData(
            f"nothing about {state_name(a, as_of)} and {state_name(b, as_of)} was known on {as_of} in {record.folder}. Ingest event files "
            "(detente ingest FILE...), a chronology of your own (docs/formats.md), or fetch some "
            f"(detente fetch gdelt --from {months_before(as_of, 3)} --to {as_of})"
        )
    areas = record.codebook.areas
    calls = improvement(entries.facts, [area.id for area in areas], as_of, HORIZON)
    findings = tuple(_area(area, entries, held, calls, as_of, notes) for area in areas)
    pair_outlook = None if any(f.rule for f in findings) else _pair_outlook(entries, as_of)
    verdict, summary = _overall(findings, pair_outlook)
    if complete := incomplete_from(record, entries.facts, as_of):
        summary += f" The chronology is complete to {complete} only: silence after that day may be ours."
    return Assessment(
        (a, b),
        (state_name(a, as_of), state_name(b, as_of)),
        as_of,
        HORIZON,
        verdict,
        summary,
        pair_outlook,
        findings,
        figures,
        _third_parties(entries, as_of),
        *(what_would_help(record, a, b, as_of, HORIZON, source) if explained else ((), "")),
        _explanation(record, a, b, as_of, source) if explained else (),
        _cannot_tell(entries, findings, figures, calls, as_of),
        tuple(notes.items),
        _provenance(record, source),
        chart_series(record, a, b, as_of, entries, held),
    )


def _explanation(record: Record, a: str, b: str, as_of: date, source: str | None) -> tuple[Section, ...]:
    try:
        return explain(record, a, b, as_of=as_of, source=source).sections
    except NoData:
        return ()


def _direction(now: Share, before: Share, least: int) -> str:
    if now.n < least or before.n < least:
        return "unknown"
    higher = probability_higher(now, before)
    return (
        "rising"
        if higher is not None and higher >= RISING
        else "falling"
        if higher is not None and higher <= FALLING
        else "steady"
    )


def _area(area: Area, entries: Entries, held: list[Life], calls: Calls, as_of: date, notes: Notes) -> AreaFinding:
    start, earlier = months_before(as_of, HORIZON), months_before(as_of, 2 * HORIZON)
    facts_now = fact_share(entries.facts, area.id, start, as_of)
    windows = event_windows(entries, as_of)
    events_now = event_share(entries.events, area.id, windows[1], windows[2]) if windows else share(0, 0)
    by_events = windows is not None and events_now.n >= LEAST_EVENTS
    if by_events and windows:
        now, least = events_now, LEAST_EVENTS
        before = event_share(entries.events, area.id, windows[0], windows[1])
        basis = f"{now.n} reports of {entries.source}, {windows[1]} to {windows[2]}"
    else:
        now, before, least = facts_now, fact_share(entries.facts, area.id, earlier, start), LEAST_FACTS
        basis = f"{now.n} dated {'fact' if now.n == 1 else 'facts'}, {start} to {as_of}"
    outlook: Outlook | None = None
    if area.id in calls.calls and not entries.facts.filter(pl.col("area") == area.id).is_empty():
        outlook = from_call(calls.calls[area.id], calls)
    evidence = _evidence(area.id, entries, notes, windows)
    unknown = None
    if outlook is None:
        unknown = (
            "no chronology of this area: how often it improved in the past is unknown"
            if now.n
            else f"only {events_now.n} reports in the window and no chronology"
            if events_now.n
            else "no record of this area held before this date"
        )
    elif now.n == 0:
        unknown = "no entry in the window: the level now is unknown"
    return AreaFinding(
        area.id,
        area.title,
        basis,
        now.mean,
        (now.low, now.high) if now.low is not None and now.high is not None else None,
        now.n,
        _direction(now, before, least),
        outlook.probability if outlook else None,
        (outlook.low, outlook.high) if outlook else None,
        outlook.base_rate if outlook else None,
        outlook.rests_on if outlook else "",
        outlook.rule if outlook else "",
        outlook.verdict if outlook else "unknown",
        evidence,
        area_stock(held, area.id, as_of, notes),
        unknown,
    )


def _evidence(
    area: str, entries: Entries, notes: Notes, windows: tuple[date, date, date] | None
) -> tuple[Evidence, ...]:
    found = [
        Evidence(
            date_text(row["date"], row["precision"]),
            row["description"],
            row["tone"],
            tuple(notes.number(url, title) for url, title in ((row["url"], row["title"]), (row["url2"], None)) if url)
            or (notes.number(None, row["title"] or f"{row['source']} (no address)"),),
        )
        for row in entries.facts.filter(pl.col("area") == area)
        .sort("date", descending=True)
        .head(SHOWN)
        .iter_rows(named=True)
    ]
    if windows and entries.source:
        recent = entries.events.filter(pl.col("areas").list.contains(area) & (pl.col("date") <= windows[2]))
        strongest = recent.sort(pl.col("intensity").abs(), "date", "event_id", descending=[True, True, False]).head(3)
        for row in strongest.iter_rows(named=True):
            text = (
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


def _pair_outlook(entries: Entries, as_of: date) -> Outlook | None:
    """The outlook of the pair as a whole from the reference class, for pairs without a chronology."""
    windows = event_windows(entries, as_of)
    if windows is None:
        return None
    now = event_share(entries.events, None, windows[1], windows[2])
    return from_reference(now.mean, as_of) if now.mean is not None and now.n >= LEAST_EVENTS else None


def _overall(findings: tuple[AreaFinding, ...], pair_outlook: Outlook | None) -> tuple[str, str]:
    known = [f for f in findings if f.verdict != "unknown"]
    if not known and pair_outlook:
        return pair_outlook.verdict, (
            f"All reports together: a {pair_outlook.probability:.0%} chance of a higher cooperative share within {HORIZON} months "
            f"(all pairs: {pair_outlook.base_rate:.0%}), by the reference class alone. Area by area nothing can be said without a chronology."
        )
    if not known:
        return "unknown", "Nothing held says how often these relations improved: no area can be judged."
    counts = {word: [f.title for f in known if f.verdict == word] for word in ("opening", "limited", "unlikely")}
    verdict = (
        "opening"
        if len(counts["opening"]) * 2 > len(known)
        else "unlikely"
        if len(counts["unlikely"]) * 2 > len(known)
        else "limited"
    )
    text = f"{_number(len(counts['opening']))} of {len(known)} areas can be expected to improve within {HORIZON} months"
    if counts["opening"]:
        text += f" ({', '.join(counts['opening'])})"
    for word, outcome in (("limited", "may"), ("unlikely", "{} unlikely to")):
        if n := len(counts[word]):
            text += f"; {_number(n).lower()} {outcome.format('is' if n == 1 else 'are')}"
    left = len(findings) - len(known)
    return verdict, text + "." + (f" Of {left} nothing can be said." if left else "")


def _number(n: int) -> str:
    return (
        ("None", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve")[n]
        if n <= 12
        else str(n)
    )


def _third_parties(entries: Entries, as_of: date) -> tuple[dict[str, Any], ...]:
    """Third states over which the pair acted in the last ten years, by facts and by reports in the window."""
    table: dict[str, dict[str, Any]] = {}
    recent = entries.facts.filter((pl.col("date") > months_before(as_of, 120)) & pl.col("third_party").is_not_null())
    for row in recent.iter_rows(named=True):
        for code in row["third_party"].split(";"):
            cell = table.setdefault(
                code, {"state": code, "name": state_name(code), "cooperative": 0, "conflictual": 0, "reports": 0}
            )
            cell[row["tone"]] += 1
    windows = event_windows(entries, as_of)
    if windows:
        some = entries.events.filter((pl.col("date") > windows[0]) & (pl.col("date") <= windows[2]))["areas"].explode()
        for name, count in some.drop_nulls().value_counts().iter_rows():
            if name.startswith("third_party_dispute:"):
                code = name.partition(":")[2]
                cell = table.setdefault(
                    code, {"state": code, "name": state_name(code), "cooperative": 0, "conflictual": 0, "reports": 0}
                )
                cell["reports"] = count
    return tuple(
        sorted(table.values(), key=lambda c: (-c["cooperative"] - c["conflictual"], -c["reports"], c["state"]))[:8]
    )


def _cannot_tell(
    entries: Entries, findings: tuple[AreaFinding, ...], figures: tuple[Figure, ...], calls: Calls, as_of: date
) -> tuple[str, ...]:
    said = ["Counts are of facts we listed or of reports that were coded, not of deeds; they grow with attention."]
    if entries.source:
        first, last = entries.covered[0][0], entries.covered[-1][1]
        said.append(f"Events come from {entries.source} alone, which covers {first} to {last}.")
        if any(" reports of " in f.basis for f in findings):
            said.append(
                "Events are placed in areas mostly by the kind of act, which fixes much of an area's level: read its direction."
            )
    else:
        said.append(
            "No event source is held: levels rest on the chronology, a few entries an area, and their intervals are wide."
        )
    if any(f.rule for f in findings):
        said.append(
            f"Probabilities are averages of simple models of the chronology, weighted by their past calls{_past(calls)}; opening from {OPENING:.0%}, unlikely below {UNLIKELY:.0%}."
        )
    if any(f.stock for f in findings):
        said.append(
            "An agreement counts as in force until a fact ends it; some lapse without one (detente record audit)."
        )
    later = {f.text.split(",")[0]: f.compiled_on.year for f in figures if f.compiled_on and f.compiled_on > as_of}
    if later:
        named = "; ".join(f"{text} ({year})" for text, year in later.items())
        said.append(f"Compiled only after this day, though about years before it: {named}.")
    unknown = [f.title for f in findings if f.verdict == "unknown"]
    if unknown:
        said.append(f"Unknown on {as_of}: {', '.join(unknown)}.")
    return tuple(said)


def _provenance(record: Record, source: str | None) -> dict[str, Any]:
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


def _past(calls: Calls) -> str:
    record = calls.record()
    if not record:
        return ", none of which could be checked yet"
    return f" (Brier {record['brier']:.3f} over {record['n']:.0f}, base rates alone {record['brier_base']:.3f})"
