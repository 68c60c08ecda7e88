"""How much levers would change the chance of improvement and the level of each area, by what model, and how surely.

For every lever and area a Bayesian VAR of the lever's drivers and the area's own series is asked twice for the path
ahead: as it is, and under the lever (`detente.models.conditional`). Improvement means that the area's cooperative
acts outnumber its conflictual ones over the horizon (from facts), or that its mean rises above that of the last
horizon (from events). Intervals are over draws of the parameters. Nothing here proves that the lever would cause the
change: the words are *associated with*.

Variants of the model (`detente.levers.variants`) change one assumption each: that which matters most is that of the
variant that differs most; the ranking is robust as far as variants agree.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from detente.checks import whole
from detente.errors import DetenteError, NoData, NotEstimable
from detente.forecasts.fan import bridge
from detente.levers.analogues import analogues
from detente.levers.comparison import LONGEST, Effect, LeverComparison
from detente.levers.policy import Lever, standard
from detente.levers.ranking import ranking
from detente.levers.system import System, enough, system
from detente.levers.variants import VARIANTS, Variant, fitted
from detente.models.conditional import Conditional, conditional
from detente.periods import HORIZON, months_before, period_end
from detente.uncertainty import Estimate, tails

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detente.models.var import VARFit
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

    The horizon is counted from `as_of`: periods between the end of the data and that day are part of the path, and no
    lever works in them. NoData where neither chronology nor events give a model enough to go by, or their data ended
    more than 24 months, or a third of what they cover, before the day.

    The path is at most 24 periods, and no more than a third of those there are: `LeverComparison.span` says how far it
    reaches. Levers are ranked by the mean change over areas, those less than 5% plausible unranked at the end.
    """
    whole("seed", seed, 0)
    whole("draws", draws)
    if not isinstance(horizon, int) or not 1 <= horizon <= 120:
        raise DetenteError(f"the horizon is 1 to 120 whole months, not {horizon}")
    chosen = tuple(levers) or standard(pair.a, pair.b, *_usual(pair))
    make = partial(_weighed, pair, chosen, horizon, by, variants, draws, seed, on_lever)
    asked = {"levers": [asdict(lever) for lever in chosen], "variants": [asdict(one) for one in variants]}
    return pair.kept("levers", make, most=60, horizon=horizon, by=by, draws=draws, seed=seed, **asked)


def _weighed(
    pair: View,
    chosen: tuple[Lever, ...],
    horizon: int,
    by: str | None,
    variants: Sequence[Variant],
    draws: int,
    seed: int,
    on_lever: Callable[[str], None] | None,
) -> LeverComparison:
    acts = system(pair, by=by)
    data_to, gap = _bridged(pair, acts)
    steps = acts.steps(horizon)
    unknown: list[str] = []
    effects: list[Effect] = []
    weighing = Weighing(acts, steps, gap, variants, draws, seed)
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
                effects.append(weighing.effect(lever, area.id))
            except NoData as error:
                missing.append(f"{area.title} ({error})")
        if len(missing) > 2:
            unknown.append(f"{lever.name}: not to be weighed in {len(missing)} areas, as {missing[0]}")
        elif missing:
            unknown.append(f"{lever.name}: not to be weighed in {'; '.join(missing)}")
    if not effects:
        raise NoData("no lever can be weighed: " + "; ".join(unknown))
    model = f"Bayesian VAR, {variants[0].lags} lags, Minnesota prior, all shocks; {draws} draws"
    reach = "" if steps >= round(horizon / acts.months) else LONGEST.format(horizon)
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


@dataclass(frozen=True, eq=False)
class Weighing:
    """Levers asked of one pair's acts, over `steps` periods that begin `gap` periods after the data.

    Models are fitted once: levers with the same series share them.
    """

    acts: System
    steps: int
    gap: int = 0
    variants: Sequence[Variant] = VARIANTS
    draws: int = DRAWS
    seed: int = 0
    fits: dict[tuple[Any, ...], VARFit | None] = field(default_factory=dict)

    def effect(self, lever: Lever, area: str) -> Effect:
        """One lever on one area; NoData where a driver moves too seldom, or the periods are too few for the model."""
        acts = self.acts
        moving = {driver: values for driver in acts.drivers(lever) if enough(values := acts.driver(driver, area))}
        # An answer in kind needs the acts that it answers, too.
        answered = acts.sides if any(move.kind == "reciprocity" for move in lever.moves) else ()
        for driver in (*acts.acts_of(lever), *answered):
            if driver not in moving:
                raise NoData(f"{driver.name} moves in too few {acts.by}s without the acts of the area itself")
        series = {driver.name: values for driver, values in moving.items()} | {OUTCOME: acts.outcome(area)}
        asked = {variant.name: self._ask(lever, series, variant) for variant in self.variants}
        main, fit = asked[self.variants[0].name], self._fit(series, self.variants[0])
        if main is None or fit is None:
            raise NoData(f"{len(acts.periods)} {acts.by}s are too few for the model")
        # Half a fact from facts, which are whole: half way between none and one more cooperative than conflictual.
        above = 0.5 if acts.source is None else float(series[OUTCOME][-self.steps :].sum())
        before, after = main.chances(above)
        change = _changes(main, above)
        return Effect(
            lever.name,
            area,
            float(before.mean()),
            float(after.mean()),
            _mean(change),
            _mean(main.change()[:, 0] / self.steps),
            float(main.plausibility.mean()),
            {name: float(_changes(one, above).mean()) for name, one in asked.items() if one is not None},
            change,
            fit.posterior.residuals[:, sorted(series).index(OUTCOME)],
        )

    def _fit(self, series: dict[str, Array], variant: Variant) -> VARFit | None:
        key = (
            *((name, values.tobytes()) for name, values in sorted(series.items())),
            replace(variant, name="", shocks=""),
        )
        if key not in self.fits:
            self.fits[key] = fitted(series, variant)
        return self.fits[key]

    def _ask(self, lever: Lever, series: dict[str, Array], variant: Variant) -> Conditional | None:
        """The conditional forecast under one variant; None where it can't be fitted."""
        own, names = [driver.name for driver in self.acts.acts_of(lever)], sorted(series)
        steps, before = self.steps, self.gap * len(names)
        try:
            fit = self._fit(series, variant)
            if fit is None:
                return None
            expected = fit.forecast(self.gap + steps)[self.gap :]
            policy = self.acts.policy(lever, names, steps, expected, fit.data.std(axis=0))
            policy = replace(policy, on=_later(policy.on, before), of=_later(policy.of, before))
            outcome = np.zeros((1, steps * len(names)))
            outcome[0, names.index(OUTCOME) :: len(names)] = 1.0
            others = [name for name in names if name not in own]
            order = [*others, *own] if variant.shocks == "last" else [*own, *others]
            shocks, draws = None if variant.shocks == "all" else own, self.draws
            outcome = _later(outcome, before)
            return conditional(fit, policy, outcome, shocks=shocks, order=order, draws=draws, seed=self.seed)
        except NotEstimable:
            return None


def _changes(one: Conditional, above: float) -> Array:
    """The change of the chance (draws,) that the outcome over the horizon exceeds a value."""
    before, after = one.chances(above)
    return np.asarray((after - before)[:, 0])


def _mean(draws: Array) -> Estimate:
    low, _, high = np.quantile(draws, tails())
    return Estimate(float(draws.mean()), float(low), float(high))


def _later(rows: Array, cells: int) -> Array:
    """Rows over a path (rows, steps * n) with so many cells before it, which they leave alone."""
    return np.pad(rows, ((0, 0), (cells, 0)))
