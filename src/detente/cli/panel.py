"""`detente panel`."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from detente.cli.common import Answer, Verb, as_rows, say
from detente.cli.options import areas_option, by_option, pair_options

if TYPE_CHECKING:
    from detente.api import Pair, Record


@click.command(cls=Verb)
@pair_options(
    required=False, source="Event source (default: the one with most events of the pair; sources are never added up)."
)
@by_option("month")
@areas_option
@click.option(
    "--sectors",
    type=click.Choice(["all", "government"]),
    default="all",
    show_default=True,
    help="Acts of all sectors, or of states and their organs alone.",
)
@click.option("--among", help="All pairs of these states, as in USA,RUS,CHN; in place of A and B.")
@click.option(
    "--min-events",
    type=click.IntRange(0),
    default=1,
    show_default=True,
    help="Of all pairs, those with so many events.",
)
@click.option("--add", multiple=True, metavar="NAME", help="Join a variable, as in un_agreement; may be repeated.")
def panel(
    record: Record,
    pair: Pair | None,
    by: str,
    as_of: date | None,
    areas: list[str | None],
    source: str | None,
    sectors: str,
    among: str | None,
    min_events: int,
    add: tuple[str, ...],
) -> Answer:
    """Directed counts by quad class, net intensity and cooperation share, period by period.

    Where a source covers a period, no events means zeros; where none does, the values are missing. Without A and B:
    all pairs of states.

    \b
    detente panel USA RUS --by quarter
    detente panel --by week --min-events 50 --format parquet > pairs.parquet
    detente panel --among USA,RUS,CHN --area diplomatic
    detente panel USA RUS --by year --add un_agreement --add in_force
    """
    states = among.split(",") if among else None
    if pair is None:
        if sectors != "all":
            raise click.UsageError("--sectors is for one pair")
        if states is not None and len(set(states)) < 2:
            raise click.UsageError("--among needs two states or more, as in USA,RUS,CHN")
        table = record.panel(states, by=by, as_of=as_of, area=areas, source=source, min_events=min_events, add=add)
        return as_rows(table, among=states, by=by, as_of=as_of, source=source)
    if among:
        raise click.UsageError("give either A and B, or --among")
    table = pair.panel(by, area=areas, sectors=sectors, add=add)
    a, b, counted = table.frame.select("sender", "receiver", "source").row(0)
    others = [name for name in record.event_sources() if name != counted]
    if others and not source:
        say(f"counting {counted} (also held: {', '.join(others)}; choose with --source)")
    return as_rows(table, pair=[a, b], by=by, as_of=as_of, source=counted)
