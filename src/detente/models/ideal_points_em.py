"""EM for dynamic ordered-probit ideal points: states' paths by Newton, items by Fisher scoring, votes in parallel."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numba import prange
from numpy.typing import NDArray

from detente.errors import NotEstimable
from detente.models.compiled import compiled
from detente.uncertainty import Array

Indices = NDArray[np.int64]
# Weak priors of an item: discrimination ~ N(0, 2^2), middle of the cut points ~ N(0, 5^2), log of their gap ~ N(0, 1).
NODES, WEIGHTS = (-math.sqrt(3), 0.0, math.sqrt(3)), (1 / 6, 2 / 3, 1 / 6)
ITEM_PRIOR = np.array([1 / 4, 1 / 25, 1.0])


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """Means and variances by place, items (discrimination, middle, log gap), variance of a step, the last change."""

    mean: Array
    variance: Array
    items: Array
    step: float
    iterations: int
    change: float


def em(
    place: Indices,
    item: Indices,
    choice: Indices,
    state: Indices,
    session: Indices,
    iterations: int,
    tolerance: float,
    on_step: Callable[[int, float], None] | None,
) -> Fitted:
    """Fit to votes (n,): place and item indices, choice 0-2; of each place its state and session.

    Every item belongs to one session, and positions have mean 0 and standard deviation 1 in each: shifting and
    stretching a session with its items leaves the likelihood as it is, and EM alone would drift along it for ever.
    """
    by_place, by_item = np.argsort(place, kind="stable"), np.argsort(item, kind="stable")
    places, items = len(state), int(item.max()) + 1
    place_begins = np.searchsorted(place[by_place], np.arange(places + 1)).astype(np.int64)
    item_begins = np.searchsorted(item[by_item], np.arange(items + 1)).astype(np.int64)
    first = np.flatnonzero(np.diff(state, prepend=-1)).astype(np.int64)
    paths = np.append(first, places)
    gap = np.ones(places)
    gap[1:] = np.maximum(np.diff(session), 1)

    votes_by_item = (item_begins, place[by_item], choice[by_item])
    votes_by_place = (place_begins, item[by_place], choice[by_place])
    _, era = np.unique(session, return_inverse=True)
    crowd = np.bincount(era).astype(float)
    item_era = np.zeros(items, dtype=np.int64)
    item_era[item] = era[place]
    later = np.setdiff1d(np.arange(places), first)
    variance, cross = np.full(places, 0.1), np.zeros(places)

    mean, theta, step = _start(place, item, choice, state, items), np.zeros((items, 3)), 0.05
    change, done = math.inf, 0
    while done < iterations and change >= tolerance:
        before = mean.copy()
        _items(theta, *votes_by_item, mean, np.sqrt(variance), ITEM_PRIOR)
        _paths(mean, variance, cross, paths, gap, step, *votes_by_place, theta)
        centre = np.bincount(era, mean) / crowd
        spread = np.sqrt(np.maximum(np.bincount(era, (mean - centre[era]) ** 2) / crowd, 1e-6))
        mean = (mean - centre[era]) / spread[era]
        theta[:, 1] -= theta[:, 0] * centre[item_era]
        theta[:, 0] *= spread[item_era]
        variance /= spread[era] ** 2
        cross[later] /= spread[era[later]] * spread[era[later - 1]]
        if len(later):
            square = (mean[later] - mean[later - 1]) ** 2 + variance[later] + variance[later - 1] - 2 * cross[later]
            step = float(max(np.mean(square / gap[later]), 1e-6))
        change = float(np.abs(mean - before).max())
        done += 1
        if on_step:
            on_step(done, change)
    return Fitted(mean, variance, theta, step, done, change)


def _start(place: Indices, item: Indices, choice: Indices, state: Indices, items: int) -> Array:
    """First principal component of the states' votes, centred by item, by power iteration on the sparse matrix."""
    from scipy.sparse import csr_matrix

    count = np.bincount(item, minlength=items)
    centred = choice - (np.bincount(item, choice, items) / count)[item]
    matrix = csr_matrix((centred, (state[place], item)), shape=(int(state.max()) + 1, items))
    vector = np.linspace(-1, 1, matrix.shape[0])
    for _ in range(200):
        vector = matrix @ (matrix.T @ vector)
        vector -= vector.mean()
        length = np.linalg.norm(vector)
        if not length > 1e-12:
            raise NotEstimable("no roll call tells the states apart")
        vector /= length
    return (vector / vector.std())[state]


@compiled(inline="always")
def _density(z: float) -> float:
    return 0.3989422804014327 * math.exp(-0.5 * z * z)


@compiled(inline="always")
def _below(z: float) -> float:
    return 0.5 * math.erfc(-0.7071067811865476 * z)


@compiled(inline="always")
def _between(low: float, high: float) -> float:
    # In the upper tail both are near 1: there take the difference from the other side.
    if low > 0:
        return max(_below(-low) - _below(-high), 1e-300)
    return max(_below(high) - _below(low), 1e-300)


@compiled(parallel=True)
def _items(
    theta: Array,
    begins: Indices,
    place: Indices,
    choice: Indices,
    mean: Array,
    deviation: Array,
    prior: Array,
) -> None:
    """Fisher scoring of every item's (discrimination, middle, log gap), over 3 nodes of each place's Gaussian."""
    for v in prange(len(begins) - 1):
        b, middle, log_gap = theta[v, 0], theta[v, 1], theta[v, 2]
        half = 0.5 * math.exp(log_gap)
        g = np.zeros(3)
        h = np.zeros((3, 3))
        for q in range(3):
            g[q] = -prior[q] * theta[v, q]
            h[q, q] = prior[q]
        d = np.zeros((3, 3))
        for row in range(begins[v], begins[v + 1]):
            s = place[row]
            for node in range(3):
                x = mean[s] + NODES[node] * deviation[s]
                low, high = middle - half - b * x, middle + half - b * x
                f_low, f_high = _density(low), _density(high)
                # Derivatives of each choice's probability by b, middle, log gap.
                d[0, 0], d[0, 1], d[0, 2] = -x * f_low, f_low, -half * f_low
                d[2, 0], d[2, 1], d[2, 2] = x * f_high, -f_high, -half * f_high
                for q in range(3):
                    d[1, q] = -d[0, q] - d[2, q]
                p0, p1, p2 = max(_below(low), 1e-300), _between(low, high), max(_below(-high), 1e-300)
                c = choice[row]
                chance = p0 if c == 0 else (p1 if c == 1 else p2)
                w = WEIGHTS[node]
                for q in range(3):
                    g[q] += w * d[c, q] / chance
                    for r in range(q + 1):
                        h[q, r] += w * (d[0, q] * d[0, r] / p0 + d[1, q] * d[1, r] / p1 + d[2, q] * d[2, r] / p2)
        h[0, 1], h[0, 2], h[1, 2] = h[1, 0], h[2, 0], h[2, 1]
        move = np.linalg.solve(h, g)
        value = _expected(theta[v], begins[v], begins[v + 1], place, choice, mean, deviation, prior)
        size = min(1.0, 1.0 / max(np.abs(move).max(), 1e-12))
        for _try in range(12):
            tried = theta[v] + size * move
            if _expected(tried, begins[v], begins[v + 1], place, choice, mean, deviation, prior) >= value:
                theta[v] = tried
                break
            size /= 2


@compiled()
def _expected(
    theta: Array, first: int, last: int, place: Indices, choice: Indices, mean: Array, deviation: Array, prior: Array
) -> float:
    """Expected log likelihood of an item's votes with its log prior."""
    b, middle, half = theta[0], theta[1], 0.5 * math.exp(theta[2])
    value = -0.5 * (prior * theta**2).sum()
    for row in range(first, last):
        s, c = place[row], choice[row]
        for node in range(3):
            x = mean[s] + NODES[node] * deviation[s]
            low, high = middle - half - b * x, middle + half - b * x
            p = _below(low) if c == 0 else (_below(-high) if c == 2 else _between(low, high))
            value += WEIGHTS[node] * math.log(max(p, 1e-300))
    return value


@compiled(parallel=True)
def _paths(
    mean: Array,
    variance: Array,
    cross: Array,
    paths: Indices,
    gap: Array,
    step: float,
    begins: Indices,
    item: Indices,
    choice: Indices,
    theta: Array,
) -> None:
    """Newton for every state's path; variances and the covariance with the place before, by the tridiagonal inverse."""
    for s in prange(len(paths) - 1):
        a, n = paths[s], paths[s + 1] - paths[s]
        diagonal, side, right = np.empty(n), np.zeros(n), np.empty(n)
        for _ in range(2):
            for i in range(n):
                x = mean[a + i]
                slope, curve = 0.0, 0.0
                for row in range(begins[a + i], begins[a + i + 1]):
                    v = item[row]
                    b, half = theta[v, 0], 0.5 * math.exp(theta[v, 2])
                    low, high = theta[v, 1] - half - b * x, theta[v, 1] + half - b * x
                    c = choice[row]
                    if c == 0:
                        p, f, z = max(_below(low), 1e-300), _density(low), low * _density(low)
                    elif c == 2:
                        p, f, z = max(_below(-high), 1e-300), -_density(high), -high * _density(high)
                    else:
                        p = _between(low, high)
                        f = _density(high) - _density(low)
                        z = high * _density(high) - low * _density(low)
                    ratio = f / p
                    slope -= b * ratio
                    curve += b * b * max(ratio * ratio + z / p, 0.0)
                diagonal[i], right[i] = curve, slope
            # Prior: N(0, 1) at the start, then steps of variance step * gap.
            diagonal[0] += 1.0
            right[0] -= mean[a]
            for i in range(1, n):
                tie = 1.0 / (step * gap[a + i])
                diagonal[i] += tie
                diagonal[i - 1] += tie
                side[i] = -tie
                pull = tie * (mean[a + i] - mean[a + i - 1])
                right[i] -= pull
                right[i - 1] += pull
            # Thomas algorithm, and from its pivots the diagonal and first side diagonal of the inverse.
            pivot = np.empty(n)
            pivot[0] = diagonal[0]
            for i in range(1, n):
                pivot[i] = diagonal[i] - side[i] * side[i] / pivot[i - 1]
                right[i] -= side[i] / pivot[i - 1] * right[i - 1]
            move = np.empty(n)
            move[n - 1] = right[n - 1] / pivot[n - 1]
            for i in range(n - 2, -1, -1):
                move[i] = (right[i] - side[i + 1] * move[i + 1]) / pivot[i]
            largest = max(np.abs(move).max(), 1e-12)
            size = min(1.0, 1.0 / largest)
            for i in range(n):
                mean[a + i] += size * move[i]
            variance[a + n - 1] = 1.0 / pivot[n - 1]
            for i in range(n - 2, -1, -1):
                share = -side[i + 1] / pivot[i]
                cross[a + i + 1] = share * variance[a + i + 1]
                variance[a + i] = 1.0 / pivot[i] + share * share * variance[a + i + 1]
