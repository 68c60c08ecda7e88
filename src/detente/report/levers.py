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


def build(made: LeverComparison, *, sensitivity: bool = False) -> Document:
    """Ranking, effects by area (with `sensitivity` also under every variant of the model), analogues, unknowns."""
    names = " – ".join(state_name(code) for code in made.pair)
    header = ("", "Lever", "change (90%)", "plausible", "ranks", "most sensitive to")
    analogues = (
        "What followed comparable moves of all pairs: cooperative share over two years, less that of pairs alike",
        (items(*map(_analogue, made.analogues)),),
    )
    blocks = (
        None if made.reached else Note(f"Over {made.allowed}."),
        None if made.based else Note(f"Chance of improvement {NO_CHANCE}."),
        Table(header, tuple(map(_ranked, made.ranking)), "rlrrrl"),
        *(_lever(made, row, sensitivity) for row in made.ranking),
        Part(*analogues) if made.analogues else None,
        *(Note(f"Unknown: {text}", quiet=False) for text in made.unknown),
        Note(f"Rests on {made.basis}."),
        Note(CAUTION),
    )
    return Document(names, f"Levers over {made.span} from {made.as_of}", blocks)


def _ranked(row: Ranked) -> tuple[Text, ...]:
    ranks = "-".join(str(rank or "none") for rank in dict.fromkeys((row.best_rank, row.worst_rank)))
    plausible = "<1%" if row.plausibility < 0.01 else f"{row.plausibility:.0%}"
    place = f"{row.rank}." if row.rank else "-"
    return place, row.lever, points(row.change), plausible, ranks, row.sensitive_to


def _lever(made: LeverComparison, row: Ranked, sensitivity: bool) -> Part:
    chance = ("chance",) if made.based else ()
    header = ("area", *chance, "change (90%)", f"level (90%) a {made.by}", *(("by variant",) if sensitivity else ()))
    rows = tuple(_effect(made, effect, sensitivity) for effect in made.of(row.lever))
    return Part(f"{row.lever}: {row.words}", (Table(header, rows, "llrr" if made.based else "lrr"),))


def _effect(made: LeverComparison, e: Effect, sensitivity: bool) -> tuple[Text, ...]:
    level = f"{e.level_change.value:+.2f} ({e.level_change.low:+.2f} to {e.level_change.high:+.2f})"
    variants = ", ".join(f"{name} {points(value)}" for name, value in e.by_variant.items() if name != MAIN)
    return (
        made.titles[e.area],
        *((f"{e.chance:.0%} to {e.chance_with:.0%}",) if made.based else ()),
        points(e.change),
        level,
        *((variants,) if sensitivity else ()),
    )


def _analogue(one: Analogue) -> str:
    change, low, high = (f"{100 * value:+.1f}" for value in (one.change, one.low, one.high))
    moves = f"{one.moves:,} moves of {one.pairs:,} pairs up to {one.until}"
    return f"{one.kind}: {one.words}; {moves}: {change} ({low} to {high}) points"
