"""The assessment's sentences: the finding, and what it can't tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.forecasts.events.outlook import OPENING, UNLIKELY
from detente.forecasts.events.track_record import against
from detente.periods import HORIZON

if TYPE_CHECKING:
    from detente.assessment.findings import AreaFinding, Indicator
    from detente.assessment.windows import Entries
    from detente.forecasts.events.result import EventForecasts


def overall(findings: tuple[AreaFinding, ...], entries: Entries) -> tuple[str, str]:
    """The verdict on the pair and its sentence: by the chances of its areas, or unknown, why, and how things stand."""
    known = [f for f in findings if f.verdict != "unknown"]
    if not known:
        return "unknown", f"{_no_chance(entries)} {_standing(findings, entries)}"
    counts = {word: [f.title for f in known if f.verdict == word] for word in ("opening", "limited", "unlikely")}
    verdict = next((word for word in ("opening", "unlikely") if len(counts[word]) * 2 > len(known)), "limited")
    text = f"{_number(len(counts['opening']))} of {len(known)} areas can be expected to improve within {HORIZON} months"
    if counts["opening"]:
        text += f" ({', '.join(counts['opening'])})"
    for word, outcome in (("limited", "may"), ("unlikely", "{} unlikely to")):
        if n := len(counts[word]):
            text += f"; {_number(n).lower()} {outcome.format('is' if n == 1 else 'are')}"
    left = len(findings) - len(known)
    return verdict, text + "." + (f" Of {left} nothing can be said." if left else "")


def _number(n: int) -> str:
    words = ("None", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve")
    return words[n] if n < len(words) else str(n)


def _no_chance(entries: Entries) -> str:
    if entries.facts.is_empty():
        return "No chronology of this pair is held, so no chance of improvement is known."
    if entries.incomplete:
        return f"The chronology is complete to {entries.facts_to} only: silence after that day gives no chance."
    return "The chronology is too short to have a past to judge by, so no chance of improvement is known."


def _standing(findings: tuple[AreaFinding, ...], entries: Entries) -> str:
    """Which areas have a level, and which way they go."""
    level = [f for f in findings if f.level is not None]
    if not level:
        ended = entries.source and entries.old and entries.facts.is_empty()
        why = f": {entries.source} ends {entries.covered[-1][1]}" if ended else ""
        return f"How things stand is unknown{why}."
    ways = {way: [f.title for f in level if f.direction == way] for way in ("rising", "falling", "steady")}
    moved = [f"{', '.join(titles)} {way}" for way, titles in ways.items() if titles]
    last = max(f.data_to for f in level if f.data_to)
    have = "has" if len(level) == 1 else "have"
    count = f"{_number(len(level))} of {len(findings)} areas {have} a level by data to {last}"
    return count + (f": {'; '.join(moved)}." if moved else "; no direction is known.")


def cannot_tell(
    entries: Entries,
    findings: tuple[AreaFinding, ...],
    indicators: tuple[Indicator, ...],
    forecasts: EventForecasts,
    outside: str,
) -> tuple[str, ...]:
    """What the reader must know of the limits of this assessment, a sentence each."""
    as_of = entries.as_of
    limits = ["Counts are of facts we listed or of reports that were coded, not of deeds; they grow with attention."]
    if entries.source:
        first, last = entries.covered[0][0], entries.covered[-1][1]
        limits.append(
            f"Events come from {entries.source} alone, which covers {first} to {last}"
            + (": too long before this day to say how things stand." if entries.old else ".")
        )
        if any(f.by_events for f in findings):
            limits.append(
                "Events are placed in areas mostly by the kind of act, which fixes much of an area's level: "
                "read its direction."
            )
    else:
        limits.append(
            "No event source is held: levels rest on the chronology, a few entries an area, "
            "and their intervals are wide."
        )
    if any(f.rule for f in findings):
        limits.append(
            "Probabilities are averages of simple models of the chronology, weighted by their past "
            f"calls{_past(forecasts)}; opening from {OPENING:.0%}, unlikely below {UNLIKELY:.0%}."
        )
    if any(f.in_force for f in findings):
        limits.append(
            "An agreement counts as in force until a fact ends it; some lapse without one (detente record audit)."
        )
    later = {f.name: f.compiled_on.year for f in indicators if f.compiled_on and f.compiled_on > as_of}
    if later:
        named = "; ".join(f"{name} ({year})" for name, year in later.items())
        limits.append(f"Compiled only after this day, though about years before it: {named}.")
    if outside:
        limits.append(f"Of this pair {outside}: they count for no area here.")
    unknown = [f.title for f in findings if f.verdict == "unknown"]
    if unknown:
        limits.append(f"Unknown on {as_of}: {', '.join(unknown)}.")
    return tuple(limits)


def _past(forecasts: EventForecasts) -> str:
    record = forecasts.track_record()
    if not record:
        return ", none of which could be checked yet"
    return f" ({record['n']:.0f}: {against(record)})"
