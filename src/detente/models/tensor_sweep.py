"""The inner loops of the Poisson factorisation: one pass over the non-zeros for each mode."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import prange
from numpy.typing import NDArray

from detente.models.compiled import compiled
from detente.uncertainty import Array

Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Gammas:
    """The Gamma factors of one mode: shape and rate (n, K), their mean and geometric mean, the prior rate b."""

    shape: Array
    rate: Array
    mean: Array
    geometric: Array
    b: float

    @classmethod
    def start(cls, n: int, k: int, prior: float, rng: np.random.Generator) -> Gammas:
        """Random factors near 1."""
        shape = rng.gamma(100.0, 0.01, (n, k)) + prior
        return cls(shape, np.ones((n, k)), shape, exp_digamma(shape), 1.0)

    def updated(self, prior: float, allotted: Array, exposure: Array) -> Gammas:
        """After the counts `allotted` (n, K) over `exposure` (n or 1, K)."""
        shape = prior + allotted
        rate = np.broadcast_to(prior * self.b + exposure, shape.shape)
        mean = shape / rate
        return Gammas(shape, rate, mean, exp_digamma(shape) / rate, 1.0 / float(mean.mean()))

    def bound(self, prior: float) -> float:
        """Minus the divergence from the prior Gamma(a, a b)."""
        from scipy.special import gammaln

        rate = prior * self.b
        log_mean = np.log(self.geometric)
        prior_part = self.shape.size * (prior * np.log(rate) - gammaln(prior))
        prior_part += (prior - 1) * log_mean.sum() - rate * self.mean.sum()
        entropy = (
            self.shape - np.log(self.rate) + gammaln(self.shape) - (self.shape - 1) * (log_mean + np.log(self.rate))
        )
        return float(prior_part + entropy.sum())


def exp_digamma(x: Array) -> Array:
    """exp(digamma(x)), kept above nought where the shape is small."""
    from scipy.special import digamma

    return np.asarray(np.maximum(np.exp(digamma(x)), 1e-300))


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """The non-zeros sorted by one mode: cells, counts, and where each index of the mode begins (n + 1,)."""

    where: Indices
    counts: Array
    begins: Indices


def sorted_by(where: Indices, counts: Array, mode: int, n: int) -> Order:
    """The non-zeros in the order of a mode, so that each row of its factor is written by one thread."""
    order = np.argsort(where[:, mode], kind="stable")
    begins = np.searchsorted(where[order, mode], np.arange(n + 1))
    return Order(np.ascontiguousarray(where[order]), counts[order], begins.astype(np.int64))


def allocate(order: Order, geometric: Sequence[Array], mode: int) -> tuple[Array, float]:
    """Counts split over components by the geometric means, summed by index of the mode (n, K); and the log rates."""
    sizes = np.array([len(g) for g in geometric])
    offsets = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
    stacked = np.concatenate(geometric)
    return _allocate(order.where, order.counts, order.begins, stacked, offsets, mode)


@compiled(parallel=True, fastmath={"contract", "reassoc", "nsz"})
def _allocate(
    where: Indices, counts: Array, begins: Indices, stacked: Array, offsets: Indices, mode: int
) -> tuple[Array, float]:
    n, k, modes = len(begins) - 1, stacked.shape[1], where.shape[1]
    out = np.zeros((n, k))
    logs = np.zeros(n)
    for i in prange(n):
        product = np.empty(k)
        own = stacked[offsets[mode] + i]
        logged = 0.0
        for cell in range(begins[i], begins[i + 1]):
            product[:] = own
            for m in range(modes):
                if m != mode:
                    row = stacked[offsets[m] + where[cell, m]]
                    for c in range(k):
                        product[c] *= row[c]
            total = 0.0
            for c in range(k):
                total += product[c]
            total = max(total, 1e-300)
            scale = counts[cell] / total
            for c in range(k):
                out[i, c] += scale * product[c]
            logged += counts[cell] * np.log(total)
        logs[i] = logged
    return out, logs.sum()


def exposure(gammas: Sequence[Gammas], mode: int, loops: bool, hidden: Indices) -> Array:
    """How often each index of a mode could have acted, by component (1 or n, K): the product of the other modes' sums.

    Less the cells of an actor with itself where there are no `loops`, and less the `hidden` cells.
    """
    sums = [g.mean.sum(0) for g in gammas]
    whole = np.prod([s for m, s in enumerate(sums) if m != mode], axis=0)[None, :]
    if not loops:
        rest = np.prod([s for m, s in enumerate(sums) if m > 1 and m != mode], axis=0)
        itself = gammas[1 - mode].mean if mode < 2 else (gammas[0].mean * gammas[1].mean).sum(0)
        whole = whole - itself * rest
    if len(hidden):
        from scipy.sparse import csr_matrix

        product = np.prod([g.mean[hidden[:, m]] for m, g in enumerate(gammas) if m != mode], axis=0)
        rows = (np.ones(len(hidden)), (hidden[:, mode], np.arange(len(hidden))))
        whole = whole - csr_matrix(rows, shape=(len(gammas[mode].mean), len(hidden))) @ product
    return np.asarray(whole)
