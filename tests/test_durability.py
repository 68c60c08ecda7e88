"""What happens on laptops and shared drives: two writers, kills, lost and copied files, flipped bits."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import detente as dt
from conftest import gdelt_row, gdelt_zip, triples
from detente.errors import DetenteError
from detente.record import opening
from detente.record.log import FORMAT, LOST, Log, sha256_of
from detente.record.parts import about_of
from detente.sources import batches


def held(folder: Path) -> list[tuple[Any, ...]]:
    """Every event row, in the order of its id."""
    record = dt.open_record(folder, cases=False)
    parts = [pl.read_parquet(path, glob=False) for path in record.paths(record.parts("events"))]
    return pl.concat(parts).sort("event_id").rows()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("durability")


@pytest.fixture(scope="module")
def files(made: Path) -> list[Path]:
    """Three files, a row of the second of no known date."""
    bad = gdelt_row(200).split("\t")
    bad[1] = "20189999"
    rows = [[gdelt_row(100 * n + k) for k in range(40)] for n in range(3)]
    rows[1].append("\t".join(bad))
    return [gdelt_zip(made / f"20191024{15 * n:04d}00.export.CSV.zip", some) for n, some in enumerate(rows)]


@pytest.fixture(scope="module")
def whole(made: Path, files: list[Path]) -> Path:
    """A record of three commits."""
    record = dt.open_record(made / "record", cases=False)
    for file in files:
        record.ingest(file)
    assert record.verify() == []
    return record.folder


@pytest.fixture
def folder(tmp_path: Path, whole: Path) -> Path:
    """A record of three commits to be harmed."""
    return shutil.copytree(whole, tmp_path / "record")


def ingest(folder: Path, *paths: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "detente", "ingest", "--quiet", "--record", str(folder), *map(str, paths)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)


@pytest.mark.parametrize("writers", [2, 5])
def test_writers_at_once_lose_nothing(tmp_path: Path, writers: int) -> None:
    paths = [
        gdelt_zip(tmp_path / f"{n}.export.CSV.zip", [gdelt_row(1000 * n + k) for k in range(30)])
        for n in range(writers)
    ]
    children = [ingest(tmp_path / "record", path) for path in paths]
    for child in children:
        _, said = child.communicate()
        assert child.returncode == 0 and "added 30 rows" in said, said
    record = dt.open_record(tmp_path / "record", cases=False)
    assert len(held(tmp_path / "record")) == 30 * writers and len(record.commits) == writers
    assert record.verify() == []


def test_a_commit_is_never_written_over(folder: Path) -> None:
    """Where locks fail (some network drives), the second of two writers is refused, and nothing is lost."""
    log = Log(folder)
    (last, before) = (log.commits()[-1], held(folder))
    with pytest.raises(DetenteError, match="another process has written it meanwhile; nothing was overwritten"):
        log.write(last)
    assert held(folder) == before and dt.open_record(folder).verify() == []


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a helper ends when it next reads its input")
def test_helpers_die_with_their_parent(tmp_path: Path) -> None:
    """Stopped helpers of a killed ingest can't write on when they are resumed."""
    # Helpers are started for files of over 12 MiB.
    rows = [gdelt_row(n, url=f"https://example.org/{n}/" + "y" * 5000) for n in range(3_000)]
    big = tmp_path / "20191024000000.export.CSV"
    big.write_text("\n".join(rows) + "\n")
    child = ingest(tmp_path / "record", big)
    helpers: list[int] = []
    while child.poll() is None and len(helpers) < 2:
        helpers = [int(pid) for pid in Path(f"/proc/{child.pid}/task/{child.pid}/children").read_text().split()]
    for pid in helpers:
        os.kill(pid, signal.SIGSTOP)
    child.kill()
    child.wait()
    before = sorted((tmp_path / "record").rglob("*"))
    for pid in helpers:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)
    alive = set(helpers)
    for _ in range(500):
        alive = {pid for pid in alive if _runs(pid)}
        if not alive:
            break
        time.sleep(0.01)
    assert len(helpers) == 2 and not alive and sorted((tmp_path / "record").rglob("*")) == before
    _, said = ingest(tmp_path / "record", big).communicate()
    assert "added 3,000 rows" in said and dt.open_record(tmp_path / "record").verify() == []


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def _lost(log: Path) -> None:
    (log / "00000002.json").unlink()


def _last_lost(log: Path) -> None:
    (log / "00000003.json").unlink()


def _truncated(log: Path) -> None:
    entry = log / "00000002.json"
    entry.write_bytes(entry.read_bytes()[:300])


def _empty(log: Path) -> None:
    (log / "00000003.json").write_bytes(b"")


def _changed(log: Path) -> None:
    entry = log / "00000002.json"
    entry.write_text(entry.read_text().replace('"duplicates": 0', '"duplicates": 7'))


def _copied(log: Path) -> None:
    shutil.copy(log / "00000002.json", log / "00000002 (conflicted copy).json")


def _renamed(log: Path) -> None:
    (log / "00000003.json").rename(log / "00000004.json")


def _twice(log: Path) -> None:
    shutil.copy(log / "00000003.json", log / "00000004.json")


def _marker_lost(log: Path) -> None:
    (log.parent / "RECORD.json").unlink()


def _marker_garbled(log: Path) -> None:
    (log.parent / "RECORD.json").write_bytes(b'{"format"')


def _all_lost(log: Path) -> None:
    shutil.rmtree(log)


HARMS = [
    _lost,
    _last_lost,
    _truncated,
    _empty,
    _changed,
    _copied,
    _renamed,
    _twice,
    _marker_lost,
    _marker_garbled,
    _all_lost,
]


@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: harm.__name__[1:])
@pytest.mark.parametrize("copies", [True, False], ids=["", "without copies"])
def test_a_log_that_is_not_whole_stops_everything_until_it_is_repaired(
    folder: Path, files: list[Path], harm: Callable[[Path], None], copies: bool
) -> None:
    before, digest = held(folder), dt.open_record(folder, cases=False).digest()
    data = sorted(path.name for path in (folder / "data").rglob("*.parquet"))
    harm(folder / "log")
    for ask in (
        lambda: dt.open_record(folder, cases=False).commits,
        lambda: dt.open_record(folder, cases=False).ingest(files),
        lambda: dt.open_record(folder, cases=False).panel(),
    ):
        with pytest.raises(DetenteError, match="`detente record repair`") as error:
            ask()
        assert "\n" not in str(error.value)
    assert len(dt.open_record(folder).verify()) == 1
    assert sorted(path.name for path in (folder / "data").rglob("*.parquet")) == data
    if not copies:
        for path in (folder / "quarantine").iterdir():
            path.unlink()
    said = dt.open_record(folder, cases=False).repair()
    after = dt.open_record(folder, cases=False)
    assert said and held(folder) == before and after.digest() == digest
    assert after.ingest(files).rows == 0 and len(after.commits) == 3
    if copies:
        assert after.verify() == [] and after.quarantine().frame.height == 1
        assert after.coverage("gdelt2", by="day")["covered"].to_list() == [pytest.approx(3 / 96)]


def test_what_no_commit_names_is_never_deleted(folder: Path, files: list[Path]) -> None:
    stranger = folder / "data" / "events" / "gdelt2" / "00000002-0000-pairs.parquet"
    stranger.write_bytes(b"of another machine")
    assert [str(stranger.relative_to(folder)) in line for line in dt.open_record(folder).verify()] == [True]
    dt.open_record(folder, cases=False).ingest(files)
    assert (folder / LOST / stranger.relative_to(folder)).read_bytes() == b"of another machine"
    assert dt.open_record(folder).verify() == []


def test_parts_say_what_they_are(folder: Path) -> None:
    record = dt.open_record(folder, cases=False)
    for commit in record.commits:
        for part in commit.parts:
            about = about_of(folder / part.path)
            assert (about["commit"], about["table"], about["source"]) == (commit.number, "events", "gdelt2")
            assert [file["digest"] for file in about["files"]] == [file.digest for file in commit.files]
            assert sum(file["rows"] for file in about["files"]) == part.rows


def test_flipped_bits_are_named_and_restored(folder: Path, files: list[Path]) -> None:
    """Of bits flipped anywhere in a record, none changes an answer in silence; parts come back from their files."""
    rng = random.Random(15)
    before = held(folder)
    panel = dt.open_record(folder, cases=False).panel().frame.rows()
    targets = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "lock"]
    for _ in range(60):
        path = rng.choice(targets)
        whole = path.read_bytes()
        at = rng.randrange(len(whole))
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << rng.randrange(8)]) + whole[at + 1 :])
        record = dt.open_record(folder, cases=False)
        assert record.verify(), f"{path} at {at}"
        try:
            answer = record.panel().frame.rows()
        except DetenteError as error:
            assert "detente record" in str(error) or "newer detente" in str(error)
        else:
            assert answer == panel
        if path.suffix == ".parquet" and path.parent.name != "quarantine":
            with pytest.raises(DetenteError, match="all of their files are needed"):
                dt.open_record(folder, cases=False).ingest(Path(__file__), restore=True)
            assert dt.open_record(folder, cases=False).ingest(files, restore=True).rows > 0
            assert held(folder) == before and dt.open_record(folder, cases=False).verify() == []
            targets = [one for one in sorted(folder.rglob("*")) if one.is_file() and one.name != "lock"]
            targets = [one for one in targets if LOST not in one.parts]
        else:
            path.write_bytes(whole)
    assert dt.open_record(folder, cases=False).panel().frame.rows() == panel


def test_restoring_a_part_in_conflict(tmp_path: Path) -> None:
    """A part that stands in the place of another comes from the files of the first."""
    act = ("2018-01-01", "Russia", "Consult", "040", "1", "United States")
    first = gdelt_zip(tmp_path / "a.export.CSV.zip", [gdelt_row(n) for n in range(5)])
    other = gdelt_zip(tmp_path / "b.export.CSV.zip", [gdelt_row(4, a="CHN"), gdelt_row(9)])
    third = triples(tmp_path / "c.tsv", [act])
    record = dt.open_record(tmp_path / "record", cases=False)
    for file in (first, other, third):
        record.ingest(file)
    before = held(tmp_path / "record")
    (part,) = [p for p in record.parts("events", "gdelt2") if p.replaces and p.kind == "pairs"]
    (tmp_path / "record" / part.path).write_bytes(b"")
    fault = [line for line in dt.open_record(tmp_path / "record").verify() if part.path in line]
    assert "a.export.CSV.zip" in fault[0] and "c.tsv" not in fault[0]
    dt.open_record(tmp_path / "record", cases=False).ingest(first, restore=True)
    assert held(tmp_path / "record") == before and dt.open_record(tmp_path / "record").verify() == []


@pytest.mark.parametrize("left", [".RECORD.json-1-ab.draft", "lock", "data"])
def test_a_kill_at_the_first_write_leaves_a_folder_that_is_taken_up_again(tmp_path: Path, left: str) -> None:
    folder = tmp_path / "record"
    folder.mkdir()
    (folder / left).mkdir() if left == "data" else (folder / left).write_text("")
    file = gdelt_zip(tmp_path / "a.export.CSV.zip", [gdelt_row(1)])
    assert dt.open_record(folder, cases=False).ingest(file).rows == 1


def test_an_old_record_goes_on(folder: Path, files: list[Path], tmp_path: Path) -> None:
    """Entries of format 2 name no digest; the first of format 3 names the last of them."""
    for path in sorted((folder / "log").iterdir()):
        entry = json.loads(path.read_text())
        del entry["previous"], entry["quarantine_sha256"]
        for part in entry["parts"]:
            del part["replaces"]
        path.write_text(json.dumps(entry))
    (folder / "RECORD.json").write_text('{"format": 2}')
    record = dt.open_record(folder, cases=False)
    assert record.ingest(files).rows == 0 and record.verify() == []
    record.ingest(gdelt_zip(tmp_path / "d.export.CSV.zip", [gdelt_row(5000)]))
    assert [bool(commit.previous) for commit in record.commits] == [False, False, False, True]
    assert json.loads((folder / "RECORD.json").read_text())["format"] == FORMAT
    (folder / "log" / "00000003.json").write_text((folder / "log" / "00000003.json").read_text() + " ")
    with pytest.raises(DetenteError, match="was lost or changed"):
        _ = dt.open_record(folder).commits


def test_a_folder_whose_name_is_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DetenteError, match="must be UTF-8"):
        dt.open_record(tmp_path / os.fsdecode(b"r\xff"))


def test_a_folder_with_the_signs_of_patterns_in_its_name(tmp_path: Path) -> None:
    folder = tmp_path / "a[1]*? b"
    record = dt.open_record(folder, cases=False)
    record.ingest(gdelt_zip(tmp_path / "a.export.CSV.zip", [gdelt_row(1)]))
    assert record.panel().frame.height and record.verify() == [] and len(held(folder)) == 1


def test_files_of_one_name_in_two_folders_are_two(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.zip").write_bytes(b"PK\x03\x04 broken")
    record = dt.open_record(tmp_path / "record", cases=False)
    for _ in range(2):
        record.ingest([tmp_path / "one" / "a.zip", tmp_path / "two" / "a.zip"])
    reasons = record.quarantine().frame["reason"].to_list()
    assert len(reasons) == 2 and "/one/a.zip: " in reasons[0] and "/two/a.zip: " in reasons[1]


def test_a_reader_that_loses_rows_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    act = ("2018-01-01", "Russia", "Consult", "040", "1", "United States")
    lossy = triples(tmp_path / "lossy.tsv", [(f"2018-01-{n + 1:02d}", *act[1:]) for n in range(9)])
    other = gdelt_zip(tmp_path / "a.export.CSV.zip", [gdelt_row(1)])

    def losing(reader: Any, blocks: Any, context: Any) -> Any:
        for batch in batches(reader, blocks, context):
            keep = batch.lines != 5
            yield replace(batch, rows=batch.rows.filter(keep), lines=batch.lines.filter(keep))

    monkeypatch.setattr("detente.record.ingest.batches", losing)
    record = dt.open_record(tmp_path / "record", cases=False)
    summary = record.ingest([lossy, other])
    assert summary.rows == 1 and "1 rows were neither kept nor set aside" in summary.failed[0][1]
    monkeypatch.undo()
    assert record.ingest(lossy).rows == 9 and record.verify() == []


def _told(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the second entry of a log, and make the chain and the marker agree with it, as no accident does."""
    before = ""
    for number, path in enumerate(sorted((folder / "log").iterdir()), start=1):
        entry = json.loads(path.read_text())
        if number == 2:
            change(entry)
        path.write_text(json.dumps({**entry, "previous": before}, indent=1, sort_keys=True))
        before = hashlib.sha256(path.read_bytes()).hexdigest()
    (folder / "RECORD.json").write_text(json.dumps({"format": 3, "commits": 3, "last": before}))


@pytest.mark.parametrize("place", ["../../victim", "data/../../../victim", "data", "", "a\0b", 5, None, []])
@pytest.mark.parametrize("key", ["quarantine", "path"])
def test_a_log_names_nothing_outside_its_record(folder: Path, files: list[Path], key: str, place: Any) -> None:
    """A record may come from anybody: `restore` moved away what an entry of the log called a part."""
    if (key, place) == ("quarantine", ""):
        return
    victim = folder.parent / "victim"
    victim.write_text("mine")
    _told(folder, lambda entry: (entry if key == "quarantine" else entry["parts"][0]).update({key: place}))
    verbs: list[Callable[[dt.Record], Any]] = [
        lambda record: record.commits,
        lambda record: record.ingest(files),
        lambda record: record.ingest(files, restore=True),
    ]
    for verb in verbs:
        with pytest.raises(DetenteError, match=r"00000002\.json: is damaged"):
            verb(dt.open_record(folder, cases=False))
    assert dt.open_record(folder, cases=False).repair() and dt.open_record(folder).verify() == []
    assert victim.read_text() == "mine"


@pytest.mark.parametrize(
    "change",
    [
        {"number": "x"},
        {"at": -1},
        {"removed": None},
        {"files": {}},
        {"files": [{"name": "a"}]},
        {"parts": [[]]},
        {"future": 1},
        {"version": ["x"]},
    ],
    ids=lambda change: next(iter(change)),
)
def test_entries_of_wrong_types(folder: Path, change: dict[str, Any]) -> None:
    before = held(folder)
    _told(folder, lambda entry: entry.update(change))
    with pytest.raises(DetenteError, match=r"00000002\.json: is damaged") as error:
        held(folder)
    assert "\n" not in str(error.value)
    dt.open_record(folder, cases=False).repair()
    assert held(folder) == before and dt.open_record(folder).verify() == []


def test_files_of_entries_of_wrong_types(folder: Path) -> None:
    for key, value in [
        ("rows", {"events": "x"}),
        ("covers", [["x", "y", "z"]]),
        ("covers", [["2019-10-24"]]),
        ("covers", [["0001-01-01", "9999-12-31", "x"]]),
    ]:
        _told(folder, lambda entry, key=key, value=value: entry["files"][0].update({key: value}))  # type: ignore[misc]
        with pytest.raises(DetenteError, match=r"00000002\.json: is damaged"):
            held(folder)


@pytest.mark.parametrize(
    "content",
    [
        b'{"format": 1e999}',
        b"[" * 100_000,
        b'{"format": 3, "commits": -1, "last": ""}',
        b'{"format": 3, "commits": 1000000000, "last": ""}',
        b'{"format": 3, "commits": 3, "last": 5}',
        "folder",
        "pipe",
        "large",
    ],
)
def test_markers_that_are_none(folder: Path, content: bytes | str) -> None:
    before, marker = held(folder), folder / "RECORD.json"
    if content == "large":
        os.truncate(marker, 1 << 40)
    else:
        marker.unlink()
        if isinstance(content, bytes):
            marker.write_bytes(content)
        else:
            marker.mkdir() if content == "folder" else os.mkfifo(marker)
    with pytest.raises(DetenteError, match="`detente record repair`"):
        held(folder)
    assert dt.open_record(folder, cases=False).repair()
    assert (
        held(folder) == before and dt.open_record(folder).verify() == [] and len(list((folder / "log").iterdir())) == 3
    )


@pytest.mark.parametrize("place", ["log/00000002.json", "data", "quarantine"])
def test_a_pipe_in_the_place_of_a_stored_file_is_no_hang(folder: Path, files: list[Path], place: str) -> None:
    path = folder / place
    path = path if path.suffix else sorted(path.rglob("*.parquet"))[1]
    path.unlink()
    os.mkfifo(path)
    assert any("is a pipe" in fault for fault in dt.open_record(folder, cases=False).verify())
    dt.open_record(folder, cases=False).repair()
    if place == "data":
        dt.open_record(folder, cases=False).ingest(files, restore=True)
    assert len(held(folder)) == 120


@pytest.mark.parametrize("lost", [1, 2])
@pytest.mark.parametrize("mend", ["repair", "ingest"])
def test_an_older_log_that_is_put_back_loses_nothing(folder: Path, files: list[Path], lost: int, mend: str) -> None:
    """Log and marker of a backup beside newer data: the commits that follow on the log's last are whole."""
    before = held(folder)
    entries = sorted((folder / "log").iterdir())
    for path in entries[-lost:]:
        path.unlink()
    last = hashlib.sha256(entries[-lost - 1].read_bytes()).hexdigest()
    (folder / "RECORD.json").write_text(json.dumps({"format": 3, "commits": 3 - lost, "last": last}))
    faults = dt.open_record(folder).verify()
    assert len(faults) == lost and all("is not in the log" in fault for fault in faults)
    record = dt.open_record(folder, cases=False)
    assert len(record.ingest(files).already) == 3 if mend == "ingest" else len(record.repair()) == lost
    assert held(folder) == before and dt.open_record(folder).verify() == [] and not (folder / LOST).exists()


def test_what_a_link_in_a_record_points_to_is_left_alone(folder: Path, tmp_path: Path) -> None:
    """A record may come from anybody: its lock was emptied and the oldest files of its cache deleted, wherever."""
    victim = tmp_path / "victim"
    victim.mkdir()
    for n in range(30):
        (victim / f"{n}.npz").write_text("mine")
    (folder / "lock").unlink()
    (folder / "lock").symlink_to(victim / "1.npz")
    (folder / "cache").mkdir()
    (folder / "cache" / "linked").symlink_to(victim)
    with pytest.raises(DetenteError, match="can't be locked"):
        dt.open_record(folder, cases=False).ingest(gdelt_zip(tmp_path / "d.export.CSV.zip", [gdelt_row(7000)]))
    dt.open_record(folder, cases=False).cached("linked", {"a": 1}, lambda: 1)
    assert [path.read_text() for path in sorted(victim.glob("?*.npz")) if len(path.stem) < 3] == ["mine"] * 30


def test_what_a_desktop_or_its_owner_puts_into_a_record_is_no_fault(folder: Path, files: list[Path]) -> None:
    for place in ("log/.DS_Store", "data/.DS_Store", "quarantine/Thumbs.db", "data/events/notes.parquet"):
        (folder / place).write_text("x")
    assert dt.open_record(folder).verify() == [] and dt.open_record(folder).ingest(files).swept == []
    assert (folder / "data/events/notes.parquet").exists()


def test_a_repair_says_for_whom_it_waits(folder: Path) -> None:
    told: list[str] = []
    with Log(folder).writing():
        child = subprocess.Popen(
            [sys.executable, "-m", "detente", "record", "repair", "--record", str(folder)],
            stderr=subprocess.PIPE,
            text=True,
        )
        assert child.stderr is not None
        told.append(child.stderr.readline())
    assert child.wait() == 0 and f"waiting for process {os.getpid()}" in told[0]


def test_a_writer_that_waited_locks_what_lies_there_now(folder: Path, tmp_path: Path) -> None:
    """The record was moved away and another lies in its place: the lock of the first keeps nobody out of the second."""
    file = gdelt_zip(tmp_path / "d.export.CSV.zip", [gdelt_row(7000)])
    with Log(folder).writing():
        child = subprocess.Popen(
            [sys.executable, "-m", "detente", "ingest", str(file), "--record", str(folder)],
            stderr=subprocess.PIPE,
            text=True,
        )
        assert child.stderr is not None and "waiting" in child.stderr.readline()
        folder.rename(tmp_path / "moved")
        shutil.copytree(tmp_path / "moved", folder)
        second = Log(folder).writing()
        second.__enter__()
    assert "waiting" in child.stderr.readline()
    second.__exit__(None, None, None)
    assert child.wait() == 0 and len(held(folder)) == 121


@pytest.mark.parametrize("joined", [opening.JOIN_BYTES, 0])
def test_a_file_that_changes_while_it_is_read_is_not_taken(
    tmp_path: Path, joined: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A download under way: its half of a row would contest the whole one later."""
    file = tmp_path / "20191024000000.export.CSV"
    file.write_text("".join(gdelt_row(n) + "\n" for n in range(30)))
    digest = sha256_of

    def then_grows(path: Path) -> str:
        whole = digest(path)
        with path.open("a") as more:
            more.write(gdelt_row(30)[:50])
        return whole

    monkeypatch.setattr(opening, "sha256_of", then_grows)
    monkeypatch.setattr(opening, "JOIN_BYTES", joined)
    record = dt.open_record(tmp_path / "record", cases=False)
    summary = record.ingest(file)
    assert summary.rows == 0 and "changed while it was read" in summary.failed[0][1]
    monkeypatch.undo()
    assert record.ingest(file).rows == 30 and record.verify() == []


def test_what_neither_log_nor_parts_can_tell_is_said(folder: Path, files: list[Path]) -> None:
    """Entry and copy lost, and the part damaged as well: nothing of it is made up, and the file can be ingested."""
    before = held(folder)
    _lost(folder / "log")
    sorted((folder / "quarantine").iterdir())[1].unlink()
    part = sorted((folder / "data").rglob("*.parquet"))[1]
    part.write_bytes(part.read_bytes()[:1000] + b"x" * 2000 + part.read_bytes()[3000:])
    said = dt.open_record(folder, cases=False).repair()
    assert "commit 2: nothing tells what it held" in said[0] and part.name in said[1]
    assert dt.open_record(folder, cases=False).ingest(files).rows == 40 and held(folder) == before


def test_a_repair_keeps_what_another_version_wrote(folder: Path) -> None:
    """Entries with fields that this version leaves out are proved by their bytes, not by what it makes of them."""
    before = ""
    for path in sorted((folder / "log").iterdir()):
        entry = json.loads(path.read_text())
        path.write_text(json.dumps({**entry, "previous": before}, sort_keys=True))
        before = hashlib.sha256(path.read_bytes()).hexdigest()
    (folder / "RECORD.json").write_text(json.dumps({"format": 3, "commits": 3, "last": before}))
    assert dt.open_record(folder, cases=False).repair() == [] and not (folder / LOST).exists()
