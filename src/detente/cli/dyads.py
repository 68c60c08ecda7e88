"""`detente dyads`."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from detente.cli.common import Answer, Verb, as_rows
from detente.cli.options import as_of_option

if TYPE_CHECKING:
    from detente.api import Record


@click.command(cls=Verb)
@click.option("--from", "first", type=int, required=True, help="First year.")
@click.option("--to", "last", type=int, required=True, help="Last year.")
@click.option(
    "--system", type=click.Choice(["cow", "gw"]), default="cow", show_default=True, help="Whose list of states."
)
@click.option("--directed", is_flag=True, help="Both orders of every two.")
@click.option("--states", "members", help="Only dyads with one of these, as in USA,RUS.")
@click.option("--with", "add", help="Variables to join, as in 'defence pact,exports'.")
@as_of_option("As known on this day.")
def dyads(
    record: Record,
    first: int,
    last: int,
    system: str,
    directed: bool,
    members: str | None,
    add: str | None,
    as_of: date | None,
) -> Answer:
    """List dyad-years: every two members of the state system in each year, with variables of the data sets held.

    A variable is a kind of fact (counted; nought where its source covers the year, else empty), a measure, or a topic
    of `detente context` (alliances, disputes, economy ...) with all that is held of it.

    \b
    detente dyads --from 1946 --to 2012 --with "defence pact,exports" --format parquet > dyads.parquet
    """
    named = [name.strip() for name in members.split(",")] if members else None
    wanted = [name.strip() for name in add.split(",") if name.strip()] if add else []
    return as_rows(record.dyads(first, last, system=system, directed=directed, states=named, add=wanted, as_of=as_of))
