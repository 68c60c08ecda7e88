"""Every estimator keeps one protocol, those that other packages add among them."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from detente.checks import one_of
from detente.errors import DetenteError, NotEstimable
from detente.models import ESTIMATORS, Estimator, Fit


def keeps_the_protocol(estimator: type[Estimator]) -> None:
    """What `detente.models.base` and `detente.results` ask of an estimator and of its fit."""
    assert dataclasses.is_dataclass(estimator)
    assert estimator.__doc__
    fit = estimator().fit(**estimator.example(seed=1))
    assert isinstance(fit, Fit)
    assert fit.frame.columns == list(fit.COLUMNS)
    assert fit.frame.height
    assert fit.summary().strip()
    assert fit.plot().axes
    assert fit.METHODS
    assert fit.cite() == "\n".join(fit.METHODS)
    assert len(repr(fit)) < 150
    assert "\n" not in repr(fit)
    assert len(json.loads(fit.to_json())["rows"]) == fit.frame.height
    same = estimator().fit(**estimator.example(seed=1))
    assert fit.frame.equals(same.frame, null_equal=True)


@pytest.mark.parametrize("name", ESTIMATORS)
def test_an_estimator_keeps_the_protocol(name: str) -> None:
    keeps_the_protocol(ESTIMATORS[name])


@pytest.mark.parametrize("name", ESTIMATORS)
def test_too_little_is_not_estimable(name: str) -> None:
    short = {
        key: value if isinstance(value, tuple | list) else _begin(value)
        for key, value in ESTIMATORS[name].example().items()
    }
    # A level alone is estimable from one period: it needs one that was seen.
    if name == "LocalLevel":
        short["exposure"] = np.zeros(1)
    if name == "PoissonTensor":
        short["counts"] = np.zeros(1)
    with pytest.raises(NotEstimable):
        ESTIMATORS[name]().fit(**short)


def _begin(value: object) -> object:
    return {key: one[:1] for key, one in value.items()} if isinstance(value, dict) else np.asarray(value)[:1]


def test_another_package_adds_one(install: Callable[..., Path]) -> None:
    install("Add an estimator", "LocalLevel")
    assert "Halves" in ESTIMATORS
    keeps_the_protocol(ESTIMATORS["Halves"])
    # A name of this package can't be taken.
    assert ESTIMATORS["LocalLevel"].__module__ == "detente.models.local_level"
    with pytest.raises(DetenteError, match=r"one of BayesianVAR, .*, Halves, not 'Thirds'"):
        one_of("estimator", "Thirds", ESTIMATORS)


def test_models_wait_for_what_they_need() -> None:
    code = "import sys, detente.models as m; m.LocalLevel; print(*{'numba', 'scipy', 'matplotlib'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "\n"
