"""`detente explain`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from detente.cli.common import Verb, step
from detente.cli.options import SEVERAL, charts_option, pair_options, seed_option

if TYPE_CHECKING:
    from detente.api import Pair
    from detente.explain.digest import Digest


@click.command(cls=Verb)
@pair_options(as_of="Only what was known on this day (default: today).", source=SEVERAL)
@click.option(
    "--third", "thirds", multiple=True, help="A third state; may be repeated (default: those with most facts)."
)
@seed_option()
@charts_option
def explain(pair: Pair, thirds: tuple[str, ...], seed: int) -> Digest:
    """Explain the relations of A and B: what the models say, each number with its 90% band and its basis.

    \b
    detente explain USA RUS
    detente explain USA RUS --as-of 2018-08-31 --third IRN --third SYR
    detente explain IND PAK --charts charts --format json
    """
    return pair.explain(thirds, seed=seed, on_topic=lambda topic: step(f"asking: {topic.lower()}"))
