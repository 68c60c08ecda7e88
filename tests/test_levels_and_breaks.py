"""Local levels and change points against independent implementations, brute force, and truth."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.special import betaln, expit
from scipy.stats import multivariate_t

from detente.errors import DetenteError
from detente.models import ChangePoints, LocalLevel
from detente.models.local_level_filter import laplace, smooth
from detente.models.regimes import gaussian


def test_smoother_is_that_of_statsmodels() -> None:
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    rng = np.random.default_rng(1)
    y = np.cumsum(rng.normal(0, 0.5, 60)) + rng.normal(0, 1, 60)
    y[20:25] = np.nan
    theirs = UnobservedComponents(y, "local level")
    theirs.ssm.initialize_known(np.array([0.3]), np.array([[2.0]]))
    theirs.loglikelihood_burn = 0
    fitted = theirs.smooth([1.0, 0.25])
    noise = np.where(np.isnan(y), 1e13, 1.0)
    mean, variance, value = smooth(np.nan_to_num(y), noise, 0.25, 0.3, 2.0)
    assert_allclose(mean, fitted.smoothed_state[0], rtol=1e-8)
    assert_allclose(variance, fitted.smoothed_state_cov[0, 0], rtol=1e-8)
    assert value == pytest.approx(fitted.llf, rel=1e-8)


@pytest.mark.parametrize("family", [0, 1])
def test_laplace_is_near_the_integral(family: int) -> None:
    """Three periods, the middle one unseen: the evidence and the means by a grid over all three levels."""
    y, exposure = np.array([7.0, 0.0, 12.0]), np.array([20.0, 0.0, 30.0])
    step, start, spread = 0.3, -0.5, 1.0
    level, _, value = laplace(y, exposure, family, step, 0.0, start, spread)
    grid = np.linspace(-5, 4, 181)
    a, b, c = np.meshgrid(grid, grid, grid, indexing="ij")
    log = -0.5 * (a - start) ** 2 / spread - 0.5 * np.log(2 * np.pi * spread)
    log = log - 0.5 * ((b - a) ** 2 + (c - b) ** 2) / step - np.log(2 * np.pi * step)
    for x, k, n in ((a, 7.0, 20.0), (c, 12.0, 30.0)):
        log = log + (k * x - n * np.log1p(np.exp(x)) if family == 0 else k * (x + np.log(n)) - n * np.exp(x))
    weight = np.exp(log - log.max())
    total = weight.sum()
    evidence = np.log(total) + log.max() + 3 * np.log(grid[1] - grid[0])
    assert value == pytest.approx(evidence, abs=0.03)
    assert_allclose(level, [float((x * weight).sum() / total) for x in (a, b, c)], atol=0.05)


def test_bands_hold_the_level_whatever_the_volume() -> None:
    for family in ("binomial", "poisson", "gaussian"):
        held = []
        for world in range(60):
            rng = np.random.default_rng(world)
            level, noise = np.cumsum(rng.normal(0, 0.15, 60)), rng.normal(0, 0.3, 60)
            n = rng.poisson(rng.choice([0, 3, 40], 60)).astype(float)
            if family == "binomial":
                y, truth = rng.binomial(n.astype(int), 1 / (1 + np.exp(-level - noise))), 1 / (1 + np.exp(-level))
            elif family == "poisson":
                y, truth = rng.poisson(n * np.exp(level + noise - 1)), np.exp(level - 1)
            else:
                y, truth = n * level + rng.normal(0, 2, 60) * np.sqrt(n), level
            fit = LocalLevel(family).fit(y, n)
            held.append(((fit.low <= truth) & (truth <= fit.high)).mean())
        assert 0.86 < np.mean(held) < 0.95, family


def test_twice_the_press_is_no_more_cooperation() -> None:
    rng = np.random.default_rng(2)
    volume = np.repeat([100.0, 1000.0], 30)
    fit = LocalLevel("poisson").fit(rng.poisson(0.05 * volume), volume)
    assert (fit.low < 0.05).all()
    assert (fit.high > 0.05).all()
    assert fit.high[0] - fit.low[0] > fit.high[-1] - fit.low[-1]


def test_unseen_periods_widen_and_forecast_nothing() -> None:
    y, n = np.array([5.0] * 10 + [0.0] * 10), np.array([10.0] * 10 + [0.0] * 10)
    fit = LocalLevel("binomial").fit(y, n)
    width = fit.high - fit.low
    assert (np.diff(width[9:]) > 0).all()
    assert fit.frame["observed"][15] is None
    assert "10 of them unseen" in fit.summary()
    assert fit.plot().axes


@pytest.mark.parametrize(
    ("family", "y", "exposure", "said"),
    [
        ("normal", [1.0], None, "family is one of"),
        ("binomial", [3.0], [2.0], "period 0: 3 is no count of 2"),
        ("poisson", [1.0, -1.0], [1.0, 1.0], "period 1"),
        ("poisson", [1.0], [-1.0], "not be negative|not negative"),
        ("poisson", [1.0, 2.0], [1.0], "one length"),
        ("poisson", [0.0], [0.0], "no period was seen"),
    ],
)
def test_bad_series_are_told(family: str, y: list, exposure: list | None, said: str) -> None:
    with pytest.raises(DetenteError, match=said):
        LocalLevel(family).fit(y, exposure)


def test_posterior_is_that_of_all_segmentations() -> None:
    """Eight periods: every one of the 2^7 segmentations by hand."""
    y, n = np.array([3.0, 4, 3, 4, 0, 1, 0, 1]), np.full(8, 4.0)
    model = ChangePoints("binomial", expected=1.0, shortest=1, memory=0.0, draws=20_000, seed=1)
    fit = model.fit(y, n)
    chance = 1 / 7
    weights, begins = [], []
    for pattern in itertools.product([False, True], repeat=7):
        edges = [0, *(i + 1 for i, new in enumerate(pattern) if new), 8]
        log = sum(np.log(chance if new else 1 - chance) for new in pattern)
        for first, after in itertools.pairwise(edges):
            k, total = y[first:after].sum() / fit.inflation, n[first:after].sum() / fit.inflation
            log += betaln(k + 0.5, total - k + 0.5) - betaln(0.5, 0.5)
        weights.append(np.exp(log))
        begins.append(pattern)
    weight = np.array(weights) / sum(weights)
    assert_allclose(fit.probability[1:], weight @ np.array(begins, dtype=float), rtol=1e-9)
    numbers = np.array([sum(pattern) for pattern in begins])
    for number, share in fit.counts.items():
        assert share == pytest.approx(weight[numbers == number].sum(), abs=0.012)
    best = begins[int(weight.argmax())]
    assert fit.best == [i + 1 for i, new in enumerate(best) if new] == [4]


def test_agrees_with_ruptures_on_clear_breaks() -> None:
    import ruptures

    rng = np.random.default_rng(3)
    y = np.repeat([0.0, 3.0, 1.0], [60, 40, 80]) + rng.normal(0, 0.7, 180)
    found = ChangePoints("gaussian").fit(y)
    theirs = ruptures.Dynp(model="l2", min_size=2, jump=1).fit(y).predict(n_bkps=2)[:-1]
    assert found.breaks["period"].to_list() == theirs
    assert (found.breaks["probability"] > 0.95).all()
    assert_allclose(found.regimes()["level"].to_numpy(), [0.0, 3.0, 1.0], atol=0.3)
    assert len(found.plot().axes) == 2


def test_no_break_where_there_is_none_even_in_clumps() -> None:
    alarms = 0
    for world in range(60):
        rng = np.random.default_rng(world)
        n = rng.poisson(20, 100).astype(float)
        share = rng.beta(6, 4, 100)  # each period has its own share: reports come in clumps
        alarms += ChangePoints("binomial", seed=world).fit(rng.binomial(n.astype(int), share), n).breaks.height > 0
    assert alarms <= 9


@pytest.mark.parametrize("memory", [0.0, 0.4, 0.8])
def test_a_regime_with_memory_is_a_multivariate_t(memory: float) -> None:
    y = np.random.default_rng(8).standard_normal(9) + 5
    seen = np.array([1, 1, 0, 0, 1, 1, 1, 0, 1], dtype=bool)
    table = gaussian(y, seen, memory)
    x = y[seen] - y[seen].mean()
    noise = (np.median(np.abs(np.diff(x))) / 0.954) ** 2
    spread = max(x.var(), noise)
    for first, after in ((0, 9), (0, 2), (1, 6), (2, 5), (4, 9)):
        at = np.arange(first, after)[seen[first:after]]
        apart = np.abs(at[:, None] - at[None, :])
        within = np.where(apart == 0, 1.0, memory**apart) / (1 - memory**2)
        wide = within + spread / (noise * (1 + memory))
        value = multivariate_t(np.zeros(len(at)), noise * (1 + memory) * wide, df=3).logpdf(y[at] - y[seen].mean())
        assert table[first, after] == pytest.approx(value)
    assert table[2, 4] == 0


def _remembering(periods: int, memory: float, world: int) -> np.ndarray:
    rng = np.random.default_rng(world)
    e = np.sqrt(1 - memory**2) * rng.standard_normal(periods + 50)
    for t in range(1, len(e)):
        e[t] += memory * e[t - 1]
    return e[50:]


def test_memory_is_no_break() -> None:
    """Of stationary series with memory 0.5 and 40 periods, 77% once had a break."""
    worlds = range(25)
    for memory in (0.0, 0.5, 0.7):
        fits = [ChangePoints(draws=200, seed=w).fit(_remembering(40, memory, w)) for w in worlds]
        assert np.mean([fit.breaks.height > 0 for fit in fits]) <= 0.10
        assert np.mean([fit.memory for fit in fits]) == pytest.approx(memory, abs=0.15)
    moved = [_remembering(80, 0.5, w) + 2 * (np.arange(80) >= 40) for w in worlds]
    assert np.mean([ChangePoints(draws=200, seed=w).fit(y).breaks.height > 0 for w, y in enumerate(moved)]) >= 0.8
    held = ChangePoints(memory=0.0, draws=200).fit(_remembering(40, 0.5, 3))
    assert held.memory == 0
    with pytest.raises(DetenteError, match="memory lies between"):
        ChangePoints(memory=1.0).fit(moved[0])


@pytest.mark.parametrize(("family", "exposure"), [("binomial", 30), ("binomial", 3), ("poisson", 1)])
def test_memory_of_counts_is_no_break(family: str, exposure: int) -> None:
    alarms: list[Any] = []
    found: list[Any] = []
    for world in range(20):
        x, rng = 0.5 * _remembering(60, 0.6, world), np.random.default_rng(world)
        for shift, told in ((0.0, alarms), (2.5, found)):
            eta = x + shift * (np.arange(60) >= 30)
            y = (
                rng.binomial(exposure, expit(eta - shift / 2))
                if family == "binomial"
                else rng.poisson(10 * np.exp(eta))
            )
            fit = ChangePoints(family, draws=200, seed=world).fit(y, np.full(60, float(exposure)))
            told.append(fit.breaks.height > 0)
    assert np.mean(alarms) <= 0.10
    assert np.mean(found) >= 0.8


def test_break_dates_are_held_by_their_intervals() -> None:
    held = []
    for world in range(60):
        rng = np.random.default_rng(world)
        y = rng.poisson(np.repeat([2.0, 6.0], [50, 50]) * 2.0)
        row = ChangePoints("poisson", seed=world).fit(y, np.full(100, 2.0)).breaks
        held += [r["low"] <= 50 <= r["high"] for r in row.head(1).iter_rows(named=True)]
    assert len(held) > 50
    assert np.mean(held) > 0.83


@pytest.mark.parametrize(
    ("family", "y", "exposure", "said"),
    [
        ("normal", [1.0] * 9, None, "family is one of"),
        ("gaussian", [1.0, 2.0], None, "too few"),
        ("binomial", [3.0] * 9, [2.0] * 9, "no count of"),
        ("poisson", [-3.0] * 9, None, "no count"),
        ("poisson", [1.0] * 9, [1.0] * 8, "one length"),
    ],
)
def test_bad_series_for_breaks_are_told(family: str, y: list, exposure: list | None, said: str) -> None:
    with pytest.raises(DetenteError, match=said):
        ChangePoints(family).fit(y, exposure)


@pytest.mark.parametrize("scale", [1e-12, 1e6, 1e12, 1e30])
def test_levels_do_not_depend_on_the_unit(scale: float) -> None:
    rng = np.random.default_rng(6)
    y = np.cumsum(0.3 * rng.standard_normal(60)) + rng.standard_normal(60)
    weight = rng.uniform(0.5, 2, 60)
    plain = LocalLevel("gaussian").fit(y * weight, weight)
    large = LocalLevel("gaussian").fit(scale * y * weight, weight)
    heavy = LocalLevel("gaussian").fit(scale * y * weight, scale * weight)
    shifted = LocalLevel("gaussian").fit((y + 1e6) * weight, weight)
    for name in ("level", "low", "high"):
        np.testing.assert_allclose(getattr(large, name), scale * getattr(plain, name), rtol=1e-6)
        np.testing.assert_allclose(getattr(heavy, name), getattr(plain, name), rtol=1e-6)
        np.testing.assert_allclose(getattr(shifted, name) - 1e6, getattr(plain, name), atol=1e-6)
    assert large.step == pytest.approx(scale * plain.step)
    assert large.noise == pytest.approx(scale * plain.noise)
    assert heavy.noise == pytest.approx(np.sqrt(scale) * plain.noise)
    breaks = ChangePoints("gaussian", seed=1).fit(scale * (y + 5 * (np.arange(60) > 30))).breaks["period"].to_list()
    assert breaks == ChangePoints("gaussian", seed=1).fit(y + 5 * (np.arange(60) > 30)).breaks["period"].to_list()
