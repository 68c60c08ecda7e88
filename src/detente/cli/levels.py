"""`detente levels`."""

from __future__ import annotations

from datetime import date
from typing import Any

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
from detente.cli.output import emit, say, waiting


@click.command()
@pair_arguments()
@by_option("month")
@as_of_option("Only what was known on this day (default: today).")
@areas_option
@source_option()
@record_options
@format_option()
def levels(
    a: str, b: str, by: str, as_of: date | None, areas: tuple[str, ...], source: str | None, form: str, **options: Any
) -> None:
    """Levels of cooperation and conflict with 90% bands, freed of the noise and the volume of the press.

    \b
    detente levels USA RUS --by week
    detente levels USA RUS --area all --format csv > levels.csv
    """
    record = open_record(**options)
    with waiting("fitting"):
        answer = record.pair(a, b, as_of=as_of, source=source).levels(by, area=chosen_areas(record, areas))
    say(f"basis: {answer.basis}")
    if ended := answer.history():
        say(ended)
    emit(answer.frame, form)
