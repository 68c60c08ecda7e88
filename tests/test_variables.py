"""Variables joined to a panel: what is not known is null, and columns and citations travel with the answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import detente as dt
from conftest import triples, write_votes
from detente.cli import main
from detente.errors import DetenteError
from detente.measures.variables import VARIABLES, variable

ROWS = [
    (f"{year}-03-01", sender, "Consult", "040", "1", receiver)
    for year in (2005, 2006, 2011)
    for sender, receiver in (("Russia", "United States"), ("United States", "Russia"), ("China", "United States"))
]


@pytest.fixture
def record(tmp_path: Path) -> dt.Record:
    opened = dt.open_record(tmp_path / "record")
    opened.ingest([triples(tmp_path / "acts.tsv", ROWS), write_votes(tmp_path / "votes")])
    return opened


def by_year(panel: pl.DataFrame, column: str, sender: str = "RUS") -> dict[int, Any]:
    rows = panel.filter(pl.col("sender") == sender)
    return dict(zip(rows["period"].dt.year(), rows[column], strict=True))


def test_votes_are_joined_in_both_directions_and_only_where_they_are_known(record: dt.Record) -> None:
    panel = record.pair("USA", "RUS").panel("year", add=["un_agreement"])
    own = record.pair("USA", "RUS").un_agreement().frame
    expected = dict(own.select("year", "share").iter_rows())
    for sender in ("USA", "RUS"):
        shares = by_year(panel.frame, "un_agreement", sender)
        assert {year: share for year, share in shares.items() if share is not None} == expected
        assert shares[2011] is None and by_year(panel.frame, "un_votes", sender)[2011] is None
    assert panel.columns["un_agreement"].startswith("share of roll calls")
    assert "Voeten" in panel.cite() and "Boschee" in panel.cite()
    assert (
        by_year(record.pair("USA", "RUS", as_of="2006-12-01").panel("year", add=["un_agreement"]).frame, "un_votes")[
            2006
        ]
        is None
    ), "a year that has not ended has no value yet"


def test_many_pairs_at_once_have_what_each_has_alone(record: dt.Record) -> None:
    add = ["un_agreement", "in_force"]
    every = record.panel(by="year", as_of="2010-01-01", add=add).frame
    for a, b in (("USA", "RUS"), ("CHN", "USA")):
        alone = record.pair(a, b, as_of="2010-01-01").panel("year", add=add).frame
        mine = every.filter(pl.col("sender").is_in([a, b]) & pl.col("receiver").is_in([a, b]))
        assert mine.sort("sender", "period").equals(alone.select(mine.columns).sort("sender", "period"))


def test_agreements_in_force_are_counted_to_the_end_of_the_chronology(record: dt.Record) -> None:
    pair = record.pair("USA", "RUS", as_of="2006-06-01")
    counts = by_year(pair.panel("year", add=["in_force"]).frame, "agreements_in_force")
    held = pair.in_force("year").frame
    assert counts[2005] == held.filter(pl.col("day") == date(2005, 12, 31))["in_force"].item() > 0
    assert counts[2006] is None, "a year that has not ended has no value yet"
    nobody = record.pair("CHN", "USA").panel("year", add=["in_force"]).frame
    assert nobody["agreements_in_force"].null_count() == nobody.height, "no chronology is no zero"


def test_what_can_not_be_joined_says_so(record: dt.Record) -> None:
    pair = record.pair("USA", "RUS")
    with pytest.raises(DetenteError, match="no variable 'gdp'; there are in_force, un_agreement"):
        pair.panel("year", add=["gdp"])
    with pytest.raises(DetenteError, match="un_agreement is known by year, not by month"):
        pair.panel("month", add=["un_agreement"])
    assert pair.panel("year", add=["in_force", "in_force"]).frame.width == 14 + 3


def test_the_command_joins_too(record: dt.Record, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["panel", "USA", "RUS", "--by", "year", "--add", "un_agreement", "--format", "csv"]
    with pytest.raises(SystemExit, match="0"):
        main([*asked, "--record", str(record.folder)])
    assert capsys.readouterr().out.splitlines()[0].endswith(",source,un_agreement,un_votes")


def test_a_package_adds_a_variable(record: dt.Record, install: Callable[..., Path]) -> None:
    """The recipe of CONTRIBUTING.md, installed as another package would be."""
    install("Add a joined variable")
    panel = record.pair("USA", "RUS").panel("year", add=["distance"])
    assert by_year(panel.frame, "distance") == {2005: 7842.0, 2006: 7842.0} | dict.fromkeys(
        range(2007, 2011), 7842.0
    ) | {2011: None}
    assert "An Author" in panel.cite() and panel.columns["distance"] == "kilometres between the two capitals"
    every = record.panel(by="year", add=["distance"]).frame
    assert every.filter(pl.col("sender") == "CHN")["distance"].null_count() == 7
    with pytest.raises(DetenteError, match="there are in_force, un_agreement, distance"):
        record.pair("USA", "RUS").panel("year", add=["gdp"])


@pytest.mark.parametrize("name", list(VARIABLES))
def test_every_variable_says_what_it_is_and_whom_to_cite(name: str) -> None:
    found = variable(name)
    assert found.title and found.unit and found.sources and all(found.columns.values())
