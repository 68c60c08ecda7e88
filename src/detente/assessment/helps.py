"""What would help: the standard levers weighed for an assessment, a row each, its clearest areas named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.assessment.findings import Help, HelpedArea
from detente.errors import NoData
from detente.levers.weigh import VARIANTS, weigh
from detente.levers.weighed import NO_CHANCE

if TYPE_CHECKING:
    from detente.record.view import View

DRAWS, NAMED = 200, 3
# Those that share a fitted model or need but one more: an assessment should not take as long as a weighing.
VARIED = VARIANTS[:4]


def what_would_help(pair: View, horizon: int) -> tuple[tuple[Help, ...], str]:
    """The levers, best first (those less than 5% plausible last, without a rank), and on what they rest; none and why not where nothing can be weighed."""
    try:
        made = weigh(pair, horizon=horizon, variants=VARIED, draws=DRAWS)
    except NoData as error:
        return (), f"unknown: {error}"
    found = []
    for row in made.ranking:
        areas = sorted(made.of(row.lever), key=lambda e: -abs(e.change))
        named = sorted(areas[:NAMED], key=lambda e: -e.change)
        found.append(
            Help(
                row.lever,
                row.words,
                row.change,
                (row.low, row.high),
                row.plausibility,
                row.rank,
                (row.best_rank, row.worst_rank) if row.best_rank and row.worst_rank else None,
                row.sensitive_to,
                tuple(HelpedArea(e.area, made.titles[e.area], e.change, (e.change_low, e.change_high)) for e in named),
            )
        )
    unbased = "" if made.based else f"; chance of improvement {NO_CHANCE}"
    return tuple(found), f"{made.basis}{unbased}"
