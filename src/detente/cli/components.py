"""`detente components`."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from detente.cli.options import (
    as_of_option,
    by_option,
    format_option,
    open_record,
    record_options,
    seed_option,
    source_option,
)
from detente.cli.output import emit, waiting


@click.command()
@click.option("-k", "k", type=click.IntRange(1, 500), help="How many components (default: chosen by held-out cells).")
@by_option("week")
@as_of_option()
@source_option("Event source (default: the one that holds most events).")
@click.option("--restarts", type=click.IntRange(1, 50), default=1, show_default=True, help="Fits; the best is kept.")
@seed_option()
@record_options
@format_option()
def components(
    k: int | None, by: str, as_of: date | None, source: str | None, restarts: int, seed: int, form: str, **options: Any
) -> None:
    """Components of sender x receiver x action x period, named by their top members.

    \b
    detente components -k 20
    detente components --format csv > components.csv
    """
    record = open_record(**options)
    with waiting("fitting") as update:
        found = record.components(
            k,
            by=by,
            as_of=as_of,
            source=source,
            restarts=restarts,
            seed=seed,
            on_k=lambda tried: update(f"scored K = {tried}"),
        )
    if form == "table":
        click.echo(found.summary())
    else:
        emit(found.frame, form)
