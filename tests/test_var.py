"""Vector autoregression and reciprocity: against the field's reference, an independent implementation, and truth."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from numpy.testing import assert_allclose

from detente.errors import DetenteError
from detente.models import BayesianVAR, Minnesota, Reciprocity
from detente.models.impulse import moving_average
from detente.models.regression import Conjugate, regress

A = np.array([[[0.4, 0.2], [0.05, 0.3]], [[0.1, 0.1], [0.0, 0.1]]])
S = np.array([[1.0, 0.3], [0.3, 0.8]])


def walk(periods: int, seed: int, coefficients: np.ndarray = A, covariance: np.ndarray = S) -> np.ndarray:
    rng = np.random.default_rng(seed)
    lags, n, _ = coefficients.shape
    errors = rng.multivariate_normal(np.zeros(n), covariance, periods + 50)
    y = np.zeros((periods + 50, n))
    for t in range(lags, len(y)):
        y[t] = errors[t] + sum(y[t - lag - 1] @ coefficients[lag] for lag in range(lags))
    return y[50:]


@pytest.fixture(scope="module")
def levant(shared: Path) -> tuple[pl.DataFrame, dict]:
    folder = shared / "levant"
    reference = json.loads((folder / "reference_weekly.json").read_text())
    return pl.read_csv(folder / "weekly_1979_2003.csv").select("i2p", "p2i"), reference


def test_reproduces_the_reference_to_six_digits(levant: tuple[pl.DataFrame, dict]) -> None:
    frame, reference = levant
    fit = BayesianVAR(lags=6, prior=None).fit(frame)
    assert_allclose(fit.irf(12), reference["irf"], rtol=1e-6, atol=1e-7)
    assert_allclose(fit.coefficients[0], reference["ar_coefs_lag1"], rtol=1e-6)
    assert_allclose(fit.intercept, reference["intercept"], rtol=1e-6)
    assert_allclose(fit.covariance, reference["residual_covariance"], rtol=1e-6)
    selection = fit.lag_selection(12)
    assert_allclose(
        selection.select("AIC", "BIC", "HQ").to_numpy(),
        [[row[name] for name in ("AIC", "BIC", "HQ")] for row in reference["lag_selection"]],
        rtol=1e-8,
    )
    tests = {f"{r['cause']} -> {r['effect']}": r for r in fit.granger().iter_rows(named=True)}
    for row in reference["granger"]:
        assert tests[row["test"]]["statistic"] == pytest.approx(row["F"], rel=1e-8)
        assert tests[row["test"]]["p"] == pytest.approx(row["p"], abs=1e-12)


def test_agrees_with_statsmodels() -> None:
    from statsmodels.tsa.api import VAR

    y = walk(300, 1)
    ours, theirs = BayesianVAR(lags=3, prior=None).fit(y), VAR(y).fit(3, trend="c")
    assert_allclose(ours.coefficients.transpose(0, 2, 1), theirs.coefs, rtol=1e-9)
    assert_allclose(ours.covariance, theirs.sigma_u_mle, rtol=1e-9)
    # statsmodels orthogonalises by the covariance with degrees of freedom taken off.
    scale = np.sqrt(theirs.sigma_u[0, 0] / theirs.sigma_u_mle[0, 0])
    assert_allclose(ours.irf(8).point.transpose(0, 2, 1) * scale, theirs.irf(7).orth_irfs, rtol=1e-9, atol=1e-12)
    assert_allclose(ours.fevd(8).point.transpose(2, 0, 1), theirs.fevd(8).decomp, rtol=1e-9, atol=1e-12)
    assert_allclose(ours.forecast(5), theirs.forecast(y[-3:], 5), rtol=1e-9)


def test_marginal_likelihood_is_that_of_a_multivariate_t() -> None:
    from scipy.stats import multivariate_t

    rng = np.random.default_rng(2)
    x, y = rng.standard_normal((12, 3)), rng.standard_normal((12, 1))
    prior = Conjugate(np.array([[0.5], [0.0], [-0.2]]), np.array([2.0, 0.5, 1.0]), np.array([[1.7]]), 4.0)
    shape = prior.scale[0, 0] / prior.freedom * (np.eye(12) + x @ np.diag(prior.variance) @ x.T)
    expected = multivariate_t.logpdf(y[:, 0], (x @ prior.mean)[:, 0], shape, df=prior.freedom)
    assert regress(y, x, prior).log_marginal == pytest.approx(expected, rel=1e-10)


def test_posterior_draws_have_the_posterior_moments() -> None:
    y = walk(200, 3)
    fit = BayesianVAR(2, Minnesota(0.3)).fit(y)
    coefficients, covariance = fit.draws(40_000, seed=1)
    assert_allclose(coefficients.mean(0), fit.coefficients, atol=0.003)
    assert_allclose(covariance.mean(0), fit.covariance, rtol=0.02)
    spread = np.sqrt(np.diag(np.linalg.inv(fit.posterior.precision))[1] * fit.covariance[0, 0])
    assert coefficients[:, 0, 0, 0].std() == pytest.approx(spread, rel=0.03)


def test_prior_shrinks_and_lets_go() -> None:
    y = walk(150, 4)
    loose, tight, none = (BayesianVAR(2, prior).fit(y) for prior in (Minnesota(50.0), Minnesota(0.001), None))
    assert_allclose(loose.coefficients, none.coefficients, atol=2e-3)
    assert np.abs(tight.coefficients).max() < 0.01
    chosen = BayesianVAR(range(1, 7)).fit(walk(600, 5))
    assert chosen.lags == max(chosen.tried, key=chosen.tried.__getitem__)
    assert chosen.lags in (1, 2, 3)
    fixed = {t: BayesianVAR(2, Minnesota(t)).fit(y).objective for t in (0.05, 0.1, 0.2, 0.4, 0.8)}
    assert BayesianVAR(2).fit(y).objective >= max(fixed.values()) - 1e-3


def test_bands_hold_the_truth() -> None:
    truth = moving_average(A, 4)
    held = []
    for world in range(60):
        fit = BayesianVAR(2, None).fit(walk(200, world))
        draws = fit.draws(400, world)[0]
        low, high = np.quantile(moving_average(draws, 4)[:, 1:], [0.05, 0.95], axis=0)
        held.append(((low <= truth[1:]) & (truth[1:] <= high)).mean())
    assert 0.85 < np.mean(held) < 0.95


def test_counterfactual_takes_away_what_shocks_made() -> None:
    frame = dict(zip("abc", walk(120, 6, np.diag([0.5, 0.4, 0.3])[None], np.eye(3)).T, strict=True))
    fit = BayesianVAR(1, None).fit(frame)
    assert_allclose(fit.counterfactual([])[0], fit.data[1:], atol=1e-10)
    still = fit.counterfactual(["a", "b", "c"])[0]
    path = fit.data[0]
    for row in still:
        path = fit.intercept + path @ fit.coefficients[0]
        assert_allclose(row, path, atol=1e-9)
    point, low, high = fit.counterfactual(["c"], draws=200, seed=1)
    assert ((low <= point) & (point <= high)).mean() > 0.8
    with pytest.raises(DetenteError, match="no series d"):
        fit.counterfactual(["d"])


def test_results_have_frames_words_and_charts() -> None:
    fit = BayesianVAR(2).fit(pl.DataFrame(walk(120, 7), schema=["x", "y"]))
    table = fit.irf(4, draws=100).frame
    assert table.columns == ["step", "shock", "response", "value", "low", "high"]
    assert table.height == 16
    assert (table["low"] <= table["high"]).all()
    assert "2 lags, 118 periods, Minnesota prior" in fit.summary()
    assert len(fit.plot(draws=50).axes) == 4
    shares = fit.fevd(6).point
    assert_allclose(shares.sum(1), 1.0)


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        ({"a": [1.0, 2.0, None, 4.0] * 10, "b": [1.0, 3.0, 2.0, 4.0] * 10}, "column 'a' misses a value in row 2"),
        ({"a": [1.0] * 40, "b": list(range(40))}, "column 'a' never changes"),
        ({"a": ["x"] * 40}, "isn't numeric"),
        ({"a": [1.0, 2.0], "b": [2.0, 1.0]}, "too few"),
        ({"a": list(range(40)), "b": list(range(39))}, "differ in length"),
        (np.zeros((2, 2, 2)), "3 dimensions"),
        ({}, "no column"),
    ],
)
def test_bad_frames_are_told(frame: object, said: str) -> None:
    with pytest.raises(DetenteError, match=said):
        BayesianVAR(2).fit(frame)


def test_bad_settings_are_told() -> None:
    y = walk(60, 8)
    for model, said in (
        (BayesianVAR(0), "whole numbers from 1"),
        (BayesianVAR([]), "whole numbers from 1"),
        (BayesianVAR(2.5), "whole numbers from 1"),
        (BayesianVAR([1, 2], None), "needs a prior"),
        (BayesianVAR(100), "too few for 100 lags"),
        (BayesianVAR(20, None), "too few for 41 coefficients"),
    ):
        with pytest.raises(DetenteError, match=said):
            model.fit(y)
    with pytest.raises(DetenteError, match="steps is a whole number of 1 or more"):
        BayesianVAR(1).fit(y).irf(0)
    with pytest.raises(DetenteError, match="repeat each other"):
        BayesianVAR(1, None).fit(np.column_stack([y, y.sum(1)]))


def one_way(seed: int, periods: int = 500) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    y = rng.standard_normal((periods, 2))
    y[1:, 1] += 0.5 * np.maximum(y[:-1, 0], 0)
    return {"a": y[:, 0], "b": y[:, 1]}


def test_reciprocity_tells_who_answers_and_to_what() -> None:
    fit = Reciprocity(lags=2, prior=None, seed=1).fit(one_way(1))
    to_a, to_b = fit.answers
    assert (to_a.mover, to_a.answerer) == ("a", "b")
    assert to_a.returned.low < 0.25 < to_a.returned.high
    assert to_a.half_by == 1
    assert to_a.to_rises.low > 0.3
    assert to_a.to_falls.low < 0 < to_a.to_falls.high
    assert "rewards rises" in to_a.condition
    assert to_b.returned.low < 0 < to_b.returned.high
    assert fit.asymmetry.low > 0
    assert fit.treatment == "not equal, b returns more"
    assert fit.more > 0.95
    assert set(fit.frame["measure"]) >= {"returned", "inertia", "asymmetry", "asymmetry_scaled"}


def test_equal_treatment_depends_on_scale_where_it_does() -> None:
    rng = np.random.default_rng(2)
    y = np.zeros((800, 2))
    for t in range(1, 800):
        y[t] = 0.2 * y[t - 1, ::-1] + rng.standard_normal(2)
    small = Reciprocity(1, None).fit({"a": y[:, 0], "b": y[:, 1]})
    assert small.treatment == "no inequality is shown"
    large = Reciprocity(1, None).fit({"a": 10 * y[:, 0], "b": y[:, 1]})
    assert large.treatment == "it depends on the scale"
    assert large.asymmetry_scaled.value == pytest.approx(small.asymmetry_scaled.value, abs=0.02)


def test_rolling_follows_a_change() -> None:
    rng = np.random.default_rng(3)
    y = rng.standard_normal((400, 2))
    y[201:, 1] += 0.8 * y[200:-1, 0]
    fit = Reciprocity(1, None).fit({"a": y[:, 0], "b": y[:, 1]})
    table = fit.rolling(150, 50).filter(pl.col("mover") == "a")
    assert table["end"].to_list() == [149, 199, 249, 299, 349, 399]
    assert table["high"][0] < 0.5 < table["low"][-1]
    for window in (2, 401):
        with pytest.raises(DetenteError, match="a window needs"):
            fit.rolling(window)
    with pytest.raises(DetenteError, match="of two series"):
        Reciprocity().fit(walk(50, 1, np.diag([0.5, 0.4, 0.3])[None], np.eye(3)))
