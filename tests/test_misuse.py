"""Arguments that mean nothing are refused in one line that says what to pass, whatever room they are given to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np
import pytest

import detente as dt
from detente.errors import DetenteError
from detente.models import BayesianVAR, Hawkes, Minnesota, Reciprocity
from detente.uncertainty import Share, share_interval

PAIR = dt.open_record("none").pair("USA", "RUS", as_of="2007-02-01")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (lambda: Minnesota(tightness=-1), "tightness is a number above 0, not -1"),
        (lambda: Minnesota(tightness=float("nan")), "tightness is a number above 0"),
        (lambda: Minnesota(decay=-1), "decay is a number of 0 or more, not -1"),
        (lambda: Minnesota(own=float("inf")), "own is a number"),
        (lambda: Share(7, 5), "of n observations, k is 0 to n"),
        (lambda: Share(-1, 5), "of n observations, k is 0 to n"),
        (lambda: share_interval([3], [5], level=2), "level lies between 0 and 1"),
        (lambda: Share(1, 0), "of n observations, k is 0 to n"),
        (lambda: share_interval(["a"], [2]), "k are numbers"),
        (lambda: Reciprocity(seed=-1).fit(np.zeros((30, 2))), "seed is a whole number of 0 or more, not -1"),
        (lambda: BayesianVAR().fit([["a", "b"]] * 30), "are numbers, not text"),
        (lambda: Hawkes(decays=[1.0]).fit(["a", "b"], [0, 0]), "times are numbers"),
        (lambda: Hawkes(decays=cast(Any, ["x"])).fit([1.0, 2.0], [0, 0]), "decays are numbers"),
        (lambda: PAIR.reciprocity(horizon=0), "horizon is a whole number of 1 or more, not 0"),
        (lambda: PAIR.reciprocity(by="x"), "by is one of day, week, month, quarter, year, not 'x'"),
        (lambda: PAIR.reciprocity(seed=-1), "seed is a whole number of 0 or more"),
        (lambda: PAIR.reciprocity_through_time(step=0), "step is a whole number of 1 or more, not 0"),
        (lambda: PAIR.reciprocity_through_time(window=0), "window is a whole number of 1 or more, not 0"),
        (lambda: PAIR.levels(by="fortnight"), "by is one of day, week, month, quarter, year, not 'fortnight'"),
        (lambda: PAIR.excitation(draws=0), "draws is a whole number of 1 or more, not 0"),
        (lambda: PAIR.excitation(seed=-1), "seed is a whole number of 0 or more, not -1"),
        (lambda: PAIR.breaks(seed=-1), "seed is a whole number of 0 or more, not -1"),
        (lambda: PAIR.breaks(by="x"), "by is one of day, week, month, quarter, year, not 'x'"),
        (lambda: PAIR.spillover("IRN", horizon=0), "horizon is a whole number of 1 or more, not 0"),
        (lambda: PAIR.spillover("IRN", seed=-1), "seed is a whole number of 0 or more, not -1"),
        (lambda: PAIR.similarity(seed=-1), "seed is a whole number of 0 or more, not -1"),
        (lambda: PAIR.explain(seed=-1), "seed is a whole number of 0 or more, not -1"),
        (lambda: PAIR.forecast(horizon=1.5), "the horizon is 1 to 120 whole months, not 1.5"),
        (lambda: PAIR.forecast(seed=-1), "seed is a whole number of 0 or more, not -1"),
        (lambda: PAIR.weigh(horizon=1.5), "the horizon is 1 to 120 whole months"),
        (lambda: PAIR.weigh(draws=0), "draws is a whole number"),
        (lambda: PAIR.weigh(seed=-1), "seed is a whole number"),
        (lambda: dt.open_record("none").pair("USA", "RUS", as_of=2018), "2018"),
    ],
)
def test_misuse_is_told_in_a_line(asked: Callable[[], Any], said: str) -> None:
    with pytest.raises(DetenteError) as told:
        asked()
    assert said in str(told.value)
    assert "\n" not in str(told.value)
