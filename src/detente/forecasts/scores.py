"""How good probabilistic forecasts were: proper scores, calibration, and how sure their differences are.

A predictive distribution is a row of `LEVELS` quantiles, equally spaced in probability. Scores and what they are for:

    crps       continuous ranked probability score, in the units of the outcome; 0 is perfect, and for a point
               forecast it is the absolute error (Gneiting and Raftery, JASA 102, 2007)
    log_score  minus the log (base 2) of the probability of the bin that came, in bins of equal frequency; so is the
               ignorance score of the VIEWS challenge (Hegre et al., Journal of Peace Research 62, 2025, arXiv
               2407.11045)
    interval   width of the 90% interval, plus 20 times by how much the outcome missed it (Winkler, JASA 67, 1972)
    inside     whether the outcome fell into the central 90% by its PIT
    pit        probability integral transform, randomised where the outcome has a probability of its own
               (Czado, Gneiting and Held, Biometrics 65, 2009)
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
COUNT = 100
LEVELS: Array = (np.arange(COUNT) + 0.5) / COUNT
BAND = 0.90


def crps(quantiles: Array, outcome: Array) -> Array:
    """CRPS of quantiles (..., COUNT) for outcomes (...): twice the mean pinball loss over the levels.

    >>> crps(np.full((1, COUNT), 2.0), np.array([5.0])).round(6).tolist()
    [3.0]
    """
    gap = outcome[..., None] - quantiles
    return np.asarray(2 * np.maximum(LEVELS * gap, (LEVELS - 1) * gap).mean(-1))


def between_levels(quantiles: Array, levels: Array) -> Array:
    """Quantiles (rows, COUNT) on straight lines between those at some levels (rows, levels)."""
    at = np.searchsorted(levels, LEVELS).clip(1, len(levels) - 1)
    w = ((LEVELS - levels[at - 1]) / (levels[at] - levels[at - 1])).clip(0, 1)
    return np.asarray(quantiles[:, at - 1] * (1 - w) + quantiles[:, at] * w)


def bounds(quantiles: Array) -> tuple[Array, Array]:
    """Lower and upper bound of the central 90% interval, between the two nearest levels."""
    at = (1 - BAND) / 2 * COUNT - 0.5
    i = int(np.floor(at))
    w = at - i
    low = (1 - w) * quantiles[..., i] + w * quantiles[..., i + 1]
    high = (1 - w) * quantiles[..., -1 - i] + w * quantiles[..., -2 - i]
    return low, high


def interval_score(quantiles: Array, outcome: Array) -> Array:
    """Winkler's score of the central 90% interval."""
    low, high = bounds(quantiles)
    miss = np.maximum(low - outcome, 0) + np.maximum(outcome - high, 0)
    return high - low + 2 / (1 - BAND) * miss


def pit(quantiles: Array, outcome: Array, rng: np.random.Generator) -> Array:
    """The probability given to at most the outcome, uniform for a calibrated forecast; ties are split at random."""
    below = (quantiles < outcome[..., None]).sum(-1)
    equal = (quantiles == outcome[..., None]).sum(-1)
    u = rng.random(outcome.shape)
    # Between two quantiles the outcome may lie anywhere: the last half step either way is drawn as well.
    return np.asarray(np.clip((below + u * np.maximum(equal, 1) - np.where(equal > 0, 0, 0.5)) / COUNT, 0, 1))


def log_score(quantiles: Array, outcome: Array, edges: Array) -> Array:
    """Minus the log2 probability of the bin of the outcome; each bin gets a hundredth of a level's weight extra.

    `edges`, rising, part the line into len(edges) + 1 bins.
    """
    bins = len(edges) + 1
    of = np.searchsorted(edges, outcome, side="right")
    share = (np.searchsorted(edges, quantiles, side="right") == of[..., None]).mean(-1)
    return np.asarray(-np.log2((share + 0.001) / (1 + 0.001 * bins)))


def bin_edges(past: Array) -> Array:
    """Edges of ten bins that past outcomes fill evenly (fewer where they are few or tied)."""
    past = past[np.isfinite(past)]
    return np.unique(np.quantile(past, np.arange(1, 10) / 10)) if len(past) else np.zeros(0)


def brier(probabilities: ArrayLike, outcomes: ArrayLike) -> float:
    """Mean squared distance of probabilities from outcomes, 0 to 1, and 1/4 for a coin.

    Half of the score of Brier (Monthly Weather Review 78, 1950), who sums over both what happened and what did not.

    >>> brier([1, 0.5], [1, 0])
    0.125
    """
    p, o = np.asarray(probabilities, dtype=float), np.asarray(outcomes, dtype=float)
    return float(np.mean((p - o) ** 2))


def mean_of_blocks(gaps: Array, *, block: int, draws: int = 2000, seed: int = 0) -> tuple[float, float, float]:
    """Mean of gaps (origins, areas; NaN where there is none) with a 90% interval over areas and blocks of origins.

    Areas are drawn with replacement, and apart from them moving blocks of `block` origins in order of time: forecasts
    of overlapping spans, of one area, and of one day err alike (two-way, after Owen, "The pigeonhole bootstrap",
    Annals of Applied Statistics 1, 2007; blocks after Kuensch 1989). NaN bounds with fewer than two blocks. In
    simulated worlds of six areas and 24 to 60 yearly origins of overlapping spans they hold the truth in 79 to 82%,
    not in 90%: areas are few, and blocks cut what their ends share.

    >>> mean_of_blocks(np.array([[1.0, 1.0], [1.0, 1.0]]), block=1)
    (1.0, 1.0, 1.0)
    """
    (n, areas), block = gaps.shape, max(1, block)
    mean = float(np.nanmean(gaps))
    if n < 2 * block:
        return mean, float("nan"), float("nan")
    rng = np.random.default_rng(seed)
    days = _blocks(n, block, draws, rng)
    drawn = gaps[days[:, :, None], rng.integers(0, areas, size=(draws, areas))[:, None, :]]
    known = np.isfinite(drawn)
    means = np.where(known, drawn, 0.0).sum((1, 2)) / np.maximum(known.sum((1, 2)), 1)
    low, high = np.quantile(means, [(1 - BAND) / 2, (1 + BAND) / 2])
    return mean, float(low), float(high)


def _blocks(n: int, block: int, draws: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Origins (draws, n) of a bootstrap over moving blocks."""
    starts = rng.integers(0, n - block + 1, size=(draws, -(-n // block)))
    return (starts[:, :, None] + np.arange(block)).reshape(draws, -1)[:, :n]


def skill(ours: Array, theirs: Array, *, block: int, draws: int = 1000, seed: int = 0) -> tuple[float, float, float]:
    """1 - sum(ours) / sum(theirs) with a 90% interval by a bootstrap over origins, and over pairs where they are told
    apart.

    Scores are by origin, in order of time (origins,), or by origin and pair (origins, pairs). Neighbouring origins
    are drawn together, `block` at a time, since forecasts of overlapping spans err alike (moving blocks, Kuensch
    1989); pairs apart from them, since those of one pair do (two-way, as `mean_of_blocks`): a gain that one pair
    makes is a gain that may not come. NaN bounds with fewer than two blocks, and no skill at all (NaN) where theirs
    was without error.

    >>> skill(np.array([1.0, 1.0]), np.array([2.0, 2.0]), block=1)
    (0.5, 0.5, 0.5)
    >>> skill(np.array([1.0, 1.0, 1.0]), np.array([2.0, 2.0, 2.0]), block=2)
    (0.5, nan, nan)
    """
    ours, theirs = (scores[:, None] if scores.ndim == 1 else scores for scores in (ours, theirs))
    (n, pairs), block = ours.shape, max(1, block)
    if not theirs.sum() > 0:
        return float("nan"), float("nan"), float("nan")
    value = float(1 - ours.sum() / theirs.sum())
    if n < 2 * block:
        return value, float("nan"), float("nan")
    rng = np.random.default_rng(seed)
    skills = np.full(draws, np.nan)
    for draw, origins in enumerate(_blocks(n, block, draws, rng)):
        often = np.bincount(rng.integers(0, pairs, pairs), minlength=pairs)
        below = theirs[origins].sum(0) @ often
        if below > 0:
            skills[draw] = 1 - ours[origins].sum(0) @ often / below
    low, high = np.nanquantile(skills, [(1 - BAND) / 2, (1 + BAND) / 2])
    return value, float(low), float(high)


def diebold_mariano(ours: Array, theirs: Array, horizon: int) -> tuple[float, float]:
    """Statistic and two-sided p of equal accuracy; negative where ours is better.

    Diebold and Mariano, Journal of Business and Economic Statistics 13, 1995, with the small-sample correction of
    Harvey, Leybourne and Newbold, International Journal of Forecasting 13, 1997. NaN with fewer than five origins, or
    none differing.

    >>> rng = np.random.default_rng(1)
    >>> a, b = rng.normal(1, 0.1, 60), rng.normal(1.2, 0.1, 60)
    >>> statistic, p = diebold_mariano(a, b, 1)
    >>> statistic < -5, p < 0.001
    (True, True)
    """
    from scipy.special import stdtr

    gap = ours - theirs
    n = len(gap)
    if n < 5 or np.ptp(gap) == 0:
        return float("nan"), float("nan")
    centred = gap - gap.mean()
    reach = min(horizon - 1, n // 2)
    variance = (
        centred @ centred + 2 * sum((1 - k / (reach + 1)) * (centred[k:] @ centred[:-k]) for k in range(1, reach + 1))
    ) / n
    if variance <= 0:
        return float("nan"), float("nan")
    correction = np.sqrt(max((n + 1 - 2 * horizon + horizon * (horizon - 1) / n) / n, 1 / n))
    statistic = float(correction * gap.mean() / np.sqrt(variance / n))
    return statistic, float(2 * stdtr(n - 1, -abs(statistic)))
