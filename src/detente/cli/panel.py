"""`detente panel`."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from detente.cli.common import (
    Day,
    areas_option,
    chosen_areas,
    format_option,
    open_record,
    record_options,
    say,
    write_frame,
)


@click.command()
@click.argument("a")
@click.argument("b")
@click.option(
    "--by",
    type=click.Choice(["day", "week", "month", "quarter", "year"]),
    default="month",
    show_default=True,
    help="Length of a period.",
)
@click.option("--as-of", type=Day(), help="Only what was known on this day.")
@areas_option
@click.option(
    "--source", help="Event source (default: the one with most events of the pair; sources are never added up)."
)
@click.option(
    "--sectors",
    type=click.Choice(["all", "government"]),
    default="all",
    show_default=True,
    help="Acts of all sectors, or of states and their organs alone.",
)
@record_options
@format_option("table", "csv", "json", "parquet")
def panel(
    a: str,
    b: str,
    by: str,
    as_of: date | None,
    areas: tuple[str, ...],
    source: str | None,
    sectors: str,
    form: str,
    **options: Any,
) -> None:
    """Directed counts by quad class, net intensity and cooperation share, period by period.

    Where a source covers a period, no events means zeros; where none does, the values are missing.
    """
    record = open_record(**options)
    wanted = chosen_areas(record, areas)
    frame = record.pair(a, b, as_of=as_of).panel(by, areas=wanted, source=source, sectors=sectors)
    held = record.event_sources()
    if len(held) > 1 and not source:
        say(
            f"counting {frame['source'][0]} (also held: {', '.join(s for s in held if s != frame['source'][0])}; choose with --source)"
        )
    write_frame(
        frame,
        form,
        meta={
            "pair": [frame["sender"][0], frame["receiver"][0]],
            "by": by,
            "as_of": as_of.isoformat() if as_of else None,
            "source": frame["source"][0],
        },
    )
