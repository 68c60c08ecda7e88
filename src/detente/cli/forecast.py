"""`detente forecast`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from detente.cli.common import Verb, step
from detente.cli.options import (
    SEVERAL,
    areas_option,
    by_option,
    charts_option,
    horizon_option,
    pair_options,
    seed_option,
)
from detente.periods import LONGER

if TYPE_CHECKING:
    from detente.api import Pair
    from detente.forecasts.result import PairForecast


@click.command(cls=Verb)
@pair_options(day=True, source=SEVERAL)
@horizon_option
@by_option(among=LONGER, help="Period of the fans from events (default: by what is covered).")
@seed_option()
@charts_option
@areas_option
def forecast(pair: Pair, horizon: int, by: str | None, seed: int, areas: list[str | None]) -> PairForecast:
    """Forecast the relations of A and B: counts, shares and votes as fans, events of interest as chances.

    \b
    detente forecast USA RUS --horizon 24 --as-of 2007-02-01
    detente forecast USA RUS --as-of 2018-08-31 --by week --area all --charts charts
    """
    return pair.forecast(horizon=horizon, by=by, area=areas, seed=seed, on_step=step)
