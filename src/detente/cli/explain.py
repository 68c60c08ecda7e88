"""`detente explain`."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from detente.cli.options import (
    as_of_option,
    charts_option,
    format_option,
    open_pair,
    pair_arguments,
    record_options,
    seed_option,
    source_option,
)
from detente.cli.output import emit, waiting, write_charts


@click.command()
@pair_arguments()
@as_of_option("Only what was known on this day (default: today).")
@click.option(
    "--third", "thirds", multiple=True, help="A third state; may be repeated (default: those with most facts)."
)
@source_option()
@seed_option()
@charts_option("a chart for each topic")
@record_options
@format_option(documents=True)
def explain(
    a: str,
    b: str,
    as_of: date | None,
    thirds: tuple[str, ...],
    source: str | None,
    seed: int,
    charts: str | None,
    form: str,
    **options: Any,
) -> None:
    """Explain the relations of A and B: what the models say, each number with its 90% band and its basis.

    \b
    detente explain USA RUS
    detente explain USA RUS --as-of 2018-08-31 --third IRN --third SYR
    detente explain IND PAK --charts charts --format json
    """
    pair = open_pair(options, a, b, as_of, source)
    with waiting("asking the models") as update:
        digest = pair.explain(thirds, seed=seed, on_topic=lambda topic: update(f"asking: {topic.lower()}"))
    if charts:
        label = f"of {pair.a} and {pair.b}"
        write_charts(charts, ((name, draw, f"{name} {label}") for name, draw in digest.charts.items()))
    emit(digest, form)
