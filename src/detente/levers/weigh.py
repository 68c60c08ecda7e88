"""How much levers would change the chance of improvement and the level of each area, by what model, and how surely.

For every lever and area a Bayesian VAR of the lever's drivers and the area's own series is asked twice for the path ahead:
as it is, and under the lever (`detente.models.conditional`). Improvement means that the area's cooperative acts outnumber
its conflictual ones over the horizon (from facts), or that its mean rises above that of the last horizon (from events).
Intervals are over draws of the parameters. Nothing here proves that the lever would cause the change: the words are
*associated with*.

Variants of the model (`detente.levers.variants`) change one assumption each: that which matters most is that of the variant
that differs most; the ranking is robust as far as variants agree.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from detente.checks import whole
from detente.errors import DetenteError, NoData, NotEstimable
from detente.forecasts.fan import bridge
from detente.levers.analogues import analogues
from detente.levers.comparison import Effect, LeverComparison
from detente.levers.policy import Lever, standard
from detente.levers.ranking import ranking
from detente.levers.system import System, enough, system
from detente.levers.variants import VARIANTS, Fits, Variant
from detente.models.conditional import Conditional, conditional
from detente.periods import HORIZON, months_before, period_end
from detente.uncertainty import Estimate, tails

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detente.record.view import View

    Array = NDArray[np.float64]

DRAWS = 400
OUTCOME = "area"
"""The name of the area's own series among those of the drivers."""
LEAST_NAMED = 4
"""Facts that name a third state or an organisation before its lever is weighed unasked."""


def weigh(
    pair: View,
    levers: Sequence[Lever] = (),
    *,
    horizon: int = HORIZON,
    by: str | None = None,
    variants: Sequence[Variant] = VARIANTS,
    draws: int = DRAWS,
    seed: int = 0,
    on_lever: Callable[[str], None] | None = None,
) -> LeverComparison:
    """Weigh levers (the standard ones if none are given) for a pair by what was known on `as_of`.

    The horizon is counted from `as_of`: periods between the end of the data and that day are part of the path, and no lever
    works in them. NoData where neither chronology nor events give a model enough to go by, or their data ended more than 24
    months, or a third of what they cover, before the day.

    The path is at most 24 periods, and no more than a third of those there are: `LeverComparison.span` says how far it
    reaches. Levers are ranked by the mean change over areas, those less than 5% plausible unranked at the end.
    """
    whole("seed", seed, 0)
    whole("draws", draws)
    if not isinstance(horizon, int) or not 1 <= horizon <= 120:
        raise DetenteError(f"the horizon is 1 to 120 whole months, not {horizon}")
    acts = system(pair, by=by)
    chosen = tuple(levers) or standard(pair.a, pair.b, *_usual(pair))
    data_to, gap = _bridged(pair, acts)
    steps = acts.steps(horizon)
    unknown: list[str] = []
    effects: list[Effect] = []
    fits = Fits()
    areas = pair.record.codebook.areas
    moving = [area for area in areas if enough(acts.outcome(area.id))]
    if still := [area.title for area in areas if area not in moving]:
        unknown.append(f"too few acts to model: {', '.join(still)}")
    for lever in chosen:
        if on_lever:
            on_lever(lever.name)
        missing: list[str] = []
        for area in moving:
            try:
                one = effect(acts, lever, area.id, steps, gap=gap, variants=variants, draws=draws, seed=seed, fits=fits)
                effects.append(one)
            except NoData as error:
                missing.append(f"{area.title} ({error})")
        if len(missing) > 2:
            unknown.append(f"{lever.name}: not to be weighed in {len(missing)} areas, as {missing[0]}")
        elif missing:
            unknown.append(f"{lever.name}: not to be weighed in {'; '.join(missing)}")
    if not effects:
        raise NoData("no lever can be weighed: " + "; ".join(unknown))
    model = f"Bayesian VAR, {variants[0].lags} lags, Minnesota prior, all shocks; {draws} draws"
    reach = f", the longest that these data allow ({horizon} months asked for)"
    reach = "" if steps >= round(horizon / acts.months) else reach
    bridged = f", {gap} {acts.by}s bridged" if gap else ""
    return LeverComparison(
        (pair.a, pair.b),
        pair.day,
        horizon,
        steps,
        acts.by,
        chosen,
        tuple(effects),
        ranking(chosen, effects),
        analogues(pair.day),
        tuple(unknown),
        f"{acts.basis}; data to {data_to}{bridged}; {steps} {acts.by}s ahead{reach}; {model}",
        {area.id: area.title for area in areas},
        pair.provenance(
            levers=[lever.name for lever in chosen], horizon=horizon, source=pair.named, by=by, draws=draws, seed=seed
        ),
        _based(pair, horizon),
    )


def _based(pair: View, horizon: int) -> bool:
    """Whether the chronology gives a chance of improvement on the day (`detente.forecasts.events.hazards`)."""
    complete = any(end >= pair.day for end in pair.area_ends.values())
    return complete and bool(months_before(pair.day, horizon) >= pair.chronology["date"][0])


def _bridged(pair: View, acts: System) -> tuple[date, int]:
    """The last day of the data, and how many periods lie between it and the one that holds the day after `as_of`."""
    data_to = min(period_end(acts.periods[-1], acts.by), pair.day)
    # Data are as old as the last day that they cover, which a period that is not whole may hold.
    covered_to = max(data_to, (pair.covered_to if acts.source else pair.chronology_ends) or data_to)
    if pair.is_old(covered_to):
        raise NoData(f"{acts.basis}: these data end {data_to}, more than {HORIZON} months before {pair.day}")
    gap = len(bridge(data_to, pair.day, acts.by, covered_to)) - 1
    if gap > len(acts.periods) // 3:
        raise NoData(f"{acts.basis}: {gap} {acts.by}s up to {pair.day} are too many to bridge")
    return data_to, gap


def _usual(pair: View) -> tuple[str | None, str | None]:
    """The third state and the organisation with most facts of the pair; None where none has four."""
    facts = pair.chronology
    disputes = facts.filter(pl.col("area").is_in(pair.record.codebook.about()))["third_party"].drop_nulls()
    channels = facts.filter(pl.col("channel") != "bilateral")["channel"]
    most = []
    for names in (disputes.str.split(";").explode(empty_as_null=True), channels):
        counts = names.drop_nulls().value_counts(name="n").sort("n", names.name, descending=[True, False])
        most.append(str(counts[names.name][0]) if counts.height and counts["n"][0] >= LEAST_NAMED else None)
    return most[0], most[1]


def effect(
    acts: System,
    lever: Lever,
    area: str,
    steps: int,
    *,
    gap: int = 0,
    variants: Sequence[Variant] = VARIANTS,
    draws: int = DRAWS,
    seed: int = 0,
    fits: Fits | None = None,
) -> Effect:
    """One lever on one area, over `steps` periods that begin `gap` periods after the data.

    NoData where a driver moves too seldom, or the periods are too few for the model.
    """
    fits = fits or Fits()
    drivers = acts.drivers(lever)
    moving = {driver: values for driver in drivers if enough(values := acts.driver(driver, area))}
    # An answer in kind needs the acts that it answers, too.
    answered = acts.sides if any(move.kind == "reciprocity" for move in lever.moves) else ()
    for driver in (*acts.acts_of(lever), *answered):
        if driver not in moving:
            raise NoData(f"{driver.name} moves in too few {acts.by}s without the acts of the area itself")
    series = {driver.name: values for driver, values in moving.items()} | {OUTCOME: acts.outcome(area)}
    asked = {one.name: _ask(acts, lever, series, steps, gap, one, draws, seed, fits) for one in variants}
    main = asked[variants[0].name]
    if main is None:
        raise NoData(f"{len(acts.periods)} {acts.by}s are too few for the model")
    # Half a fact from facts, which are whole: half way between none and one more cooperative than conflictual.
    above = 0.5 if acts.source is None else float(series[OUTCOME][-steps:].sum())
    changes = {name: float(_changes(one, above).mean()) for name, one in asked.items() if one is not None}
    before, after = main.chances(above)
    change = _changes(main, above)
    return Effect(
        lever.name,
        area,
        float(before.mean()),
        float(after.mean()),
        _mean(change),
        _mean(main.change()[:, 0] / steps),
        float(main.plausibility.mean()),
        changes,
        change,
        fits.errors(series, variants[0], OUTCOME),
    )


def _changes(one: Conditional, above: float) -> Array:
    """The change of the chance (draws,) that the outcome over the horizon exceeds a value."""
    before, after = one.chances(above)
    return np.asarray((after - before)[:, 0])


def _mean(draws: Array) -> Estimate:
    lower, _, upper = tails()
    return Estimate(float(draws.mean()), float(np.quantile(draws, lower)), float(np.quantile(draws, upper)))


def _ask(
    acts: System,
    lever: Lever,
    series: dict[str, Array],
    steps: int,
    gap: int,
    variant: Variant,
    draws: int,
    seed: int,
    fits: Fits,
) -> Conditional | None:
    """The conditional forecast under one variant; None where it can't be fitted."""
    own, names = [driver.name for driver in acts.acts_of(lever)], sorted(series)
    try:
        fit = fits.of(series, variant)
        if fit is None:
            return None
        policy = acts.policy(lever, names, steps, fit.forecast(gap + steps)[gap:], fit.data.std(axis=0))
        policy = replace(policy, on=_later(policy.on, gap * len(names)), of=_later(policy.of, gap * len(names)))
        outcome = np.zeros((1, steps * len(names)))
        outcome[0, names.index(OUTCOME) :: len(names)] = 1.0
        outcome = _later(outcome, gap * len(names))
        others = [name for name in names if name not in own]
        order = [*others, *own] if variant.shocks == "last" else [*own, *others]
        shocks = None if variant.shocks == "all" else own
        return conditional(fit, policy, outcome, shocks=shocks, order=order, draws=draws, seed=seed)
    except NotEstimable:
        return None


def _later(rows: Array, cells: int) -> Array:
    """Rows over a path (rows, steps * n) with so many cells before it, which they leave alone."""
    return np.pad(rows, ((0, 0), (cells, 0)))
