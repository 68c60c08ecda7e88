"""How many components: by the counts of cells that the factorisation did not see."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from detente.checks import probability
from detente.errors import DetenteError, NotEstimable
from detente.models.tensor import PoissonTensor, checked, log_scores
from detente.uncertainty import Array


def choose_k(
    model: PoissonTensor,
    indices: ArrayLike,
    counts: ArrayLike,
    dims: Sequence[int],
    ks: Sequence[int],
    *,
    fraction: float = 0.1,
    seed: int = 0,
    on_k: Callable[[int], None] | None = None,
) -> pl.DataFrame:
    """Held-out score of every K.

    Columns k (null for the baseline), log_score (mean over cells), behind, gain, gain_per_event, chosen.
    Of the non-zero cells `fraction` are hidden and, per hidden one, three of the zero cells (weighted back to their
    true number). The baseline knows each cell's average over the last mode (the same sender, receiver and action in
    other periods) with one period's worth of the overall mean added: `gain` is the score above it,
    `gain_per_event` the same over all cells for each event, in nats. `behind` is how many standard errors over cells a
    K scores behind the best. `chosen` is the smallest K less than one behind (Breiman and others, *Classification and
    Regression Trees*, 1984, ch. 3): more components than the data tell apart split what belongs together.

    >>> rng = np.random.default_rng(0)
    >>> y = rng.poisson(np.kron(np.eye(2), np.full((6, 6), 3.0))[:, :, None] * np.ones(8))
    >>> where = np.argwhere(y > 0)
    >>> scores = choose_k(PoissonTensor(seed=1), where, y[y > 0], y.shape, [1, 2])
    >>> scores.filter("chosen")["k"].to_list()
    [2]
    """
    where, y = np.asarray(indices), np.asarray(counts)
    probability("fraction", fraction)
    if not ks:
        raise DetenteError("name at least one K to try")
    checked(where, y, dims)
    if len(y) < 2:
        raise NotEstimable(f"{len(y)} non-zero cells are too few to hide some of them")
    rng = np.random.default_rng(seed)
    chosen = rng.choice(len(y), max(1, round(fraction * len(y))), replace=False)
    zeros = _zero_cells(where, dims, 3 * len(chosen), model.loops, rng)
    cells = np.concatenate([where[chosen], zeros])
    outcomes = np.concatenate([y[chosen], np.zeros(len(zeros), dtype=y.dtype)])
    size = float(np.prod(np.array(dims, dtype=float)))
    size -= 0 if model.loops else size / dims[0]
    weights = np.concatenate(
        [np.full(len(chosen), len(y) / len(chosen)), np.full(len(zeros), (size - len(y)) / len(zeros))]
    )
    weights /= weights.sum()
    tried: dict[int | None, Array] = {None: log_scores(_averages(where, y, chosen, cells, dims), outcomes)}
    for k in ks:
        tried[k] = replace(model, k=k).fit(where, y, dims, hidden=cells).log_scores(cells, outcomes)
        if on_k:
            on_k(k)
    means = {k: float(weights @ scores) for k, scores in tried.items()}
    best = max(ks, key=means.__getitem__)
    behind = {k: _behind(tried[best] - scores, weights) for k, scores in tried.items()}
    taken = min(k for k in ks if behind[k] < 1)
    per_event = size / float(y.sum())
    base = means[None]
    rows = [(k, means[k], behind[k], means[k] - base, (means[k] - base) * per_event, k == taken) for k in tried]
    columns = ["k", "log_score", "behind", "gain", "gain_per_event", "chosen"]
    return pl.DataFrame(rows, schema=columns, orient="row")


def _behind(differences: Array, weights: Array) -> float:
    """The weighted mean of differences in its standard errors; nought where there are none."""
    mean = float(weights @ differences)
    error = float(np.sqrt(weights**2 @ (differences - mean) ** 2))
    return mean / error if error > 0 else 0.0


def _zero_cells(
    where: NDArray[np.int64], dims: Sequence[int], count: int, loops: bool, rng: np.random.Generator
) -> NDArray[np.int64]:
    taken = np.ravel_multi_index(tuple(where.T), tuple(dims))
    drawn = np.empty(0, dtype=np.int64)
    for _ in range(100):
        tried = np.column_stack([rng.integers(0, n, 2 * count) for n in dims])
        if not loops:
            tried = tried[tried[:, 0] != tried[:, 1]]
        flat = np.ravel_multi_index(tuple(tried.T), tuple(dims))
        drawn = np.unique(np.concatenate([drawn, flat[~np.isin(flat, taken)]]))
        if len(drawn) >= count:
            break
    if not len(drawn):
        raise NotEstimable("the tensor has no zero cell to hold out")
    return np.column_stack(np.unravel_index(rng.permutation(drawn)[:count], tuple(dims)))


def _averages(
    where: NDArray[np.int64],
    y: NDArray[np.int64],
    chosen: NDArray[np.int64],
    cells: NDArray[np.int64],
    dims: Sequence[int],
) -> Array:
    """Of each cell the average over the last mode without what is hidden, a period of the overall mean added."""
    kept = np.ones(len(y), dtype=bool)
    kept[chosen] = False
    flat = np.ravel_multi_index(tuple(where[:, :-1].T), tuple(dims[:-1]))
    seen, position = np.unique(flat[kept], return_inverse=True)
    sums = np.bincount(position, y[kept])
    wanted = np.ravel_multi_index(tuple(cells[:, :-1].T), tuple(dims[:-1]))
    at = np.clip(np.searchsorted(seen, wanted), 0, len(seen) - 1)
    total = np.where(seen[at] == wanted, sums[at], 0.0)
    return np.asarray((total + y[kept].sum() / np.prod(np.array(dims, dtype=float))) / dims[-1])
