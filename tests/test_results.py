"""Every public result has one form: table, words, chart, JSON, what to cite, by what it was made."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import detente as dt
from detente.results import Result, Table

PAIR: dict[str, Callable[[dt.Pair], Result]] = {
    "panel": lambda pair: pair.panel(),
    "facts": lambda pair: pair.facts(),
    "treaties": lambda pair: pair.treaties(),
    "in_force": lambda pair: pair.in_force(),
    "un_agreement": lambda pair: pair.un_agreement(),
    "similarity": lambda pair: pair.similarity(),
    "levels": lambda pair: pair.levels("week"),
    "reciprocity": lambda pair: pair.reciprocity(),
    "reciprocity_through_time": lambda pair: pair.reciprocity_through_time(),
    "excitation": lambda pair: pair.excitation(draws=1),
    "spillover": lambda pair: pair.spillover("IRN"),
    "breaks": lambda pair: pair.breaks(),
    "explain": lambda pair: pair.explain(["IRN"]),
    "forecast": lambda pair: pair.forecast(),
    "weigh": lambda pair: pair.weigh(["equal"], draws=50),
    "assess": lambda pair: pair.assess(with_models=False),
    "audit": lambda pair: pair.audit(),
    "context": lambda pair: pair.context(),
}
RECORD: dict[str, Callable[[dt.Record], Result]] = {
    "panel": lambda record: record.panel(["USA", "RUS", "CHN"]),
    "similarity": lambda record: record.similarity(as_of="1950-12-31"),
    "triangle": lambda record: record.triangle(["USA", "RUS", "CHN"]),
    "components": lambda record: record.components(3, states=["USA", "RUS", "CHN", "IRN"]),
    "ideal_points": lambda record: record.ideal_points(sessions=2),
    "check_claims": lambda record: record.check_claims("weitz_2007"),
    "held": lambda record: record.held(),
    "files": lambda record: record.files(),
    "quarantine": lambda record: record.quarantine(),
    "audit": lambda record: record.audit(),
    "dyads": lambda record: record.dyads(2000, 2001, add=["defence pact"]),
}
DATA_SETS = ("context", "dyads")
"""Verbs that ask the field's data sets."""


def has_the_form(result: Any) -> None:
    assert isinstance(result, Result)
    assert isinstance(result.frame, pl.DataFrame)
    assert [name for name, meaning in result.columns.items() if not meaning] == [], "every column is documented"
    assert result.summary().strip()
    assert len(repr(result)) < 120 and "\n" not in repr(result)
    told = json.loads(result.to_json())
    assert told == json.loads(json.dumps(result.to_dict())) and told["provenance"]["asked"]["verb"]
    assert {"version", "record_digest", "codebook_digest", "parameters", "asked"} <= result.provenance.keys()
    assert result.cite().startswith(f"detente {dt.__version__} on the record ")
    if result.frame.height:
        assert result.plot().get_axes()


@pytest.fixture(scope="session")
def data_sets(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> dt.Record:
    """A record of the alliances of the Correlates of War."""
    record = dt.open_record(tmp_path_factory.mktemp("data_sets"), cases=False)
    record.ingest(shared / "context" / "cow_alliances")
    return record


@pytest.mark.parametrize("verb", PAIR)
def test_of_a_pair(verb: str, real: dt.Record, data_sets: dt.Record) -> None:
    record = data_sets if verb in DATA_SETS else real
    has_the_form(PAIR[verb](record.pair("USA", "RUS", as_of="2018-08-31")))


@pytest.mark.parametrize("verb", RECORD)
def test_of_a_record(verb: str, real: dt.Record, data_sets: dt.Record) -> None:
    has_the_form(RECORD[verb](data_sets if verb in DATA_SETS else real))


@pytest.mark.parametrize("day", ["0001-01-01", "1800-01-01", "9999-12-31"])
def test_no_day_is_a_fault(day: str, alone: dt.Record) -> None:
    for ask in PAIR.values():
        with suppress(dt.DetenteError):
            json.loads(ask(alone.pair("USA", "RUS", as_of=day)).to_json())


def test_any_number_makes_sound_json() -> None:
    rows = pl.DataFrame({"value": [float("nan"), float("inf"), 0.5]})
    result = Table(
        rows, "\x1b[31m" + "long " * 99, {}, print, provenance={"seed": np.int64(3), "share": np.float32("nan")}
    )

    class Raw(Table):
        def to_dict(self) -> dict[str, Any]:
            return {"value": float("nan"), "many": np.float64("inf"), "n": np.int32(2), "text": "\x9b2J"}

    def refuse(text: str) -> None:
        raise AssertionError(text)

    rows_read = json.loads(result.to_json(), parse_constant=refuse)
    assert [row["value"] for row in rows_read["rows"]] == [None, None, 0.5]
    assert rows_read["provenance"] == {"seed": 3, "share": None}
    raw = Raw(rows, "", {}, print).to_json()
    assert json.loads(raw, parse_constant=refuse) == {"value": None, "many": None, "n": 2, "text": "\x9b2J"}
    assert "\x9b" not in raw and "\x1b" not in result.summary()
    assert len(repr(result)) < 120 and repr(result).endswith("…>")


def test_what_to_cite_is_a_line_each() -> None:
    table = Table(pl.DataFrame(), "", {}, print, provenance={"sources": ["A\nB\x1b[2J", "C"]})
    assert table.cite() == "A B\\x1b[2J\nC"


def test_no_verb_is_forgotten() -> None:
    def verbs(kind: type) -> set[str]:
        return {name for name, thing in vars(kind).items() if callable(thing) and not name.startswith("_")}

    assert verbs(dt.Pair) == PAIR.keys()
    assert verbs(dt.Record) - {"pair", "claims_files", "reproduce"} == RECORD.keys()
    assert dir(dt) == sorted(dt.__all__)


def test_an_area_that_is_none_is_refused() -> None:
    pair = dt.open_record("none").pair("USA", "RUS")
    for ask in (pair.in_force, pair.levels, lambda area: pair.forecast(area=area)):
        with pytest.raises(dt.DetenteError, match="no issue area 'arms'"):
            ask(area="arms")
    for no_area in ("", list[str](), "third_party_dispute:"):
        with pytest.raises(dt.DetenteError, match=r"area|no ISO3"):
            pair.in_force(area=no_area)
    with pytest.raises(dt.DetenteError, match="no list of states"):
        dt.open_record("none").panel([])
