"""A disk that is full at any moment, and every bit of the marker: what `make crash` found, as tests."""

from __future__ import annotations

import errno
import os
import resource
import subprocess
import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import detente as dt
from conftest import gdelt_row, gdelt_zip
from detente.errors import DetenteError
from detente.record import log
from detente.record.parts import durably
from test_durability import held

ROOT = Path(__file__).parents[1]


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Three files of 40 events and a row of no known action."""
    rows = [[gdelt_row(100 * n + k, action="040" if k else "999") for k in range(41)] for n in range(3)]
    return [gdelt_zip(tmp_path / f"20191024{15 * n:04d}00.export.CSV.zip", some) for n, some in enumerate(rows)]


def test_a_disk_that_is_full_at_any_byte_is_said_to_be_full(tmp_path: Path) -> None:
    """Wherever writing a part breaks off, the reason is known, and nothing is in the way of the next try."""
    rows = pl.DataFrame({"event_id": [f"gdelt2:{n}" for n in range(3000)], "n": range(3000)})
    durably(rows, tmp_path / "whole.parquet", {})
    size = (tmp_path / "whole.parquet").stat().st_size
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    for left in (0, 3, 4, 5, size // 2, *range(size - 900, size, 7), size - 1):
        path = tmp_path / f"{left}.parquet"
        resource.setrlimit(resource.RLIMIT_FSIZE, (left, hard))
        try:
            with pytest.raises(OSError) as error:
                durably(rows, path, {})
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert error.value.errno == errno.EFBIG, left


@pytest.mark.parametrize("room", ["4k", "12k", "20k"])
def test_a_disk_that_fills_loses_nothing(tmp_path: Path, files: list[Path], room: str) -> None:
    """A small file system in memory, where user name spaces are allowed, which grows before the second try."""
    disk = tmp_path / "disk"
    disk.mkdir()
    ingested = f"{sys.executable} -m detente ingest --record {disk}/record {' '.join(map(str, files))}"
    mounted = f"mount -t tmpfs -o size={room} disk {disk} || exit 77"
    grown = f"mount -o remount,size=4m {disk}"
    script = f"{mounted}; {ingested}; echo ended with $?; {grown}; {ingested}; cp -r {disk}/record {tmp_path}/record"
    try:
        done = subprocess.run(["unshare", "-rm", "sh", "-c", script], capture_output=True, text=True)
    except FileNotFoundError:
        pytest.skip("no unshare here")
    if done.returncode in (1, 77):
        pytest.skip("no file system may be mounted here")
    assert "ended with 2" in done.stdout and done.stderr.count("\n") < 9, done.stderr
    assert done.stderr.count("the disk is full") + done.stderr.count("No space left") == 1, done.stderr
    whole = dt.open_record(tmp_path / "whole", cases=False)
    whole.ingest(files)
    assert held(tmp_path / "record") == held(tmp_path / "whole")
    assert dt.open_record(tmp_path / "record", cases=False).verify() == []


@pytest.mark.parametrize("write", [0, 1, 2, 3])
def test_a_repair_killed_between_its_writes_goes_on(
    tmp_path: Path, files: list[Path], write: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An entry that is replaced is never away, not even where no copy of it is left."""
    for name in ("whole", "killed"):
        for file in files:
            dt.open_record(tmp_path / name, cases=False).ingest(file, now=datetime(2024, 1, 1))
        entry = tmp_path / name / "log" / "00000001.json"
        entry.write_text(entry.read_text().replace('"duplicates": 0', '"duplicates": 7'))
        for path in (tmp_path / name / "quarantine").iterdir():
            path.unlink()
    dt.open_record(tmp_path / "whole", cases=False).repair()
    drafted, written = log._drafted, list[Path]()

    def killed(path: Path, text: str) -> Path:
        if len(written) == write:
            raise KeyboardInterrupt
        written.append(path)
        return drafted(path, text)

    monkeypatch.setattr(log, "_drafted", killed)
    with suppress(KeyboardInterrupt):
        dt.open_record(tmp_path / "killed", cases=False).repair()
    monkeypatch.undo()
    dt.open_record(tmp_path / "killed", cases=False).repair()
    told = [
        [commit.files for commit in dt.open_record(tmp_path / name, cases=False).commits]
        for name in ("whole", "killed")
    ]
    assert told[0] == told[1]


@pytest.mark.parametrize(("name", "calls"), [("lose", 0), ("lose", 1), ("write", 0), ("write", 1)])
def test_a_restore_killed_between_its_steps_goes_on(
    tmp_path: Path, files: list[Path], name: str, calls: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever it is killed, the same command ends it, and verify finds nothing."""
    folder = tmp_path / "record"
    for file in files:
        dt.open_record(folder, cases=False).ingest(file)
    before = held(folder)
    for part in dt.open_record(folder, cases=False).parts("events")[:2]:
        (folder / part.path).write_bytes(b"")
    step, done = getattr(log.Log, name), list[None]()

    def killed(*asked: Any) -> Any:
        if len(done) == calls:
            raise KeyboardInterrupt
        done.append(None)
        return step(*asked)

    monkeypatch.setattr(log.Log, name, killed)
    with pytest.raises(KeyboardInterrupt):
        dt.open_record(folder, cases=False).ingest(files[:2], restore=True)
    monkeypatch.undo()
    with suppress(DetenteError):
        dt.open_record(folder, cases=False).ingest(files[:2], restore=True)
    assert held(folder) == before and dt.open_record(folder, cases=False).verify() == []


@pytest.mark.parametrize("commits", [1, 3])
def test_every_bit_of_the_marker_counts(tmp_path: Path, files: list[Path], commits: int) -> None:
    """It is the only file that no other names."""
    folder = tmp_path / "record"
    for file in files[:commits]:
        dt.open_record(folder, cases=False).ingest(file)
    whole = (folder / "RECORD.json").read_bytes()
    for n in range(8 * len(whole)):
        flipped = bytearray(whole)
        flipped[n // 8] ^= 1 << n % 8
        (folder / "RECORD.json").write_bytes(flipped)
        faults: list[str] = []
        try:
            faults = dt.open_record(folder, cases=False).verify()
        except DetenteError as error:
            faults = [str(error)]
        assert len(faults) == 1 and "\n" not in faults[0], bytes(flipped)


def test_a_few_kills_full_disks_and_flips() -> None:
    """A few seconds of `make crash`."""
    asked = ["--kills", "2", "--rounds", "0", "--full", "2", "--flips", "40", "--only", "lost", "--seed", "1"]
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "crash.py"), *asked],
        capture_output=True,
        text=True,
        env={**os.environ, "POLARS_MAX_THREADS": "1"},
    )
    assert done.returncode == 0 and "seed 1: 0 found wrong" in done.stdout, done.stdout + done.stderr
    assert "2 kills" in done.stdout and "2 times on " in done.stdout and "another silently 0" in done.stdout
