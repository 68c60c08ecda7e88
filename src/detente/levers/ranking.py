"""Levers put in order by the mean change over areas, and the places that they take over variants of the model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from detente.levers.comparison import MAIN, PLAUSIBLE, Effect, Ranked, most_different
from detente.levers.policy import Lever
from detente.uncertainty import Estimate, tails


def ranking(levers: Sequence[Lever], effects: Sequence[Effect]) -> tuple[Ranked, ...]:
    """A row a lever that could be weighed, best first, those less than 5% plausible unranked at the end.

    Levers are compared over the areas in which each of them could be weighed, where there are any.
    """
    areas = [{e.area for e in effects if e.lever == lever} for lever in {e.lever for e in effects}]
    shared = set.intersection(*areas)
    by_variant: dict[str, dict[str, float]] = {}
    rows = []
    for lever in levers:
        mine = [e for e in effects if e.lever == lever.name]
        if not mine:
            continue
        for variant in {name for e in mine for name in e.by_variant}:
            values = [
                e.by_variant[variant] for e in mine if variant in e.by_variant and (e.area in shared or not shared)
            ]
            if values:
                by_variant.setdefault(variant, {})[lever.name] = float(np.mean(values))
        change = mean_change([e for e in mine if e.area in shared] or mine)
        plausibility = float(np.mean([e.plausibility for e in mine]))
        rows.append(Ranked(lever.name, lever.words(), change, plausibility, None, None, None, most_different(mine)))
    main = by_variant.get(MAIN, {row.lever: row.change.value for row in rows})
    plausible = {row.lever for row in rows if row.plausibility >= PLAUSIBLE}
    every = [_ranks({name: x for name, x in values.items() if name in plausible}) for values in by_variant.values()]
    by_main = _ranks({name: main[name] for name in main if name in plausible})
    placed = []
    for row in rows:
        if row.lever in plausible:
            ranks = [by_main[row.lever], *(ranks[row.lever] for ranks in every if row.lever in ranks)]
            row = replace(row, rank=by_main[row.lever], best_rank=min(ranks), worst_rank=max(ranks))
        placed.append(row)
    return tuple(sorted(placed, key=lambda row: (row.rank is None, row.rank or -row.change.value)))


def _ranks(values: dict[str, float]) -> dict[str, int]:
    order = sorted(values, key=lambda name: (-values[name], name))
    return {name: n for n, name in enumerate(order, start=1)}


def mean_change(effects: Sequence[Effect]) -> Estimate:
    """The mean change of chance over areas with its bounds, by joint draws.

    Each area's draws are kept and put in an order in which their ranks go together as the areas' errors do (a normal
    copula; Iman and Conover, Communications in Statistics B 11, 1982): areas err alike as far as the same events
    surprise their models, and the mean is surer than the areas as far as they don't.
    """
    count = min(len(e.changes) for e in effects)
    length = min(len(e.errors) for e in effects)
    alike = np.atleast_2d(np.corrcoef([e.errors[-length:] for e in effects]))
    # The correlations need not be of one whole: what is negative in their eigenvalues goes.
    values, vectors = np.linalg.eigh(np.nan_to_num(alike) * 0.999 + 0.001 * np.eye(len(effects)))
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    ranks = (root @ np.random.default_rng(0).standard_normal((len(effects), count))).argsort(1).argsort(1)
    drawn = np.mean([np.sort(e.changes[:count])[order] for e, order in zip(effects, ranks, strict=True)], axis=0)
    low, _, high = np.quantile(drawn, tails())
    mean = float(np.mean([e.change.value for e in effects]))
    return Estimate(mean, min(float(low), mean), max(float(high), mean))
