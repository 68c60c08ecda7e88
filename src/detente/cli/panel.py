"""`detente panel`."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from detente.cli.options import (
    areas_option,
    as_of_option,
    by_option,
    chosen_areas,
    format_option,
    open_record,
    pair_arguments,
    record_options,
    source_option,
)
from detente.cli.output import emit, say

if TYPE_CHECKING:
    from detente.api import Record


@click.command()
@pair_arguments(required=False)
@by_option("month")
@as_of_option()
@areas_option
@source_option("Event source (default: the one with most events of the pair; sources are never added up).")
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
@record_options
@format_option()
def panel(
    a: str | None,
    b: str | None,
    by: str,
    as_of: date | None,
    areas: tuple[str, ...],
    source: str | None,
    sectors: str,
    among: str | None,
    min_events: int,
    add: tuple[str, ...],
    form: str,
    **options: Any,
) -> None:
    """Directed counts by quad class, net intensity and cooperation share, period by period.

    Where a source covers a period, no events means zeros; where none does, the values are missing. Without A and B:
    all pairs of states.

    \b
    detente panel USA RUS --by quarter
    detente panel --by week --min-events 50 --format parquet > pairs.parquet
    detente panel --among USA,RUS,CHN --area diplomatic
    detente panel USA RUS --by year --add un_agreement --add in_force
    """
    record = open_record(**options)
    wanted = chosen_areas(record, areas)
    if a is None or b is None:
        _all_pairs(record, a, by, as_of, wanted, source, sectors, among, min_events, add, form)
        return
    if among:
        raise click.UsageError("give either A and B, or --among")
    frame = record.pair(a, b, as_of=as_of, source=source).panel(by, area=wanted, sectors=sectors, add=add).frame
    sources = record.event_sources()
    if len(sources) > 1 and not source:
        others = [name for name in sources if name != frame["source"][0]]
        say(f"counting {frame['source'][0]} (also held: {', '.join(others)}; choose with --source)")
    emit(
        frame,
        form,
        meta={
            "pair": [frame["sender"][0], frame["receiver"][0]],
            "by": by,
            "as_of": as_of,
            "source": frame["source"][0],
        },
    )


def _all_pairs(
    record: Record,
    alone: str | None,
    by: str,
    as_of: date | None,
    areas: list[str | None],
    source: str | None,
    sectors: str,
    among: str | None,
    min_events: int,
    add: tuple[str, ...],
    form: str,
) -> None:
    if alone is not None:
        raise click.UsageError("Missing argument 'B': name two states, or none for all pairs.")
    if sectors != "all":
        raise click.UsageError("--sectors is for one pair")
    states = among.split(",") if among else None
    if states is not None and len(set(states)) < 2:
        raise click.UsageError("--among needs two states or more, as in USA,RUS,CHN")
    frame = record.panel(states, by=by, as_of=as_of, area=areas, source=source, min_events=min_events, add=add).frame
    meta = {"among": states, "by": by, "as_of": as_of, "source": source}
    emit(frame, form, meta=meta)
