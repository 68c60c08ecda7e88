"""`detente ideal-points`."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from detente.cli.common import Verb, say, step
from detente.cli.options import ISSUES, as_of_option

if TYPE_CHECKING:
    import polars as pl

    from detente.api import Record


@click.command(name="ideal-points", cls=Verb)
@click.argument("states", nargs=-1)
@as_of_option("Only roll calls known on this day.")
@click.option(
    "--sessions",
    type=click.IntRange(0),
    default=8,
    show_default=True,
    help="Fit the last so many sessions (0: all); a session's numbers move with how many are fitted.",
)
@click.option("--issue", type=click.Choice(ISSUES), help="Only roll calls of one issue.")
def ideal_points(
    record: Record, states: tuple[str, ...], as_of: date | None, sessions: int, issue: str | None
) -> pl.DataFrame:
    """Ideal points of all states, or of those named, session by session, with 90% bands.

    \b
    detente ideal-points USA RUS CHN
    detente ideal-points --sessions 0 --format csv > points.csv
    """
    import polars as pl

    codes = [record.actors.side(state, as_of) for state in states]
    result = record.ideal_points(
        as_of=as_of,
        sessions=sessions or None,
        issue=issue,
        on_step=lambda n, change: step(f"round {n}: largest change {change:.4f}"),
    )
    for line in result.fit.summary(codes).splitlines():
        say(line)
    return result.frame.filter(pl.col("state").is_in(codes) if codes else True).sort("state", "session")
