"""Every estimator on numbers that can't answer: a finite estimate or NotEstimable in one line; misuse is told as
such.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from detente.errors import DetenteError, NotEstimable
from detente.forecasts.scores import COUNT
from detente.forecasts.series.features import Relatives
from detente.forecasts.series.forecaster import CLASSICAL, baselines, forecast_by
from detente.forecasts.series.hierarchical import HIERARCHICAL
from detente.forecasts.series.learners import Boosted, Forest
from detente.forecasts.series.stacking import combine
from detente.models import (
    BayesianVAR,
    ChangePoints,
    Hawkes,
    HawkesProcess,
    IdealPoints,
    LocalLevel,
    PoissonTensor,
    Reciprocity,
    Spillover,
    choose_k,
)
from detente.models.conditional import Policy, conditional

NAN, INF = float("nan"), float("inf")
WALK = np.random.default_rng(0).standard_normal((60, 2))


@pytest.fixture(autouse=True)
def _warnings_are_errors() -> Iterator[None]:
    """A warning of numpy says that a number went wrong silently."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        yield


def answer(make: Callable[[], object]) -> str:
    """The line of NotEstimable; "" where the estimate is finite."""
    try:
        found = make()
    except NotEstimable as error:
        assert "\n" not in str(error)
        return str(error)
    assert np.isfinite(np.asarray(found, dtype=float)).all()
    return ""


def _var(x: object) -> object:
    fit = BayesianVAR(2).fit(x)
    fit.summary()
    return np.concatenate([np.ravel(fit.coefficients), np.ravel(fit.fevd(4, draws=20).point), fit.forecast(2).ravel()])


def _flat(x: object) -> object:
    fit = BayesianVAR(1, None).fit(x)
    fit.granger()
    return fit.predictive(3, draws=20)


def _reciprocity(x: object) -> object:
    fit = Reciprocity((1, 2), draws=100).fit(x)
    return fit.frame.filter(fit.frame["measure"] == "inertia")["value"].to_numpy()


def _spillover(x: object) -> object:
    return Spillover(1, horizon=4, draws=20, placebos=10).fit(x, ["y2"]).frame["value"].to_numpy()


def _conditional(x: object) -> object:
    fit = BayesianVAR(1).fit(x)
    raised = Policy(np.eye(8)[:1], np.eye(8)[:1], fit.data[:, 0].std() * np.ones(1))
    return conditional(fit, raised, np.eye(8)[1:2], draws=20).change()


TABLES = [
    ("empty", np.zeros((0, 2)), "holds no period"),
    ("one row", np.ones((1, 2)), "never changes"),
    ("two rows", WALK[:2], "too few"),
    ("constant", np.ones((60, 2)), "never changes"),
    ("a constant beside", np.column_stack([WALK[:, 0], np.full(60, 3.0)]), "never changes"),
    ("zeros", np.zeros((60, 2)), "never changes"),
    ("twins", WALK[:, [0, 0]], "repeat each other"),
    ("mirror images", WALK[:, [0, 0]] * [1, -2], "repeat each other"),
    ("large", 1e12 * WALK, ""),
    ("small", 1e-12 * WALK, ""),
    ("large and small", WALK * [1e12, 1], ""),
    ("far from nought", WALK + 1e6, ""),
    ("one spike", np.column_stack([np.arange(60) == 30, WALK[:, 1]]).astype(float), None),
    ("alternating", np.column_stack([np.arange(60) % 2, WALK[:, 1]]).astype(float), None),
    ("a trend", np.column_stack([np.arange(60), WALK[:, 1]]).astype(float), None),
]


@pytest.mark.parametrize("make", [_var, _flat, _reciprocity, _spillover, _conditional])
def test_tables(make: Callable[[object], object]) -> None:
    for name, x, why in TABLES:
        said = answer(lambda x=x: make(x))
        assert why is None or (why in said if why else said == ""), (name, said)
    for bad in (NAN, INF, 1e200):
        with pytest.raises(DetenteError, match=r"column 'y2'") as error:
            make(np.where(np.arange(120).reshape(60, 2) == 5, bad, WALK))
        assert not isinstance(error.value, NotEstimable)


@pytest.mark.parametrize("family", ["binomial", "poisson", "gaussian"])
def test_series(family: str) -> None:
    def level(y: list[float], n: list[float] | None) -> object:
        fit = LocalLevel(family).fit(y, n)
        return np.concatenate([fit.level, fit.low, fit.high])

    def breaks(y: list[float], n: list[float] | None) -> object:
        fit = ChangePoints(family, draws=50).fit(y, n)
        return np.append(fit.probability, fit.regimes()["level"].drop_nulls().to_numpy())

    for y, n, can in (
        ([], [], False),
        ([NAN] * 9, [1] * 9, False),
        ([1] * 9, [0] * 9, False),
        ([1, NAN, 1, NAN, 1, 1, 1], [2] * 7, True),
        ([0] * 12, [2] * 12, True),
        ([5] * 12, [5] * 12, True),
        ([1e12, 2e12, 1e12, 3e12] * 4, [4e12] * 16, True),
    ):
        assert (answer(lambda y=y, n=n: level(y, n)) == "") is can
        assert (answer(lambda y=y, n=n: breaks(y, n)) == "") is can
    assert answer(lambda: level([1], [1])) == ""
    assert "too few" in answer(lambda: breaks([1], [1]))
    for y, n, said in (
        ([1, INF], [2, 2], "period 1"),
        ([1, 2], [2, INF], "exposure"),
        ([1, 2], [1], "one length"),
        ([[1]], [[1]], "one length"),
    ):
        for fit in (level, breaks):
            with pytest.raises(DetenteError, match=said) as error:
                fit(y, n)
            assert not isinstance(error.value, NotEstimable)


def test_events() -> None:
    times = np.sort(np.random.default_rng(1).random(50) * 30)
    kinds = np.array([0, 1] * 25)
    for t, m, why in (
        ([], [], "no event"),
        ([1.0], [0], "one moment"),
        ([4.0] * 20, [0] * 20, "one moment"),
        ([1.0, 2.0], [0, 1], "too few"),
        (1e12 * times, kinds, ""),
        (np.arange(50.0), kinds, ""),
        (np.repeat(times, 2), np.tile(kinds, 2), ""),
    ):
        for decays in (None, (1.0, 0.15)):
            said = answer(lambda t=t, m=m, d=decays: Hawkes(d).fit(t, np.asarray(m, dtype=int)).jumps)
            assert why in said if why else said == ""
    with pytest.raises(DetenteError, match="event 1 has no time"):
        Hawkes().fit([1.0, INF], [0, 0])
    for process, end in ((HawkesProcess([NAN], [[[0.2]]], [1.0]), 9), (HawkesProcess([1.0], [[[0.2]]], [1.0]), -9)):
        with pytest.raises(DetenteError):
            process.simulate(end, seed=1)


def test_votes() -> None:
    def points(s: object, t: object, v: object, c: object) -> object:
        return IdealPoints(positive=None).fit(s, t, v, c).points

    assert "no vote" in answer(lambda: points([], [], [], []))
    assert "alike" in answer(lambda: points(["A"], [1], [1], [0]))
    assert "alone" in answer(lambda: points(["A", "A"], 1, [1, 1], [0, 2]))
    assert "tells the states apart" in answer(lambda: points(["A", "A", "B", "B"], 1, [1, 1, 1, 1], [0, 2, 2, 0]))
    assert answer(lambda: points(["A", "B"], 1, [1, 1], [0, 2])) == ""
    for t in (NAN, -1, 1.5):
        with pytest.raises(DetenteError, match="no whole number from 0"):
            points(["A", "B"], t, [1, 1], [0, 2])


def test_counts() -> None:
    def parts(y: np.ndarray) -> object:
        return PoissonTensor(k=2, sweeps=10).fit_dense(y).weights

    def chosen(y: np.ndarray) -> object:
        at = np.argwhere(y != 0)
        return choose_k(PoissonTensor(sweeps=10), at, y[y != 0], y.shape, [1, 2])["log_score"].to_numpy()

    few = (np.arange(32) == 3).reshape(4, 4, 2) * 1.0
    for y, by_parts, by_choice in (
        (np.zeros((0, 0, 0)), "no count", "too few"),
        (np.zeros((4, 4, 2)), "no count", "too few"),
        (few, "", "too few"),
        (np.ones((4, 4, 2)), "", "no zero cell"),
        (1e12 * np.eye(4)[:, :, None] * np.ones(2), "", ""),
    ):
        for make, why in ((parts, by_parts), (chosen, by_choice)):
            said = answer(lambda make=make, y=y: make(y))
            assert why in said if why else said == ""
    for bad in (NAN, INF, -1.0, 0.5):
        for make in (parts, chosen):
            with pytest.raises(DetenteError, match="whole and not negative"):
                make(np.where(few > 0, bad, 0.0))


def test_settings_are_checked() -> None:
    fit = BayesianVAR(1).fit(WALK)
    for level in (2, 1, 0, -0.1, NAN, "a", None):
        for make in (
            lambda p: LocalLevel("gaussian", p).fit([1, 2, 3]),
            lambda p: fit.irf(3, draws=5, level=p),
            lambda p: fit.fevd(3, draws=5, level=p),
            lambda p: fit.returned(3, draws=5, level=p),
            lambda p: fit.counterfactual(["y1"], draws=5, level=p),
            lambda p: Hawkes((1.0,)).fit([1.0, 2.0, 3.5, 4.0], [0, 0, 0, 0]).bands(p),
            lambda p: PoissonTensor(k=1).fit_dense(np.eye(3)).interval(0, 0, p),
            lambda p: IdealPoints(positive=None).fit(["A", "B"], 1, [1, 1], [0, 2]).bands(p),
        ):
            with pytest.raises(DetenteError, match="lies between 0 and 1"):
                make(level)
    for number in (0, -1, 2.5, NAN):
        for make in (
            lambda n: fit.returned(3, draws=n),
            lambda n: fit.predictive(n),
            lambda n: fit.forecast(n),
            lambda n: ChangePoints(shortest=n).fit(WALK[:, 0]),
            lambda n: ChangePoints(draws=n).fit(WALK[:, 0]),
            lambda n: Reciprocity(1, horizon=n).fit(WALK),
            lambda n: PoissonTensor(k=n).fit_dense(np.eye(3)),
            lambda n: IdealPoints(iterations=n).fit(["A", "B"], 1, [1, 1], [0, 2]),
        ):
            with pytest.raises(DetenteError, match="is a whole number"):
                make(number)
    with pytest.raises(DetenteError, match="expected is a number above 0"):
        ChangePoints(expected=0).fit(WALK[:, 0])
    with pytest.raises(NotEstimable, match="too few for 99 lags"):
        fit.lag_selection(99)


def test_forecasts_of_nothing_are_unknown() -> None:
    items = np.zeros(3, dtype=np.int64)
    relatives: Any = Relatives(*(np.arange(3) % 2 for _ in range(4)), items)  # type: ignore[call-arg]

    def known(y: Any, kind: str) -> Any:
        now = SimpleNamespace(scale=np.ones(len(y)))
        rest = {"scores": y, "group_means": np.zeros_like(y), "items": np.full(len(y), "x"), "now": now, "seed": 0}
        return SimpleNamespace(totals=y, kind=kind, by="month", relatives=relatives, **rest)

    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for kind in ("count", "value", "share"):
            for y in (np.zeros((3, 0)), np.full((3, 30), NAN)):
                for title, name in baselines(kind, "month").items():
                    if name not in CLASSICAL and (y.shape[1] or "last value" not in title):
                        quantiles = forecast_by(name, known(y, kind), [1])[1]
                        assert quantiles.shape == (3, COUNT), name
                        assert np.isnan(quantiles).all(), name
                if y.shape[1]:
                    assert np.isnan(HIERARCHICAL.forecast(known(y, kind), [1])[1]).all()
        assert HIERARCHICAL.forecast(known(np.zeros((0, 9)), "count"), [1])[1].shape == (0, COUNT)
    assert np.isnan(combine(np.full((2, 3, COUNT), NAN), np.full(2, 0.5))).all()
    for learner in (Boosted(rounds=1), Forest(trees=1)):
        for x in (np.zeros((0, 2)), np.full((9, 2), NAN)):
            with pytest.raises(NotEstimable, match="to learn from"):
                learner.fit(x, np.zeros(len(x)))
