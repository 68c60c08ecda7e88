"""The models on a record: real events, the built-in case alone, no look-ahead, and the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import numpy as np
import polars as pl
import pytest

import detente as dt
from conftest import detente, gdelt_row, gdelt_zip, triples
from detente.assessment import Assessment
from detente.errors import DetenteError, NoData
from detente.explain.components import STRUCTURE_K
from detente.explain.topic import TOPICS
from detente.models.spillover import ASSOCIATED
from detente.uncertainty import NotIdentified


@pytest.fixture(scope="module")
def icews(real: Any) -> Any:
    return real


@pytest.fixture(scope="module")
def pair(icews: Any) -> Any:
    return icews.pair("USA", "RUS")


def made(tmp_path: Path, days: int = 200, until: int | None = None, seed: int = 1) -> Path:
    """Days of acts in which Beta answers Alpha's cooperation the day after, as ICEWS triples."""
    rng = np.random.default_rng(seed)
    acts = rng.poisson(3, days + 1)
    start = np.datetime64("2018-01-01")
    rows = []
    for day in range(1, days + 1):
        when = str(start + day)
        rows += [(when, "India", "Consult", "040", "1.0", "Pakistan")] * int(acts[day])
        rows += [(when, "Pakistan", "Consult", "040", "1.0", "India")] * int(acts[day - 1])
        rows += [(when, "Pakistan", "Criticize or denounce", "111", "-2.0", "India")] * int(rng.poisson(1))
        rows += [(when, "India", "Criticize or denounce", "111", "-2.0", "Pakistan")] * int(rng.poisson(1))
    # Triples are unique facts, so one act is one text.
    rows = [(d, s, f"{a} {n}", c, g, r) for n, (d, s, a, c, g, r) in enumerate(rows)]
    kept = rows if until is None else [row for row in rows if row[0] <= str(start + until)]
    return triples(tmp_path / f"events-{days}-{until}.tsv", kept)


def test_levels_of_real_events(pair: Any) -> None:
    found = pair.levels("week", area=(None, "diplomatic", "missile_defence"))
    table = found.frame
    assert set(table["measure"]) == {"share", "cooperation", "conflict", "intensity"}
    assert (table["low"] <= table["level"]).all()
    assert (table["level"] <= table["high"]).all()
    assert set(table["area"]) == {None, "diplomatic"}, "areas without reports are left out"
    share = table.filter((pl.col("measure") == "share") & pl.col("area").is_null() & (pl.col("sender") == "RUS"))
    assert share.height == 35
    panel = pair.panel("week").frame.filter(pl.col("sender") == "RUS")
    whole = (panel["verbal_cooperation"] + panel["material_cooperation"]).sum() / panel.select(
        pl.sum_horizontal("verbal_cooperation", "material_cooperation", "verbal_conflict", "material_conflict").sum()
    ).item()
    assert share["level"].mean() == pytest.approx(whole, abs=0.05)
    assert "USA to RUS: cooperative share" in found.summary()
    for measure in ("share", "cooperation", "intensity"):
        assert found.plot(measure).axes
    with pytest.raises(NoData, match="no level of share in economic"):
        found.plot("share", "economic")


def test_levels_of_the_case_alone(alone: Any) -> None:
    found = alone.pair("USA", "RUS", as_of="2007-02-01").levels(area=(None, "missile_defence"))
    table = found.frame
    assert table["period"].max() <= date(2007, 2, 1)
    assert set(table["measure"]) == {"share"}
    assert table["basis"].n_unique() == 2
    assert set(table["area"]) == {None, "missile_defence"}


def test_reciprocity_finds_the_answer_and_its_day(tmp_path: Path) -> None:
    record = dt.open_record(tmp_path / "record", cases=False)
    record.ingest([made(tmp_path, 500)])
    found = record.pair("IND", "PAK").reciprocity()
    to_india, to_pakistan = found.fit.answers
    assert (to_india.mover, to_india.answerer) == ("IND>PAK", "PAK>IND")
    assert to_india.returned.low > 0.1
    assert to_india.half_by == 1
    assert to_pakistan.returned.low < 0.1
    assert found.fit.asymmetry.low > 0
    assert "by day" in found.basis
    through = record.pair("IND", "PAK").reciprocity_through_time(window=100, step=20)
    assert through.frame["end"].is_between(date(2018, 4, 1), date(2019, 6, 1)).all()
    assert through.plot().axes
    assert "Returns in windows of 100 days" in through.summary()
    excited = record.pair("IND", "PAK").excitation().frame.rows_by_key(["effect", "cause"], named=True, unique=True)
    assert excited["PAK>IND cooperation", "IND>PAK cooperation"]["low"] > 0.2
    assert excited["IND>PAK cooperation", "PAK>IND cooperation"]["low"] < 0.1


def test_excitation_is_observed_over_what_the_source_covers(tmp_path: Path) -> None:
    """A pair that is quiet at first and at last was observed all the same."""
    quiet = [(f"2017-{month:02}-15", "China", f"Consult {month}", "040", "1.0", "Japan") for month in range(7, 13)]
    quiet.append(("2018-12-31", "China", "Consult", "040", "1.0", "Japan"))
    record = dt.open_record(tmp_path / "record", cases=False)
    record.ingest([made(tmp_path, 150), triples(tmp_path / "quiet.tsv", quiet)])
    found = record.pair("IND", "PAK").excitation()
    covered = record.covers("icews_triples")
    assert (covered[0][0], covered[-1][1]) == (date(2017, 7, 15), date(2018, 12, 31))
    assert found.fit.fits[0].events.end == (covered[-1][1] - covered[0][0]).days + 1
    assert "2017-07-15 to 2018-12-31" in found.basis


def test_later_records_do_not_change_what_was_explained(tmp_path: Path) -> None:
    before, after = (dt.open_record(tmp_path / name, cases=False) for name in ("before", "after"))
    before.ingest([made(tmp_path, 200, 150)])
    after.ingest([made(tmp_path, 200)])
    day = str(np.datetime64("2018-01-01") + 150)
    digests = [record.pair("IND", "PAK", as_of=day).explain(["USA"]).to_dict() for record in (before, after)]
    for digest in digests:
        del digest["provenance"]
    assert digests[0] == digests[1]
    assert sum(bool(section["statements"]) for section in digests[0]["sections"]) >= 4


def test_reciprocity_from_facts_counts_one_sided_acts(alone: Any) -> None:
    found = alone.pair("USA", "RUS", as_of="2007-02-01").reciprocity()
    assert "77 one-sided facts" in found.basis
    assert "2006-10-01" in found.basis, "the quarter of the day is not whole"
    facts = alone.pair("USA", "RUS", as_of="2007-02-01").facts().frame
    sided = facts.filter(pl.col("targets").list.len() > 0)
    assert found.fit.var.data.sum() == pytest.approx(
        sum(
            (1 if row["tone"] == "cooperative" else -1)
            for row in sided.filter(pl.col("date") < date(2007, 1, 1)).iter_rows(named=True)
            if {"USA", "RUS", "SUN"} & set(row["targets"])
        )
    )


def test_who_asks_for_a_period_means_the_events(pair: Any) -> None:
    with pytest.raises(NoData, match="whole weeks are too few"):
        pair.reciprocity(by="week")
    assert "by week" in pair.breaks(by="week").basis


def test_spillover_of_real_events(pair: Any) -> None:
    found = pair.spillover("Iran", area=(None, "economic", "missile_defence"))
    assert found.third == "IRN"
    assert found.left_out == ("missile_defence",)
    table = found.frame
    assert table.height == 2 * 2 * 3
    shares = table.filter(pl.col("measure") != "answer")
    assert shares["value"].is_between(0, 1).all()
    for _, one in found.spills:
        assert one.last.value <= one.first.value + 0.05
        assert one.reading
    assert found.plot("economic").axes
    with pytest.raises(NoData, match="no model of missile_defence"):
        found.plot("missile_defence")
    assert "Associations in time" in found.summary()
    with pytest.raises(DetenteError, match="is one of the pair"):
        pair.spillover("Russia")


def test_spillover_tells_a_third_party_that_matters_from_one_that_does_not(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    start, rows = np.datetime64("2018-01-01"), []
    trouble = rng.poisson(3, 251)
    for day in range(1, 251):
        when = str(start + day)
        for count, sender, action, code, weight, receiver in (
            (trouble[day], "India", "Criticize or denounce", "111", "-2.0", "Iran"),
            (2 * trouble[day - 1], "India", "Criticize or denounce", "111", "-2.0", "Pakistan"),
            (rng.poisson(3), "Pakistan", "Consult", "040", "1.0", "India"),
            (rng.poisson(3), "Pakistan", "Consult", "040", "1.0", "Iran"),
            (rng.poisson(3), "India", "Consult", "040", "1.0", "Nepal"),
            (rng.poisson(3), "Pakistan", "Consult", "040", "1.0", "Nepal"),
        ):
            rows += [(when, sender, f"{action} {day} {n}", code, weight, receiver) for n in range(int(count))]
    record = dt.open_record(tmp_path / "record", cases=False)
    record.ingest([triples(tmp_path / "events.tsv", rows)])
    pair = record.pair("IND", "PAK")
    iran, nepal = pair.spillover("IRN"), pair.spillover("NPL")
    (_, to_pakistan), (_, to_india) = iran.spills
    assert to_pakistan.series == "IND>PAK"
    assert to_pakistan.last.low > 0.4
    assert to_pakistan.reading == ASSOCIATED
    assert to_pakistan.answer.high < 0, "a fall with Iran goes with a fall"
    assert to_india.reading != ASSOCIATED
    assert nepal.spills[0][1].reading != ASSOCIATED


def test_china_and_japan_in_2018(icews: Any) -> None:
    found = icews.pair("CHN", "JPN").reciprocity()
    by_japan, by_china = found.fit.answers
    assert by_china.answerer == "CHN>JPN"
    assert by_china.returned == NotIdentified(), "it was printed as -0.54 (-10.28 to 13.32)"
    assert by_japan.returned.above
    assert "inverse" not in found.summary()


def test_triangle_tells_bilateral_from_triangular_answers(icews: Any) -> None:
    found = icews.triangle(["USA", "Russia", "CHN"])
    table = found.frame
    assert table.height == 30
    assert table.filter(pl.col("kind") == "bilateral").height == 6
    bilateral = table.filter(pl.col("kind") == "bilateral")["value"].mean()
    assert bilateral > table.filter(pl.col("kind") == "triangular")["value"].abs().mean()
    assert found.plot().axes
    assert "bilateral: RUS>USA after USA>RUS" in found.summary()
    for states in (["USA", "RUS"], ["USA", "RUS", "RUS"]):
        with pytest.raises(DetenteError, match="three different states"):
            icews.triangle(states)


def test_breaks_come_with_facts_near_them(alone: Any, pair: Any) -> None:
    found = alone.pair("USA", "RUS").breaks()
    table = found.frame
    assert table["date"].is_between(date(2013, 1, 1), date(2014, 12, 31)).any()
    row = table.filter(pl.col("date").dt.year().is_between(2013, 2014)).row(0, named=True)
    assert row["low"] <= row["date"] <= row["high"]
    assert row["level_after"] < row["level_before"] - 0.3
    assert 1 <= len(row["facts"]) <= 4
    assert found.plot().axes
    events = pair.breaks()
    assert "icews_triples events by week" in events.basis
    with pytest.raises(NoData, match="too little"):
        alone.pair("FRA", "DEU").breaks()


def test_components_have_names_and_a_choice_of_k(icews: Any) -> None:
    # As many as `explain` asks for: fitted once for both.
    found = icews.components(STRUCTURE_K)
    table = found.frame
    assert table["component"].n_unique() == STRUCTURE_K
    weights = table.group_by("component", maintain_order=True).agg(pl.col("weight").first())["weight"]
    assert weights.is_sorted(descending=True)
    assert weights.sum() == pytest.approx(1.0)
    assert (table["low"] <= table["share"] + 1e-12).all()
    assert "1. " in found.summary()
    assert len(found.plot(2).axes) == 4
    with pytest.raises(DetenteError, match="no component 99"):
        found.plot(99)
    mine = found.of_pair("USA", "RUS")
    assert mine["share"].sum() == pytest.approx(1.0)
    assert (mine["low"] <= mine["high"]).all()
    assert "Russia" in mine["name"][0]
    with pytest.raises(DetenteError, match="no acts of ATL"):
        found.of_pair("USA", "ATL")
    among = icews.components(2, states=["USA", "Russia", "CHN"], by="month")
    assert set(among.labels[0]) == {"USA", "RUS", "CHN"}


def test_panels_of_all_pairs_are_those_of_each(icews: Any, pair: Any) -> None:
    every = icews.panel(by="week", source="icews_triples").frame
    one = pair.panel("week").frame
    mine = every.filter(pl.col("sender").is_in(["USA", "RUS"]) & pl.col("receiver").is_in(["USA", "RUS"]))
    assert mine.sort("period", "sender").equals(one.sort("period", "sender"))
    assert every.group_by("sender", "receiver").len()["len"].n_unique() == 1
    few = icews.panel(["USA", "Russia", "CHN"], by="month", min_events=100).frame
    assert set(few["sender"]) == {"USA", "RUS", "CHN"}
    dense = icews.panel(by="month", area="diplomatic", as_of="2018-03-31", min_events=50).frame
    assert dense["period"].max() == date(2018, 3, 1)
    with pytest.raises(DetenteError, match="by must be one of"):
        icews.panel(by="hour")
    with pytest.raises(NoData, match="no events of 'gdelt'"):
        icews.panel(source="gdelt")


def test_which_source_is_counted_depends_on_what_was_known(tmp_path: Path) -> None:
    early = [("2018-01-05", "India", f"Consult {n}", "040", "1.0", "Pakistan") for n in range(3)]
    late = [("2019-01-05", "India", f"Consult {n}", "040", "1.0", "Pakistan") for n in range(30)]
    record = dt.open_record(tmp_path / "record", cases=False)
    rows = [gdelt_row(n, "20180105", "IND", "PAK") for n in range(1, 11)]
    record.ingest(
        [gdelt_zip(tmp_path / "20180105.export.CSV.zip", rows), triples(tmp_path / "triples.tsv", early + late)]
    )
    record = dt.open_record(tmp_path / "record", cases=False)
    assert set(record.panel(by="month").frame["source"]) == {"icews_triples"}
    assert set(record.panel(by="month", as_of="2018-06-30").frame["source"]) == {"gdelt2"}


def test_digest_says_what_it_knows_and_what_not(alone: Any, pair: Any) -> None:
    small = alone.pair("USA", "RUS", as_of="2007-02-01").explain()
    assert [section.topic for section in small.sections] == list(TOPICS)
    known = {section.topic for section in small.sections if section.statements}
    assert known == {"levels", "reciprocity", "breaks"}
    assert all(section.unknown for section in small.sections if not section.statements)
    full = pair.explain(["IRN"])
    assert all(section.statements for section in full.sections)
    assert all(section.basis for section in full.sections)
    table = full.frame
    assert table.filter(pl.col("low").is_not_null() & (pl.col("low") > pl.col("value"))).is_empty()
    assert full.to_json() == pair.explain(["IRN"]).to_json(), "the same seed gives the same digest"
    with pytest.raises(NoData, match="Fiji"):
        alone.pair("FJI", "TON").explain()


def test_assessment_takes_the_explanation_in(assessed: Callable[..., Assessment]) -> None:
    result = assessed("USA", "RUS")
    assert {section.topic for section in result.explanation} == set(TOPICS)
    assert "What the models say" in dt.render(result)
    data = result.to_dict()
    reciprocity = next(s for s in data["explanation"] if s["topic"] == "reciprocity")
    assert all(f["low"] <= f["value"] <= f["high"] for f in reciprocity["figures"])
    short = assessed("USA", "RUS", models=False)
    assert short.explanation == ()
    assert short.verdict == result.verdict


def run(*arguments: str, record: Any) -> CompletedProcess[str]:
    return detente(*arguments, "--record", record.folder)


def test_command_line(icews: Any, alone: Any, tmp_path: Path) -> None:
    text = run("explain", "USA", "RUS", "--third", "Iran", "--charts", str(tmp_path / "charts"), record=icews)
    assert text.returncode == 0, text.stderr
    for topic in TOPICS.values():
        assert topic.title in text.stdout
    assert max(len(line) for line in text.stdout.splitlines()) <= 100
    assert (tmp_path / "charts" / "spillover-IRN.svg").read_text().startswith("<svg ")
    data = json.loads(run("explain", "USA", "RUS", "--format", "json", record=alone).stdout)
    assert [s["topic"] for s in data["sections"]] == list(TOPICS)
    rows = run("explain", "USA", "RUS", "--format", "csv", record=alone).stdout.splitlines()
    assert rows[0] == "topic,name,value,low,high,unit"
    points = run("ideal-points", "USA", "RUS", "--sessions", "3", "--format", "json", record=icews)
    assert {row["state"] for row in json.loads(points.stdout)} == {"USA", "RUS"}
    assert "Ideal points of" in points.stderr
    alike = run(
        "similarity", "USA", "RUS", "--issue", "nu", "--as-of", "1965-01-01", "--format", "csv", record=icews
    ).stdout.splitlines()
    assert alike[0].startswith("year,issue,votes,agreement,agreement_low,agreement_high,s,")
    assert run(
        "similarity", "--issue", "nu", "--as-of", "1965-01-01", "--format", "csv", record=icews
    ).stdout.startswith("year,a,b,votes,agreement,s,pi")
    level = run("levels", "USA", "RUS", "--area", "diplomatic", "--format", "csv", record=icews)
    assert level.stdout.startswith("period,sender,receiver,area,measure,observed,exposure,level,low,high,basis")
    assert "basis: icews_triples events by month" in level.stderr
    found = run("components", "-k", "3", "--by", "month", "--format", "csv", record=icews)
    assert found.stdout.startswith("component,weight,mode,label,name,share,low,high")
    panel = run("panel", "--among", "USA,RUS,CHN", "--by", "month", "--format", "csv", record=icews)
    assert len(panel.stdout.splitlines()) == 1 + 6 * 8


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("explain", "USA", "USA"), 2, "same state"),
        (("explain", "USA", "RUS", "--third", "Narnia"), 2, "Narnia"),
        (("explain", "USA", "RUS", "--source", "gdelt"), 1, "gdelt"),
        (("explain", "FJI", "TON"), 1, "Fiji"),
        (("explain", "USA", "RUS", "--as-of", "1901-01-01"), 1, "is held"),
        (("components",), 1, "holds no events"),
        (("ideal-points",), 1, "no votes are held"),
        (("ideal-points", "Narnia"), 2, "Narnia"),
        (("levels", "FJI", "TON"), 1, "has a level"),
        (("similarity", "USA", "RUS"), 1, "no roll calls"),
        (("similarity", "USA"), 2, "name two states"),
        (("similarity", "--issue", "all"), 2, "for one pair"),
        (("panel",), 1, "holds no events"),
        (("panel", "USA"), 2, "name two states"),
        (("panel", "USA", "RUS", "--among", "USA,RUS"), 2, "either"),
        (("panel", "--among", "USA"), 2, "two states or more"),
    ],
)
def test_bad_usage_is_told(arguments: tuple[str, ...], code: int, said: str, alone: Any) -> None:
    got = run(*arguments, record=alone)
    assert got.returncode == code, got.stderr
    assert said in got.stderr
