"""Scores of probabilities against what happened, and how sure their differences are.

The Brier score is the mean of (p - o)^2 over claims, o being 1 where a claim held, 0 where it failed and 1/2 where it
was mixed: half of the score of G. W. Brier ("Verification of forecasts expressed in terms of probability", Monthly
Weather Review 78(1), 1950), who sums over both what happened and what did not. 0 is perfect, 1/4 what always saying
50% earns of claims that held or failed. Intervals of differences are percentiles of a bootstrap over areas: claims
about one area stand or fall together. Those of one study share a day as well, of which there is but one: intervals
are still too narrow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from detente.forecasts.scores import brier

Gap = tuple[float, float | None, float | None]
RESAMPLES, SEED, LEVEL = 10_000, 2007, 0.90
COMPARED = (("study", "tool"), ("study", "base_rate"), *(("tool", name) for name in ("base_rate", "area_rate", "even")))


@dataclass(frozen=True, slots=True)
class Scores:
    """Brier scores over claims or areas (`ids`) by whose chances they are; lower is better.

    `gaps` has the differences of those that are compared, as study_less_tool, each with its 90% bounds.
    """

    ids: tuple[str, ...]
    brier: dict[str, float]
    gaps: dict[str, Gap]


def scored(
    ids: Sequence[str],
    chances: Mapping[str, Sequence[float]],
    outcomes: Sequence[float],
    *,
    groups: Sequence[str] | None = None,
    seed: int = SEED,
) -> Scores | None:
    """The scores of chances by whose they are, and of always saying 50%; None where there is nothing to score.

    >>> scored(["a", "b"], {"tool": [0.5, 1.0]}, [1, 1]).brier
    {'tool': 0.125, 'even': 0.25}
    """
    if not ids:
        return None
    by = {**chances, "even": [0.5] * len(ids)}
    gaps = {
        f"{one}_less_{other}": difference(by[one], by[other], outcomes, groups=groups, seed=seed)
        for one, other in COMPARED
        if one in by and other in by
    }
    return Scores(tuple(ids), {name: brier(values, outcomes) for name, values in by.items()}, gaps)


def difference(
    one: Sequence[float],
    other: Sequence[float],
    outcomes: Sequence[float],
    *,
    groups: Sequence[str] | None = None,
    seed: int = SEED,
) -> Gap:
    """Brier score of `one` less that of `other`, with the 90% bounds of a bootstrap over groups.

    Claims of one group (an area) are drawn together. No bounds (None) where there is but one group.

    >>> difference([0.5, 0.5], [0.5, 0.5], [1, 0])
    (0.0, 0.0, 0.0)
    >>> difference([0.5, 0.5], [1.0, 1.0], [1, 0], groups=["arms", "arms"])
    (-0.25, None, None)
    """
    o = np.asarray(outcomes, dtype=float)
    gaps = (np.asarray(one) - o) ** 2 - (np.asarray(other) - o) ** 2
    of = np.arange(len(gaps)) if groups is None else np.unique(list(groups), return_inverse=True)[1]
    size = np.bincount(of)
    if len(size) < 2:
        return float(gaps.mean()), None, None
    drawn = np.random.default_rng(seed).integers(len(size), size=(RESAMPLES, len(size)))
    tail = (1 - LEVEL) / 2
    means = np.bincount(of, gaps)[drawn].sum(axis=1) / size[drawn].sum(axis=1)
    low, high = np.quantile(means, [tail, 1 - tail])
    return float(gaps.mean()), float(low), float(high)
