"""Missing is never zero: models read totals of covered time, and say what they scaled or left out."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import detente as dt
from conftest import triples
from detente.errors import NoData
from detente.explain.series import directed
from detente.forecasts.series.dataset import build
from detente.forecasts.series.datasets import from_record
from detente.forecasts.series.tidy import read_tidy
from detente.levers.system import Driver, system
from detente.measures.coverage import usable_run
from detente.record.coverage import DAY, QUARTER, from_rows
from detente.record.view import View

START = date(2016, 1, 4)
WEEKS = 100


def rows(missing: set[int]) -> list[tuple[str, ...]]:
    """Two acts a day each way, of 1 and of 2 on the Goldstein scale in turn by week, and thirty acts of others."""
    made: list[tuple[str, ...]] = []
    for n in range(7 * WEEKS):
        if n in missing:
            continue
        day = (START + timedelta(days=n)).isoformat()
        value = "1" if n // 7 % 2 else "2"
        acts = [("Russia", "United States", k) for k in range(2)] + [("United States", "Russia", k) for k in range(2)]
        made += [(day, a, f"Consult {k}", "040", value, b) for a, b, k in acts]
        made += [(day, "China", f"Consult {k}", "040", "1", "Japan") for k in range(30)]
    return made


def record_of(tmp_path: Path, missing: set[int]) -> Any:
    tmp_path.mkdir(exist_ok=True)
    record = dt.open_record(tmp_path / "r", cases=False)
    record.ingest(triples(tmp_path / "a.tsv", rows(missing)))
    return record


# Three days of the fourth week and two of the fifth are missing, and a month from week 10 on.
PARTLY = {21, 22, 23, 33, 34}
GONE = set(range(70, 100))


def test_runs_of_usable_periods() -> None:
    starts = [date(2018, m, 1) for m in range(1, 9)]
    shares = [0.6, 1.0, 0.5, 1.0, 0.4, 1.0, 0.97, 0.2]
    run = usable_run(pl.DataFrame({"period": starts, "covered": shares}), "month")
    assert run["period"].to_list() == starts[1:4]
    latest = usable_run(pl.DataFrame({"period": starts, "covered": shares}), "month", latest=True)
    assert latest["period"].to_list() == starts[5:7]
    none = usable_run(pl.DataFrame({"period": starts, "covered": [0.9] * 8}), "month")
    assert none.is_empty() and usable_run(none, "month").is_empty()


def test_series_scale_what_is_partly_covered_and_stop_at_a_gap(tmp_path: Path) -> None:
    """Weeks of which half is missing are not half as cooperative; the weeks before a gap of a month are left out."""
    whole = directed(View(record_of(tmp_path / "w", set()), "RUS", "USA"), by="week").frame
    record = record_of(tmp_path / "p", {150 + n for n in PARTLY} | GONE)
    found = directed(View(record, "RUS", "USA"), by="week")
    assert found.frame["period"].to_list() == whole["period"].to_list()[15:]
    np.testing.assert_allclose(found.frame["RUS>USA"], whole["RUS>USA"][15:])
    assert "2 of 85 weeks partly covered and scaled up" in found.basis
    assert set(found.frame["RUS>USA"].unique()) == {14.0, 28.0}


def test_rows_reported_within_the_day_cover_that_day(tmp_path: Path) -> None:
    """Moments are counted by the unit in which coverage is told: 14:30 is of its day, not a day from 14:30 on."""
    day = datetime(2018, 1, 3)
    moments = {day + timedelta(hours=14, minutes=30): 30, day + timedelta(hours=9, minutes=15): 30}
    assert from_rows(moments, DAY) == [(day, day + DAY)]
    assert from_rows({m + timedelta(minutes=3): n for m, n in moments.items()}, QUARTER) == [
        (m, m + QUARTER) for m in sorted(moments)
    ]
    names = ["GLOBALEVENTID", "SQLDATE", "Actor1Code", "Actor2Code", "EventCode", "QuadClass", "GoldsteinScale"]
    rows = [f"{n}\t20180103\tRUS\tUSA\t040\t1\t1.0\t20180103" for n in range(30)]
    file = tmp_path / "h.tsv"
    file.write_text("\n".join(["\t".join([*names, "DATEADDED"]), *rows]) + "\n")
    record = dt.open_record(tmp_path / "r", cases=False)
    record.ingest(file)
    assert record.coverage("gdelt1", by="day").select("period", "covered").rows() == [(day.date(), 1.0)]


def test_levers_read_the_same_series(tmp_path: Path) -> None:
    record = record_of(tmp_path, {150 + n for n in PARTLY} | GONE)
    made = system(View(record, "RUS", "USA", date(2018, 6, 1)), by="week")
    sums = made.driver(Driver("acts", "RUS", "USA"), "economic") + made.outcome("economic")
    assert len(made.periods) == 85 and made.periods[0] == START + timedelta(weeks=15)
    assert set(np.round(sums, 6)) <= {14.0, 28.0} and "partly covered" in made.basis


def test_forecasts_read_no_missing_day_as_nought(tmp_path: Path) -> None:
    record = record_of(tmp_path, {150 + n for n in PARTLY} | GONE)
    data = from_record(record, "counts", by="week")
    assert data.starts[0] == START + timedelta(weeks=15) and data.periods == 85
    assert "2 of 85 weeks partly covered and scaled up" in data.name and "11 weeks beyond a gap left out" in data.name
    at = data.keys.to_dicts().index({"a": "RUS", "b": "USA", "item": "verbal_cooperation"})
    assert {float(data.outcomes(n)[at]) for n in range(data.periods)} == {14.0}
    intensity = from_record(record, "intensity", by="week")
    at = intensity.keys.to_dicts().index({"a": "RUS", "b": "USA", "item": "intensity"})
    values = [round(float(intensity.outcomes(n)[at]), 6) for n in range(intensity.periods)]
    assert set(values) == {14.0, 28.0}


def test_what_is_known_as_of_a_day(tmp_path: Path) -> None:
    record = record_of(tmp_path, set())
    early = from_record(record, "counts", by="week", as_of=START + timedelta(days=7 * 20 + 3))
    assert early.periods == 20
    with pytest.raises(NoData, match=r"covered|whole"):
        from_record(record, "counts", by="quarter", as_of=START + timedelta(days=20))


def test_after_the_end_nothing_is_known(tmp_path: Path) -> None:
    record = record_of(tmp_path, set())
    panel = record.pair("RUS", "USA", as_of="2021-01-01").panel("year").frame
    assert panel["period"].max() == date(2017, 1, 1)
    assert record.coverage("icews_triples", date(2021, 1, 1), "year")["period"].to_list()[-1] == date(2017, 1, 1)


def test_shares_need_no_scaling_and_keep_their_gap() -> None:
    days = [date(2018, m, 1) for m in (1, 2, 5)]
    frame = pl.DataFrame({"a": "A", "b": "B", "item": "x", "date": days, "value": [0.5, 0.6, 0.7]})
    covered = pl.DataFrame({"period": [date(2018, m, 1) for m in range(1, 6)], "covered": [1.0, 0.3, 0.0, 0.0, 1.0]})
    data = build(frame, kind="share", by="month", directed=True, covered=covered)
    got = [float(data.outcomes(n)[0]) for n in range(data.periods)]
    np.testing.assert_allclose(got, [0.5, 0.6, np.nan, np.nan, 0.7])


def test_a_panel_written_to_a_file_keeps_its_holes(tmp_path: Path) -> None:
    """`detente panel > panel.csv`, then a back-test: what was null is not nought."""
    record = record_of(tmp_path, {150 + n for n in PARTLY} | GONE)
    panel = record.pair("RUS", "USA").panel("week").frame
    assert panel["covered"].to_list().count(0.0) == 2 * 4 and panel["verbal_cooperation"].null_count() == 2 * 4
    panel.select("period", "sender", "receiver", "verbal_cooperation", "covered").write_csv(tmp_path / "panel.csv")
    data = read_tidy(tmp_path / "panel.csv", by="week")
    assert data.periods == 85 and {float(v) for n in range(85) for v in data.outcomes(n)} == {14.0}


def test_empty_cells_and_missing_months_of_a_tidy_file(tmp_path: Path) -> None:
    pairs = [(f"A{n}", f"B{n}") for n in range(30)]
    months = [f"201{y}-{m:02d}" for y in range(8) for m in range(1, 13)]
    lines = [f"{a},{b},{month},3" for month in months if month != "2015-05" for a, b in pairs]
    path = tmp_path / "t.csv"
    path.write_text("a,b,date,count\n" + "\n".join(lines) + "\n")
    data = read_tidy(path, by="month")
    # May 2015 has no row of any pair: it was not delivered.
    assert data.starts[0] == date(2010, 1, 1) and data.periods == 64
    assert {float(v) for v in data.outcomes(63)} == {3.0}
    path.write_text("a,b,date,count\n" + "\n".join([*lines[:-1], "A29,B29,2017-12,"]) + "\n")
    data = read_tidy(path, by="month")
    assert data.size == 29 and "without 1 series with missing values" in data.name
