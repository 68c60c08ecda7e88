"""Rows of two states alone, kept while files are fetched: the same answers for them, none for others."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import permutations
from pathlib import Path
from subprocess import CompletedProcess

import polars as pl
import pytest

import detente as dt
from conftest import detente, gdelt_row, gdelt_zip
from detente.errors import NoData
from local_site import Site

Done = CompletedProcess[str]
DAYS, SLOTS = ("20191024", "20191025", "20191026"), ("000000", "001500")
SIDES = [("RUS", "USA"), ("USA", "RUS"), ("FRA", "DEU"), ("CHN", "USA"), ("RUS", "RUS"), ("RUS", "")]


def rows(day: str, slot: str) -> list[str]:
    """Six rows a quarter hour; none of Russia and the United States in the last one, one of unknown day."""
    n = DAYS.index(day) * 100 + SLOTS.index(slot) * 50
    sides = SIDES if (day, slot) != (DAYS[-1], SLOTS[-1]) else SIDES[2:]
    made = [gdelt_row(n + k, day, a, b, *("190", "4", "-10") if k % 2 else ()) for k, (a, b) in enumerate(sides)]
    return [*made, gdelt_row(n + 40, "20199999", "RUS", "USA", added=day)]


@pytest.fixture
def served(site: tuple[Site, str], tmp_path: Path) -> tuple[Site, str]:
    state, address = site
    listing = []
    for day in DAYS:
        for slot in SLOTS:
            name = f"{day}{slot}.export.CSV.zip"
            data = gdelt_zip(tmp_path / name, rows(day, slot)).read_bytes()
            (tmp_path / name).unlink()
            state.files[f"/gdeltv2/{name}"] = data
            listing.append(f"{len(data)} {hashlib.md5(data).hexdigest()} http://data.gdeltproject.org/gdeltv2/{name}")
    state.files["/gdeltv2/masterfilelist.txt"] = ("\n".join(listing) + "\n").encode()
    return state, address


def fetch(address: str, folder: Path, *more: str, days: tuple[str, str] = ("2019-10-24", "2019-10-26")) -> Done:
    where = ["--into", str(folder), "--mirror", address, "--pause", "0"]
    return detente("fetch", "gdelt", "--from", days[0], "--to", days[1], *where, *more)


def record_of(folder: Path, *files: Path) -> dt.Record:
    record = dt.open_record(folder, cases=False)
    for file in files:
        record.ingest(file)
    assert record.verify() == []
    return record


def answers(record: dt.Record, a: str = "USA", b: str = "RUS") -> list[pl.DataFrame]:
    pair = record.pair(a, b)
    return [pair.panel("day").frame, pair.panel("month").frame, pair.coverage("day")]


def everyone(record: dt.Record) -> list[pl.DataFrame]:
    return [record.panel(by="day").frame, record.coverage("gdelt2", by="day")]


@pytest.fixture
def both(served: tuple[Site, str], tmp_path: Path) -> tuple[Path, Path]:
    """The folders of the whole files and of those of the pair."""
    whole, alone = tmp_path / "whole", tmp_path / "alone"
    assert fetch(served[1], whole).returncode == 0
    done = fetch(served[1], alone, "--pair", "united states", "Russia")
    assert done.returncode == 0, done.stderr
    assert "6 files to download, " in done.stderr and "10 of 40 rows kept (6 can't be read); release 2.0" in done.stderr
    return whole, alone


def test_a_day_is_a_zip_of_the_lines_of_the_two(both: tuple[Path, Path]) -> None:
    names = [f"only-RUS-USA.{day}.zip" for day in DAYS]
    assert sorted(path.name for path in both[1].iterdir() if path.name[0] != ".") == names
    with zipfile.ZipFile(both[1] / names[0]) as archive:
        assert archive.namelist() == [f"only-RUS-USA.{DAYS[0]}{slot}.export.CSV" for slot in SLOTS]
        lines = archive.read(archive.namelist()[1]).decode().splitlines()
    assert lines == rows(DAYS[0], SLOTS[1])[:2]
    assert not list(both[1].glob(".whole*")) and not list(both[1].glob(".*.part"))


def test_the_pair_gets_the_same_answers_and_others_none(both: tuple[Path, Path], tmp_path: Path) -> None:
    whole, alone = record_of(tmp_path / "w", both[0]), record_of(tmp_path / "a", both[1])
    for one, other in zip(answers(whole), answers(alone), strict=True):
        assert one.equals(other)
    with pytest.raises(NoData, match="holds no events but those of RUS-USA in gdelt2"):
        alone.pair("FRA", "DEU").panel("day")
    with pytest.raises(NoData, match="holds no events but those of RUS-USA in gdelt2"):
        alone.panel(by="day")
    assert alone.coverage("gdelt2").is_empty()
    assert alone.files().frame.select("pair", "rows", "quarantined").rows() == [("RUS-USA", n, 0) for n in (4, 4, 2)]
    assert [part.kind for part in alone.parts("events")] == ["RUS-USA"] * 3, "members of a zip are read together"
    held = alone.held().frame.row(0, named=True)
    assert (held["rows"], held["covered"]) == (10, None)


def test_the_order_of_files_changes_nothing(both: tuple[Path, Path], tmp_path: Path) -> None:
    """Whole files stand in the place of a pair's; what they hold counts once, for all."""
    whole = record_of(tmp_path / "0", both[0])
    for n, paths in enumerate(((both[1], both[0]), (both[0], both[1]), (tmp_path,))):
        record = record_of(tmp_path.parent / f"{tmp_path.name}-{n}", *paths)
        for one, other in zip(answers(whole) + everyone(whole), answers(record) + everyone(record), strict=True):
            assert one.equals(other), paths


def test_days_of_both_kinds_stand_side_by_side(both: tuple[Path, Path], tmp_path: Path) -> None:
    first = [path for path in sorted(both[0].glob("*.zip")) if path.name.startswith(DAYS[0])]
    record = record_of(tmp_path / "r", *first, both[1])
    expected = answers(record_of(tmp_path / "w", both[0]))
    assert all(one.equals(other) for one, other in zip(answers(record), expected, strict=True))
    panel = record.panel(by="day").frame
    assert panel["period"].unique().to_list() == [date(2019, 10, 24)]
    assert record.pair("FRA", "DEU").panel("day").frame.height == 2


def test_a_day_that_failed_is_fetched_anew_and_the_others_are_held(served: tuple[Site, str], tmp_path: Path) -> None:
    state, address = served
    gone, broken = f"/gdeltv2/{DAYS[0]}{SLOTS[1]}.export.CSV.zip", f"/gdeltv2/{DAYS[1]}{SLOTS[1]}.export.CSV.zip"
    missing, good = state.files.pop(gone), state.files[broken]
    state.files[broken] = b"cut"
    done = fetch(address, tmp_path / "d", "--pair", "USA", "RUS")
    assert done.returncode == 2
    assert f"not fetched: only-RUS-USA.{DAYS[1]}.zip: its checksum differs from the published one" in done.stderr
    assert f"1 files are not published (404): {DAYS[0]}{SLOTS[1]}.export.CSV.zip" in done.stderr
    state.files[broken] = good
    state.asked.clear()
    done = fetch(address, tmp_path / "d", "--pair", "RUS", "USA")
    assert done.returncode == 0 and "3 files to download" in done.stderr and "; 3 are held" in done.stderr
    assert "1 files fetched" in done.stderr and "2 already held, 1 not published" in done.stderr
    assert [path[9:17] for path, _ in state.asked[1:]] == [DAYS[0], *[DAYS[1]] * 2]
    record = record_of(tmp_path / "r", tmp_path / "d")
    covered = record.pair("USA", "RUS").coverage("day")["covered"].to_list()
    assert covered == [1 / 96, 2 / 96, 2 / 96]
    # A day's zip that was changed is not held, nor a file that wasn't published then.
    state.files[gone] = missing
    (tmp_path / "d" / f"only-RUS-USA.{DAYS[2]}.zip").write_bytes(b"PK")
    state.asked.clear()
    done = fetch(address, tmp_path / "d", "--pair", "USA", "RUS")
    assert "2 files fetched" in done.stderr and "1 already held, 0 not published" in done.stderr
    assert [path[9:17] for path, _ in state.asked[1:]] == [DAYS[0], *[DAYS[2]] * 2]
    with zipfile.ZipFile(tmp_path / "d" / f"only-RUS-USA.{DAYS[0]}.zip") as archive:
        assert len(archive.namelist()) == 2


def test_silence_of_two_states_is_nought_where_files_were_read(served: tuple[Site, str], tmp_path: Path) -> None:
    done = fetch(served[1], tmp_path / "d", "--pair", "ALB", "BOL", "--ingest", "--record", str(tmp_path / "r"))
    assert done.returncode == 0, done.stderr
    pair = dt.open_record(tmp_path / "r", cases=False).pair("ALB", "BOL")
    assert pair.coverage("day")["covered"].to_list() == [2 / 96] * 3
    assert pair.panel("day").frame["verbal_cooperation"].to_list() == [None] * 6


def test_files_of_version_1_are_kept_the_same_way(site: tuple[Site, str], tmp_path: Path) -> None:
    state, address = site
    names = {"2005.zip": "20050105", "200601.zip": "20060110", "20130401.export.CSV.zip": "20130401"}
    for name, day in names.items():
        width = 58 if "export" in name else 57
        events = [gdelt_row(int(day) + k, day, a, b, width=width) for k, (a, b) in enumerate(SIDES)]
        state.files[f"/events/{name}"] = gdelt_zip(tmp_path / name, events).read_bytes()
        (tmp_path / name).unlink()
    sums = [(hashlib.md5(state.files[f"/events/{n}"]).hexdigest(), n) for n in names]
    state.files["/events/md5sums"] = "".join(f"{md5}  {name}\n" for md5, name in sums).encode()
    state.files["/events/filesizes"] = "".join(f"{len(state.files[f'/events/{n}'])} {n}\n" for n in names).encode()
    for days in (("2005-12-31", "2006-01-31"), ("2013-04-01", "2013-04-01")):
        for states in (("USA", "RUS"), ("ALB", "BOL")):
            assert fetch(address, tmp_path / "d", "--pair", *states, days=days).returncode == 0
    record = record_of(tmp_path / "r", tmp_path / "d")
    for states in (("USA", "RUS"), ("ALB", "BOL")):
        covered = record.pair(*states).coverage("year")
        assert covered["period"].to_list() == [date(y, 1, 1) for y in range(2005, 2014)]
        assert [round(share * 365) for share in covered["covered"]] == [365, 31, *[0] * 6, 1]
    assert record.files().frame["rows"].to_list() == [0, 0, 0, 2, 2, 2]


@pytest.mark.parametrize("command", ["levels", "explain", "forecast", "assess", "weigh", "similarity"])
def test_every_question_about_the_pair_is_answered_or_says_why_not(
    both: tuple[Path, Path], tmp_path: Path, command: str
) -> None:
    record_of(tmp_path / "r", both[1])
    done = detente(command, "USA", "RUS", "--as-of", "2019-10-31", "--record", tmp_path / "r", "--no-cases")
    assert done.returncode in (0, 1), done.stderr
    assert done.returncode == 0 or done.stderr.startswith("No data: ")


def test_repair_and_restore_know_a_file_of_two_states(both: tuple[Path, Path], tmp_path: Path) -> None:
    record = record_of(tmp_path / "r", both[1])
    expected = answers(record)
    for path in [*(tmp_path / "r" / "log").glob("*.json"), *(tmp_path / "r" / "quarantine").glob("*.parquet")]:
        path.unlink()
    record.repair()
    counts = ["period", "sender", "receiver", "verbal_cooperation", "material_conflict"]
    assert (
        answers(record)[0]
        .drop_nulls("verbal_cooperation")
        .select(counts)
        .equals(expected[0].drop_nulls("verbal_cooperation").select(counts))
    )
    assert set(record.files().frame["pair"]) == {"RUS-USA"}
    for path in (tmp_path / "r" / "data").rglob("*.parquet"):
        path.write_bytes(path.read_bytes()[:-1])
    record = dt.open_record(tmp_path / "r", cases=False)
    assert not record.ingest(both[1], restore=True).failed
    assert answers(record)[0].height == 6 and record.verify() == []


def test_only_files_of_lines_are_kept_so(tmp_path: Path) -> None:
    asked = ("--from", "2018-01-01", "--to", "2018-02-01", "--pair", "USA", "RUS", "--record", tmp_path / "r")
    done = detente("fetch", "icews", *asked)
    assert done.returncode == 2 and "files of icews are fetched whole" in done.stderr


def zipped(path: Path, *members: tuple[str, Sequence[str]]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, lines in members:
            archive.writestr(zipfile.ZipInfo(name), "".join(f"{line}\n" for line in lines))
    return path


MEMBER = "only-RUS-USA.20191024000000.export.CSV"


@pytest.mark.parametrize(
    "name",
    [
        f"days/{MEMBER}",
        f"days\\{MEMBER}",
        f"Copy of {MEMBER}",
        MEMBER.lower(),
        MEMBER.replace("RUS-USA", "USA-RUS"),
        MEMBER.replace("RUS-USA", "SUN-USA"),
    ],
)
def test_a_file_of_two_states_is_told_however_it_is_named(tmp_path: Path, name: str) -> None:
    record = record_of(tmp_path / "r", zipped(tmp_path / "x.zip", (name, [gdelt_row(1)])))
    assert record.coverage("gdelt2").is_empty() and record.pair("USA", "RUS").coverage("day").height == 1
    assert record.pair("USA", "RUS").panel("day").frame["verbal_cooperation"].sum() == 1


def test_silence_of_an_organisation_is_none_of_states(tmp_path: Path) -> None:
    record = record_of(tmp_path / "r", zipped(tmp_path / "x.zip", (MEMBER.replace("RUS", "NATO"), [])))
    assert record.coverage("gdelt2").is_empty()


def test_rows_of_others_in_a_file_of_two_states_are_set_aside(tmp_path: Path) -> None:
    lines = [gdelt_row(1), gdelt_row(2, a="FRA", b="DEU"), gdelt_row(3, a="RUS", b="RUS"), gdelt_row(4, b="")]
    record = record_of(tmp_path / "r", zipped(tmp_path / "x.zip", (MEMBER, lines)))
    assert record.quarantine().frame["line"].to_list() == [2, 3, 4]
    assert set(record.quarantine().frame["reason"]) == {
        "is not between the two states of which its file has the rows alone (RUS-USA)"
    }
    assert [(part.kind, part.rows) for part in record.parts("events")] == [("RUS-USA", 1)]


def test_a_file_of_two_states_with_a_header_is_refused(tmp_path: Path) -> None:
    path = tmp_path / MEMBER
    path.write_text("GLOBALEVENTID\tSQLDATE\tActor1Code\tActor2Code\tEventCode\tQuadClass\tDATEADDED\n1\t2\n")
    (_, reason), *_ = dt.open_record(tmp_path / "r", cases=False).ingest(path).failed
    assert "has a header: files of two states alone have none" in reason


def test_the_same_content_is_another_file_where_it_is_of_all(tmp_path: Path) -> None:
    """Where nothing but the two was reported, the whole file has the very lines of the pair's."""
    for name in (MEMBER, MEMBER.split(".", 1)[1]):
        (tmp_path / name).write_text(gdelt_row(1) + "\n")
    record = record_of(tmp_path / "r", tmp_path / MEMBER, tmp_path / MEMBER.split(".", 1)[1])
    assert record.coverage("gdelt2", by="day")["covered"].to_list() == [1 / 96]
    assert record.panel(by="day").frame["verbal_cooperation"].sum() == 1


@pytest.mark.parametrize("together", [True, False])
def test_no_order_of_files_settles_a_conflict(tmp_path: Path, together: bool) -> None:
    """One id with other content: of no pair, whichever files have it and whichever come first."""
    said, denied = gdelt_row(7), gdelt_row(7, action="190", quad="4", intensity="-10")
    stamp = "20191024{}.export.CSV"
    zips = [
        zipped(tmp_path / "only-RUS-USA.20191024.zip", ("only-RUS-USA." + stamp.format("000000"), [said])),
        zipped(tmp_path / "only-RUS-USA.20191025.zip", ("only-RUS-USA." + stamp.format("001500"), [denied, said])),
        zipped(tmp_path / "w1.zip", (stamp.format("000000"), [said, gdelt_row(8)])),
        zipped(tmp_path / "w2.zip", (stamp.format("003000"), [said, gdelt_row(9)])),
    ]
    for n, order in enumerate(permutations(zips)):
        record = dt.open_record(tmp_path / f"r{n}", cases=False)
        for some in [list(order)] if together else [list(order[:2]), list(order[2:])]:
            record.ingest(some)
        assert record.verify() == []
        assert record.panel(by="day").frame["verbal_cooperation"].sum() == 2, [path.name for path in order]
        assert len(record.pair("USA", "RUS").reports()) == 2, [path.name for path in order]


def test_files_listed_out_of_order_make_one_zip_a_day(served: tuple[Site, str], tmp_path: Path) -> None:
    state, address = served
    lines = state.files["/gdeltv2/masterfilelist.txt"].splitlines()
    state.files["/gdeltv2/masterfilelist.txt"] = b"\n".join([*lines[::2], *lines[1::2], lines[0]])
    done = fetch(address, tmp_path / "d", "--pair", "USA", "RUS")
    assert "3 files fetched" in done.stderr and "10 of 40 rows kept" in done.stderr
    record = record_of(tmp_path / "r", tmp_path / "d")
    assert record.pair("USA", "RUS").coverage("day")["covered"].to_list() == [2 / 96] * 3


def test_a_clock_that_is_wrong_loses_no_rows(
    served: tuple[Site, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("detente.clock.now", lambda: datetime(2000, 1, 1, tzinfo=UTC))
    monkeypatch.setattr("detente.clock.today", lambda: date(2000, 1, 1))
    assert "10 of 40 rows kept" in fetch(served[1], tmp_path / "d", "--pair", "USA", "RUS").stderr


@pytest.mark.parametrize("rotten", ["every row", "an archive"])
def test_a_file_that_can_not_be_read_is_no_silence(served: tuple[Site, str], tmp_path: Path, rotten: str) -> None:
    state, address = served
    name = f"{DAYS[0]}{SLOTS[0]}.export.CSV"
    bad = (name, [gdelt_row(1, "20199999")])
    packed = zipped(tmp_path / "in.zip", (name, [gdelt_row(1)])).read_bytes()
    path = zipped(tmp_path / "out.zip", *([bad] if rotten == "every row" else [(name, [gdelt_row(1)])]))
    if rotten == "an archive":
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr("more.zip", packed)
    old = hashlib.md5(state.files[f"/gdeltv2/{name}.zip"]).hexdigest()
    new = state.files[f"/gdeltv2/{name}.zip"] = path.read_bytes()
    listing = state.files["/gdeltv2/masterfilelist.txt"].replace(old.encode(), hashlib.md5(new).hexdigest().encode())
    state.files["/gdeltv2/masterfilelist.txt"] = listing
    done = fetch(address, tmp_path / "d", "--pair", "USA", "RUS")
    assert done.returncode == 2 and f"not fetched: only-RUS-USA.{DAYS[0]}.zip: " in done.stderr
    assert sorted(path.name for path in (tmp_path / "d").glob("only-*")) == [f"only-RUS-USA.{d}.zip" for d in DAYS[1:]]


def test_rows_are_kept_of_states_on_the_days_asked_for(served: tuple[Site, str], tmp_path: Path) -> None:
    done = fetch(served[1], tmp_path / "d", "--pair", "NATO", "USA")
    assert done.returncode == 2 and "NATO is no state: rows are kept of two states" in done.stderr
    done = fetch(served[1], tmp_path / "d", "--pair", "East Germany", "USA")
    assert done.returncode == 2 and "ended on 1990-10-02" in done.stderr
    done = fetch(served[1], tmp_path / "d", "--pair", "East Germany", "USA", days=("1985-01-01", "1985-01-02"))
    assert "masterfilelist" not in done.stderr and "ended" not in done.stderr


def test_rates_are_told_only_where_whole_files_tell_all_reports(tmp_path: Path) -> None:
    """Beside the pair's reports of a month, the reports of all on one of its days are no measure."""
    whole = [gdelt_row(n, "20191001", *(("RUS", "USA") if n < 30 else ("FRA", "DEU"))) for n in range(90)]
    zips = [zipped(tmp_path / "w.zip", ("20191001000000.export.CSV", whole))]
    for day in range(2, 12):
        rows_of_day = [gdelt_row(1000 * day + n, f"201910{day:02}") for n in range(30)]
        name = f"only-RUS-USA.201910{day:02}000000.export.CSV"
        zips.append(zipped(tmp_path / f"{day}.zip", (name, rows_of_day)))
    pair = record_of(tmp_path / "r", *zips).pair("USA", "RUS")
    assert pair.all_reports("month").is_empty() and pair.all_reports("day")["volume"].to_list() == [90]
    assert set(pair.levels(by="month").frame["measure"]) == {"share"}
