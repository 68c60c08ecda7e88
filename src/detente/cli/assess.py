"""`detente assess`."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from detente.cli.options import as_of_option, format_option, open_pair, pair_arguments, record_options, source_option
from detente.cli.output import emit, say, waiting


@click.command()
@pair_arguments()
@as_of_option(required=True)
@source_option()
@click.option(
    "--html", "page", type=click.Path(dir_okay=False), help="Write a self-contained page to this file as well."
)
@click.option(
    "--brief", is_flag=True, help="The first screen only, on the page and as data too: without models and levers."
)
@record_options
@format_option(documents=True)
def assess(
    a: str, b: str, as_of: date, source: str | None, page: str | None, brief: bool, form: str, **options: Any
) -> None:
    """Assess the security relations of A and B as of a day.

    \b
    detente assess USA RUS --as-of 2007-02-01
    detente assess USA RUS --as-of 2007-02-01 --html assessment.html
    detente assess India Pakistan --as-of 2018-08-31 --format json
    """
    from detente.report import write
    from detente.report.assessment import build

    with waiting("assessing"):
        result = open_pair(options, a, b, as_of, source).assess(with_models=not brief)
    document = build(result, brief=brief)
    if page:
        say(f"wrote {write(document, page)}")
    emit(result, form, document=document)
