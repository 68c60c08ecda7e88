"""An answer uses what was known on its day alone; its numbers, windows and evidence are of one span."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import detente as dt
from conftest import triples
from detente.assessment.assess import NOT_COUNTED
from detente.claims.evidence import evidence
from detente.errors import NoData
from detente.explain.series import fact_periods
from detente.forecasts.fan import bridge
from detente.record.facts import area_ends, pair_facts
from detente.record.view import View

FACTS = "date,actors,targets,area,kind,tone,channel,third_party,description,source,source_title\n"
AGREEMENTS = "agreement,title,form,tone,area,parties,starts,since,source\n"


def fact(day: str, area: str = "economic", tone: str = "cooperative", actors: str = "PER+ECU") -> str:
    kind = "meeting" if tone == "cooperative" else "incident"
    return f"{day},{actors},,{area},{kind},{tone},,,What was done on {day},https://example.org/{day},T\n"


def case(folder: Path, facts: list[str], end: str = "", agreements: str = "") -> Path:
    folder.mkdir()
    (folder / "facts.csv").write_text(FACTS + "".join(facts))
    if end:
        (folder / "datapackage.json").write_text(json.dumps({"temporal": {"end": end}}))
    if agreements:
        (folder / "agreements.csv").write_text(AGREEMENTS + agreements)
    return folder


YEARS = [fact(f"{year}-0{month}-01") for year in range(1990, 2019) for month in (2, 5, 8)]


def test_facts_of_later_leave_what_was_known_as_it_was(tmp_path: Path) -> None:
    """A chronology that declares no end: facts of 2019 say nothing of how complete it was in 2018."""
    later = [fact(f"2019-0{month}-01", area) for month in range(1, 7) for area in ("economic", "diplomatic")]
    short = dt.open_record("none", cases=False, case=[case(tmp_path / "one", YEARS)])
    whole = dt.open_record("none", cases=False, case=[case(tmp_path / "two", [*YEARS, *later])])
    pairs = [record.pair("PER", "ECU", as_of="2018-12-01") for record in (short, whole)]
    before, after = ({**pair.assess(with_models=False).to_dict(), "provenance": ""} for pair in pairs)
    assert json.dumps(before) == json.dumps(after).replace("case:two", "case:one")
    assert before["overall"]["verdict"] == "unknown" and "complete to 2018-08-01 only" in before["overall"]["summary"]
    for ask in ("forecast", "weigh"):
        told = []
        for pair in pairs:
            try:
                told.append(json.dumps({**getattr(pair, ask)().to_dict(), "provenance": ""}))
            except NoData as error:
                told.append(str(error))
        assert told[0] == told[1], ask
    ends = [evidence(View(record, "PER", "ECU", date(2018, 12, 1))).ends for record in (short, whole)]
    assert ends == [date(2018, 8, 1)] * 2


def test_a_narrow_case_vouches_for_its_areas_alone(tmp_path: Path) -> None:
    wide = case(tmp_path / "wide", [*YEARS, *(row.replace("economic", "diplomatic") for row in YEARS)], "2018-12-31")
    narrow = case(tmp_path / "narrow", [fact("2020-01-05")], "2021-12-31")
    record = dt.open_record("none", cases=False, case=[wide, narrow])
    ends = area_ends(record, pair_facts(View(record, "PER", "ECU")))
    assert ends == {"economic": date(2021, 12, 31), "diplomatic": date(2018, 12, 31)}
    pair = record.pair("PER", "ECU", as_of="2020-06-01")
    chances = {area.area: area.probability for area in pair.assess(with_models=False).areas}
    assert [area for area, chance in chances.items() if chance is not None] == ["economic"]
    made = pair.forecast()
    assert {area for events in made.events.values() for area in events.by_area} == {"economic"}
    assert any("complete to 2018-12-31 only" in why and "diplomatic" in why for why in made.unknown)
    assert evidence(View(record, "PER", "ECU")).ends == date(2018, 12, 31)
    assert fact_periods(View(record, "PER", "ECU"), "quarter", whole=True)[-1] == date(2018, 10, 1), "a whole quarter"


def test_without_a_chronology_of_the_pair_nothing_is_in_force(tmp_path: Path) -> None:
    """A treaty of three, known from the other two's facts, is no stock of nought restrictions between the third and
    one.
    """
    life = [row.replace("meeting", "agreement signed") for row in (fact("1998-10-26"),)]
    folder = case(
        tmp_path / "c", life, "2018-12-31", "pact,The pact,treaty,cooperative,economic,PER;ECU;BOL,,1990-01-01,\n"
    )
    events = tmp_path / "e.tsv"
    triples(
        events, [(f"2018-0{n % 8 + 1}-0{n % 9 + 1}", "Peru", "Consult", "040", "1.0", "Bolivia") for n in range(200)]
    )
    record = dt.open_record(tmp_path / "r", cases=False, case=[folder])
    record.ingest([str(events)])
    made = record.pair("PER", "BOL", as_of="2018-08-31").assess(with_models=False)
    assert not any("in force" in figure.text for figure in made.indicators)
    assert all(area.in_force is None for area in made.areas) and made.series["facts_to"] is None
    own = record.pair("PER", "ECU", as_of="2018-08-31").assess(with_models=False)
    stocks = {area.area: area.in_force for area in own.areas}
    assert stocks["economic"] is not None and stocks["economic"].in_force == 1


def test_what_comes_after_the_end_of_a_chronology_moves_no_number(tmp_path: Path) -> None:
    rows = [*YEARS, fact("2019-04-01", tone="conflictual")]
    record = dt.open_record("none", cases=False, case=[case(tmp_path / "c", rows, "2018-12-31")])
    (area,) = [x for x in record.pair("PER", "ECU", as_of="2019-06-01").assess(with_models=False).areas if x.level]
    assert area.entries == 4 and area.data_to == date(2018, 12, 31)
    assert area.basis == "4 dated facts, 2017-06-01 to 2018-12-31"
    assert area.evidence[-1].text.startswith(NOT_COUNTED) and not area.evidence[0].text.startswith(NOT_COUNTED)
    late = record.pair("PER", "ECU", as_of="2020-11-25").assess(with_models=False)
    (area,) = [x for x in late.areas if x.evidence]
    assert area.level is None and area.basis == "the chronology, complete to 2018-12-31"


def test_the_stock_is_compared_with_24_months_before_its_own_day() -> None:
    made = dt.open_record("none").pair("USA", "RUS", as_of="2026-11-25").assess(with_models=False)
    (stock,) = [figure for figure in made.indicators if figure.text.endswith("in force")]
    assert stock.data_to == date(2024, 12, 31) and "on 2022-12-31" in stock.comparison
    named = [one.title for area in made.areas if area.in_force for one in area.in_force.agreements]
    assert any("New START" in title and "(ended by a fact of 2026-02-05)" in title for title in named)


@pytest.fixture
def of_2018(tmp_path: Path, make_record: Callable[..., Any]) -> Any:
    """Reports of eight months: hardly any in the first four."""
    rows = []
    for n in range(243):
        day = date(2018, 1, 1) + timedelta(n)
        for a, b in (("Peru", "Ecuador"), ("Ecuador", "Peru")):
            if day.month > 4 or n == 3:
                rows.append((day.isoformat(), a, "Consult", "040", "1.0", b))
            rows.append((day.isoformat(), "Chile", "Consult", "040", "1.0", "Bolivia"))
    return make_record(triples(tmp_path / "events.tsv", rows))


def headline(pair: Any) -> Any:
    return next(f for f in pair.assess(with_models=False).indicators if f.text.startswith("Reported acts"))


def test_a_window_of_few_reports_is_nothing_to_compare_with(of_2018: Any) -> None:
    said = headline(of_2018.pair("PER", "ECU", as_of="2018-08-31")).comparison
    assert said == "the window before is unknown: 6 reports, 30 are needed"


def test_stale_reports_have_no_direction(of_2018: Any, tmp_path: Path) -> None:
    late = of_2018.pair("PER", "ECU", as_of="2019-06-01")
    assert "which way they go is unknown: the reports end 2018-08-31" in headline(late).comparison
    (area,) = [area for area in late.assess(with_models=False).areas if area.area == "diplomatic"]
    assert area.level and area.direction == "unknown" and area.data_to == date(2018, 8, 31)
    assert "direction: icews_triples ends 2018-08-31" in area.unknown
    later = tmp_path / "later.csv"
    later.write_text(FACTS + "".join(fact(f"2019-0{n}-01", "diplomatic", "conflictual") for n in range(1, 6)))
    of_2018.ingest([str(later)])
    (area,) = [x for x in late.assess(with_models=False).areas if x.area == "diplomatic"]
    assert area.basis.startswith("5 dated facts") and area.level < 0.2


def test_data_are_as_old_as_the_last_day_they_cover() -> None:
    """A last period that is not whole is left out of a model, and still covers its days."""
    with pytest.raises(NoData, match="more than 24 months"):
        bridge(date(2018, 8, 26), date(2020, 8, 31), "week")
    assert bridge(date(2018, 8, 26), date(2020, 8, 31), "week", date(2018, 8, 31))


def test_of_sources_with_as_many_reports_the_one_that_covers_most_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import detente.record.view as view

    spans = {"short": [(date(2018, 3, 1), date(2018, 3, 2))], "long": [(date(2018, 1, 1), date(2018, 8, 31))]}
    record = dt.open_record(tmp_path / "r")
    monkeypatch.setattr(type(record), "event_sources", lambda self: list(spans))
    monkeypatch.setattr(type(record), "covers", lambda self, name, as_of=None, pair="": spans[name])
    monkeypatch.setattr(view, "count_pair", lambda *a, **k: 0)
    monkeypatch.setattr(view, "count_events", lambda record, name, as_of: 999 if name == "short" else 1)
    assert View(record, "LAO", "KIR", date(2018, 8, 31)).source == "long"


def test_old_reports_are_not_told_as_too_few(of_2018: Any, tmp_path: Path) -> None:
    """A chronology that ends after the reports, and is silent in the window, has no entry: the reports aren't
    counted.
    """
    of_2018.ingest([str(case(tmp_path / "c", [fact("2020-06-01", "diplomatic")]) / "facts.csv")])
    made = of_2018.pair("PER", "ECU", as_of="2022-12-01").assess(with_models=False)
    (area,) = [x for x in made.areas if x.area == "diplomatic"]
    assert area.level is None and "are needed" not in area.unknown and "complete to 2020-06-01 only" in area.unknown
