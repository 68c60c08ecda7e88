"""`detente components`."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from detente.cli.common import Day, format_option, open_record, record_options, say, write_frame


@click.command()
@click.option("-k", "k", type=click.IntRange(1, 500), help="How many components (default: chosen by held-out cells).")
@click.option(
    "--by",
    type=click.Choice(["day", "week", "month", "quarter", "year"]),
    default="week",
    show_default=True,
    help="Length of a period.",
)
@click.option("--as-of", type=Day(), help="Only what was known on this day.")
@click.option("--source", help="Event source (default: the one that holds most events).")
@click.option("--restarts", type=click.IntRange(1, 50), default=1, show_default=True, help="Fits; the best is kept.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the first fit.")
@record_options
@format_option("table", "csv", "json", "parquet")
def components(
    k: int | None, by: str, as_of: date | None, source: str | None, restarts: int, seed: int, form: str, **options: Any
) -> None:
    """Components of sender x receiver x action x period, named by their top members.

    \b
    detente components -k 20
    detente components --format csv > components.csv
    """
    record = open_record(**options)
    found = record.components(
        k,
        by=by,
        as_of=as_of,
        source=source,
        restarts=restarts,
        seed=seed,
        on_k=lambda tried: say(f"scored K = {tried}"),
    )
    if form == "table":
        click.echo(found.summary())
        return
    write_frame(found.frame, form)
