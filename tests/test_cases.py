"""The tables that we ship, their dictionary, and cases of one's own."""

from __future__ import annotations

import csv
import json
import runpy
import shutil
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest

import detente as dt
from detente.errors import DetenteError
from detente.record import cases
from detente.record.audit import audit
from detente.sources.dictionary import STAGES, TABLES

ROOT = Path(__file__).parents[1]
CASES = ROOT / "src" / "detente" / "cases"
FILES = sorted(CASES.glob("*/*.csv"))


def own(folder: Path, facts: str = "", agreements: str = "") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "facts.csv").write_text("date,actors,area,kind,tone,agreement,description,source\n" + facts)
    if agreements:
        (folder / "agreements.csv").write_text("agreement,title,form,tone,area,parties\n" + agreements)
    return folder


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_every_file_keeps_to_the_dictionary(path: Path) -> None:
    columns = {column.name: column for column in TABLES[path.stem.partition("_")[0]]}
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows and set(rows[0]) <= set(columns)
    for number, row in enumerate(rows, start=2):
        for name, value in row.items():
            column = columns[name]
            assert value == value.strip(), (number, name)
            assert value or not column.required or name == "source", (number, name)
            assert not column.allowed or not value or value in column.allowed, (number, name, value)
    if "date" in rows[0]:
        assert [r["date"] for r in rows] == sorted(r["date"] for r in rows), (
            "facts are kept in the order of their dates"
        )


def test_every_case_has_a_licence_and_reads_without_a_fault() -> None:
    for case in cases.builtin_cases():
        assert (
            "CC BY 4.0" in (case.folder / "LICENSE").read_text()
            or "Attribution 4.0" in (case.folder / "LICENSE").read_text()
        )
        for name in cases.CASE_TABLES:
            case.table(name)


def test_the_dictionary_and_packages_are_those_that_the_tool_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "src" / "detente" / "cases"
    shutil.copytree(CASES, copy)
    (tmp_path / "docs").mkdir()
    for package in copy.glob("*/datapackage.json"):
        package.unlink()
    monkeypatch.setattr(sys, "argv", ["x", str(tmp_path)])
    runpy.run_path(str(ROOT / "tools" / "build_dictionary.py"), run_name="__main__")
    made = [*copy.glob("*/datapackage.json")]
    assert len(made) == 3
    for package in made:
        assert package.read_text() == (CASES / package.parent.name / package.name).read_text()
        for resource in json.loads(package.read_text())["resources"]:
            assert (package.parent / resource["path"]).exists()
    assert (tmp_path / "docs" / "data-dictionary.md").read_text() == (ROOT / "docs" / "data-dictionary.md").read_text()


def test_the_russia_us_chronology_is_as_wide_and_as_well_sourced_as_promised() -> None:
    facts = dt.open_record("x").table("facts").filter(pl.col("source") == "case:rus_usa")
    assert facts.height >= 300 and facts["date"].min() < date(1992, 1, 1) and facts["date"].max() >= date(2024, 1, 1)
    areas = dict(facts.group_by("area").len().iter_rows())
    assert set(areas) == {area.id for area in dt.open_record("x").codebook.areas} and min(areas.values()) >= 15
    for area in ("threat_reduction", "strategic_arms", "missile_defence", "military_dialogue", "counter_terrorism"):
        assert areas[area] >= 25, area
    assert facts.filter(pl.col("channel") == "NATO").height >= 20
    assert facts.filter(pl.col("third_party").str.contains("IRN")).height >= 20
    assert facts["url"].is_not_null().mean() >= 0.9
    assert facts.filter(pl.col("url").is_null() & ~pl.col("note").fill_null("").str.contains("recalled")).is_empty()
    stages = facts.filter(pl.col("kind").is_in(list(STAGES)) & (pl.col("agreements").list.len() > 0))
    assert stages["url2"].is_not_null().sum() >= 60


def test_facts_of_every_case_are_sound() -> None:
    facts = dt.open_record("x").table("facts")
    assert facts.filter(pl.col("source") == "case:ind_pak").height >= 60
    assert facts["event_id"].n_unique() == facts.height
    assert facts.filter(pl.col("description").str.len_chars() > 140).is_empty()
    assert facts.filter(pl.col("known_on") < pl.col("date")).is_empty()
    assert facts.filter((pl.col("precision") == "day") & (pl.col("known_on") != pl.col("date"))).is_empty()
    counts, findings = audit(dt.open_record("x"))
    assert set(findings["what"]) <= {"no address", "recalled", "near twin", "dormant, may have lapsed"}
    assert counts.filter(pl.col("by") == "all")["facts"].sum() == facts.height
    for by in ("area", "year"):
        assert counts.filter(pl.col("by") == by)["facts"].sum() == facts.height


def test_figures_say_when_they_were_compiled_and_what_is_recalled() -> None:
    figures = dt.open_record("x").table("figures")
    computed = figures.filter(pl.col("measure").str.contains("^(un_agreement|icews_)"))
    assert computed["compiled_on"].null_count() == 0
    assert computed.filter(pl.col("known_on") != pl.col("date").dt.month_end().dt.offset_by("11mo")).is_empty()
    pairs = computed.filter(pl.col("measure") == "un_agreement_nu")["subject"].unique()
    assert len(pairs) == 46 and "RUS-USA" in pairs
    for measure in (
        "nuclear_stockpile",
        "deployed_launchers",
        "ctr_icbms_destroyed",
        "us_goods_imports",
        "opinion_unfavourable",
    ):
        assert measure in figures["measure"].to_list()


def test_new_start_counts_are_consistent_and_keep_the_limits_of_2018() -> None:
    counts = (
        dt.open_record("x")
        .table("figures")
        .filter(pl.col("unit").str.contains("New START count"))
        .pivot("measure", index=["subject", "date"], values="value")
    )
    sides = counts.drop_nulls().group_by("subject").len().sort("subject")
    assert sides["subject"].to_list() == ["RUS", "USA"] and sides["len"].min() >= 18
    assert counts.filter(pl.col("deployed_launchers") > pl.col("launchers")).is_empty()
    bound = counts.filter(pl.col("date") >= date(2018, 2, 5))
    over = (pl.col("deployed_strategic_warheads") > 1550) | (pl.col("deployed_launchers") > 700)
    assert bound.height >= 15 and bound.filter(over | (pl.col("launchers") > 800)).is_empty()


def test_the_audit_finds_what_is_wrong(tmp_path: Path) -> None:
    folder = own(
        tmp_path / "mine",
        "2001-01-05,PER+ECU,diplomatic,meeting,cooperative,,The presidents meet at the border bridge,https://example.org/1\n"
        "2001-01-09,PER+ECU,diplomatic,meeting,cooperative,,The presidents meet again at the border bridge,https://example.org/2\n"
        "2002-01,PER+ECU,diplomatic,agreement signed,cooperative,nowhere,A pact,\n"
        "2003-01-01,PER+ECU,economic,agreement signed,cooperative,trade,A trade pact,https://example.org/3\n"
        "2003-02-01,PER+ECU,economic,agreement in force,cooperative,trade,It takes effect,https://example.org/3\n"
        "2024-01-01,PER+ECU,economic,meeting,cooperative,,Much later a meeting,https://example.org/3\n",
        "trade,Trade pact,treaty,cooperative,economic,PER;ECU\nghost,Ghost pact,treaty,cooperative,economic,PER;ECU\n",
    )
    counts, findings = audit(dt.open_record(tmp_path / "r", cases=False, case=[folder]))
    whole = counts.filter(pl.col("by") == "all").row(0, named=True)
    assert (whole["source"], whole["facts"], whole["address"], whole["weak_dates"], whole["stages"]) == (
        "case:mine",
        6,
        5,
        1,
        3,
    )
    assert [tuple(row) for row in findings.select("what", "text").iter_rows()] == [
        ("no address", "A pact"),
        ("near twin", "The presidents meet at the border bridge / The presidents meet again at the border bridge"),
        ("agreement not described", "nowhere"),
        ("no stage of its life", "Ghost pact"),
        ("dormant, may have lapsed", "Trade pact"),
    ]


def test_a_case_is_a_plain_folder(tmp_path: Path) -> None:
    folder = own(
        tmp_path / "per_ecu",
        "1998-10-26,PER+ECU,regional_conflict,agreement signed,cooperative,peace,Both sign the peace in Brasilia,https://example.org/b\n"
        "1999-05-13,PER+ECU,regional_conflict,agreement in force,cooperative,peace,The border is marked,https://example.org/c\n",
        "peace,Peace of Brasilia,treaty,cooperative,regional_conflict,PER;ECU\n",
    )
    pair = dt.open_record(tmp_path / "r", case=[folder]).pair("Peru", "Ecuador")
    assert pair.facts().frame.height == 2 and pair.in_force().frame["in_force"].to_list() == [0, 1]
    assert dt.open_record(tmp_path / "r").pair("PER", "ECU").facts().frame.is_empty()
    ingested = dt.open_record(tmp_path / "r2", cases=False)
    assert ingested.ingest([folder / "facts.csv", folder / "agreements.csv"]).rows == 3
    assert ingested.pair("PER", "ECU").in_force().frame["in_force"].to_list() == [0, 1]


def test_a_folder_replaces_the_built_in_case_of_its_name(tmp_path: Path) -> None:
    folder = own(
        tmp_path / "ind_pak", "1998-10-26,IND+PAK,diplomatic,meeting,cooperative,,Mine,https://example.org/b\n"
    )
    record = dt.open_record(tmp_path / "r", case=[folder])
    assert record.pair("IND", "PAK").facts().frame["description"].to_list() == ["Mine"]
    assert record.pair("RUS", "USA").facts().frame.height > 300


def test_bad_cases_say_what_to_mend(tmp_path: Path) -> None:
    with pytest.raises(DetenteError, match=r"no case.*your-own\.md"):
        dt.open_record("x", case=[tmp_path]).table("facts")
    bad = own(tmp_path / "bad", "".join(f"199{n},IND+PAK,nonsense,meeting,cooperative,,X,\n" for n in range(7)))
    with pytest.raises(DetenteError, match=r"bad/facts\.csv: line 2: .*line 6: .*and 2 more"):
        dt.open_record("x", case=[bad]).table("facts")
    for row, reason in (
        ("Peace,T,treaty,cooperative,economic,PER;ECU", "no short name"),
        ("peace,T,pact,cooperative,economic,PER;ECU", "form 'pact' is unknown"),
        ("peace,T,treaty,cooperative,economic,PER", "two different parties"),
    ):
        folder = own(tmp_path / "agreements", agreements=row + "\n")
        with pytest.raises(DetenteError, match=reason):
            dt.open_record("x", case=[folder]).table("agreements")


def test_packages_can_bring_cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "andes"
    own(package, "1998-10-26,PER+ECU,diplomatic,meeting,cooperative,,Theirs,https://example.org/b\n")
    (package / "__init__.py").write_text("")
    info = tmp_path / "andes-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: andes\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[detente.cases]\nandes = andes\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    cases.installed_cases.cache_clear()
    try:
        assert dt.open_record("x").pair("PER", "ECU").facts().frame["description"].to_list() == ["Theirs"]
        assert dt.open_record("x", cases=False).pair("PER", "ECU").facts().frame.is_empty()
        (info / "entry_points.txt").write_text("[detente.cases]\nandes = no_such_module\n")
        cases.installed_cases.cache_clear()
        monkeypatch.syspath_prepend(str(tmp_path / "no_such_folder"))  # another path: entry points are read anew
        with pytest.raises(DetenteError, match=r"andes: its detente\.cases 'andes' can't be loaded .*uninstall"):
            dt.open_record("x").table("facts")
    finally:
        cases.installed_cases.cache_clear()
