"""`detente forecast`."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import click

from detente.cli.common import (
    Day,
    areas_option,
    chosen_areas,
    format_option,
    open_record,
    record_options,
    say,
    write_frame,
    write_report,
)


@click.command()
@click.argument("a")
@click.argument("b")
@click.option("--as-of", type=Day(), required=True, help="The day; nothing known later is used.")
@click.option("--horizon", type=click.IntRange(1, 120), default=24, show_default=True, help="Months ahead.")
@click.option(
    "--by",
    type=click.Choice(("week", "month", "quarter", "year")),
    help="Period of the fans from events (default: by what is covered).",
)
@click.option("--source", help="Event source (default: the one with most events of the pair).")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option(
    "--charts", type=click.Path(file_okay=False, path_type=Path), help="Write fan charts to this folder as SVG."
)
@areas_option
@record_options
@format_option("table", "json", "csv", documents=True)
def forecast(
    a: str,
    b: str,
    as_of: date,
    horizon: int,
    by: str | None,
    source: str | None,
    seed: int,
    charts: Path | None,
    areas: tuple[str, ...],
    form: str,
    **options: Any,
) -> None:
    """Forecast the relations of A and B: counts, shares and votes as fans, events of interest as chances.

    \b
    detente forecast USA RUS --horizon 24 --as-of 2007-02-01
    detente forecast USA RUS --as-of 2018-08-31 --by week --area all --charts charts
    """
    from rich.console import Console

    record = open_record(**options)
    pair = record.pair(a, b, as_of=as_of, source=source)
    chosen = chosen_areas(record, areas)
    with Console(stderr=True).status("forecasting") as status:
        made = pair.forecast(horizon=horizon, by=by, area=chosen, seed=seed, on_step=lambda text: status.update(text))
    if charts:
        _draw(made, charts)
    if form == "json":
        click.echo(made.to_json(), nl=False)
    elif form == "csv":
        write_frame(made.frame, "csv")
    else:
        write_report(made, form)


def _draw(made: Any, folder: Path) -> None:
    from detente.errors import DetenteError
    from detente.plots import svg

    try:
        folder.mkdir(parents=True, exist_ok=True)
        for item, area in dict.fromkeys((fan.item, fan.area) for fan in made.fans):
            name = re.sub(r"[:_ ]", "-", "-".join(filter(None, (item, area))).replace(",", "")).lower()
            path = folder / f"forecast-{name}.svg"
            path.write_text(svg(made.plot(item, area), f"Forecast of {item}"), encoding="utf-8")
            say(f"wrote {path}")
    except OSError as error:
        raise DetenteError(f"{folder}: can't be written: {error.strerror}") from None
