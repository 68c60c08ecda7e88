"""`detente similarity`."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from detente.cli.common import Answer, Verb, as_rows
from detente.cli.options import ISSUES, pair_options
from detente.errors import NoData

if TYPE_CHECKING:
    from detente.api import Pair, Record


@click.command(cls=Verb)
@pair_options(required=False, as_of="Only roll calls known on this day.")
@click.option("--issue", type=click.Choice([*ISSUES, "all"]), help="Roll calls of one issue, or of every one in turn.")
def similarity(record: Record, pair: Pair | None, issue: str | None, as_of: date | None) -> Answer:
    """How alike A and B vote in the UN by year: agreement, S, pi, kappa, 90% intervals; without A and B, all pairs.

    nu nuclear weapons, di arms control, me Palestinian conflict, hr human rights, co colonialism, ec development.

    \b
    detente similarity USA RUS --issue all
    detente similarity --issue nu --format parquet > pairs.parquet
    """
    if pair:
        table = pair.similarity((None, *ISSUES) if issue == "all" else (issue,))
    elif issue == "all":
        raise click.UsageError("--issue all is for one pair")
    else:
        table = record.similarity(issue=issue, as_of=as_of)
    if table.frame.is_empty():
        raise NoData(
            "no roll calls are held in which they took part; ingest or fetch the votes (detente fetch unvotes)"
        )
    return as_rows(table)
