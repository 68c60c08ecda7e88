"""A ratio whose denominator may be nought is not identified: no number in fit, frame, words or chart."""

from __future__ import annotations

import json
import re

import numpy as np
import polars as pl
import pytest

from detente.explain.reciprocity import ReciprocityThroughTime, _answered
from detente.explain.section import Section, sections_as_data
from detente.explain.topic import Draft
from detente.explain.triangle import Triangle
from detente.models import BayesianVAR, Reciprocity
from detente.uncertainty import NotIdentified, quotient


@pytest.fixture(scope="module")
def taken_back() -> np.ndarray:
    """A mover that takes back what it gave: second differences of noise."""
    return np.diff(np.random.default_rng(1).standard_normal((42, 2)), n=2, axis=0)


def test_a_quotient_is_one_only_where_the_denominator_keeps_its_sign() -> None:
    rng = np.random.default_rng(0)
    top = rng.standard_normal(4000)
    known = quotient(top + 2, 1 + 0.2 * rng.standard_normal(4000))
    assert known.value == pytest.approx(2, abs=0.1)
    assert known.above
    for middle, spread in ((0.0, 1.0), (1.0, 0.7), (-1.0, 0.7), (0.0, 1e-12), (0.0, 0.0)):
        found = quotient(top, middle + spread * rng.standard_normal(4000))
        assert found == NotIdentified()
        assert not found.above
        assert not found.below
    assert quotient(top, -1 + 0.1 * rng.standard_normal(4000)) != NotIdentified(), "negative throughout is known"


def test_reciprocity_without_a_denominator(taken_back: np.ndarray) -> None:
    fit = Reciprocity(3, None, draws=500, horizon=12).fit({"a": taken_back[:, 0], "b": taken_back[:, 1]})
    assert fit.more is None
    assert fit.asymmetry == fit.asymmetry_scaled == NotIdentified()
    for one in fit.answers:
        assert one.returned == one.in_deviations == NotIdentified()
        assert one.half_by is None
        assert "not identified" in one.condition
    table = fit.frame.filter(pl.col("measure").is_in(["returned", "in_deviations", "half_by", "asymmetry"]))
    assert table.select("value", "low", "high").null_count().row(0) == (table.height,) * 3
    assert fit.frame.filter(pl.col("measure") == "inertia")["value"].null_count() == 0
    words = fit.summary()
    assert "Equal treatment: not identified." in words
    assert not re.search("inverse|unconditional|tit for tat|None|nan|returns [-0-9]", words)


def test_windows_without_a_denominator(taken_back: np.ndarray) -> None:
    fit = Reciprocity(3, None, draws=100).fit(taken_back)
    table = fit.rolling(30, 5)
    assert table["returned"].null_count() > 0
    assert (table["returned"].is_null() == table["low"].is_null()).all()
    dated = table.with_columns(pl.date(2018, 1, 1).dt.offset_by(pl.format("{}d", "end")).alias("end"))
    through = ReciprocityThroughTime(dated, 30, "day", "noise")
    assert "not identified" in through.summary()
    assert "None" not in through.summary()
    assert "no line where" in through.plot().get_supxlabel()


def test_the_digest_says_so(taken_back: np.ndarray) -> None:
    fit = Reciprocity(3, None, draws=500).fit({"A>B": taken_back[:, 0], "B>A": taken_back[:, 1]})
    said = _answered(fit.answers[0], "Alpha", "Beta", 12, "week")
    assert said == [
        "How much Beta returns of one unit of cooperation by Alpha is not identified: within 12 weeks Alpha may "
        "take back "
        "as much as it gave."
    ]
    draft = Draft()
    draft.add("returned by Beta", fit.answers[0].returned, "of one unit")
    data = sections_as_data([Section("reciprocity", "Reciprocity", (), tuple(draft.figures))])
    assert data[0]["figures"][0] == {
        "name": "returned by Beta", "value": None, "low": None, "high": None, "unit": "of one unit"
    }  # fmt: skip
    assert "NaN" not in json.dumps(data)


def test_a_triangle_without_denominators(taken_back: np.ndarray) -> None:
    names = ["A>B", "B>A", "C>A"]
    three = np.column_stack([taken_back, np.random.default_rng(2).standard_normal(len(taken_back))])
    fit = BayesianVAR(3, None).fit(dict(zip(names, three.T, strict=True)))
    table = fit.returned(12, draws=500)
    assert table.filter(pl.col("mover") == "A>B").select("value", "low", "high").null_count().row(0) == (2, 2, 2)
    assert table.filter(pl.col("mover") == "C>A")["value"].null_count() == 0
    kinds = ["bilateral", "triangular", "bilateral", "triangular", "triangular", "triangular"]
    made = Triangle(("A", "B", "C"), table.with_columns(pl.Series("kind", kinds)), fit, "week", 12, "noise")
    assert "bilateral: B>A after A>B not identified." in made.summary()
    assert "None" not in made.summary()
    assert made.plot().axes
