"""`detente weigh`."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

from detente.cli.common import Day, format_option, open_record, record_options, write_frame, write_report


@click.command()
@click.argument("a")
@click.argument("b")
@click.option("--as-of", type=Day(), required=True, help="The day; nothing known later is used.")
@click.option(
    "--lever",
    "texts",
    multiple=True,
    help="As reciprocity=1.0, contain=IRN, incentives=USA:1:12, equal, channel=NATO, or several joined by +; "
    "may be repeated (default: the standard ones).",
)
@click.option("--levers", "file", type=click.Path(path_type=Path, dir_okay=False), help="Levers from this TOML file.")
@click.option("--horizon", type=click.IntRange(1, 120), default=24, show_default=True, help="Months ahead.")
@click.option("--source", help="Weigh by this event source, not by the chronology.")
@click.option(
    "--by",
    type=click.Choice(("day", "week", "month", "quarter")),
    help="Period of the model (default: by what is held).",
)
@click.option("--draws", type=click.IntRange(50, 20_000), default=400, show_default=True, help="Of the parameters.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option("--sensitivity", is_flag=True, help="The change under every variant of the model.")
@record_options
@format_option("table", "json", "csv", documents=True)
def weigh(
    a: str, b: str, as_of: date, texts: tuple[str, ...], file: Path | None, sensitivity: bool, form: str, **asked: Any
) -> None:
    """Weigh levers on the relations of A and B: what would be associated with how much more improvement, area by area.

    \b
    detente weigh USA RUS --as-of 2007-02-01
    detente weigh USA RUS --lever reciprocity=1.0 --lever contain=IRN --as-of 2007-02-01 --sensitivity
    """
    from rich.console import Console

    from detente.levers.policy import parse, read_levers
    from detente.report.levers import build

    options = {name: asked.pop(name) for name in ("folder", "names_file", "codebook_file", "no_cases", "case_folders")}
    record = open_record(**options)
    levers = [parse(text, record.actors, as_of) for text in texts]
    levers += read_levers(file, record.actors, as_of) if file else []
    with Console(stderr=True).status("weighing") as status:
        made = record.pair(a, b, as_of=as_of, source=asked.pop("source")).weigh(
            levers, on_lever=lambda name: status.update(f"weighing {name}"), **asked
        )
    if form == "json":
        click.echo(made.to_json(), nl=False)
    elif form == "csv":
        write_frame(made.sensitivity() if sensitivity else made.frame, "csv")
    else:
        write_report(build(made, sensitivity=sensitivity), form)
