"""`detente assess`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from detente.cli.common import Answer, Verb
from detente.cli.options import SEVERAL, html_option, pair_options

if TYPE_CHECKING:
    from detente.api import Pair


@click.command(cls=Verb)
@pair_options(day=True, source=SEVERAL)
@html_option
@click.option(
    "--brief", is_flag=True, help="The first screen only, on the page and as data too: without models and levers."
)
def assess(pair: Pair, brief: bool) -> Answer:
    """Assess the security relations of A and B as of a day.

    \b
    detente assess USA RUS --as-of 2007-02-01
    detente assess USA RUS --as-of 2007-02-01 --html assessment.html
    detente assess India Pakistan --as-of 2018-08-31 --format json
    """
    from detente.report.assessment import build

    result = pair.assess(with_models=not brief)
    return Answer(result, document=build(result, brief=brief))
