"""Poisson factorisation against its own definition on a dense tensor, and planted structure."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from numpy.testing import assert_allclose
from scipy.special import digamma, gammaln

from detente.errors import DetenteError
from detente.models import PoissonTensor, choose_k
from detente.models.tensor_sweep import Gammas, allocate, exposure, sorted_by


def planted(seed: int, dims: tuple[int, ...] = (20, 20, 6, 8), k: int = 3, events: int = 3000) -> np.ndarray:
    rng = np.random.default_rng(seed)
    factors = [rng.gamma(0.2, 1, (n, k)) for n in dims]
    factors = [f / f.sum(0) for f in factors]
    return rng.poisson(events * np.einsum("ik,jk,ak,tk->ijat", *factors))


def cells(y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    where = np.argwhere(y > 0)
    return where, y[tuple(where.T)]


def test_one_sweep_is_the_dense_definition() -> None:
    y = planted(1, (5, 5, 3, 4))
    where, counts = cells(y)
    rng = np.random.default_rng(2)
    gammas = [Gammas.start(n, 2, 0.1, rng) for n in y.shape]
    geometric = [np.exp(digamma(g.shape)) / g.rate for g in gammas]
    rates = np.einsum("ik,jk,ak,tk->ijatk", *geometric)
    split = y[..., None] * rates / rates.sum(-1, keepdims=True)
    for mode in range(4):
        shape, logs = allocate(sorted_by(where, counts, mode, y.shape[mode]), [g.geometric for g in gammas], mode)
        others = tuple(m for m in range(4) if m != mode)
        assert_allclose(shape, split.sum(axis=others), rtol=1e-10)
        assert logs == pytest.approx(float((y * np.log(rates.sum(-1))).sum()), rel=1e-10)
        means = np.einsum(
            "ik,jk,ak,tk->ijatk", *[np.ones_like(g.mean) if m == mode else g.mean for m, g in enumerate(gammas)]
        )
        none = np.empty((0, 4), dtype=int)
        assert_allclose(
            np.broadcast_to(exposure(gammas, mode, True, none), shape.shape), means.sum(axis=others), rtol=1e-10
        )
        off = means * (1 - np.eye(5))[:, :, None, None, None]
        assert_allclose(
            np.broadcast_to(exposure(gammas, mode, False, none), shape.shape), off.sum(axis=others), rtol=1e-10
        )
        hidden = where[:7]
        off[tuple(hidden.T)] = 0
        less = np.broadcast_to(exposure(gammas, mode, False, hidden[hidden[:, 0] != hidden[:, 1]]), shape.shape)
        assert_allclose(less, off.sum(axis=others), rtol=1e-9, atol=1e-12)


def test_bound_rises_and_is_below_the_evidence() -> None:
    y = planted(3)
    fit = PoissonTensor(k=3, sweeps=60, tolerance=0).fit(*cells(y), y.shape)
    steps = np.diff(fit.bounds)
    assert (steps > -1e-7 * abs(fit.bounds[-1])).all()
    # No bound can exceed the log likelihood of the saturated model.
    saturated = float((y[y > 0] * np.log(y[y > 0]) - y[y > 0] - gammaln(y[y > 0] + 1)).sum())
    assert fit.bounds[-1] < saturated


def test_finds_planted_components() -> None:
    y = planted(4)
    fit = PoissonTensor(k=3, restarts=4, seed=1).fit(*cells(y), y.shape)
    assert fit.weights.sum() == pytest.approx(y.sum(), rel=0.02)
    share = [f.sum(0) for f in fit.factors]
    assert_allclose(share, 1.0)
    truth = np.random.default_rng(4)
    factors = [truth.gamma(0.2, 1, (n, 3)) for n in y.shape]
    factors = [f / f.sum(0) for f in factors]
    cosine = np.ones((3, 3))
    for true, found in zip(factors, fit.factors, strict=True):
        cosine *= true.T @ found / np.outer(np.linalg.norm(true, axis=0), np.linalg.norm(found, axis=0))
    assert cosine.max(axis=1).min() > 0.9


def test_hidden_cells_are_not_seen() -> None:
    y = planted(5)
    where, counts = cells(y)
    hidden = where[::10]
    changed = counts.copy()
    changed[::10] += 50
    one = PoissonTensor(k=3, seed=2).fit(where, counts, y.shape, hidden=hidden)
    two = PoissonTensor(k=3, seed=2).fit(where, changed, y.shape, hidden=hidden)
    assert_allclose(one.weights, two.weights)
    assert one.nonzeros == len(where) - len(hidden)
    assert one.log_scores(hidden, counts[::10]).mean() > one.log_scores(hidden, changed[::10]).mean()


def test_the_score_of_hidden_cells_chooses_enough_components() -> None:
    y = planted(6, (30, 30, 8, 12), 4, 12_000)
    scores = choose_k(PoissonTensor(restarts=2), *cells(y), y.shape, [1, 2, 4], seed=1)
    assert scores["k"].to_list() == [None, 1, 2, 4]
    assert scores.filter("chosen")["k"].to_list() == [4]
    assert scores.drop_nulls("k").sort("log_score")["behind"][-1] == 0
    gains = dict(scores.drop_nulls("k").select("k", "gain").iter_rows())
    assert gains[1] < gains[2] < gains[4]
    assert scores.filter(pl.col("k") == 4)["gain_per_event"][0] > 0


def test_same_seed_same_fit_and_no_dense_tensor() -> None:
    rng = np.random.default_rng(7)
    dims = (20_000, 20_000, 200, 5_000)
    where = np.unique(np.column_stack([rng.integers(0, n, 2000) for n in dims]), axis=0)
    counts = np.ones(len(where))
    one, two = (PoissonTensor(k=4, sweeps=5, seed=3).fit(where, counts, dims) for _ in range(2))
    assert one.bounds == two.bounds
    assert "K = 4" in one.summary()
    assert len(one.plot().axes) == 2
    low, high = one.interval(2, 0)
    assert (low <= high).all()


@pytest.mark.parametrize(
    ("indices", "counts", "dims", "said"),
    [
        ([[0, 0]], [1], (2, 2, 2), "rows of 3 numbers"),
        ([[0, 5]], [1], (2, 2), "within"),
        ([[0, 1]], [-1], (2, 2), "whole and not negative"),
        ([[0, 1]], [0.5], (2, 2), "whole and not negative"),
        ([[0, 1], [0, 1]], [1, 2], (2, 2), "given twice"),
        ([[0, 1]], [0], (2, 2), "no count"),
    ],
)
def test_bad_tensors_are_told(indices: list, counts: list, dims: tuple[int, ...], said: str) -> None:
    with pytest.raises(DetenteError, match=said):
        PoissonTensor(k=2).fit(np.array(indices), np.array(counts), dims)


def test_loops_are_told() -> None:
    with pytest.raises(DetenteError, match="none acts on itself"):
        PoissonTensor(k=1, loops=False).fit(np.array([[0, 0, 0]]), np.array([1]), (2, 2, 1))
