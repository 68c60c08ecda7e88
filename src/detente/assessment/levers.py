"""What would help: the standard levers weighed for an assessment, a row each, its clearest areas named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.assessment.findings import AreaChange, LeverSummary
from detente.errors import NoData
from detente.levers.comparison import NO_CHANCE
from detente.levers.variants import VARIANTS
from detente.levers.weigh import weigh

if TYPE_CHECKING:
    from detente.record.view import View

DRAWS, NAMED = 200, 3
# The first three share one fitted model and the fourth needs one more: an assessment takes less time than `weigh`.
VARIED = VARIANTS[:4]


def weighed_levers(pair: View, horizon: int) -> tuple[tuple[LeverSummary, ...], str]:
    """The levers, best first, and on what they rest; none, and why not, where nothing can be weighed.

    Those less than 5% plausible are last, without a rank.
    """
    try:
        weighed = weigh(pair, horizon=horizon, variants=VARIED, draws=DRAWS)
    except NoData as error:
        return (), f"unknown: {error}"
    rows = []
    for row in weighed.ranking:
        clearest = sorted(weighed.of(row.lever), key=lambda e: -abs(e.change.value))[:NAMED]
        named = sorted(clearest, key=lambda e: -e.change.value)
        rows.append(
            LeverSummary(
                row.lever,
                row.words,
                row.change,
                row.plausibility,
                row.rank,
                (row.best_rank, row.worst_rank) if row.best_rank and row.worst_rank else None,
                row.sensitive_to,
                tuple(AreaChange(e.area, weighed.titles[e.area], e.change) for e in named),
            )
        )
    unbased = "" if weighed.based else f"; chance of improvement {NO_CHANCE}"
    return tuple(rows), f"{weighed.basis}{unbased}"
