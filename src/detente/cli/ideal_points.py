"""`detente ideal-points`."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from detente.cli.options import as_of_option, format_option, open_record, record_options
from detente.cli.output import emit, waiting


@click.command(name="ideal-points")
@click.argument("states", nargs=-1)
@as_of_option("Only roll calls known on this day.")
@click.option(
    "--sessions",
    type=click.IntRange(0),
    default=8,
    show_default=True,
    help="Fit the last so many sessions (0: all); a session's numbers move with how many are fitted.",
)
@click.option("--issue", type=click.Choice(["nu", "di", "me", "hr", "co", "ec"]), help="Only roll calls of one issue.")
@record_options
@format_option()
def ideal_points(
    states: tuple[str, ...], as_of: date | None, sessions: int, issue: str | None, form: str, **options: Any
) -> None:
    """Ideal points of all states, or of those named, session by session, with 90% bands.

    \b
    detente ideal-points USA RUS CHN
    detente ideal-points --sessions 0 --format csv > points.csv
    """
    import polars as pl

    record = open_record(**options)
    codes = [record.actors.side(state, as_of) for state in states]
    with waiting("fitting") as update:
        found = record.ideal_points(
            as_of=as_of,
            sessions=sessions or None,
            issue=issue,
            on_step=lambda n, change: update(f"round {n}: largest change {change:.4f}"),
        )
    frame = found.frame
    if codes:
        frame = frame.filter(pl.col("state").is_in(codes))
    emit(frame.sort("state", "session"), form)
    click.echo(found.fit.summary(codes), err=True)
