"""Bayesian Poisson tensor factorisation of counts, sparse and variational.

y[d] ~ Poisson(sum over k of the product over modes m of f_m[d_m, k]), f_m[i, k] ~ Gamma(shape a, rate a * b_m).
Coordinate-ascent variational inference with Gamma factors; b_m by empirical Bayes. The multinomial split of every count
is never stored: a sweep costs (non-zeros) x K a mode and memory is the non-zeros and the factors. The source is in
`TensorFit.METHODS`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from detente.checks import above_nought, probability, whole
from detente.errors import DetenteError, NotEstimable
from detente.models.base import Estimator, Fit
from detente.plots import BLUE, figure, source_line
from detente.uncertainty import Array

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class PoissonTensor(Estimator):
    """Estimator with `k` components; `shape` is the Gamma shape a (below 1: sparse factors).

    `loops` False leaves the cells of an actor with itself (first mode = second) out, as they cannot happen.
    Sweeps end when the evidence bound gains less than `tolerance` of itself, or after `sweeps`. The optimum found
    depends on `seed`; `restarts` fits are tried and the best bound kept.

    >>> rng = np.random.default_rng(0)
    >>> blocks = np.zeros((8, 8, 4)); blocks[:4, :4, :2] = 5; blocks[4:, 4:, 2:] = 5
    >>> fit = PoissonTensor(k=2, seed=1).fit_dense(rng.poisson(blocks))
    >>> sorted(int(f.argmax()) // 4 for f in fit.factors[0].T)
    [0, 1]
    """

    k: int = 20
    shape: float = 0.1
    loops: bool = True
    sweeps: int = 500
    tolerance: float = 1e-5
    restarts: int = 1
    seed: int = 0

    def fit_dense(self, counts: ArrayLike) -> TensorFit:
        """Fit to a dense array of counts, for small ones."""
        y = np.asarray(counts)
        cells = np.nonzero(y)
        return self.fit(np.column_stack(cells), y[cells], y.shape)

    def fit(
        self, indices: ArrayLike, counts: ArrayLike, dims: Sequence[int], *, hidden: ArrayLike | None = None
    ) -> TensorFit:
        """Fit to the non-zero cells `indices` (n, modes) with `counts` (n,) of a tensor of shape `dims`.

        `hidden` (h, modes) names cells to be treated as missing, their counts among the non-zeros being set aside.
        """
        where, y = checked(indices, counts, dims)
        whole("k", self.k)
        whole("sweeps", self.sweeps)
        above_nought("shape", self.shape)
        if not self.loops and (dims[0] != dims[1] or (where[:, 0] == where[:, 1]).any()):
            raise DetenteError("without loops the first two modes are the same actors, and none acts on itself")
        apart = np.empty((0, len(dims)), dtype=np.int64) if hidden is None else np.asarray(hidden, dtype=np.int64)
        if len(apart):
            flat_hidden = np.ravel_multi_index(tuple(apart.T), tuple(dims))
            kept = ~np.isin(np.ravel_multi_index(tuple(where.T), tuple(dims)), flat_hidden)
            where, y = where[kept], y[kept]
        if not len(y):
            raise NotEstimable("no count is above nought: there is nothing to part into components")
        fits = [self._once(where, y, dims, apart, self.seed + r) for r in range(max(1, self.restarts))]
        return max(fits, key=lambda fit: fit.bounds[-1])

    @classmethod
    def example(cls, seed: int = 0) -> dict[str, Any]:
        """Counts of 8 senders, 8 receivers and 4 periods in two blocks, of 5 expected events a cell."""
        blocks = np.zeros((8, 8, 4))
        blocks[:4, :4, :2] = blocks[4:, 4:, 2:] = 5
        counts = np.random.default_rng(seed).poisson(blocks)
        return {"indices": np.argwhere(counts), "counts": counts[counts > 0], "dims": counts.shape}

    def _once(self, where: Indices, y: Array, dims: Sequence[int], hidden: Indices, seed: int) -> TensorFit:
        from scipy.special import gammaln

        from detente.models.tensor_sweep import Gammas, allocate, exposure, sorted_by

        rng = np.random.default_rng(seed)
        modes = len(dims)
        gammas = [Gammas.start(n, self.k, self.shape, rng) for n in dims]
        orders = [sorted_by(where, y, m, n) for m, n in enumerate(dims)]
        constant = float(gammaln(y + 1).sum())
        bounds: list[float] = []
        for sweep in range(self.sweeps):
            for m in range(modes):
                shape, log_sum = allocate(orders[m], [g.geometric for g in gammas], m)
                if m == 0:
                    total = exposure(gammas, 0, self.loops, hidden) * gammas[0].mean
                    bounds.append(log_sum - float(total.sum()) - constant + sum(g.bound(self.shape) for g in gammas))
                rate = exposure(gammas, m, self.loops, hidden)
                gammas[m] = gammas[m].updated(self.shape, shape, np.maximum(rate, 1e-10))
            if sweep > 5 and abs(bounds[-1] - bounds[-2]) < self.tolerance * abs(bounds[-2]):
                break
        return TensorFit(self, tuple(dims), gammas, bounds, float(y.sum()), len(y))


def checked(indices: ArrayLike, counts: ArrayLike, dims: Sequence[int]) -> tuple[Indices, Array]:
    """The cells with a count above nought, and their counts; DetenteError says what is wrong with them."""
    where, y = np.asarray(indices), np.asarray(counts, dtype=float)
    if where.ndim != 2 or where.shape != (len(y), len(dims)):
        raise DetenteError(f"indices must be rows of {len(dims)} numbers, one row for each count")
    if not np.issubdtype(where.dtype, np.integer) or (len(y) and ((where < 0).any() or (where >= dims).any())):
        raise DetenteError(f"indices must be whole numbers within {tuple(dims)}")
    if not np.isfinite(y).all() or (y < 0).any() or (y != np.round(y)).any():
        raise DetenteError("counts must be whole and not negative")
    flat = np.ravel_multi_index(tuple(where.T), tuple(dims))
    if len(np.unique(flat)) < len(flat):
        raise DetenteError("a cell is given twice; add its counts up first")
    return where[y > 0].astype(np.int64), y[y > 0]


def log_scores(rates: ArrayLike, counts: ArrayLike) -> Array:
    """Log probability of each count under a Poisson distribution with its rate (at least 1e-12).

    >>> log_scores([1.0, 1.0], [0, 1]).tolist()
    [-1.0, -1.0]
    """
    from scipy.special import gammaln

    y, rate = np.asarray(counts, dtype=float), np.maximum(np.asarray(rates, dtype=float), 1e-12)
    return np.asarray(y * np.log(rate) - rate - gammaln(y + 1))


@dataclass(frozen=True, eq=False, repr=False)
class TensorFit(Fit):
    """A fitted factorisation; `bounds` are the evidence bound before every sweep."""

    COLUMNS: ClassVar[dict[str, str]] = {
        "mode": "which index of the tensor, from 0",
        "component": "from 0, in the order fitted",
        "index": "place in the mode, from 0",
        "value": "share of the component that the place has in its mode",
        "low": "lower bound of its band; variational, so too narrow",
        "high": "upper bound of its band; variational, so too narrow",
    }
    METHODS: ClassVar[tuple[str, ...]] = (
        "Schein, Paisley, Blei and Wallach, Bayesian Poisson tensor factorization for inferring multilateral relations "
        "from sparse dyadic event counts, KDD 2015",
    )

    model: PoissonTensor
    dims: tuple[int, ...]
    gammas: list[Any]
    bounds: list[float]
    total: float
    nonzeros: int

    @property
    def factors(self) -> list[Array]:
        """Posterior means of the factors, one (n, K) for each mode, every column summing to 1."""
        return [np.asarray(g.mean / g.mean.sum(0)) for g in self.gammas]

    @property
    def weights(self) -> Array:
        """Expected events of each component (K,); components are in the order fitted, not sorted."""
        return np.asarray(np.prod([g.mean.sum(0) for g in self.gammas], axis=0))

    def rates(self, cells: ArrayLike) -> Array:
        """Expected counts (n,) of cells (n, modes)."""
        where = np.asarray(cells)
        return np.asarray(np.prod([g.mean[where[:, m]] for m, g in enumerate(self.gammas)], axis=0).sum(1))

    def interval(self, mode: int, component: int, level: float = 0.90) -> tuple[Array, Array]:
        """Central interval of each entry of a factor, as shares of its column; variational, so too narrow."""
        probability("level", level)
        from scipy.special import gammaincinv

        g = self.gammas[mode]
        total = g.mean[:, component].sum()
        low, high = (
            gammaincinv(g.shape[:, component], p) / g.rate[:, component] / total
            for p in ((1 - level) / 2, (1 + level) / 2)
        )
        return low, high

    def log_scores(self, cells: ArrayLike, counts: ArrayLike) -> Array:
        """Log probability of the counts in cells, by a Poisson with the expected count."""
        return log_scores(self.rates(cells), counts)

    @property
    def frame(self) -> pl.DataFrame:
        """A row a mode, component and place; see `COLUMNS`."""
        factors = self.factors
        return pl.concat(
            pl.DataFrame(
                {"mode": m, "component": k, "index": np.arange(n), "value": factors[m][:, k]}
                | dict(zip(("low", "high"), self.interval(m, k), strict=True))
            )
            for m, n in enumerate(self.dims)
            for k in range(self.model.k)
        )

    def summary(self) -> str:
        """Size, fit and the weight of every component."""
        shown = ", ".join(f"{w / self.total:.1%}" for w in np.sort(self.weights)[::-1][:10])
        return (
            f"Poisson factorisation of {' x '.join(map(str, self.dims))}, {self.nonzeros:,} non-zeros, "
            f"{self.total:,.0f} events: K = {self.model.k}, {len(self.bounds)} sweeps, bound {self.bounds[-1]:,.0f}.\n"
            f"Largest components hold {shown} of the events."
        )

    def plot(self) -> Any:
        """The evidence bound by sweep and the weights of the components."""
        drawing, (left, right) = figure(2.8, 1, 2, sharex=False)
        left.plot(np.arange(1, len(self.bounds) + 1), self.bounds, color=BLUE)
        left.set_xlabel("sweep")
        left.set_ylabel("evidence bound (nats)")
        right.bar(np.arange(1, self.model.k + 1), np.sort(self.weights)[::-1] / self.total, color=BLUE)
        right.set_xlabel("component, by size")
        right.set_ylabel("share of events")
        source_line(drawing, f"Poisson tensor factorisation, K = {self.model.k}.")
        return drawing
