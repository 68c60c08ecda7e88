"""`detente similarity`."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from detente.cli.options import as_of_option, format_option, open_record, pair_arguments, record_options
from detente.cli.output import emit
from detente.errors import NoData

ISSUES = ["nu", "di", "me", "hr", "co", "ec"]


@click.command()
@pair_arguments(required=False)
@click.option("--issue", type=click.Choice([*ISSUES, "all"]), help="Roll calls of one issue, or of every one in turn.")
@as_of_option("Only roll calls known on this day.")
@record_options
@format_option()
def similarity(a: str | None, b: str | None, issue: str | None, as_of: date | None, form: str, **options: Any) -> None:
    """How alike A and B vote in the UN by year: agreement, S, pi, kappa, 90% intervals; without A and B, all pairs.

    nu nuclear weapons, di arms control, me Palestinian conflict, hr human rights, co colonialism, ec development.

    \b
    detente similarity USA RUS --issue all
    detente similarity --issue nu --format parquet > pairs.parquet
    """
    record = open_record(**options)
    if (a is None) != (b is None):
        raise click.UsageError("Missing argument 'B': name two states, or none for all pairs.")
    if a is None or b is None:
        if issue == "all":
            raise click.UsageError("--issue all is for one pair")
        frame = record.similarity(issue=issue, as_of=as_of).frame
    else:
        issues = (None, *ISSUES) if issue == "all" else (issue,)
        frame = record.pair(a, b, as_of=as_of).similarity(issues).frame
    if frame.is_empty():
        raise NoData(
            "no roll calls are held in which they took part; ingest or fetch the votes (detente fetch unvotes)"
        )
    emit(frame, form)
