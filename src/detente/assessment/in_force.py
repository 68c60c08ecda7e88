"""What is in force between the two: the agreements of each area, named, and as an indicator of the whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from detente.assessment.findings import AgreementsInForce, AgreementStatus, Indicator, Notes, past_indicator
from detente.measures.in_force import Life, in_force
from detente.periods import HORIZON, months_before

if TYPE_CHECKING:
    from detente.record.view import View

SHOWN_STATES = ("in force", "suspended", "signed")


def area_in_force(
    pair: View, agreements: Sequence[Life], area: str, complete_to: date | None, notes: Notes
) -> AgreementsInForce | None:
    """What of an area is in force on the last day told of and 24 months before it; None where nothing is told.

    `complete_to` is the day to which the facts are complete (None: no chronology tells of the area): counts are of this
    day, and of an agreement in force it is said where a later fact ended it.
    """
    if complete_to is None or not agreements:
        return None
    now, earlier = (in_force(agreements, [day], [area]).row(0, named=True) for day in _days(complete_to))
    listed = []
    for life in sorted(agreements, key=lambda life: (life.tone != "cooperative", life.title)):
        stage, since = life.stage_on(complete_to), life.since(complete_to)
        if not life.within(area) or stage is None or since is None or stage.state not in SHOWN_STATES:
            continue
        last = life.stage_on(pair.day)
        later = f" ({last.state} by a fact of {last.day})" if last and last.state != stage.state else ""
        sources: list[tuple[str | None, str | None]] = [(url, None) for url in stage.sources] or [
            (None, f"{life.title} (no address)")
        ]
        listed.append(
            AgreementStatus(f"{life.title}{later}", life.form, life.tone, stage.state, since, *notes.cite(*sources))
        )
    counts = (now["in_force"], earlier["in_force"], now["restrictions"])
    return AgreementsInForce(*counts, complete_to, tuple(listed))


def in_force_indicator(
    pair: View, agreements: Sequence[Life], complete_to: date | None, notes: Notes
) -> Indicator | None:
    """Agreements and programmes in force on the last day told of, and 24 months before it; None where none is held."""
    if complete_to is None or not agreements:
        return None
    now, earlier = (in_force(agreements, [day]).row(0, named=True) for day in _days(complete_to))
    others = f"{now['suspended']} suspended, {now['restrictions']} restrictions in force"
    named = " and ".join(pair.names)
    cited = notes.cite((None, f"Agreements of {named} held in this record, each by the facts of its life"))
    name = "Agreements and programmes in force"
    if pair.is_old(complete_to):
        return past_indicator(name, complete_to, f"{now['in_force']} by the facts known; {others}", cited)
    comparison = f"{earlier['in_force']} on {_days(complete_to)[1]}; {others}"
    return Indicator(name, "", now["in_force"], "", None, comparison, *cited, data_to=complete_to, leading=True)


def _days(complete_to: date) -> tuple[date, date]:
    return complete_to, months_before(complete_to, HORIZON)
