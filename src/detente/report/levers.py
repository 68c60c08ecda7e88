"""Levers weighed, for a terminal: the ranking, each lever area by area, what it rests on and what it can't tell."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from detente.levers.weighed import MAIN, NO_CHANCE, title
from detente.report.text import points

if TYPE_CHECKING:
    from detente.levers.weighed import Weighed

SHORT = 24
CAUTION = (
    "Chances are this model's own, not the forecast's; changes, in percentage points, are associated with the lever in the record and prove no cause. "
    "Plausible: the chance that the record's own dynamics would bring a course as far out as the lever asks; below 5% the model is asked about what it has never seen: such levers come last, without a rank. "
    "Ranks: by the mean change over areas, over variants of the model that change one assumption each."
)


def to_text(made: Weighed, width: int = 100, *, sensitivity: bool = False) -> str:
    """Ranking, effects by area, analogues, unknowns."""
    lines = [title(made), *([] if made.reached else textwrap.wrap(f"Over {made.allowed}.", width)), ""]
    if not made.based:
        lines += [*textwrap.wrap(f"Chance of improvement {NO_CHANCE}.", width), ""]
    lines.append(f"{'':4}{'Lever':<31}{'change (90%)':>15}{'plausible':>11}{'ranks':>8}  most sensitive to")
    for row in made.ranking:
        change = f"{points(row.change)} ({points(row.low)} to {points(row.high)})"
        ranks = f"{row.best_rank}-{row.worst_rank}" if row.best_rank != row.worst_rank else f"{row.best_rank or 'none'}"
        place = f"{row.rank:>2}." if row.rank else " - "
        lines.append(
            f"{place} {row.lever[:30]:<31}{change:>15}{_plausible(row.plausibility):>11}{ranks:>8}  {row.sensitive_to}"
        )
    lines.append("")
    for row in made.ranking:
        lines += textwrap.wrap(f"{row.lever}: {row.words}.", width)
        for e in made.of(row.lever):
            level = f"level {e.level_change:+.2f} ({e.level_low:+.2f} to {e.level_high:+.2f}) a {made.by}"
            change = f"{points(e.change)} ({points(e.change_low)} to {points(e.change_high)})"
            chances = f" {e.chance:>4.0%} to {e.chance_with:>4.0%}" if made.based else ""
            lines.append(f"  {made.titles[e.area][:SHORT]:<{SHORT}}{chances}  {change:<18} {level}")
            if sensitivity:
                told = ", ".join(f"{name} {points(value)}" for name, value in e.by_variant.items() if name != MAIN)
                lines += textwrap.wrap(told, width, initial_indent="      ", subsequent_indent="      ")
        lines.append("")
    if made.analogues:
        lines.append(
            "What followed comparable moves of all pairs: cooperative share over two years, less that of pairs alike"
        )
        for one in made.analogues:
            text = f"{one.kind}: {one.words}; {one.moves:,} moves of {one.pairs:,} pairs up to {one.until}: {_share(one.change)} ({_share(one.low)} to {_share(one.high)}) points"
            lines += textwrap.wrap(text, width, initial_indent="  ", subsequent_indent="    ")
        lines.append("")
    for text in made.unknown:
        lines += textwrap.wrap(f"Unknown: {text}", width, subsequent_indent="  ")
    lines += textwrap.wrap(f"rests on {made.basis}", width, initial_indent="  ", subsequent_indent="    ")
    lines += textwrap.wrap(CAUTION, width, initial_indent="  ", subsequent_indent="    ")
    return "\n".join(lines) + "\n"


def _plausible(value: float) -> str:
    return "<1%" if value < 0.01 else f"{value:.0%}"


def _share(value: float) -> str:
    return f"{100 * value:+.1f}"
