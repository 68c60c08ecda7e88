"""Rows that share an id: what is read never depends on the order of files."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import detente as dt
from conftest import gdelt_row, gdelt_zip, lines_of
from detente.record.commits import live_parts
from detente.record.log import FORMAT
from detente.record.twins import CONTESTED, OLDER, REASON
from detente.sources import source as source_of

HEADER = (
    "Event ID\tEvent Date\tSource Name\tSource Sectors\tSource Country\tEvent Text\tCAMEO Code\tIntensity\tTarget "
    "Name\t"
    "Target Sectors\tTarget Country\tStory ID\tSentence "
    "Number\tPublisher\tCity\tDistrict\tProvince\tCountry\tLatitude\tLongitude"
)
ACTS = {"Consult": ("040", "1"), "Accuse": ("112", "-2"), "fight with small arms and light weapons": ("193", "-10")}


def icews(path: Path, acts: dict[int, str]) -> Path:
    rows = [
        f"{n}\t2018-01-{n:02d}\tRussia\t\tRussian Federation\t{act}\t{ACTS[act][0]}\t{ACTS[act][1]}\tUnited States\t\t"
        "United States\t1\t1\tX\tMoscow\t\t\tRussian Federation\t55\t37"
        for n, act in acts.items()
    ]
    path.write_text("\n".join([HEADER, *rows]) + "\n")
    return path


def events(record: Any) -> list[tuple[Any, ...]]:
    paths = record.paths(record.parts("events"))
    frame = pl.concat([pl.read_parquet(p) for p in paths]) if paths else pl.DataFrame(schema={"event_id": pl.Utf8})
    assert frame["event_id"].is_unique().all()
    return frame.sort("event_id").select("event_id", *(["action", "date"] if paths else [])).rows()


def closed(record: Any) -> None:
    """What the log counts is what is held and what is in quarantine, row by row."""
    entries = [entry for commit in record.commits for entry in commit.files]

    def total(name: str) -> int:
        return sum(int(getattr(entry, name)) for entry in entries)

    held = sum(part.rows for part in live_parts(record.commits) if part.table != CONTESTED)
    rows = sum(sum(entry.rows.values()) for entry in entries)
    aside = record.quarantine().frame.filter(pl.col("reason") == REASON)
    assert held == rows - total("withdrawn") - total("replaced")
    assert aside.height == total("conflicts") + total("withdrawn")
    assert aside.filter(pl.col("line").is_null()).height == total("withdrawn")
    assert (aside["line"] != 0).all() and (aside["raw"].str.contains("\t\\S")).all()


def given(record: Any) -> int:
    """The rows of the files read, from what became of each."""
    return sum(
        sum(entry.rows.values()) + entry.duplicates + entry.quarantined + sum(entry.skipped.values())
        for commit in record.commits
        for entry in commit.files
    )


def in_any_order(tmp_path: Path, paths: Sequence[Path], table: str | None = None) -> list[tuple[Any, ...]]:
    """What is read after every order of the files, one by one and at once; fails where they differ or rows are lost."""
    readings = []
    rows = sum(lines_of(path) for path in paths)
    for number, order in enumerate(permutations(paths)):
        one = dt.open_record(tmp_path / f"one-{number}", cases=False)
        for path in order:
            one.ingest(path)
        at_once = dt.open_record(tmp_path / f"all-{number}", cases=False)
        at_once.ingest(list(order))
        for record in (one, at_once):
            assert record.verify() == [] and given(record) == rows
            closed(record)
            readings.append(record.table(table).sort("event_id").rows() if table else events(record))
            again = [record.ingest(path) for path in order]
            assert all(s.rows == 0 for s in again)
    assert all(reading == readings[0] for reading in readings)
    return readings[0]


def test_twins_of_other_content_in_one_file_are_set_aside(tmp_path: Path) -> None:
    rows = [gdelt_row(1), gdelt_row(8), gdelt_row(8, action="190", quad="4"), gdelt_row(2), gdelt_row(2)]
    record = dt.open_record(tmp_path / "r", cases=False)
    summary = record.ingest(gdelt_zip(tmp_path / "a.export.CSV.zip", rows))
    (entry,) = summary.files
    assert (entry.rows["events"], entry.duplicates, entry.conflicts, entry.quarantined) == (2, 1, 2, 2)
    assert [name for name, *_ in events(record)] == ["gdelt2:1", "gdelt2:2"]
    assert record.quarantine().frame.select("line", "reason").rows() == [(2, REASON), (3, REASON)]
    # A third file that agrees with one of the two settles nothing.
    later = record.ingest(gdelt_zip(tmp_path / "b.export.CSV.zip", [gdelt_row(8), gdelt_row(9)]))
    assert (later.files[0].conflicts, len(events(record))) == (1, 3)


def test_a_row_held_before_and_contested_later_is_in_quarantine(tmp_path: Path) -> None:
    record = dt.open_record(tmp_path / "r", cases=False)
    record.ingest(gdelt_zip(tmp_path / "a.export.CSV.zip", [gdelt_row(1), gdelt_row(2)]))
    (entry,) = record.ingest(gdelt_zip(tmp_path / "b.export.CSV.zip", [gdelt_row(2, intensity="7.0")])).files
    assert (entry.conflicts, entry.withdrawn, entry.quarantined) == (1, 1, 1)
    aside = record.quarantine().frame.sort("line", nulls_last=True)
    assert aside.select("file", "line", "reason").rows() == [
        ("b.export.CSV.zip", 1, REASON),
        ("gdelt2, held before", None, REASON),
    ]
    assert "gdelt2:2\t" in aside["raw"][1] and aside["raw"][0] != aside["raw"][1]
    closed(record)


def test_rows_of_small_files_read_together_are_given_up_by_the_file_that_had_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("detente.record.ingest.JOIN_BYTES", 4 * len(gdelt_row(1)) + 8)
    rows = {"a": [gdelt_row(1), gdelt_row(2)], "b": [gdelt_row(3), gdelt_row(4)], "c": [gdelt_row(4, intensity="7.0")]}
    paths = [gdelt_zip(tmp_path / f"{name}.export.CSV.zip", some) for name, some in rows.items()]
    record = dt.open_record(tmp_path / "r", cases=False)
    record.ingest(list(paths))
    assert [(e.rows["events"], e.conflicts, e.quarantined) for c in record.commits for e in c.files] == [
        (2, 0, 0),
        (1, 1, 1),
        (0, 1, 1),
    ]
    assert record.quarantine().frame.sort("file").select("file", "line").rows() == [
        ("b.export.CSV.zip", 2),
        ("c.export.CSV.zip", 1),
    ]
    closed(record)


@pytest.mark.parametrize(
    ("source", "name", "release"),
    [
        ("icews", "Events.2017.20201006.tab", "20201006"),
        ("icews", "Events.2017.20201399.tab", ""),
        ("unvotes", "UNVotes_2021.csv", "2021"),
        ("unvotes", "UNVotes1946-2019.csv", "2019"),
        ("unvotes", "UNVotes19462019.csv", ""),
        ("unvotes", "votes_20240501.csv", "20240501"),
        ("figures", "figures_2024-05-01.csv", "20240501"),
        ("figures", "figures_20240501.csv", ""),
        ("figures", "figures-2024-13-01.csv", ""),
        ("figures", "figures-1991-2024.csv", ""),
        ("chronology", "facts-19912024.csv", ""),
        ("chronology", "facts_2007-2012.csv", ""),
        ("agreements", "facts 1910-12-24-7.csv", ""),
    ],
)
def test_a_release_is_a_day_not_a_span_of_years(source: str, name: str, release: str) -> None:
    assert source_of(source).release_of([name]) == release


def test_conflicts_of_own_tables_and_votes_name_their_line(tmp_path: Path) -> None:
    files = {
        "figures.csv": FIGURES + "USA,m,,2007,1,n,,\nRUS,m,,2007,1,n,,\nUSA,m,,2007,2,n,,\n",
        "facts.csv": "date,actors,targets,area,kind,tone,description,source,third_party\n"
        "2007-03-05,USA,RUS,diplomatic,meeting,cooperative,A talk,,\n"
        "2007-03-05,USA,RUS,diplomatic,meeting,cooperative,A talk,,IRN\n"
        "2007-03-06,USA,RUS,diplomatic,meeting,cooperative,A talk,,\n",
        "votes.csv": "rcid,country,country_code,vote\n3,France,FR,yes\n4,France,FR,yes\n3,France,FR,no\n",
        "rollcalls.csv": "rcid,session,date,unres\n3,70,2016-01-01,R/1\n3,70,2016-01-02,R/1\n4,70,2016-01-02,R/2\n",
    }
    lines = {}
    record = dt.open_record(tmp_path / "r", cases=False)
    for name, text in files.items():
        (tmp_path / name).write_text(text)
        record.ingest(tmp_path / name)
        lines[name] = record.quarantine().frame.filter(pl.col("file") == name)["line"].to_list()
    assert lines == {"figures.csv": [2, 4], "facts.csv": [2, 3], "votes.csv": [2, 4], "rollcalls.csv": [2, 3]}
    closed(record)


def test_gdelt_files_that_contradict_each_other(tmp_path: Path) -> None:
    paths = [
        gdelt_zip(tmp_path / "a.export.CSV.zip", [gdelt_row(1), gdelt_row(2), gdelt_row(3)]),
        gdelt_zip(tmp_path / "b.export.CSV.zip", [gdelt_row(2, intensity="2.0"), gdelt_row(3), gdelt_row(4)]),
        gdelt_zip(tmp_path / "c.export.CSV.zip", [gdelt_row(2), gdelt_row(5, b=""), gdelt_row(6, b="")]),
    ]
    assert [name for name, *_ in in_any_order(tmp_path, paths)] == [f"gdelt2:{n}" for n in (1, 3, 4, 5, 6)]


def test_the_newer_release_of_icews_wins_in_any_order(tmp_path: Path) -> None:
    old, new, newest = "Consult", "Accuse", "fight with small arms and light weapons"
    paths = [
        icews(tmp_path / "events.2018.20180601.tab", {1: old, 2: old, 3: old}),
        icews(tmp_path / "Events.2018.20190601.tab", {1: old, 2: new, 4: old}),
        icews(tmp_path / "Events.2018.20200601.tab", {2: newest, 3: old, 5: old}),
        icews(tmp_path / "renamed.tab", {1: new, 3: new, 6: old}),
    ]
    got = {name.removeprefix("icews:"): action for name, action, _ in in_any_order(tmp_path, paths)}
    assert got == {"1": "040", "2": "193", "3": "040", "4": "040", "5": "040", "6": "040"}


def test_what_a_newer_release_changes_is_counted(tmp_path: Path) -> None:
    record = dt.open_record(tmp_path / "r", cases=False)
    record.ingest(icews(tmp_path / "events.2018.20180601.tab", {1: "Consult", 2: "Consult"}))
    before = record.parts("events")
    newer = record.ingest(icews(tmp_path / "events.2018.20190601.tab", {1: "Consult", 2: "Accuse"})).files[0]
    assert (newer.release, newer.rows["events"], newer.renewed, newer.conflicts) == ("20190601", 2, 1, 0)
    assert record.commits[-1].removed == [p.path for p in before]
    older = record.ingest(icews(tmp_path / "events.2018.20170601.tab", {1: "Accuse", 2: "Accuse"}))
    assert (older.files[0].skipped, older.failed) == ({OLDER: 1}, [])
    assert older.files[0].duplicates == 1
    assert record.verify() == [] and (record.folder / before[0].path).exists()


def test_releases_of_one_day_that_differ_wait_for_a_newer_one(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    paths = [
        icews(tmp_path / "events.2018.20180601.tab", {1: "Consult", 2: "Consult"}),
        icews(tmp_path / "other" / "events.2018.20180601.tab", {1: "Accuse"}),
    ]
    assert [name for name, *_ in in_any_order(tmp_path, paths)] == ["icews:2"]
    paths.append(icews(tmp_path / "events.2018.20190601.tab", {1: "Accuse"}))
    assert [(n, a) for n, a, _ in in_any_order(tmp_path / "other", paths)] == [("icews:1", "112"), ("icews:2", "040")]


FIGURES = "subject,measure,area,period,value,unit,source,source_title\n"


def test_own_figures_that_differ_and_those_that_only_tell_more(tmp_path: Path) -> None:
    files = {
        "a.csv": "USA,warheads,,2007,100,count,,\nRUS,warheads,,2007,90,count,,\n",
        "b.csv": "USA,warheads,,2007,120,count,,\nRUS,warheads,,2007,90,count,https://example.org/x,A paper\n",
        "c.csv": "RUS,warheads,,2007,90,count,,A title\n",
    }
    paths = [tmp_path / name for name in files]
    for path in paths:
        path.write_text(FIGURES + files[path.name])
    (row,) = in_any_order(tmp_path, paths, "figures")
    record = dt.open_record(tmp_path / "r", cases=False)
    record.ingest(list(paths))
    (held,) = record.table("figures").iter_rows(named=True)
    assert tuple(held.values()) == row and (held["value"], held["url"]) == (90.0, "https://example.org/x")
    # A file whose name tells its day corrects.
    corrected = tmp_path / "figures_2024-05-01.csv"
    corrected.write_text(FIGURES + "USA,warheads,,2007,110,count,,\n")
    record.ingest(corrected)
    assert record.table("figures").sort("subject")["value"].to_list() == [90.0, 110.0]


def test_a_vote_that_two_packages_give_otherwise(tmp_path: Path) -> None:
    header = "rcid,country,country_code,vote\n"
    names = {"votes.csv": "yes", "UNVotes_2021.csv": "no", "UNVotes_2024.csv": "abstain"}
    paths = [tmp_path / name for name in names]
    for path in paths:
        path.write_text(f"{header}3,France,FR,{names[path.name]}\n4,France,FR,yes\n")
    rows = in_any_order(tmp_path, paths, "votes")
    assert [row[-1] for row in rows] == ["abstain", "yes"]


@pytest.mark.parametrize("helpers", [True, False])
def test_conflicts_across_blocks_of_one_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, helpers: bool) -> None:
    """Blocks are read at the same time: contradictions between them are found all the same, in any order."""
    monkeypatch.setattr("detente.record.ingest.HELPERS_FROM", 0 if helpers else 1 << 60)
    monkeypatch.setattr("detente.record.ingest.JOIN_BYTES", 4000)
    paths = []
    for n in range(6):
        rows = [gdelt_row(100 * n + k) for k in range(20)]
        rows += [gdelt_row(7, intensity=str(n % 2)), gdelt_row(50, intensity="3.0")]
        paths.append(gdelt_zip(tmp_path / f"{n}.export.CSV.zip", rows))
    got = []
    for name, order in (("there", paths), ("back", paths[::-1])):
        record = dt.open_record(tmp_path / name, cases=False)
        record.ingest(list(order))
        got.append(events(record))
        assert record.verify() == []
    assert got[0] == got[1]
    names = {name for name, *_ in got[0]}
    assert "gdelt2:7" not in names and "gdelt2:50" in names and len(names) == 120


def test_a_damaged_file_contests_nothing(tmp_path: Path) -> None:
    """What a file found damaged at its end would have hidden stays."""
    rows = [gdelt_row(n, url="https://example.org/" + "x" * 300) for n in range(60_000)]
    path = gdelt_zip(tmp_path / "big.export.CSV.zip", [gdelt_row(1, intensity="5.0"), *rows[2:]])
    data = bytearray(path.read_bytes())
    data[int(len(data) * 0.95)] ^= 0xFF
    record = dt.open_record(tmp_path / "r", cases=False)
    record.ingest(gdelt_zip(tmp_path / "a.export.CSV.zip", [gdelt_row(1)]))
    path.write_bytes(data)
    assert record.ingest(path).failed
    assert [name for name, *_ in events(record)] == ["gdelt2:1"]


def test_a_record_written_before_reads_as_before(tmp_path: Path) -> None:
    """Logs without the newer fields load, and are brought up to date by the next ingest."""
    import json

    record = dt.open_record(tmp_path / "r", cases=False)
    record.ingest(gdelt_zip(tmp_path / "a.export.CSV.zip", [gdelt_row(1)]))
    (log,) = (tmp_path / "r" / "log").glob("*.json")
    old = json.loads(log.read_text())
    del old["removed"]
    for entry in old["files"]:
        for name in ("passed", "corrected", "release", "conflicts", "renewed"):
            del entry[name]
        entry["covers"] = [["2019-10-24", "2019-10-24", "2019-10-24"]]
    for part in old["parts"]:
        del part["release"]
    log.write_text(json.dumps(old))
    (tmp_path / "r" / "RECORD.json").write_text('{"format": 1}')
    again = dt.open_record(tmp_path / "r", cases=False)
    assert len(events(again)) == 1 and again.coverage("gdelt2", by="day")["covered"].to_list() == [1.0]
    again.ingest(gdelt_zip(tmp_path / "b.export.CSV.zip", [gdelt_row(2)]))
    assert json.loads((tmp_path / "r" / "RECORD.json").read_text())["format"] == FORMAT
