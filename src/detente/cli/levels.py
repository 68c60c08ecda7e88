"""`detente levels`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from detente.cli.common import Answer, Verb, as_rows, say
from detente.cli.options import SEVERAL, areas_option, by_option, pair_options

if TYPE_CHECKING:
    from detente.api import Pair


@click.command(cls=Verb)
@pair_options(as_of="Only what was known on this day (default: today).", source=SEVERAL)
@by_option("month")
@areas_option
def levels(pair: Pair, by: str, areas: list[str | None]) -> Answer:
    """Levels of cooperation and conflict with 90% bands, freed of the noise and the volume of the press.

    \b
    detente levels USA RUS --by week
    detente levels USA RUS --area all --format csv > levels.csv
    """
    result = pair.levels(by, area=areas)
    say(f"basis: {result.basis}")
    if ended := result.history():
        say(ended)
    return as_rows(result)
