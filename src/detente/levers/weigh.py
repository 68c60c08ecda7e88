"""Levers weighed: how much each would change the chance of improvement and the level of each area, by what model, and how surely.

For every lever and area a Bayesian VAR of the lever's drivers and the area's own series is asked twice for the path ahead: as it is, and under the
lever (`detente.models.conditional`). Improvement means that the area's cooperative acts outnumber its conflictual ones over the horizon
(from facts), or that its mean rises above that of the last horizon (from events). Intervals are over draws of the parameters.
Nothing here proves that the lever would cause the change: the words are *associated with*.

Variants, of which each changes one assumption of the main one (Minnesota prior, 2 lags, all shocks): the lever's own shocks alone with
the drivers first in order (it moves others at once) or last (it is moved by them), least squares, 4 lags, the later half of the record. The assumption that
matters most is that of the variant that differs most; the ranking is robust as far as variants agree.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from detente import __version__
from detente.checks import whole
from detente.errors import DetenteError, NoData, NotEstimable
from detente.forecasts.fan import bridge
from detente.levers.analogues import analogues
from detente.levers.policy import Lever, standard
from detente.levers.system import System, enough, system
from detente.levers.weighed import MAIN, PLAUSIBLE, Effect, Ranked, Weighed, mean_change
from detente.models.conditional import Conditional, conditional
from detente.models.minnesota import Minnesota
from detente.models.var import BayesianVAR, VARFit
from detente.periods import HORIZON, is_old, months_before, period_end
from detente.record.facts import chronology_ends, pair_facts
from detente.record.view import View

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detente.record import Store

    Array = NDArray[np.float64]

BAND = 0.90
DRAWS = 400


@dataclass(frozen=True, slots=True)
class Variant:
    """A set of assumptions: lags, prior or not, whose shocks in which order, and which part of the record."""

    name: str
    lags: int = 2
    prior: bool = True
    shocks: str = "all"
    later_half: bool = False


VARIANTS = (
    Variant(MAIN),
    Variant("own shocks, first", shocks="first"),
    Variant("own shocks, last", shocks="last"),
    Variant("least squares", prior=False),
    Variant("4 lags", lags=4),
    Variant("later half", later_half=True),
)


def weigh(
    pair: View,
    levers: Sequence[Lever] = (),
    *,
    horizon: int = 24,
    by: str | None = None,
    variants: Sequence[Variant] = VARIANTS,
    draws: int = DRAWS,
    seed: int = 0,
    on_lever: Callable[[str], None] | None = None,
) -> Weighed:
    """Weigh levers (the standard ones if none are given) for a pair by what was known on `as_of`.

    The horizon is counted from `as_of`: periods between the end of the data and that day are part of the path, and no lever works
    in them. NoData where neither chronology nor events give a model enough to go by, or their data ended more than 24 months, or
    a third of what they cover, before the day.

    The path is at most 24 periods, and no more than a third of those held: `Weighed.span` says how far it reaches. Levers are ranked by
    the mean change over areas, those less than 5% plausible unranked at the end.
    """
    whole("seed", seed, 0)
    whole("draws", draws)
    if not isinstance(horizon, int) or not 1 <= horizon <= 120:
        raise DetenteError(f"the horizon is 1 to 120 whole months, not {horizon}")
    held = system(pair, by=by)
    chosen = tuple(levers) or standard(pair.a, pair.b, *_usual(pair))
    data_to, gap = _end(pair.record, held, pair.day)
    steps = held.steps(horizon)
    unknown: list[str] = []
    effects: list[Effect] = []
    fits = Fits()
    areas = pair.record.codebook.areas
    still = [area.title for area in areas if not enough(held.outcome(area.id))]
    if still:
        unknown.append(f"too few acts to model: {', '.join(still)}")
    for lever in chosen:
        if on_lever:
            on_lever(lever.name)
        missing: list[str] = []
        for area in areas:
            if not enough(held.outcome(area.id)):
                continue
            try:
                effects.append(
                    effect(held, lever, area.id, steps, gap=gap, variants=variants, draws=draws, seed=seed, fits=fits)
                )
            except NoData as error:
                missing.append(f"{area.title} ({error})")
        if len(missing) > 2:
            unknown.append(f"{lever.name}: not to be weighed in {len(missing)} areas, as {missing[0]}")
        elif missing:
            unknown.append(f"{lever.name}: not to be weighed in {'; '.join(missing)}")
    if not effects:
        raise NoData("no lever can be weighed: " + "; ".join(unknown))
    short = (
        ""
        if steps >= round(horizon / held.months)
        else f", the longest that these data allow ({horizon} months asked for)"
    )
    return Weighed(
        (pair.a, pair.b),
        pair.day,
        horizon,
        steps,
        held.by,
        chosen,
        tuple(effects),
        _ranking(chosen, effects),
        analogues(pair.day),
        tuple(unknown),
        f"{held.basis}; data to {data_to}{f', {gap} {held.by}s bridged' if gap else ''}; {steps} {held.by}s ahead{short}; Bayesian VAR, {variants[0].lags} lags, Minnesota prior, all shocks; {draws} draws",
        {area.id: area.title for area in areas},
        {
            "version": __version__,
            "record_digest": pair.record.digest(),
            "codebook_digest": pair.record.codebook.digest,
            "parameters": {
                "levers": [lever.name for lever in chosen],
                "horizon": horizon,
                "source": pair.named,
                "by": by,
                "draws": draws,
                "seed": seed,
            },
        },
        _based(pair, horizon),
    )


def _based(pair: View, horizon: int) -> bool:
    """Whether the chronology gives a chance of improvement on the day (see `detente.forecasts.events.hazards.event_forecasts`)."""
    facts = pair.chronology
    told = any(end >= pair.day for end in pair.area_ends.values())
    return told and bool(months_before(pair.day, horizon) >= facts["date"][0])


def _end(record: Store, held: System, as_of: date) -> tuple[date, int]:
    """The last day of the data, and how many periods lie between it and the one that holds the day after `as_of`."""
    data_to = min(period_end(held.periods[-1], held.by), as_of)
    if held.source:
        covered_to = record.covers(held.source, as_of)[-1][1]
    else:
        covered_to = chronology_ends(record, pair_facts(View(record, held.a, held.b, as_of)))
    # Data are as old as the last day that they cover, which a period that is not whole may hold.
    if is_old(max(data_to, covered_to), as_of):
        raise NoData(f"{held.basis}: these data end {data_to}, more than {HORIZON} months before {as_of}")
    gap = len(bridge(data_to, as_of, held.by, max(data_to, covered_to))) - 1
    if gap > len(held.periods) // 3:
        raise NoData(f"{held.basis}: {gap} {held.by}s up to {as_of} are too many to bridge")
    return data_to, gap


def _usual(pair: View) -> tuple[str | None, str | None]:
    """The third state and the organisation with most facts of the pair; None where none has four."""
    facts = pair.chronology
    thirds = (
        facts.filter(pl.col("area").is_in(pair.record.codebook.about()))["third_party"]
        .drop_nulls()
        .str.split(";")
        .explode(empty_as_null=True)
    )
    channels = facts.filter(pl.col("channel") != "bilateral")["channel"]
    found = []
    for names in (thirds, channels):
        counts = names.drop_nulls().value_counts(name="n").sort("n", names.name, descending=[True, False])
        found.append(str(counts[names.name][0]) if counts.height and counts["n"][0] >= 4 else None)
    return found[0], found[1]


def effect(
    held: System,
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
    """One lever on one area, over `steps` periods that begin `gap` periods after the data; NoData where a driver moves too seldom."""
    drivers = held.drivers(lever)
    series = {name: held.driver(name, area) for name in drivers}
    # An answer in kind needs the acts that it answers, too.
    answered = drivers if any(move.kind == "reciprocity" for move in lever.moves) else []
    for name in [*held.acts_of(lever), *(name for name in answered if ">" in name)]:
        if not enough(series[name]):
            raise NoData(f"{name} moves in too few {held.by}s without the acts of the area itself")
    kept = [name for name in drivers if enough(series[name])]
    series = {name: series[name] for name in kept} | {"area": held.outcome(area)}
    held_fits = fits or Fits()
    asked = {
        variant.name: _ask(held, lever, series, steps, gap, variant, draws, seed, held_fits) for variant in variants
    }
    main = asked[variants[0].name]
    if main is None:
        raise NoData(f"{len(held.periods)} {held.by}s are too few for the model")
    above = _threshold(held, series["area"], steps)
    changes = {name: _change(one, above) for name, one in asked.items() if one is not None}
    before, after = main.chances(above)
    change = (after - before)[:, 0]
    level = main.change()[:, 0] / steps
    tails = [(1 - BAND) / 2, (1 + BAND) / 2]
    return Effect(
        lever.name,
        area,
        float(before.mean()),
        float(after.mean()),
        float(change.mean()),
        float(np.quantile(change, tails[0])),
        float(np.quantile(change, tails[1])),
        float(level.mean()),
        float(np.quantile(level, tails[0])),
        float(np.quantile(level, tails[1])),
        float(main.plausibility.mean()),
        changes,
        change,
        held_fits.errors(series, variants[0]),
    )


def _threshold(held: System, outcome: Array, steps: int) -> float:
    """What the sum over the horizon must exceed: half a fact from facts, what the last horizon brought from events.

    Facts are whole: half way between none and one more cooperative than conflictual.
    """
    return 0.5 if held.source is None else float(outcome[-steps:].sum())


def _change(one: Conditional, above: float) -> float:
    before, after = one.chances(above)
    return float((after - before).mean())


def _ask(
    held: System,
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
    own, names = held.acts_of(lever), sorted(series)
    try:
        fit = fits.of(series, names, variant)
        if fit is None:
            return None
        policy = held.policy(lever, names, steps, fit.forecast(gap + steps)[gap:], fit.data.std(axis=0))
        policy = replace(policy, on=_later(policy.on, gap * len(names)), of=_later(policy.of, gap * len(names)))
        outcome = np.zeros((1, steps * len(names)))
        outcome[0, names.index("area") :: len(names)] = 1.0
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


class Fits:
    """Fitted models, so that levers with the same series share them."""

    def __init__(self) -> None:
        self._held: dict[Any, VARFit | None] = {}

    def of(self, series: dict[str, Array], names: list[str], variant: Variant) -> VARFit | None:
        """The model of the series under a variant; None where there are too few periods or moves."""
        data = np.column_stack([series[name] for name in names])
        key = (tuple(names), data.tobytes(), variant.lags, variant.prior, variant.later_half)
        if key not in self._held:
            self._held[key] = self._fit(data, names, variant)
        return self._held[key]

    def errors(self, series: dict[str, Array], variant: Variant) -> Array:
        """What the model left unexplained of the area (periods,)."""
        names = sorted(series)
        fit = self.of(series, names, variant)
        return np.zeros(0) if fit is None else fit.posterior.residuals[:, names.index("area")]

    @staticmethod
    def _fit(data: Array, names: list[str], variant: Variant) -> VARFit | None:
        if variant.later_half:
            data = data[len(data) // 2 :]
        each = (len(names) * variant.lags + 1) * (1 if variant.prior else 2)
        if not all(enough(column) for column in data.T) or len(data) < each + len(names) + 3:
            return None
        prior = Minnesota() if variant.prior else None
        return BayesianVAR(lags=variant.lags, prior=prior).fit(pl.DataFrame(data, schema=names, orient="row"))


def _ranking(levers: Sequence[Lever], effects: Sequence[Effect]) -> tuple[Ranked, ...]:
    shared = set.intersection(*({e.area for e in effects if e.lever == lever} for lever in {e.lever for e in effects}))
    by_variant: dict[str, dict[str, float]] = {}
    rows = []
    for lever in levers:
        mine = [e for e in effects if e.lever == lever.name]
        if not mine:
            continue
        for variant in {name for e in mine for name in e.by_variant}:
            some = [e.by_variant[variant] for e in mine if variant in e.by_variant and (e.area in shared or not shared)]
            if some:
                by_variant.setdefault(variant, {})[lever.name] = float(np.mean(some))
        alike = [e for e in mine if e.area in shared] or mine
        change, low, high = mean_change(alike, level=BAND)
        gaps: dict[str, float] = {}
        for e in mine:
            for name, value in e.by_variant.items():
                gaps[name] = gaps.get(name, 0.0) + abs(value - e.change)
        gaps.pop(MAIN, None)
        rows.append(
            Ranked(
                lever.name,
                lever.words(),
                change,
                low,
                high,
                float(np.mean([e.plausibility for e in mine])),
                None,
                None,
                None,
                max(gaps, key=lambda name: gaps[name]) if gaps else "",
            )
        )
    main = by_variant.get(MAIN, {row.lever: row.change for row in rows})
    told = {row.lever for row in rows if row.plausibility >= PLAUSIBLE}
    ranks = [_ranks({name: x for name, x in values.items() if name in told}) for values in by_variant.values()]
    placed = _ranks({name: main[name] for name in main if name in told})
    found = []
    for row in rows:
        if row.lever in told:
            taken = [placed[row.lever], *(r[row.lever] for r in ranks if row.lever in r)]
            row = replace(row, rank=placed[row.lever], best_rank=min(taken), worst_rank=max(taken))
        found.append(row)
    return tuple(sorted(found, key=lambda row: (row.rank is None, row.rank or -row.change)))


def _ranks(values: dict[str, float]) -> dict[str, int]:
    order = sorted(values, key=lambda name: (-values[name], name))
    return {name: n for n, name in enumerate(order, start=1)}
