"""`detente weigh`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from detente.cli.common import Answer, Verb, step
from detente.cli.options import by_option, horizon_option, pair_options, seed_option

if TYPE_CHECKING:
    from detente.api import Pair


@click.command(cls=Verb)
@pair_options(day=True, source="Weigh by this event source, not by the chronology.")
@click.option(
    "--lever",
    "texts",
    multiple=True,
    help="As reciprocity=1.0, contain=IRN, incentives=USA:1:12, equal, channel=NATO, or several joined by +; "
    "may be repeated (default: the standard ones).",
)
@click.option("--levers", "file", type=click.Path(path_type=Path, dir_okay=False), help="Levers from this TOML file.")
@horizon_option
@by_option(among=("day", "week", "month", "quarter"), help="Period of the model (default: by what is held).")
@click.option("--draws", type=click.IntRange(50, 20_000), default=400, show_default=True, help="Of the parameters.")
@seed_option()
@click.option("--sensitivity", is_flag=True, help="The change under every variant of the model.")
def weigh(pair: Pair, texts: tuple[str, ...], file: Path | None, sensitivity: bool, **asked: Any) -> Answer:
    """Weigh levers on the relations of A and B: what would be associated with how much more improvement, area by area.

    \b
    detente weigh USA RUS --as-of 2007-02-01
    detente weigh USA RUS --lever reciprocity=1.0 --lever contain=IRN --as-of 2007-02-01 --sensitivity
    """
    from detente.levers.policy import read_levers
    from detente.report.levers import build

    levers = read_levers(file, pair.record.actors, pair.day) if file else []
    result = pair.weigh([*texts, *levers], on_lever=lambda name: step(f"weighing {name}"), **asked)
    document = build(result, sensitivity=sensitivity)
    return Answer(result, result.sensitivity() if sensitivity else None, document=document)
