"""What is in force between the two: the stock of each area, named, and as a figure of the whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from detente.assessment.findings import AreaStock, Figure, HeldAgreement, Notes, past_figure
from detente.measures.months import HORIZON, is_old, months_before
from detente.measures.stock import Life, stock

SHOWN_STATES = ("in force", "suspended", "signed")


def area_stock(held: Sequence[Life], area: str, as_of: date, facts_to: date, notes: Notes) -> AreaStock | None:
    """The stock of an area on the day and 24 months earlier, with its agreements; None where nothing is held.

    `facts_to` is the day to which the facts are complete: an end after it may not be held."""
    if not held:
        return None
    now, earlier = (stock(held, [day], [area]).row(0, named=True) for day in (as_of, months_before(as_of, HORIZON)))
    listed = []
    for life in sorted(held, key=lambda life: (life.tone != "cooperative", life.title)):
        stage, since = life.stage_on(as_of), life.since(as_of)
        if not life.within(area) or stage is None or since is None or stage.state not in SHOWN_STATES:
            continue
        sources = [notes.number(url, None) for url in stage.sources] or [
            notes.number(None, f"{life.title} (no address)")
        ]
        listed.append(HeldAgreement(life.title, life.form, life.tone, stage.state, since.isoformat(), tuple(sources)))
    return AreaStock(now["in_force"], earlier["in_force"], now["restrictions"], tuple(listed), facts_to)


def stock_figure(
    held: Sequence[Life], names: tuple[str, str], as_of: date, facts_to: date, notes: Notes
) -> Figure | None:
    """Agreements and programmes in force, compared with 24 months earlier; None where none is held."""
    if not held:
        return None
    before = months_before(as_of, HORIZON)
    now, earlier = (stock(held, [day]).row(0, named=True) for day in (as_of, before))
    said = f"{now['suspended']} suspended, {now['restrictions']} restrictions in force"
    note = notes.number(
        None, f"Agreements of {names[0]} and {names[1]} held in this record, each by the facts of its life"
    )
    text = "Agreements and programmes in force"
    if is_old(facts_to, as_of):
        return past_figure(text, facts_to, f"{now['in_force']} by the facts known; {said}", (note,))
    comparison = f"{earlier['in_force']} on {before}; {said}"
    return Figure(text, now["in_force"], "", None, comparison, (note,), data_to=facts_to, leading=True)
