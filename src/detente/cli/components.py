"""`detente components`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from detente.cli.common import Answer, Verb, as_rows, step
from detente.cli.options import as_of_option, by_option, seed_option, source_option

if TYPE_CHECKING:
    from detente.api import Record


@click.command(cls=Verb)
@click.option("-k", "k", type=click.IntRange(1, 500), help="How many components (default: chosen by held-out cells).")
@by_option("week")
@as_of_option()
@source_option("Event source (default: the one that holds most events).")
@click.option("--restarts", type=click.IntRange(1, 50), default=1, show_default=True, help="Fits; the best is kept.")
@seed_option()
def components(record: Record, k: int | None, **asked: Any) -> Answer:
    """Components of sender x receiver x action x period, named by their top members.

    \b
    detente components -k 20
    detente components --format csv > components.csv
    """
    result = record.components(k, **asked, on_k=lambda tried: step(f"scored K = {tried}"))
    return as_rows(result, table=[result.summary()])
