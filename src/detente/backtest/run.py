"""Rolling-origin back-tests: what every model would have said, period after period, and how it fared.

At every origin a model sees the dataset as it was known at the end of that period, no more. Baselines and the models
of the plan forecast every series at every horizon; the stack combines the members of `MEMBERS` with the weights that
their past forecasts earned up to then, past forecasts being those whose outcome was known at the origin. Warm-up
origins before the first are forecast for the weights alone and not scored. Every origin is one file, so an
interrupted run goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from detente.backtest.kept import Keeper
from detente.backtest.plan import Plan, Scored
from detente.backtest.scorecard import Scorecard
from detente.backtest.scoring import score
from detente.errors import NoData
from detente.forecasts.series.dataset import Dataset
from detente.forecasts.series.features import Relatives
from detente.forecasts.series.forecaster import CLASSICAL, FORECASTERS, baselines, forecast_by
from detente.forecasts.series.known import Known
from detente.forecasts.series.stack import STACK, Memory, remember, weights_of
from detente.forecasts.series.stacking import combine


def backtest(
    data: Dataset, plan: Plan, folder: Path | None = None, *, on_origin: Callable[[int, int], None] | None = None
) -> Scorecard:
    """Forecast and score every origin of the plan, in order; see the module.

    `folder` keeps them (it may hold those of an interrupted run of the same plan and data). `on_origin` hears how
    many of how many are done. NoData where no origin has an outcome.
    """
    origins = plan.origins(data)
    if plan.first < 2 or not origins:
        raise NoData(
            f"{data.periods} {data.by}s are too few for origins from the {plan.first + 1}th on and "
            f"{min(plan.horizons)} ahead: at least 3 {data.by}s before the first origin, and one outcome after it"
        )
    models = {name: FORECASTERS[name] for name in plan.models}
    keeper = Keeper(folder, data, plan)
    relatives, everyone = Relatives.of(data), [*plan.warm_up(), *origins]
    shared: tuple[int, dict[str, Any]] = (-1, {})
    memory: list[Memory] = []
    scored: list[Scored] = []
    for number, origin in enumerate(everyone):
        kept = keeper.read(origin)
        if kept is None:
            # What is costly is learnt where a block of origins begins, by a run resumed within it too.
            block = everyone[number // plan.refit * plan.refit]
            known = Known(data, origin, seed=plan.seed, relatives=relatives)
            if block != shared[0]:
                begun = known if block == origin else Known(data, block, seed=plan.seed, relatives=relatives)
                shared = block, {n: _learnt(n, begun, plan.horizons) for n, m in models.items() if m.costly}
            kept = _origin(known, plan, shared[1], memory, scored=origin in origins)
            keeper.write(origin, kept)
        memory.append(kept[1])
        if kept[0] is not None:
            scored.append(kept[0])
        if on_origin:
            on_origin(number + 1, len(everyone))
    return Scorecard(data, plan, scored)


def _learnt(name: str, known: Known, horizons: Sequence[int]) -> Any:
    with FORECASTERS.blamed(name):
        return FORECASTERS[name].learn(known, horizons)


def _origin(
    known: Known,
    plan: Plan,
    learnt: Mapping[str, Any],
    memory: list[Memory],
    *,
    scored: bool,
) -> tuple[Scored | None, Memory]:
    horizons, members = plan.horizons, plan.members
    rng = np.random.default_rng([plan.seed, known.origin])
    run = plan.models if scored else [name for name in members if name in plan.models]
    forecasts = {name: forecast_by(name, known, horizons, learnt.get(name)) for name in run}
    if members:
        forecasts["climatology"] = forecast_by("climatology", known, horizons)
    now = remember(known, forecasts, members, horizons, rng)
    if not scored:
        return None, now
    weights = weights_of(known, horizons, members, memory)
    if members:
        forecasts[STACK] = {
            h: combine(np.stack([forecasts[name][h] for name in members]), weights[n]) for n, h in enumerate(horizons)
        }
    for title, name in baselines(known.kind, known.by).items():
        if plan.classical or title not in CLASSICAL:
            forecasts[title] = forecast_by(name, known, horizons)
    return score(known, horizons, forecasts, weights, rng), now
