"""`detente weigh`."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

from detente.cli.options import (
    RECORD,
    as_of_option,
    by_option,
    format_option,
    horizon_option,
    open_record,
    pair_arguments,
    record_options,
    seed_option,
    source_option,
)
from detente.cli.output import emit, waiting


@click.command()
@pair_arguments()
@as_of_option(required=True)
@click.option(
    "--lever",
    "texts",
    multiple=True,
    help="As reciprocity=1.0, contain=IRN, incentives=USA:1:12, equal, channel=NATO, or several joined by +; "
    "may be repeated (default: the standard ones).",
)
@click.option("--levers", "file", type=click.Path(path_type=Path, dir_okay=False), help="Levers from this TOML file.")
@horizon_option
@source_option("Weigh by this event source, not by the chronology.")
@by_option(among=("day", "week", "month", "quarter"), help="Period of the model (default: by what is held).")
@click.option("--draws", type=click.IntRange(50, 20_000), default=400, show_default=True, help="Of the parameters.")
@seed_option()
@click.option("--sensitivity", is_flag=True, help="The change under every variant of the model.")
@record_options
@format_option(documents=True)
def weigh(
    a: str, b: str, as_of: date, texts: tuple[str, ...], file: Path | None, sensitivity: bool, form: str, **asked: Any
) -> None:
    """Weigh levers on the relations of A and B: what would be associated with how much more improvement, area by area.

    \b
    detente weigh USA RUS --as-of 2007-02-01
    detente weigh USA RUS --lever reciprocity=1.0 --lever contain=IRN --as-of 2007-02-01 --sensitivity
    """
    from detente.levers.policy import parse, read_levers
    from detente.report.levers import build

    record = open_record(**{name: asked.pop(name) for name in RECORD})
    levers = [parse(text, record.actors, as_of) for text in texts]
    levers += read_levers(file, record.actors, as_of) if file else []
    pair = record.pair(a, b, as_of=as_of, source=asked.pop("source"))
    with waiting("weighing") as update:
        made = pair.weigh(levers, on_lever=lambda name: update(f"weighing {name}"), **asked)
    emit(made, form, frame=made.sensitivity() if sensitivity else None, document=build(made, sensitivity=sensitivity))
