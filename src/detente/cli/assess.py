"""`detente assess`."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from detente.cli.common import Day, format_option, open_record, record_options, say, write_report


@click.command()
@click.argument("a")
@click.argument("b")
@click.option("--as-of", type=Day(), required=True, help="The day; nothing known later is used.")
@click.option("--source", help="Event source (default: the one with most events of the pair).")
@click.option(
    "--html", "page", type=click.Path(dir_okay=False), help="Write a self-contained page to this file as well."
)
@click.option(
    "--brief", is_flag=True, help="The first screen only, on the page and as data too: without models and levers."
)
@record_options
@format_option("table", "json", documents=True)
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

    record = open_record(**options)
    result = record.pair(a, b, as_of=as_of, source=source).assess(with_models=not brief)
    document = build(result, brief=brief)
    if page:
        say(f"wrote {write(document, page)}")
    if form == "json":
        click.echo(result.to_json(), nl=False)
    else:
        write_report(document, form)
