"""A package of somebody else's adds a forecaster: run, judged and scored like ours."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from conftest import detente
from detente.forecasts.series.forecaster import OURS, baselines, judged


def test_a_forecaster_of_another_package_is_judged(install: Callable[..., Path], tmp_path: Path) -> None:
    install("Add a forecaster")
    rng = np.random.default_rng(0)
    rows = [
        (a, "ZZZ", date(2020, 1, 6) + timedelta(day), float(rng.poisson(level)))
        for a, level in (("AAA", 1.0), ("BBB", 3.0), ("CCC", 5.0))
        for day in range(210)
    ]
    pl.DataFrame(rows, schema=["a", "b", "date", "count"], orient="row").write_csv(tmp_path / "counts.csv")
    words = ["backtest", str(tmp_path / "counts.csv"), "--by", "week", "--horizons", "1,2", "--models", "middle"]
    done = detente(*words, "--no-classical", "--format", "json")
    assert done.returncode == 0
    card = json.loads(done.stdout)
    assert card["overall"]["model"] == "middle" and card["run"]["models"] == ["middle"]
    scores = {row["model"]: row for row in card["models"]}
    assert scores["middle"]["kind"] == "ours" and "stack" not in scores
    assert scores["middle"]["crps"] == pytest.approx(scores["climatology"]["crps"], rel=0.05)


def test_ours_and_baselines_come_through_the_same_door() -> None:
    assert judged() == OURS
    assert list(baselines("count", "week")) == [
        "last value",
        "seasonal naive",
        *(f"last {n} weeks" for n in (4, 13, 26, 52)),
        "climatology",
        "last value, errors pooled by level",
        "mean of 4 weeks, errors pooled by level",
        "mean of all, errors pooled by level",
        "negative binomial, rolling",
        "negative binomial AR",
        "ETS",
        "ARIMA",
    ]
    assert "last 10 years" in baselines("share", "year") and "seasonal naive" not in baselines("share", "year")
