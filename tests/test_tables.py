"""Answers that are tables: one form for all, every column explained."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import detente as dt
from conftest import triples, write_votes
from detente.measures.columns import TABLES
from detente.results import Result, Table

ROWS = [
    ("2005-03-01", "Russia", "Consult", "040", "1", "United States"),
    ("2006-03-01", "United States", "Accuse", "112", "-2", "Russia"),
    ("2006-04-01", "China", "Consult", "040", "1", "United States"),
    ("2006-31-01", "China", "Consult", "040", "1", "United States"),
]


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> dt.Record:
    folder = tmp_path_factory.mktemp("tables")
    opened = dt.open_record(folder / "record")
    opened.ingest([triples(folder / "acts.tsv", ROWS), write_votes(folder / "votes")])
    return opened


Asked = Callable[[dt.Record, dt.Pair], Table]
ANSWERS: dict[str, list[Asked]] = {
    "pair.panel(), record.panel()": [
        lambda record, pair: pair.panel("year"),
        lambda record, pair: pair.panel("year", area=["diplomatic", None]),
        lambda record, pair: record.panel(by="year"),
    ],
    "pair.facts()": [lambda record, pair: pair.facts()],
    "pair.treaties()": [lambda record, pair: pair.treaties(), lambda record, pair: pair.treaties("2001-01-01")],
    "pair.in_force()": [lambda record, pair: pair.in_force(area=[None, "economic"])],
    "pair.un_agreement()": [lambda record, pair: pair.un_agreement()],
    "pair.similarity()": [lambda record, pair: pair.similarity()],
    "record.similarity()": [lambda record, pair: record.similarity()],
    "record.held()": [lambda record, pair: record.held()],
    "record.quarantine()": [lambda record, pair: record.quarantine()],
    "record.audit(), pair.audit()": [lambda record, pair: record.audit(), lambda record, pair: pair.audit()],
}


@pytest.mark.parametrize(("name", "ask"), [(name, ask) for name, asks in ANSWERS.items() for ask in asks])
def test_a_table_explains_itself(record: dt.Record, name: str, ask: Asked, tmp_path: Path) -> None:
    made = ask(record, record.pair("USA", "RUS", as_of="2007-02-01"))
    assert isinstance(made, Result) and made.frame.height
    assert made.columns == TABLES[name] and all(made.columns.values())
    assert made.summary().startswith(f"{made.title}: ") and len(made.summary().splitlines()) > 2
    assert repr(made).startswith(f"<{type(made).__name__}: ") and "\n" not in repr(made)
    made.plot().savefig(tmp_path / "chart.png")
    told = json.loads(made.to_json())
    assert list(told["rows"][0]) == made.frame.columns and told["columns"] == made.columns
    assert told["provenance"]["record_digest"] == record.digest()
    assert made.cite().startswith(f"detente {dt.__version__} on the record ")


def test_treaties_have_their_lives(record: dt.Record) -> None:
    pair = record.pair("USA", "RUS", as_of="2007-02-01")
    made = pair.treaties("2001-01-01", area="strategic_arms")
    assert [life.agreement for life in made.lives] == made.frame["agreement"].to_list()
    start = made.frame.filter(made.frame["agreement"] == "start1")
    assert start.select("state", "area").row(0) == ("in force", "strategic_arms")
    assert 0 < made.frame.height < pair.treaties().frame.height


def test_nothing_to_draw_is_said(record: dt.Record) -> None:
    with pytest.raises(dt.NoData, match="there is nothing to draw"):
        record.pair("USA", "IND").facts().plot()


def test_the_dictionary_is_that_of_the_code() -> None:
    text = (Path(__file__).parents[1] / "docs" / "data-dictionary.md").read_text()
    for columns in TABLES.values():
        for name, meaning in columns.items():
            assert f"| `{name}` | {meaning} |" in text
