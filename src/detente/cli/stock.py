"""`detente stock`."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from detente.cli.options import (
    areas_option,
    as_of_option,
    chosen_areas,
    format_option,
    open_record,
    pair_arguments,
    record_options,
)
from detente.cli.output import emit


@click.command()
@pair_arguments()
@click.option(
    "--by",
    type=click.Choice(["year", "quarter", "month"]),
    default="year",
    show_default=True,
    help="Count at the end of every one.",
)
@as_of_option()
@areas_option
@record_options
@format_option()
def stock(a: str, b: str, by: str, as_of: date | None, areas: tuple[str, ...], form: str, **options: Any) -> None:
    """Count a pair's agreements and programmes in force through time, and the restrictions.

    in_force, signed (not yet in force) and suspended count agreements and programmes; restrictions counts
    sanctions in force. `detente record agreements` names them.
    """
    record = open_record(**options)
    pair = record.pair(a, b, as_of=as_of)
    frame = pair.in_force(by, area=chosen_areas(record, areas)).frame
    meta = {"pair": [pair.a, pair.b], "by": by, "as_of": as_of}
    emit(frame, form, meta=meta)
