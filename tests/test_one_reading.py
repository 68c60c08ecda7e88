"""One question, one reading: states that lived, former codes, the end of a chronology, votes, the clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import detente as dt
from conftest import read_file
from detente import clock
from detente.assessment.indicators import yearly_counts
from detente.claims.evidence import evidence
from detente.errors import DetenteError, NoData
from detente.explain.digest import _leading_thirds
from detente.explain.series import fact_periods
from detente.forecasts.pooled import _agreed, counts_of
from detente.periods import past_day
from detente.record.cases import builtin_cases, case_in
from detente.record.facts import chronology_ends, pair_facts, pair_figures
from detente.record.view import View

HEAD = "date,actors,targets,area,kind,tone,channel,third_party,description,source\n"
FIGURES = "subject,measure,period,value,unit,source\n"
QUADS = ("verbal_cooperation", "material_cooperation", "verbal_conflict", "material_conflict")


def fact(day: str, actors: str, targets: str, third: str = "", area: str = "diplomatic") -> str:
    return f"{day},{actors},{targets},{area},meeting,cooperative,,{third},A meeting,\n"


def own(folder: Path, **tables: str) -> Any:
    folder.mkdir(exist_ok=True)
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text({"facts": HEAD, "figures": FIGURES}[name] + text)
    return dt.open_record("none", cases=False, case=[folder])


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (fact("2007-05-01", "SSD", "SDN"), "South Sudan did not exist on 2007-05-01: it exists from 2011-07-09"),
        (fact("2010", "USA", "SUN"), "Soviet Union ended on 1991-12-25: Russia (RUS) continues it"),
        (fact("2005-05-01", "Czechoslovakia", "USA"), "ended on 1992-12-31: its successors are"),
        (fact("1930", "UKR", "USA"), "Ukraine did not exist on 1930-12-31"),
        (fact("1985-05-01", "UKR", "USA"), ""),
        (fact("2011", "SSD", "SDN"), ""),
        (fact("1985", "SUN", "USA"), ""),
    ],
)
def test_a_fact_of_a_state_that_did_not_live_is_refused(tmp_path: Path, line: str, said: str) -> None:
    file = tmp_path / "facts.csv"
    file.write_text(HEAD + line)
    read = read_file(file)
    assert (said in read.bad[2]) if said else read.rows.height == 1


@pytest.mark.parametrize(
    ("subject", "period", "said"),
    [
        ("CSK-USA", "2005", "ended on 1992-12-31"),
        ("SUN>USA", "2010", "Russia (RUS) continues it"),
        ("SSD", "2007", "it exists from 2011-07-09"),
        ("SSD", "2011", ""),
        ("SUN>USA", "1985", ""),
        ("UKR", "1985", ""),
        ("NATO", "1940", ""),
    ],
)
def test_so_is_a_figure(tmp_path: Path, subject: str, period: str, said: str) -> None:
    file = tmp_path / "figures.csv"
    file.write_text(FIGURES + f"{subject},trade,{period},1,dollars,\n")
    read = read_file(file)
    assert (said in read.bad[2]) if said else read.rows.height == 1


def test_a_party_to_an_agreement_may_be_born_after_it_but_not_have_ended_before(tmp_path: Path) -> None:
    head = "agreement,title,form,tone,area,parties,since,source\n"
    for parties, fault in (("USA;SUN", "continues it"), ("USA;SSD", "")):
        file = tmp_path / "agreements.csv"
        file.write_text(head + f"x,A treaty,treaty,cooperative,diplomatic,{parties},2005-01-01,\n")
        read = read_file(file)
        assert (fault in read.bad[2]) if fault else read.rows.height == 1


def test_every_reader_of_figures_counts_former_codes_for_the_state_of_today(tmp_path: Path) -> None:
    counts = "".join(
        f"{a}>{b},icews_{quad},{year},{year - 1900 + n},reports a year,\n"
        for a, b in (("SUN", "USA"), ("USA", "SUN"))
        for year in range(1980, 1991)
        for n, quad in enumerate(QUADS)
    )
    votes = "".join(f"USA-SUN,un_agreement,{year},0.2,share of 100 votes,\n" for year in range(1980, 1991))
    both = "RUS>USA,icews_verbal_cooperation,1985,7,reports a year,\n"
    record = own(tmp_path / "c", figures=counts + votes + both)
    held = pair_figures(View(record, "RUS", "USA"))
    assert set(held["subject"]) == {"RUS>USA", "USA>RUS", "RUS-USA"}
    one = held.filter((pl.col("measure") == "icews_verbal_cooperation") & (pl.col("date") == date(1985, 1, 1)))
    assert dict(one.select("subject", "value").iter_rows()) == {"RUS>USA": 7, "USA>RUS": 85}, "today's code counts"
    assert yearly_counts(View(record, "RUS", "USA", date(1991, 6, 1))).height == 22
    assert record.pair("RUS", "USA", as_of="1991-06-01").levels().frame["sender"].unique().sort().to_list() == [
        "RUS",
        "USA",
    ]
    assert _agreed(View(record, "RUS", "USA", date(1991, 6, 1)), "")[1985] == 0.2
    with pytest.raises(NoData, match="carried") as lost:
        counts_of(View(record, "RUS", "USA", date(1991, 6, 1)), 1)
    assert "no yearly counts" not in str(lost.value), "held, but no cells that old ship"
    made = record.pair("RUS", "USA", as_of="1991-06-01").assess(with_models=False)
    assert sum("UN roll calls" in figure.text for figure in made.indicators) == 1


def test_third_parties_are_states_of_today_and_none_of_the_two(tmp_path: Path) -> None:
    rows = fact("2000-01-01", "USA", "DEU", "SUN") * 4 + fact("2001-01-01", "RUS", "USA", "SUN;IRN")
    record = own(tmp_path / "c", facts=rows)
    assert _leading_thirds(View(record, "USA", "DEU")) == ("RUS",)
    assert _leading_thirds(View(record, "USA", "RUS")) == ("IRN",)
    made = record.pair("USA", "RUS", as_of="2001-02-01").assess(with_models=False)
    assert [row.state for row in made.third_parties] == ["IRN"]
    assert {third for one in evidence(View(record, "USA", "DEU")).facts for third in one.third_party} == {"RUS"}


def test_own_agreement_by_month_is_a_figure_of_its_year(tmp_path: Path) -> None:
    rows = "".join(f"USA-RUS,un_agreement,{year}-05,0.{year % 10}5,share,\n" for year in (2001, 2006))
    made = own(tmp_path / "c", figures=rows).pair("USA", "RUS", as_of="2007-02-01").assess(with_models=False)
    (votes,) = (figure for figure in made.indicators if "UN roll calls" in figure.text)
    assert votes.value == 0.65 and votes.data_to == date(2006, 5, 31) and votes.interval is None
    assert votes.comparison == "15% in 2001"


def test_a_chronology_ends_where_its_case_says_for_every_reader(tmp_path: Path) -> None:
    first, later = tmp_path / "a", tmp_path / "b"
    own(first, facts=fact("2000-01-01", "USA", "RUS") + fact("2009-05-01", "USA", "RUS"))
    (first / "datapackage.json").write_text('{"temporal": {"start": "2000-01-01", "end": "2010-12-31"}}')
    own(later, facts=fact("2014-03-01", "RUS", "USA"))
    record = dt.open_record("none", cases=False, case=[first, later])
    end = date(2010, 12, 31)
    assert (
        chronology_ends(record, pair_facts(View(record, "USA", "RUS")))
        == end
        == evidence(View(record, "USA", "RUS")).ends
    )
    periods = fact_periods(View(record, "USA", "RUS"), "quarter", whole=True)
    assert periods[-1] == date(2010, 10, 1), "the last quarter is whole"
    assert fact_periods(View(record, "USA", "RUS", date(2005, 3, 30)), "quarter", whole=True)[-1] == date(2004, 10, 1)


def test_votes_held_of_others_do_not_hide_the_agreement_of_a_case(
    tmp_path: Path, make_record: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "".join(f"USA-RUS,un_agreement,{year},0.3,share of 90 votes,\n" for year in range(1990, 2006))
    record = own(tmp_path / "c", figures=rows)
    monkeypatch.setattr("detente.forecasts.pooled.full_years", lambda *a, **b: pl.DataFrame({"year": [], "share": []}))
    assert _agreed(View(record, "USA", "RUS", date(2007, 2, 1)), "")[2005] == 0.3


def test_today_is_one_day_in_utc_and_built_in_cases_need_no_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(1990, 1, 1, 23, 30, tzinfo=UTC))
    assert clock.today() == date(1990, 1, 1) == past_day(date(1990, 1, 1))
    with pytest.raises(DetenteError, match="today is 1990-01-01"):
        past_day(date(1990, 1, 2))
    assert all(case.shipped for case in builtin_cases())
    folder = builtin_cases()[0].folder
    assert case_in(folder, shipped=True).table("facts").height
    with pytest.raises(DetenteError, match="lies after the day of ingest"):
        case_in(folder).table("facts")


def test_without_a_day_what_is_old_is_said_to_be_history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = "".join(
        f"{a}>{b},icews_{quad},{year},{20 + n},reports a year,\n"
        for a, b in (("RUS", "USA"), ("USA", "RUS"))
        for year in range(1996, 2012)
        for n, quad in enumerate(QUADS)
    )
    monkeypatch.setattr(clock, "now", lambda: datetime(2012, 6, 1, tzinfo=UTC))
    record = own(tmp_path / "c", figures=counts)
    pair = record.pair("USA", "RUS")
    assert not pair.levels().history() and "Last known" not in pair.levels().summary()
    assert pair.explain().as_of == date(2012, 6, 1) and pair.explain().sections[0].figures
    monkeypatch.setattr(clock, "now", lambda: datetime(2014, 6, 1, tzinfo=UTC))
    assert pair.levels().history() == "last known: these data end 2011-12-31 and say nothing of 2014-06-01"
    assert pair.levels().summary().count("Last known: ") == 2
    made = pair.explain().sections[0]
    assert all(said.startswith("Last known: ") for said in made.statements) and not made.figures


def test_a_case_of_others_gives_a_pair_no_chance() -> None:
    """The Russia-US case names Iran and China in passing: that it is complete says nothing of them and the United
    States.
    """
    record = dt.open_record("none")
    for other, day in (("IRN", "2018-08-31"), ("CHN", "2024-12-01")):
        pair = record.pair(other, "USA", as_of=day)
        assert not pair.facts().frame.is_empty() and not pair.facts().frame["of_pair"].any()
        found = pair.assess(with_models=False)
        assert found.verdict == "unknown" and all(area.probability is None for area in found.areas)
    assert record.pair("RUS", "USA", as_of="1992-06-01").facts().frame["of_pair"].all()


def test_areas_without_a_chance_are_unknown_in_the_text_of_a_forecast() -> None:
    """A chronology without a fact of an area gives no chance of it."""
    made = dt.open_record("none").pair("IND", "PAK", as_of="2018-08-31").forecast()
    lacking = [title for area, title in made.areas.items() if area not in made.events["improvement"].by_area]
    assert lacking and made.events["improvement"].by_area
    lines = dt.render(made).splitlines()
    assert all(any(line.startswith(title[:20]) and "unknown" in line for line in lines) for title in lacking)
