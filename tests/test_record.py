from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import detente as dt
from conftest import gdelt_row, gdelt_zip, triples
from detente.errors import DetenteError, NoData
from detente.periods import union
from detente.record.coverage import days, read_span, written
from detente.record.log import Log


def events(record: Any) -> pl.DataFrame:
    paths = record.paths(record.parts("events"))
    return pl.concat([pl.read_parquet(p) for p in paths]) if paths else pl.DataFrame()


def test_a_second_ingest_adds_nothing(tmp_path: Path) -> None:
    file = gdelt_zip(tmp_path / "a.export.CSV.zip", [gdelt_row(n) for n in range(5)])
    record = dt.open_record(tmp_path / "r", cases=False)
    first = record.ingest(file, now=datetime(2024, 1, 1, tzinfo=UTC))
    digest = record.digest()
    second = record.ingest(file)
    assert (first.rows, second.rows, second.already) == (5, 0, ["a.export.CSV.zip"])
    assert len(record.commits) == 1 and record.digest() == digest
    # The same content under another name is the same.
    again = tmp_path / "b.export.CSV.zip"
    again.write_bytes(file.read_bytes())
    assert record.ingest(again).rows == 0


def test_the_log_says_which_file_which_digest_when(tmp_path: Path) -> None:
    import hashlib

    file = gdelt_zip(tmp_path / "a.export.CSV.zip", [gdelt_row(1)])
    record = dt.open_record(tmp_path / "r", cases=False)
    record.ingest(file, now=datetime(2024, 1, 1, tzinfo=UTC))
    (commit,) = record.commits
    (entry,) = commit.files
    assert (commit.at, commit.version) == ("2024-01-01T00:00:00+00:00", dt.__version__)
    assert (entry.name, entry.digest) == ("a.export.CSV.zip", hashlib.sha256(file.read_bytes()).hexdigest())
    assert commit.codebook == record.codebook.digest


def test_ingest_is_deterministic(tmp_path: Path) -> None:
    files = [
        gdelt_zip(
            tmp_path / f"{n}.export.CSV.zip", [gdelt_row(10 * n + k, a=a) for k, a in enumerate(("RUS", "CHN", "USA"))]
        )
        for n in range(4)
    ]
    digests = set()
    for name in ("one", "two"):
        record = dt.open_record(tmp_path / name, cases=False)
        record.ingest([str(f) for f in files], now=datetime(2024, 1, 1, tzinfo=UTC))
        digests.add(record.digest())
    assert len(digests) == 1


def test_helpers_and_this_process_give_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The helper processes of a large ingest write the same rows as an ingest without them; twins across blocks go."""
    rows = [gdelt_row(n % 70_000, url=f"https://example.org/{n % 70_000}/" + "y" * 200) for n in range(110_000)]
    files = [
        gdelt_zip(tmp_path / "a.export.CSV.zip", rows[:60_000]),
        gdelt_zip(tmp_path / "b.export.CSV.zip", rows[60_000:]),
    ]
    frames = []
    for name, limit in (("with", 0), ("without", 1 << 60)):
        monkeypatch.setattr("detente.record.ingest.HELPERS_FROM", limit)
        record = dt.open_record(tmp_path / name, cases=False)
        summary = record.ingest([str(f) for f in files])
        assert summary.rows == 70_000
        assert sum(f.duplicates for f in summary.files) == 40_000
        assert record.verify() == []
        frames.append(events(record).sort("event_id"))
    assert frames[0].equals(frames[1])


def test_many_small_files_are_told_apart(tmp_path: Path) -> None:
    for n in range(30):
        rows = [gdelt_row(100 * n + k, day=f"201910{n % 28 + 1:02d}") for k in range(n + 1)]
        if n == 7:
            rows.insert(3, "ragged\trow")
        gdelt_zip(tmp_path / f"{n:03d}.export.CSV.zip", rows)
    record = dt.open_record(tmp_path / "r", cases=False)
    summary = record.ingest([str(p) for p in sorted(tmp_path.glob("*.zip"))])
    assert [f.rows["events"] for f in summary.files] == list(range(1, 31))
    assert len(record.commits) == 1
    bad = record.quarantine().frame
    assert bad.select("file", "line").rows() == [("007.export.CSV.zip", 4)]
    assert summary.files[4].covers == [["2019-10-05T14:30", "2019-10-05T14:45", "2019-10-05"]]


def test_as_of_hides_what_was_not_known(tmp_path: Path) -> None:
    """GDELT reports events late: an event of the 1st reported on the 20th is unknown on the 10th."""
    file = gdelt_zip(
        tmp_path / "a.export.CSV.zip",
        [gdelt_row(1, "20191001"), gdelt_row(2, "20191001", added="20191020"), gdelt_row(3, "20191021")],
    )
    record = dt.open_record(tmp_path / "r", cases=False)
    record.ingest(file)

    def total(as_of: str | None) -> int:
        return int(record.pair("USA", "RUS", as_of=as_of).panel("month").frame["verbal_cooperation"].sum())

    assert [total(d) for d in ("2019-10-10", "2019-10-20", None)] == [1, 2, 3]
    with pytest.raises(NoData):
        total("2019-09-30")


def test_verify_finds_changed_and_missing_files(tmp_path: Path) -> None:
    record = dt.open_record(tmp_path / "r", cases=False)
    record.ingest(gdelt_zip(tmp_path / "a.export.CSV.zip", [gdelt_row(1), gdelt_row(2, b="")]))
    assert record.verify() == []
    one, two = record.paths(record.parts("events"))
    Path(one).write_bytes(Path(one).read_bytes()[:-1] + b"x")
    Path(two).unlink()
    faults = record.verify()
    assert len(faults) == 2 and "changed" in faults[0] and "can't be read" in faults[1]


def test_a_second_writer_waits_and_says_for_whom(tmp_path: Path) -> None:
    record = dt.open_record(tmp_path / "r", cases=False)
    file = gdelt_zip(tmp_path / "a.export.CSV.zip", [gdelt_row(1)])
    said: list[str] = []
    with ThreadPoolExecutor(1) as pool:
        with Log(tmp_path / "r").writing():
            waiting = pool.submit(record.ingest, file, on_wait=said.append)
            while not said:
                time.sleep(0.01)
            assert not waiting.done() and f"process {os.getpid()} on" in said[0]
        assert waiting.result().rows == 1


def test_kill_in_the_middle_leaves_the_record_whole(tmp_path: Path) -> None:
    """kill -9 during an ingest: what was committed stays, what was not is gone, and a rerun completes it."""
    first = triples(tmp_path / "first.tsv", [("2018-01-01", "Russia", "Consult", "040", "1", "United States")])
    record = dt.open_record(tmp_path / "r", cases=False)
    record.ingest(first)
    before = record.digest()
    rows = [gdelt_row(n, url=f"https://example.org/{n}/" + "y" * 300) for n in range(150_000)]
    big = gdelt_zip(tmp_path / "big.export.CSV.zip", rows)
    child = subprocess.Popen(
        [sys.executable, "-m", "detente", "ingest", "--quiet", "--record", str(tmp_path / "r"), str(big)],
        start_new_session=True,
        stderr=subprocess.DEVNULL,
    )
    data = tmp_path / "r" / "data" / "events" / "gdelt2"
    while child.poll() is None and not (data.exists() and any(data.iterdir())):
        time.sleep(0.001)
    os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    killed = dt.open_record(tmp_path / "r", cases=False)
    assert killed.digest() == before and killed.verify() == []
    assert any(data.iterdir()), "the kill came before anything was written"
    summary = killed.ingest(big)
    assert summary.rows == 150_000 and summary.swept
    assert killed.verify() == [] and events(killed).height == 150_001


def test_an_interrupted_ingest_keeps_what_was_committed(tmp_path: Path) -> None:
    files = [
        triples(tmp_path / f"{n}.tsv", [(f"2018-01-{n + 1:02d}", "Russia", "Consult", "040", "1", "United States")])
        for n in range(3)
    ]
    record = dt.open_record(tmp_path / "r", cases=False)

    def stop(name: str, done: int, rows: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        record.ingest([str(f) for f in files], on_progress=stop)
    record = dt.open_record(tmp_path / "r", cases=False)
    assert [f.name for c in record.commits for f in c.files] == ["0.tsv"]
    assert record.ingest([str(f) for f in files]).rows == 2


def test_a_record_of_a_newer_format_is_refused(tmp_path: Path) -> None:
    (tmp_path / "r").mkdir()
    (tmp_path / "r" / "RECORD.json").write_text(json.dumps({"format": 99}))
    with pytest.raises(DetenteError, match="newer detente"):
        dt.open_record(tmp_path / "r")


def test_spans_are_merged_and_written_as_days_where_they_are_whole() -> None:
    first, second, fifth = (datetime(2018, 1, n) for n in (1, 2, 5))
    noon = datetime(2018, 1, 2, 12)
    merged = union([(noon, datetime(2018, 1, 3)), (first, second), (fifth, datetime(2018, 1, 6)), (fifth, fifth)])
    assert merged == [(first, second), (noon, datetime(2018, 1, 3)), (fifth, datetime(2018, 1, 6))]
    texts = written(merged, date(2018, 1, 1))
    assert texts[0][:2] == ["2018-01-01", "2018-01-01"] and texts[1][:2] == ["2018-01-02T12:00", "2018-01-03T00:00"]
    assert [read_span(a, b) for a, b, _ in texts] == merged
    assert days(merged) == [(date(2018, 1, 1), date(2018, 1, 2)), (date(2018, 1, 5), date(2018, 1, 5))]
