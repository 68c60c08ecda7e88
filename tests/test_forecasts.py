"""Forecasts: scores against closed forms, no look-ahead, resuming, tidy files and their faults, hazards, a pair's
forecast.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.special import ndtr, ndtri

import detente as dt
from conftest import triples
from detente.backtest.plan import Plan
from detente.backtest.run import backtest
from detente.cli import main
from detente.errors import DetenteError, NoData
from detente.forecasts.events.hazards import event_forecasts, more_likely
from detente.forecasts.pooled import cells_before
from detente.forecasts.scores import (
    COUNT,
    LEVELS,
    bounds,
    crps,
    diebold_mariano,
    interval_score,
    log_score,
    pit,
    skill,
)
from detente.forecasts.series.dataset import Dataset, build, transform, untransform
from detente.forecasts.series.features import Relatives
from detente.forecasts.series.forecaster import FORECASTERS, OURS, baselines
from detente.forecasts.series.hierarchical import Cells, fit
from detente.forecasts.series.known import Known
from detente.forecasts.series.stack import STACK, learn_stack
from detente.forecasts.series.stacking import combine, learn
from detente.forecasts.series.tidy import read_tidy
from detente.report import render
from detente.report.scorecard import build as report


def test_crps_of_a_normal_is_the_closed_form() -> None:
    y = np.linspace(-3, 3, 25)
    closed = y * (2 * ndtr(y) - 1) + 2 * np.exp(-(y**2) / 2) / np.sqrt(2 * np.pi) - 1 / np.sqrt(np.pi)
    assert np.allclose(crps(np.tile(ndtri(LEVELS), (25, 1)), y), closed, atol=0.004)


def test_a_calibrated_forecast_has_a_flat_pit_and_honest_intervals() -> None:
    rng = np.random.default_rng(0)
    mean = rng.normal(0, 3, 20_000)
    quantiles, y = mean[:, None] + ndtri(LEVELS), mean + rng.standard_normal(20_000)
    low, high = bounds(quantiles)
    assert abs(np.mean((y >= low) & (y <= high)) - 0.90) < 0.01
    assert np.abs(np.histogram(pit(quantiles, y, rng), 10, (0, 1))[0] / 2000 - 1).max() < 0.08
    wide, narrow = (interval_score(mean[:, None] + f * ndtri(LEVELS), y).mean() for f in (2.0, 0.5))
    assert interval_score(quantiles, y).mean() < min(wide, narrow)


def test_the_pit_of_counts_is_flat_too() -> None:
    from scipy.stats import poisson

    rng = np.random.default_rng(1)
    rate = rng.gamma(1.0, 1.0, 20_000)
    quantiles = poisson.ppf(LEVELS[None], rate[:, None])
    u = pit(quantiles, rng.poisson(rate).astype(float), rng)
    assert np.abs(np.histogram(u, 10, (0, 1))[0] / 2000 - 1).max() < 0.08


def test_the_log_score_rewards_the_true_distribution() -> None:
    rng = np.random.default_rng(2)
    y = rng.standard_normal(5000)
    edges = ndtri(np.arange(1, 10) / 10)
    good, off = (log_score(np.tile(shift + ndtri(LEVELS), (5000, 1)), y, edges).mean() for shift in (0.0, 1.0))
    assert abs(good - np.log2(10)) < 0.05 and off > good + 0.3


def test_diebold_mariano_holds_its_size_and_skill_its_interval() -> None:
    rng = np.random.default_rng(3)
    ps, held = [], []
    for _ in range(300):
        a, b = rng.gamma(4, 1, 40), rng.gamma(4, 1, 40)
        ps.append(diebold_mariano(a, b, 1)[1])
        low, high = skill(a, b, block=1, draws=300)[1:]
        held.append(low <= 0 <= high)
    assert 0.02 < np.mean(np.array(ps) < 0.05) < 0.09
    assert 0.82 < np.mean(held) < 0.95
    assert np.isnan(diebold_mariano(a, a, 1)[1])


def test_stacking_recovers_the_mixture_and_leaves_missing_members_out() -> None:
    rng = np.random.default_rng(4)
    y = np.where(rng.random(4000) < 0.7, rng.normal(0, 1, 4000), rng.normal(6, 1, 4000))
    members = np.stack([np.tile(m + ndtri(LEVELS), (4000, 1)) for m in (0.0, 6.0, 30.0)])
    weights = learn(members, y, 1000)
    assert np.allclose(weights, [0.7, 0.3, 0.0], atol=0.04)
    mixed = combine(members[:, :3], weights)
    assert np.all(np.diff(mixed, axis=1) >= 0) and abs(np.mean(mixed[0] > 3) - 0.3) < 0.05
    members[1, 0] = np.nan
    assert np.allclose(combine(members[:, :1], np.array([0.5, 0.5, 0.0]))[0], members[0, 0])


def series(kind: str = "count", pairs: int = 12, days: int = 210, seed: int = 0) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    rows = []
    for pair in range(pairs):
        level = rng.gamma(2, 1)
        for a, b in ((f"A{pair:02d}", "ZZZ"), ("ZZZ", f"A{pair:02d}")):
            for day in range(days):
                value = rng.poisson(level) if kind == "count" else rng.normal(level - 2, 2)
                rows.append((a, b, "x", date(2020, 1, 6) + timedelta(day), float(value)))
    return pl.DataFrame(rows, schema=["a", "b", "item", "date", "value"], orient="row")


@pytest.mark.parametrize("kind", ["count", "value"])
def test_nothing_after_an_origin_changes_what_is_said_there(kind: str) -> None:
    frame = series(kind, pairs=4)
    cut = date(2020, 1, 6) + timedelta(7 * 20)
    other = frame.with_columns(
        pl.when(pl.col("date") >= cut).then(pl.col("value") * 50 + 7).otherwise("value").alias("value")
    )
    said = []
    for rows in (frame, other):
        data = build(rows, kind=kind, by="week", directed=True)
        known = Known(data, 19)
        models = {name: FORECASTERS[name] for name in (*OURS, *baselines(kind, "week").values())}
        said.append({name: model.forecast(known, (3,))[3] for name, model in models.items()})
    for name in said[0]:
        assert np.array_equal(said[0][name], said[1][name], equal_nan=True), name


def test_a_pair_whose_sides_repeat_each_other_stops_no_other() -> None:
    frame = series(pairs=2).sort("a", "b", "date")
    first = frame.filter((pl.col("a") == "A00") & (pl.col("b") == "ZZZ"))
    mirrored = first.with_columns(a=pl.col("b"), b=pl.col("a"))
    rows = pl.concat([first, mirrored, frame.filter((pl.col("a") == "A01") | (pl.col("b") == "A01"))])
    data = build(rows, kind="count", by="week", directed=True)
    known = FORECASTERS["BVAR"].forecast(Known(data, data.periods - 1), (1,))[1]
    silent = np.isnan(known).all(axis=1)
    assert sorted(silent) == [False, False, True, True]


def test_rows_known_later_are_not_seen_before() -> None:
    frame = series(days=70).with_columns(
        pl.when(pl.col("date") == date(2020, 1, 7)).then(date(2020, 2, 20)).otherwise("date").alias("known_on")
    )
    data = build(frame, kind="count", by="week", directed=True)
    early, late = data.known_at(2), data.known_at(8)
    assert (early[:, 1] == 0).all() and late[:, 1].sum() == frame.filter(pl.col("date") == date(2020, 1, 7))[
        "value"
    ].sum()
    assert (data.outcomes(0) >= data.totals(early, 0, 1)[:, 0]).all()


def test_partial_periods_are_left_out() -> None:
    data = build(series(days=60), kind="count", by="month", directed=True)
    assert data.starts == [date(2020, 2, 1)] and data.edges.tolist() == [0, 29]


def test_a_month_without_whole_periods_says_so() -> None:
    with pytest.raises(NoData, match="whole month"):
        build(series(days=20), kind="count", by="month", directed=True)


def test_missing_shares_are_never_zero() -> None:
    frame = pl.DataFrame(
        {
            "a": ["A"] * 3,
            "b": ["B"] * 3,
            "item": "x",
            "date": [date(y, 1, 1) for y in (2000, 2001, 2003)],
            "value": [0.2, 0.4, 0.6],
        }
    )
    data = build(frame, kind="share", by="year", directed=False)
    assert np.isnan(data.outcomes(2)[0]) and data.outcomes(3)[0] == 0.6


def test_an_interrupted_backtest_goes_on_to_the_same_scores(tmp_path: Path) -> None:
    data = build(series(), kind="count", by="week", directed=True)
    plan = Plan((1, 2), 20, refit=3, models=("hierarchical", "forest"), classical=False)
    whole = backtest(data, plan, tmp_path / "whole").scored

    def stop(done: int, of: int) -> None:
        if done == 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        backtest(data, plan, tmp_path / "parts", on_origin=stop)
    again = backtest(data, plan, tmp_path / "parts").scored
    free = backtest(data, plan).scored
    for one, two, three in zip(whole, again, free, strict=True):
        for name in one.crps:
            assert np.array_equal(one.crps[name], two.crps[name], equal_nan=True)
            assert np.allclose(one.crps[name], three.crps[name], equal_nan=True, atol=1e-6)
    with pytest.raises(DetenteError, match="another plan"):
        backtest(data, Plan((1,), 20), tmp_path / "parts")


def test_the_interval_of_skill_allows_for_shared_pairs() -> None:
    """One pair of forty makes the whole gain: drawn over origins alone, the skill looked sure."""
    rng = np.random.default_rng(5)
    theirs = rng.gamma(40, 1 / 40, (60, 40))
    ours = theirs * rng.normal(1, 0.01, (60, 40))
    ours[:, 0] -= 0.9 * theirs[:, 0]
    value, low, high = skill(ours, theirs, block=2)
    alone = skill(ours.sum(1), theirs.sum(1), block=2)
    assert alone[0] == pytest.approx(value) and alone[1] > 0.01
    assert low < 0.005 < value < high
    # Pairs that differ in skill for good: the band holds the skill of all such pairs.
    held = []
    for _ in range(150):
        a = rng.gamma(4, 1, (20, 25))
        b = a * (1 + rng.normal(0, 0.2, 25)) * rng.normal(1, 0.1, (20, 25))
        _, low, high = skill(b, a, block=1, draws=200)
        held.append(low <= 0 <= high)
    assert 0.80 < np.mean(held) < 0.97


def test_the_scorecard_says_who_lost() -> None:
    data = build(series(seed=5), kind="count", by="week", directed=True)
    plan = Plan((1, 4), 20, models=("hierarchical", "forest"), classical=False)
    card = backtest(data, plan)
    overall = card.overall()
    assert overall["model"] == STACK and overall["low"] <= overall["skill"] <= overall["high"]
    assert card.strongest(card.cells) not in card.ours
    assert card.models()["crps"].is_sorted() and 0.85 < overall["coverage"] < 0.95
    assert abs(sum(card.pit(STACK)) - 1) < 1e-9
    text, page = render(card), render(report(card, title="<script>x</script>"), "html")
    assert "strongest baseline" in text and "<script>" not in page and "PIT" in page
    assert json.loads(card.to_json())["overall"]["skill"] == round(overall["skill"], 5)
    assert card.pairs()["skill"].is_sorted()
    assert "median pair" in text and overall["largest_pair"] in text


def test_the_hierarchical_model_learns_how_long_the_past_counts() -> None:
    rng = np.random.default_rng(6)
    still = rng.normal(0, 1, (300, 1)) + rng.normal(0, 1, (300, 40))
    walk = np.cumsum(rng.normal(0, 1, (300, 40)), axis=1) + rng.normal(0, 0.2, (300, 40))
    slow, fast = (fit(z, np.zeros_like(z), (1,))[1] for z in (still, walk))
    assert slow.delta >= 0.96 and fast.delta <= 0.35
    again = Cells.of(json.loads(json.dumps(slow.to_dict())))
    level = np.array([0.5])
    assert np.allclose(again.errors(level, level), slow.errors(level, level), atol=0.01)


def test_sparse_series_lean_on_their_group() -> None:
    rng = np.random.default_rng(7)
    level = np.repeat(rng.normal(0, 2, 60), 10)
    z = level[:, None] + rng.normal(0, 0.3, (600, 1)) + rng.normal(0, 2.0, (600, 6))
    cells = fit(z[:, :6], np.repeat(level[:, None], 6, 1), (1,))
    assert cells[1].kappa >= 2


def test_shipped_cells_are_of_years_before_the_day() -> None:
    for day, year in ((date(2007, 2, 1), 2006), (date(2006, 12, 31), 2005), (date(2030, 1, 1), 2011)):
        found = cells_before("counts", "verbal_conflict", day, 1)
        assert found is not None and found[0] == year
    assert cells_before("counts", "verbal_conflict", date(2005, 6, 1), 1) is None


def test_scales_go_there_and_back() -> None:
    for kind, values in (
        ("count", np.array([0.0, 3, 900])),
        ("value", np.array([-50.0, 0, 3])),
        ("share", np.array([0.0, 1])),
    ):
        assert np.allclose(untransform(kind, transform(kind, values)), values)


TIDY = "a,b,date,value\nUSA,RUS,2020-01-01,3.5\nUSA,RUS,2020-02-01,-4\nUSA,CHN,2020-01-01,1\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x,y\n1,2\n", "no columns a and b"),
        ("a,b,value\nUSA,RUS,1\n", "no column of a date"),
        ("a,b,date\nUSA,RUS,2020-01-01\n", "no column value"),
        (TIDY.replace("2020-02-01", "soon"), "row 2: date is 'soon', not a day"),
        (TIDY.replace("-4", "much"), "row 2: value is 'much', not a number"),
        (TIDY.replace("USA,CHN", ",CHN"), "row 3: a is None, not a state"),
        ("", "can't be read as a table"),
    ],
)
def test_faults_of_a_file_are_named(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "scores.csv"
    path.write_text(text)
    with pytest.raises(DetenteError, match=r"scores\.csv") as error:
        read_tidy(path, by="month")
    assert said in str(error.value)


def test_kinds_are_told_by_the_columns(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text(TIDY)
    assert read_tidy(path, by="month").kind == "value"
    path.write_text(
        "sender,receiver,year,verbal_cooperation,verbal_conflict\nUSA,RUS,2001,3,0\nRUS,USA,2002,1,2\nUSA,USA,2002,9,9\n"
    )
    data = read_tidy(path, by="year")
    assert data.kind == "count" and data.directed and data.size == 4 and "1 rows of a state with itself" in data.name
    path.write_text("a,b,year,issue,value\nUSA,RUS,2001,nu,0.3\nUSA,RUS,2002,nu,0.4\n")
    assert read_tidy(path, by="year").kind == "share"
    path.write_text("a,b,date,count\nUSA,RUS,2001-01-01,1.5\n")
    with pytest.raises(DetenteError, match="whole numbers"):
        read_tidy(path, by="month")


def test_relatives_find_the_other_direction() -> None:
    data: Dataset = build(series(pairs=3), kind="count", by="week", directed=True)
    kin = Relatives.of(data)
    keys = list(data.keys.iter_rows())
    assert all(keys[r][:2] == keys[n][1::-1] for n, r in enumerate(kin.reverse))


def chronology(
    rate_up: float, rate_down: float, seed: int, areas: int = 8, years: int = 30
) -> list[tuple[str, date, bool]]:
    rng = np.random.default_rng(seed)
    found = []
    for area in range(areas):
        for up, rate in ((True, rate_up), (False, rate_down)):
            for _ in range(rng.poisson(rate * years)):
                found.append((f"area{area}", date(1990, 1, 1) + timedelta(int(rng.integers(years * 365))), up))
    return sorted(found, key=lambda e: e[1])


def test_more_likely_is_what_simulation_gives() -> None:
    rng = np.random.default_rng(8)
    up, down = rng.poisson(rng.gamma(3, 1 / 2, 400_000) * 2), rng.poisson(rng.gamma(2, 1 / 4, 400_000) * 2)
    assert abs(more_likely(np.array([3.0]), 2.0, np.array([2.0]), 4.0, 2.0)[0] - np.mean(up > down)) < 0.003


def test_calls_recover_known_rates_and_their_intervals_hold_them() -> None:
    truth = float(more_likely(np.array([4e5]), 1e6, np.array([3e5]), 1e6, 2.0)[0])
    said, held = [], []
    for seed in range(25):
        made = event_forecasts(
            chronology(0.4, 0.3, seed),
            [f"area{n}" for n in range(8)],
            date(1990, 1, 1),
            date(2019, 12, 31),
            complete_to=date(2019, 12, 31),
        )
        said += [call.chance.value for call in made.by_area.values()]
        held += [call.chance.low <= truth <= call.chance.high for call in made.by_area.values()]
        assert all(abs(sum(call.weights.values()) - 1) < 1e-9 for call in made.by_area.values())
    assert abs(np.mean(said) - truth) < 0.04 and np.mean(held) > 0.85


def test_calls_see_nothing_after_the_day() -> None:
    events = chronology(0.5, 0.4, 3)
    day = date(2010, 6, 1)
    areas = [f"area{n}" for n in range(8)]
    later = [(area, when, not up) if when > day else (area, when, up) for area, when, up in events]
    assert event_forecasts(events, areas, date(1990, 1, 1), day, complete_to=day) == event_forecasts(
        later, areas, date(1990, 1, 1), day, complete_to=day
    )


def test_past_calls_were_made_with_what_was_known_then() -> None:
    events = chronology(0.5, 0.4, 4)
    areas = [f"area{n}" for n in range(8)]
    now, then = (
        event_forecasts(events, areas, date(1990, 1, 1), date(y, 6, 1), complete_to=date(2019, 12, 31))
        for y in (2015, 2008)
    )
    assert now.past[: len(then.past)] == then.past and len(now.past) > len(then.past)


def test_a_pair_is_forecast_from_the_case_alone() -> None:
    pair = dt.open_record("none").pair("USA", "RUS", as_of="2007-02-01")
    made = pair.forecast()
    items = {fan.item for fan in made.fans}
    assert {"verbal_conflict", "share", "UN agreement, nu"} <= items
    assert all(fan.periods[0].year == 2007 and (np.diff(fan.quantiles, axis=1) >= 0).all() for fan in made.fans)
    assert set(made.events) == {"improvement", "new agreement", "suspension", "rising stock"}
    record = made.events["improvement"].track_record()
    assert record["n"] > 50 and record["brier"] < record["brier_base"]
    assert pair.forecast().to_json() == made.to_json()
    assert [axis.get_title() for axis in made.plot("verbal_conflict").axes] == ["USA>RUS", "RUS>USA"]
    with pytest.raises(NoData, match="there are"):
        made.plot("nonsense")


def test_a_forecast_says_what_it_cannot() -> None:
    record = dt.open_record("none")
    with pytest.raises(NoData, match="carried forward"):
        record.pair("FJI", "TON", as_of="2007-02-01").forecast()
    with pytest.raises(DetenteError, match="as of a day"):
        record.pair("USA", "RUS").forecast()
    with pytest.raises(DetenteError, match="1 to 120"):
        record.pair("USA", "RUS", as_of="2007-02-01").forecast(horizon=0)


@pytest.fixture
def weekly(tmp_path: Path, make_record: Callable[..., Any]) -> Any:
    rng = np.random.default_rng(9)
    names = ["Russia", "United States", "China", "Iran", "India", "Pakistan"]
    rows = []
    for day in range(200):
        when = (date(2018, 1, 1) + timedelta(day)).isoformat()
        for a in names:
            for b in names:
                if a != b and rng.random() < 0.5:
                    rows.append((when, a, "Make statement", "010", "0.0", b))
                if a != b and rng.random() < 0.2:
                    rows.append((when, a, "Criticize or denounce", "111", "-2.0", b))
    return make_record(triples(tmp_path / "events.tsv.gz", rows))


def test_a_pair_is_forecast_from_events_and_faster_again(weekly: Any) -> None:
    pair = weekly.pair("USA", "RUS", as_of="2018-07-15")
    made = pair.forecast(horizon=2, by="week")
    counts = [fan for fan in made.fans if fan.item == "verbal_cooperation"]
    assert len(counts) == 2 and len(counts[0].periods) == 9 and counts[0].periods[0] > counts[0].history[-1][0]
    assert {fan.item for fan in made.fans} >= {"share", "intensity"}
    assert list(Path(weekly.folder, "cache", "forecasts").glob("*.npz"))
    assert pair.forecast(horizon=2, by="week").to_json() == made.to_json()


def test_what_all_pairs_teach_is_learnt_once(weekly: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second pair of the record learns nothing anew, and is told the same as if it had been asked first."""
    from detente.forecasts import reports

    monkeypatch.setattr(reports, "MOST_PAIRS", 6)
    pairs = [weekly.pair(*ends, as_of="2018-07-15") for ends in (("USA", "RUS"), ("CHN", "IRN"), ("IND", "PAK"))]
    first = [pair.forecast(horizon=2, by="week").to_json() for pair in pairs[:1]]
    learnt = set(Path(weekly.folder, "cache", "forecasts").glob("*.npz"))

    def never(*_: Any, **__: Any) -> None:
        raise AssertionError("learnt anew")

    with monkeypatch.context() as patched:
        patched.setattr(reports, "learn_stack", never)
        others = [pair.forecast(horizon=2, by="week").to_json() for pair in pairs]
    assert others[0] == first[0] and len(learnt) == 3
    for path in learnt:
        path.unlink()
    again = dt.open_record(weekly.folder, cases=False).pair("IND", "PAK", as_of="2018-07-15")
    assert again.forecast(horizon=2, by="week").to_json() == others[2]


def test_a_forecast_does_not_change_when_later_events_arrive(tmp_path: Path, weekly: Any) -> None:
    day = "2018-05-31"
    before = weekly.pair("USA", "RUS", as_of=day).forecast(horizon=1, by="week").to_dict()
    weekly.ingest(
        [
            triples(
                tmp_path / "later.tsv.gz",
                [("2018-08-01", "Russia", "Make statement", "010", "0.0", "United States")] * 1,
            )
        ]
    )
    after = weekly.pair("USA", "RUS", as_of=day).forecast(horizon=1, by="week").to_dict()
    before.pop("provenance"), after.pop("provenance")
    assert before == after


def test_the_command_backtests_a_file_and_the_record(
    tmp_path: Path, weekly: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "tidy.parquet"
    series(pairs=8).rename({"item": "series"}).write_parquet(path)
    page = tmp_path / "card.html"
    run = [
        "backtest",
        str(path),
        "--by",
        "week",
        "--horizons",
        "1,2",
        "--train-until",
        "2020-06-07",
        "--models",
        "hierarchical",
        "--no-classical",
    ]
    with pytest.raises(SystemExit) as done:
        main([*run, "--format", "json", "--html", str(page), "--kind", "count"])
    assert done.value.code == 0
    out = json.loads(capsys.readouterr().out)
    assert (
        out["run"]["horizons"] == [1, 2]
        and out["run"]["first_origin"] == "2020-06-01"
        and page.read_text().startswith("<!doctype")
    )
    with pytest.raises(SystemExit) as done:
        main(
            [
                "backtest",
                "--record",
                str(weekly.folder),
                "--by",
                "week",
                "--horizons",
                "1",
                "--train-until",
                "2018-06-30",
                "--models",
                "hierarchical",
                "--no-classical",
            ]
        )
    assert done.value.code == 0 and "strongest baseline" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        ["backtest", "missing.csv"],
        ["backtest", "--horizons", "0"],
        ["backtest", "--horizons", "a,b"],
        ["backtest", "--models", "crystal"],
        ["forecast", "USA", "RUS"],
        ["forecast", "USA", "USA", "--as-of", "2007-02-01"],
        ["forecast", "USA", "RUS", "--as-of", "2007-02-01", "--area", "nonsense"],
    ],
)
def test_bad_words_are_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as done:
        main(words)
    assert done.value.code == 2
    assert "Traceback" not in capsys.readouterr().err


def test_the_stack_forecasts_every_series() -> None:
    data = build(series(pairs=6), kind="count", by="week", directed=True)
    made = learn_stack(data, 4).forecast(Known(data, data.periods - 1), 4)
    assert made.shape == (data.size, 4, COUNT) and np.isfinite(made).all() and (np.diff(made, axis=2) >= 0).all()
