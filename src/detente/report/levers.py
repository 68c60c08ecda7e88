"""The document of levers weighed: the ranking, each lever area by area, analogues, what it rests on and can't tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.actors import state_name
from detente.levers.comparison import MAIN, NO_CHANCE
from detente.report.document import Document, Note, Part, Table, Text, items
from detente.report.text import points

if TYPE_CHECKING:
    from detente.levers.analogues import Analogue
    from detente.levers.comparison import Effect, LeverComparison, Ranked

CAUTION = (
    "Chances are this model's own, not the forecast's; changes, in percentage points, are associated with the lever "
    "in the record and prove no cause. Plausible: the chance that the record's own dynamics would bring a course as "
    "far out as the lever asks; below 5% the model is asked about what it has never seen: such levers come last, "
    "without a rank. Ranks: by the mean change over areas, over variants of the model that change one assumption "
    "each."
)


def build(comparison: LeverComparison, *, sensitivity: bool = False) -> Document:
    """Ranking, effects by area (with `sensitivity` also under every variant of the model), analogues, unknowns."""
    names = " – ".join(state_name(code) for code in comparison.pair)
    header = ("", "Lever", "change (90%)", "plausible", "ranks", "most sensitive to")
    analogues = (
        "What followed comparable moves of all pairs: cooperative share over two years, less that of pairs alike",
        (items(*map(_analogue, comparison.analogues)),),
    )
    blocks = (
        None if comparison.reached else Note(f"Over {comparison.allowed}."),
        None if comparison.based else Note(f"Chance of improvement {NO_CHANCE}."),
        Table(header, tuple(map(_ranked, comparison.ranking)), "rlrrrl"),
        *(_lever(comparison, row, sensitivity) for row in comparison.ranking),
        Part(*analogues) if comparison.analogues else None,
        *(Note(f"Unknown: {text}", quiet=False) for text in comparison.unknown),
        Note(f"Rests on {comparison.basis}."),
        Note(CAUTION),
    )
    return Document(names, f"Levers over {comparison.span} from {comparison.as_of}", blocks)


def _ranked(row: Ranked) -> tuple[Text, ...]:
    ranks = "-".join(str(rank or "none") for rank in dict.fromkeys((row.best_rank, row.worst_rank)))
    plausible = "<1%" if row.plausibility < 0.01 else f"{row.plausibility:.0%}"
    place = f"{row.rank}." if row.rank else "-"
    return place, row.lever, points(row.change), plausible, ranks, row.sensitive_to


def _lever(comparison: LeverComparison, row: Ranked, sensitivity: bool) -> Part:
    chance = ("chance",) if comparison.based else ()
    level, variants = f"level (90%) a {comparison.by}", ("by variant",) if sensitivity else ()
    header = ("area", *chance, "change (90%)", level, *variants)
    rows = tuple(_effect(comparison, effect, sensitivity) for effect in comparison.of(row.lever))
    return Part(f"{row.lever}: {row.words}", (Table(header, rows, "llrr" if comparison.based else "lrr"),))


def _effect(comparison: LeverComparison, e: Effect, sensitivity: bool) -> tuple[Text, ...]:
    level = f"{e.level_change.value:+.2f} ({e.level_change.low:+.2f} to {e.level_change.high:+.2f})"
    variants = ", ".join(f"{name} {points(value)}" for name, value in e.by_variant.items() if name != MAIN)
    return (
        comparison.titles[e.area],
        *((f"{e.chance:.0%} to {e.chance_with:.0%}",) if comparison.based else ()),
        points(e.change),
        level,
        *((variants,) if sensitivity else ()),
    )


def _analogue(one: Analogue) -> str:
    change, low, high = (f"{100 * value:+.1f}" for value in (one.change, one.low, one.high))
    moves = f"{one.moves:,} moves of {one.pairs:,} pairs up to {one.until}"
    return f"{one.kind}: {one.words}; {moves}: {change} ({low} to {high}) points"
