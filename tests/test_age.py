"""What is old is never now: ages of figures, levels, fans and levers; days to come; the end of a chronology."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import detente as dt
from conftest import triples
from detente.assessment import Assessment
from detente.cli import main
from detente.errors import DetenteError, NoData
from detente.forecasts.fan import bridge, never_narrower
from detente.forecasts.pooled import carry
from detente.periods import past_day

FACTS = "date,actors,targets,area,kind,tone,channel,third_party,description,source,source_title\n"


@pytest.fixture
def of_2018(tmp_path: Path, make_record: Callable[..., Any]) -> Any:
    """Eight months of events of three states, cooperative nine times of ten, and nothing after."""
    rng = np.random.default_rng(5)
    rows = []
    for n in range(243):
        day = (date(2018, 1, 1) + timedelta(n)).isoformat()
        for a, b in (("India", "China"), ("China", "India"), ("India", "Pakistan"), ("Pakistan", "India")):
            good = rng.random() < 0.9
            rows.append((day, a, *(("Consult", "040", "1.0") if good else ("Criticize", "111", "-2.0")), b))
    return make_record(triples(tmp_path / "events.tsv", rows))


def figures(made: Assessment) -> dict[str, Any]:
    return {figure.name: figure for figure in made.indicators}


def test_reports_that_ended_long_before_the_day_are_history(of_2018: Any) -> None:
    now = of_2018.pair("IND", "CHN", as_of="2018-08-31").assess(with_models=False)
    assert now.headlines and any(area.level for area in now.areas)
    assert {area.data_to for area in now.areas if area.level is not None} == {date(2018, 8, 31)}
    made = of_2018.pair("IND", "CHN", as_of="2021-06-01").assess(with_models=False)
    reports = figures(made)["Reported acts that are cooperative"]
    assert reports.value is None and reports.amount == "unknown since 2018-08-31" and "last known" in reports.comparison
    assert not made.headlines and all(area.level is None and area.direction == "unknown" for area in made.areas)
    assert any("icews_triples ends 2018-08-31 (last known: " in (area.unknown or "") for area in made.areas)
    first = dt.render(made).splitlines()[:4]
    assert not any("%" in line for line in first)


def test_the_yearly_counts_of_the_case_end_in_2011(alone: dt.Record) -> None:
    for day, value in (("2007-02-01", 0.8651), ("2012-06-01", None), ("2014-06-01", None), ("2021-06-01", None)):
        made = alone.pair("USA", "RUS", as_of=day).assess(with_models=False)
        reports = figures(made)["Reported acts that are cooperative"]
        if day == "2012-06-01":
            assert reports.value is not None and reports.data_to == date(2011, 12, 31)
        elif value is None:
            assert reports.amount == "unknown since 2011" and reports not in made.headlines
        else:
            assert reports.value == pytest.approx(value, abs=0.005) and reports in made.headlines


def test_charts_of_old_reports_say_that_they_are_history(alone: dt.Record) -> None:
    for day, said in (
        ("2007-02-01", "Data to 2006-12-31."),
        ("2021-06-01", "Data to 2011-12-31: history, nothing of how"),
    ):
        assert said in dt.render(alone.pair("USA", "RUS", as_of=day).assess(with_models=False), "html")
    made = alone.pair("USA", "RUS", as_of="2026-01-01").assess(with_models=False)
    assert max(row["day"] for row in made.series["stock"]) == date(2024, 12, 31)
    assert "complete to 2024-12-31" in dt.render(made, "html")


def test_every_figure_shows_the_last_day_of_its_data(alone: dt.Record) -> None:
    for day in ("2007-02-01", "2014-06-01", "2021-06-01", "2026-01-01"):
        made = alone.pair("USA", "RUS", as_of=day).assess(with_models=False)
        assert made.indicators and all(figure.data_to and figure.data_to <= made.as_of for figure in made.indicators)
        assert all(
            (figure.value is None) == (figure.data_to < date(int(day[:4]) - 2, int(day[5:7]), int(day[8:])))
            for figure in made.indicators
        )
        text = dt.render(made)
        assert all(str(figure.data_to) in text or figure.value is None for figure in made.indicators)


def test_after_the_end_of_a_chronology_silence_gives_no_chance(alone: dt.Record) -> None:
    last, after = (alone.pair("USA", "RUS", as_of=day) for day in ("2024-12-31", "2025-01-01"))
    assert last.assess(with_models=False).verdict != "unknown"
    made = after.assess(with_models=False)
    assert made.verdict == "unknown" and "complete to 2024-12-31 only" in made.bottom_line
    assert all(area.probability is None for area in made.areas) and any(area.level is not None for area in made.areas)
    with pytest.raises(NoData, match="chances of events: the chronology is complete to 2024-12-31 only"):
        after.forecast()
    late = alone.pair("USA", "RUS", as_of="2026-01-15").assess(with_models=False)
    assert all(area.level is None for area in late.areas), "a month of the window is covered"
    undeclared = alone.pair("IND", "PAK", as_of="2026-01-01").assess(with_models=False)
    assert "complete to 2025-05-10 only" in undeclared.bottom_line, "it declares no end: its last fact is one"
    assert alone.pair("IND", "PAK", as_of="2018-08-31").assess(with_models=False).verdict != "unknown"


def test_a_day_to_come_is_refused(capsys: pytest.CaptureFixture[str], alone: dt.Record) -> None:
    with pytest.raises(DetenteError, match="2007-02-02 lies in the future"):
        past_day(date(2007, 2, 2), today=date(2007, 2, 1))
    for ask in (
        lambda: alone.pair("USA", "RUS", as_of="2999-01-01"),
        lambda: alone.panel(as_of="2999-01-01"),
        lambda: alone.ideal_points(as_of=date(2999, 1, 1)),
    ):
        with pytest.raises(DetenteError, match="2999-01-01 lies in the future"):
            ask()
    for command in ("assess", "explain", "forecast", "weigh", "levels", "stock", "panel", "similarity"):
        with pytest.raises(SystemExit) as done:
            main([command, "USA", "RUS", "--as-of", "2999-01-01"])
        assert done.value.code == 2 and "lies in the future" in capsys.readouterr().err, command


def test_the_periods_between_data_and_day_are_bridged() -> None:
    assert [day.year for day in bridge(date(2011, 12, 31), date(2013, 6, 1), "year")] == [2012, 2013]
    assert bridge(date(2018, 8, 31), date(2018, 8, 31), "month") == [date(2018, 9, 1)]
    with pytest.raises(NoData, match="more than 24 months before"):
        bridge(date(2011, 12, 31), date(2014, 6, 1), "year")


def test_a_bridged_fan_is_wider_than_one_from_fresh_data() -> None:
    values = {year: 0.5 for year in range(1990, 2012)}
    fresh, late = (carry(values, "votes", "all", "share", date(year, 6, 1), 1) for year in (2012, 2013))
    assert fresh and late
    wide = [float(made[0][0, 4] - made[0][0, 0]) for made in (fresh, late)]
    assert wide[1] > wide[0]


def test_a_forecast_begins_at_its_day(of_2018: Any) -> None:
    pair = of_2018.pair("IND", "CHN", as_of="2018-10-15")
    made = pair.forecast(horizon=3)
    fans = [fan for fan in made.fans if fan.item == "share"]
    assert fans and all(fan.periods[0] == date(2018, 10, 15) and fan.data_to <= date(2018, 8, 31) for fan in fans)
    assert all(fan.history[-1][0] < date(2018, 8, 31) for fan in fans)
    with pytest.raises(NoData, match="icews_triples ends 2018-08-31, more than 24 months before 2021-06-01"):
        of_2018.pair("IND", "CHN", as_of="2021-06-01").forecast()


def test_all_fans_of_a_forecast_begin_with_one_period_and_say_how_far_they_reach(of_2018: Any) -> None:
    """A week of five days is not whole: shares began a week after counts, from a clock that counted it so."""
    made = of_2018.pair("IND", "CHN", as_of="2018-08-31").forecast()
    fans = [fan for fan in made.fans if not fan.item.startswith("UN ")]
    assert {fan.unit for fan in fans} >= {"reports", "share"}
    assert {(fan.periods[0], fan.data_to, fan.by) for fan in fans} == {(date(2018, 8, 27), date(2018, 8, 26), "week")}
    (reach,) = {fan.reach for fan in fans}
    assert reach.startswith(f"{len(fans[0].periods)} weeks, not 24 months: half of the ")
    assert f"Fans of reports reach {reach}" in " ".join(dt.render(made).split())
    for fan in fans:
        assert (np.diff(fan.quantiles[:, 4] - fan.quantiles[:, 0]) >= -1e-9).all()


@pytest.mark.parametrize("kind", ["count", "share", "value"])
def test_bands_never_narrow_with_distance(kind: str) -> None:
    rng = np.random.default_rng(4)
    drawn = {"count": rng.poisson(rng.uniform(0, 60, (50, 12, 1)), (50, 12, 5)), "share": rng.random((50, 12, 5))}
    before = np.sort(drawn.get(kind, rng.normal(0, 9, (50, 12, 5))).astype(float), axis=2)
    after = never_narrower(before, kind)
    for low, high in ((0, 4), (1, 3)):
        assert (np.diff(after[..., high] - after[..., low], axis=1) >= -1e-9).all()
        assert (after[..., high] - after[..., low] >= before[..., high] - before[..., low] - 1e-9).all()
    assert (np.diff(after, axis=2) >= -1e-9).all()
    assert (after[:, 0] == pytest.approx(before[:, 0])) and (after[..., 2] == before[..., 2]).all()
    if kind != "value":
        assert after.min() >= 0
    if kind == "share":
        assert after.max() <= 1 + 1e-9


def test_levers_begin_at_their_day(alone: dt.Record) -> None:
    asked = {"levers": ["equal"], "draws": 50}
    near, bridged = (alone.pair("USA", "RUS", as_of=day).weigh(**asked) for day in ("2024-10-01", "2025-11-25"))
    assert "data to 2024-09-30;" in near.basis and "3 quarters bridged" in bridged.basis
    assert near.frame.to_dicts() != bridged.frame.to_dicts()


def test_levers_on_data_that_ended_long_ago_are_unknown(of_2018: Any) -> None:
    for day in ("2019-06-01", "2021-06-01"):
        with pytest.raises(NoData, match=r"too many to bridge|more than 24 months before"):
            of_2018.pair("IND", "CHN", as_of=day).weigh(["equal"], draws=50)


def test_what_the_models_say_of_old_data_is_history(of_2018: Any) -> None:
    made = of_2018.pair("IND", "CHN", as_of="2021-06-01").explain()
    sections = {section.topic: section for section in made.sections}
    levels, breaks = sections["levels"], sections["breaks"]
    assert levels.data_to == date(2018, 8, 31) and not levels.figures
    assert all(said.startswith("Last known: ") for said in levels.statements)
    assert levels.unknown == "since 2018-08-31, the last day of its data"
    assert breaks.unknown and "whether this still holds" in breaks.unknown
    assert of_2018.pair("IND", "CHN", as_of="2018-09-15").explain().sections[0].figures
