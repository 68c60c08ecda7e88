"""`detente stock`."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from detente.cli.common import Day, areas_option, chosen_areas, format_option, open_record, record_options, write_frame


@click.command()
@click.argument("a")
@click.argument("b")
@click.option(
    "--by",
    type=click.Choice(["year", "quarter", "month"]),
    default="year",
    show_default=True,
    help="Count at the end of every one.",
)
@click.option("--as-of", type=Day(), help="Only what was known on this day.")
@areas_option
@record_options
@format_option("table", "csv", "json", "parquet")
def stock(a: str, b: str, by: str, as_of: date | None, areas: tuple[str, ...], form: str, **options: Any) -> None:
    """Count a pair's agreements and programmes in force through time, and the restrictions.

    in_force, signed (not yet in force) and suspended count agreements and programmes; restrictions counts
    sanctions in force. `detente record agreements` names them.
    """
    record = open_record(**options)
    pair = record.pair(a, b, as_of=as_of)
    frame = pair.in_force(by, area=chosen_areas(record, areas)).frame
    meta = {"pair": [pair.a, pair.b], "by": by, "as_of": as_of.isoformat() if as_of else None}
    write_frame(frame, form, meta=meta)
