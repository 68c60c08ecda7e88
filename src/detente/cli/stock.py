"""`detente stock`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from detente.cli.common import Answer, Verb, as_rows
from detente.cli.options import areas_option, by_option, pair_options

if TYPE_CHECKING:
    from detente.api import Pair


@click.command(cls=Verb)
@pair_options()
@by_option("year", ("year", "quarter", "month"), "Count at the end of every one.")
@areas_option
def stock(pair: Pair, by: str, areas: list[str | None]) -> Answer:
    """Count a pair's agreements and programmes in force through time, and the restrictions.

    in_force, signed (not yet in force) and suspended count agreements and programmes; restrictions counts
    sanctions in force. `detente record agreements` names them.
    """
    return as_rows(pair.in_force(by, area=areas), pair=[pair.a, pair.b], by=by, as_of=pair.as_of)
