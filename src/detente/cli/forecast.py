"""`detente forecast`."""

from __future__ import annotations

import re
from datetime import date
from functools import partial
from typing import Any

import click

from detente.cli.options import (
    areas_option,
    as_of_option,
    by_option,
    charts_option,
    chosen_areas,
    format_option,
    horizon_option,
    open_record,
    pair_arguments,
    record_options,
    seed_option,
    source_option,
)
from detente.cli.output import emit, waiting, write_charts
from detente.periods import LONGER


@click.command()
@pair_arguments()
@as_of_option(required=True)
@horizon_option
@by_option(among=LONGER, help="Period of the fans from events (default: by what is covered).")
@source_option()
@seed_option()
@charts_option("fan charts")
@areas_option
@record_options
@format_option(documents=True)
def forecast(
    a: str,
    b: str,
    as_of: date,
    horizon: int,
    by: str | None,
    source: str | None,
    seed: int,
    charts: str | None,
    areas: tuple[str, ...],
    form: str,
    **options: Any,
) -> None:
    """Forecast the relations of A and B: counts, shares and votes as fans, events of interest as chances.

    \b
    detente forecast USA RUS --horizon 24 --as-of 2007-02-01
    detente forecast USA RUS --as-of 2018-08-31 --by week --area all --charts charts
    """
    record = open_record(**options)
    pair = record.pair(a, b, as_of=as_of, source=source)
    chosen = chosen_areas(record, areas)
    with waiting("forecasting") as update:
        made = pair.forecast(horizon=horizon, by=by, area=chosen, seed=seed, on_step=update)
    if charts:
        items = dict.fromkeys((fan.item, fan.area) for fan in made.fans)
        write_charts(charts, ((_name(*one), partial(made.plot, *one), f"Forecast of {one[0]}") for one in items))
    emit(made, form)


def _name(item: str, area: str | None) -> str:
    name = re.sub(r"[:_ ]", "-", "-".join(filter(None, (item, area))).replace(",", "")).lower()
    return f"forecast-{name}"
