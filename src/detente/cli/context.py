"""`detente context`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from detente.cli.common import Answer, Verb, as_rows
from detente.cli.options import pair_options

if TYPE_CHECKING:
    from detente.api import Pair


@click.command(cls=Verb)
@pair_options()
@click.option("--from", "first", type=int, help="First year.")
@click.option("--to", "last", type=int, help="Last year.")
def context(pair: Pair, first: int | None, last: int | None) -> Answer:
    """Show what the field's data sets hold of a pair, topic by topic, now and through time.

    Each finding names its source and the last year of which that tells: after it nothing is known. CSV and Parquet have
    every fact and value.
    """
    result = pair.context(first, last)
    return as_rows(result, table=[result.summary() + "\n"], pair=[pair.a, pair.b], as_of=pair.as_of)
