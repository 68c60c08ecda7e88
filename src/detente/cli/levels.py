"""`detente levels`."""

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
@click.option("--as-of", type=Day(), help="Only what was known on this day (default: today).")
@areas_option
@click.option("--source", help="Event source (default: the one with most events of the pair).")
@record_options
@format_option("table", "csv", "json", "parquet")
def levels(
    a: str, b: str, by: str, as_of: date | None, areas: tuple[str, ...], source: str | None, form: str, **options: Any
) -> None:
    """Levels of cooperation and conflict with 90% bands, freed of the noise and the volume of the press.

    \b
    detente levels USA RUS --by week
    detente levels USA RUS --area all --format csv > levels.csv
    """
    record = open_record(**options)
    found = record.pair(a, b, as_of=as_of, source=source).levels(by, area=chosen_areas(record, areas))
    say(f"basis: {found.basis}")
    if said := found.history():
        say(said)
    write_frame(found.frame, form)
