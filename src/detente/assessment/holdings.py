"""What is in force between the two: the stock of each area, named, and as a figure of the whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from detente.assessment.findings import AreaStock, Figure, HeldAgreement, Notes, past_figure
from detente.measures.in_force import Life, in_force
from detente.periods import HORIZON, is_old, months_before

SHOWN_STATES = ("in force", "suspended", "signed")


def area_stock(held: Sequence[Life], area: str, as_of: date, facts_to: date | None, notes: Notes) -> AreaStock | None:
    """The stock of an area on the last day told of and 24 months before it, with its agreements; None where nothing is told.

    `facts_to` is the day to which the facts are complete (None: no chronology tells of the area): the stock is that of this
    day, and of an agreement in force it is said where a later fact ended it."""
    if facts_to is None or not held:
        return None
    now, earlier = (in_force(held, [day], [area]).row(0, named=True) for day in _days(facts_to))
    listed = []
    for life in sorted(held, key=lambda life: (life.tone != "cooperative", life.title)):
        stage, since = life.stage_on(facts_to), life.since(facts_to)
        if not life.within(area) or stage is None or since is None or stage.state not in SHOWN_STATES:
            continue
        sources = [notes.number(url, None) for url in stage.sources] or [
            notes.number(None, f"{life.title} (no address)")
        ]
        last = life.stage_on(as_of)
        later = f" ({last.state} by a fact of {last.day})" if last and last.state != stage.state else ""
        listed.append(
            HeldAgreement(f"{life.title}{later}", life.form, life.tone, stage.state, since.isoformat(), tuple(sources))
        )
    return AreaStock(now["in_force"], earlier["in_force"], now["restrictions"], tuple(listed), facts_to)


def stock_figure(
    held: Sequence[Life], names: tuple[str, str], as_of: date, facts_to: date | None, notes: Notes
) -> Figure | None:
    """Agreements and programmes in force on the last day told of, compared with 24 months before it; None where none is held."""
    if facts_to is None or not held:
        return None
    now, earlier = (in_force(held, [day]).row(0, named=True) for day in _days(facts_to))
    said = f"{now['suspended']} suspended, {now['restrictions']} restrictions in force"
    note = notes.number(
        None, f"Agreements of {names[0]} and {names[1]} held in this record, each by the facts of its life"
    )
    text = "Agreements and programmes in force"
    if is_old(facts_to, as_of):
        return past_figure(text, facts_to, f"{now['in_force']} by the facts known; {said}", (note,))
    comparison = f"{earlier['in_force']} on {_days(facts_to)[1]}; {said}"
    return Figure(text, now["in_force"], "", None, comparison, (note,), data_to=facts_to, leading=True)


def _days(facts_to: date) -> tuple[date, date]:
    return facts_to, months_before(facts_to, HORIZON)
