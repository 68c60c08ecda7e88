"""Nothing is lost silently and nothing tracebacks: every case through the command line."""

from __future__ import annotations

import gzip
import json
import os
import resource
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from conftest import TRIPLE_HEADER, detente, gdelt_row, gdelt_zip, triples

GOOD = ("2018-01-01", "Russia", "Consult", "040", "1", "United States")


def limited(kind: int, limit: int, *arguments: object) -> subprocess.CompletedProcess[str]:
    """The command line in a process that may not use more of a resource."""
    done = subprocess.run(
        [sys.executable, "-m", "detente", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        preexec_fn=lambda: resource.setrlimit(kind, (limit, limit)),
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


def ingest(record: Path, *paths: Path) -> tuple[subprocess.CompletedProcess[str], list[dict[str, object]]]:
    done = detente("ingest", "--quiet", "--record", record, *paths)
    listed = detente("record", "--record", record, "quarantine", "--limit", 0, "--format", "json")
    return done, json.loads(listed.stdout)


def reasons(rows: list[dict[str, object]]) -> list[tuple[object, object]]:
    return [(r["line"], r["reason"]) for r in rows]


def test_ragged_rows(tmp_path: Path) -> None:
    file = tmp_path / "r.export.CSV"
    file.write_text("\n".join([gdelt_row(1), gdelt_row(2) + "\textra", "short\trow", gdelt_row(3), ""]) + "\n")
    done, bad = ingest(tmp_path / "rec", file)
    assert done.returncode == 0
    assert "2 rows in quarantine" in done.stderr and "2 events" in done.stderr
    assert sorted(reasons(bad)) == [(2, "has 62 fields, expected 61"), (3, "has 2 fields, expected 61")]
    assert bad[0]["raw"]


def test_a_long_and_a_short_row_that_keep_the_number_of_tabs(tmp_path: Path) -> None:
    file = tmp_path / "r.export.CSV"
    file.write_text(
        "\n".join([gdelt_row(1), gdelt_row(2) + "\textra", gdelt_row(3).rsplit("\t", 1)[0], gdelt_row(4)]) + "\n"
    )
    _, bad = ingest(tmp_path / "rec", file)
    assert sorted(reasons(bad)) == [(2, "has 62 fields, expected 61"), (3, "has 60 fields, expected 61")]


def test_bad_utf8_and_nul(tmp_path: Path) -> None:
    file = tmp_path / "u.tsv"
    file.write_bytes(
        (TRIPLE_HEADER + "\n" + "\t".join(GOOD) + "\n").encode()
        + b"2018-01-02\tRus\xffsia\tConsult\t040\t1\tUnited States\n"
        + b"2018-01-03\tRus\0sia\tConsult\t040\t1\tUnited States\n"
    )
    done, bad = ingest(tmp_path / "rec", file)
    assert done.returncode == 0
    assert sorted(reasons(bad)) == [(3, "is no UTF-8 at byte 15"), (4, "holds a NUL byte")]


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("1920", "SQLDATE 1920 is no day"),
        ("20180231", "SQLDATE 20180231 is no day"),
        ("19201024", "before GDELT begins"),
        ("20301024", "after its report"),
    ],
)
def test_impossible_dates(tmp_path: Path, day: str, said: str) -> None:
    file = gdelt_zip(tmp_path / "d.export.CSV.zip", [gdelt_row(1), gdelt_row(2, day, added="20191024")])
    _, bad = ingest(tmp_path / "rec", file)
    assert len(bad) == 1 and said in str(bad[0]["reason"]) and bad[0]["line"] == 2


@pytest.mark.parametrize("code", ["---", "X", "", "999"])
def test_unknown_actions(tmp_path: Path, code: str) -> None:
    file = gdelt_zip(tmp_path / "c.export.CSV.zip", [gdelt_row(1), gdelt_row(2, action=code)])
    _, bad = ingest(tmp_path / "rec", file)
    assert reasons(bad) == [(2, f"action {code} is no CAMEO code")]


@pytest.mark.parametrize("code", ["---", "X", "ZZZ", "???GOV"])
def test_unknown_actors_keep_their_row(tmp_path: Path, code: str) -> None:
    file = gdelt_zip(tmp_path / "a.export.CSV.zip", [gdelt_row(1, a=code)])
    done, bad = ingest(tmp_path / "rec", file)
    assert (done.returncode, bad) == (0, []) and "1 events" in done.stderr


def test_duplicate_ids_are_counted(tmp_path: Path) -> None:
    one = gdelt_zip(tmp_path / "1.export.CSV.zip", [gdelt_row(1), gdelt_row(1), gdelt_row(2)])
    two = gdelt_zip(tmp_path / "2.export.CSV.zip", [gdelt_row(2), gdelt_row(3)])
    done, bad = ingest(tmp_path / "rec", one, two)
    assert bad == []
    assert "1.export.CSV.zip: gdelt2: 2 events, 1 duplicates" in done.stderr
    assert "2.export.CSV.zip: gdelt2: 1 events, 1 duplicates" in done.stderr
    three = gdelt_zip(tmp_path / "3.export.CSV.zip", [gdelt_row(3), gdelt_row(4)])
    done, _ = ingest(tmp_path / "rec", three)
    assert "1 events, 1 duplicates" in done.stderr


def test_empty_file_and_file_of_no_format(tmp_path: Path) -> None:
    empty, other = tmp_path / "empty.csv", tmp_path / "notes.txt"
    empty.write_bytes(b"")
    other.write_text("just notes\n")
    done, bad = ingest(tmp_path / "rec", empty, other)
    assert done.returncode == 2
    assert "empty.csv: is empty" in done.stderr and "notes.txt: of no format we read" in done.stderr
    assert [r["line"] for r in bad] == [0, 0]


def test_directory_without_events(tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    assert detente("ingest", "--record", tmp_path / "rec", tmp_path / "none").returncode == 2
    (tmp_path / "none" / "readme.md").write_text("hello\n")
    done = detente("ingest", "--record", tmp_path / "rec", tmp_path / "none")
    assert done.returncode == 1 and "No data" in done.stderr
    missing = detente("ingest", "--record", tmp_path / "rec", tmp_path / "nowhere")
    assert missing.returncode == 2 and "no such file" in missing.stderr


def _damaged(tmp_path: Path) -> dict[str, Path]:
    rows = [gdelt_row(n, url=f"https://example.org/{n * 7919 % 10007}") for n in range(3000)]
    whole = gdelt_zip(tmp_path / "whole.export.CSV.zip", rows).read_bytes()
    packed = gzip.compress("\n".join([TRIPLE_HEADER, *("\t".join(GOOD) for _ in range(2000))]).encode())
    files = {
        "short.zip": whole[: len(whole) // 2],
        "tail.zip": whole[:-30],
        "short.tsv.gz": packed[: len(packed) // 2],
        "flipped.zip": whole[:2000] + bytes([whole[2000] ^ 0xFF]) + whole[2001:],
        "flipped.tsv.gz": packed[:40] + b"\xff\xff\xff" + packed[43:],
        "sum.tsv.gz": packed[:-8] + b"\0\0\0\0" + packed[-4:],
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    return {name: tmp_path / name for name in files}


def test_truncated_and_corrupt_archives_leave_nothing_and_stop_nothing(tmp_path: Path) -> None:
    damaged = _damaged(tmp_path)
    good = triples(tmp_path / "good.tsv", [GOOD])
    done, bad = ingest(tmp_path / "rec", *damaged.values(), good)
    assert done.returncode == 2
    for name in damaged:
        assert f"{name}:" in done.stderr, name
        assert "fetch it again" in next(str(r["reason"]) for r in bad if r["file"] == name)
    held = json.loads(detente("record", "--record", tmp_path / "rec", "--no-cases", "--format", "json").stdout)
    assert [(h["source"], h["rows"]) for h in held] == [("icews_triples", 1)]
    # A second try lists the same faults once.
    _, again = ingest(tmp_path / "rec", *damaged.values())
    assert len(again) == len(bad)


def test_a_large_file_that_breaks_late_is_taken_back_whole(tmp_path: Path) -> None:
    rows = [gdelt_row(n, url="https://example.org/" + "x" * 300) for n in range(110_000)]
    data = bytearray(gdelt_zip(tmp_path / "big.export.CSV.zip", rows).read_bytes())
    data[int(len(data) * 0.9)] ^= 0xFF
    (tmp_path / "big.export.CSV.zip").write_bytes(data)
    good = gdelt_zip(tmp_path / "a.export.CSV.zip", [gdelt_row(1)])
    done, _ = ingest(tmp_path / "rec", good, tmp_path / "big.export.CSV.zip")
    assert done.returncode == 2
    held = json.loads(detente("record", "--record", tmp_path / "rec", "--no-cases", "--format", "json").stdout)
    assert [h["rows"] for h in held] == [1]
    assert detente("record", "--record", tmp_path / "rec", "verify").returncode == 0


def test_zip_bomb_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("bomb.CSV", "w") as member:
        line = (gdelt_row(1, url="https://example.org/" + "x" * 40_000) + "\n").encode() * 58
        for _ in range(260):
            member.write(line)
    assert path.stat().st_size < 3_000_000
    done = limited(resource.RLIMIT_DATA, 2_000_000_000, "ingest", "--quiet", "--record", tmp_path / "rec", path)
    assert done.returncode == 2 and "times its size" in done.stderr


def test_encrypted_and_oddly_packed_zips(tmp_path: Path) -> None:
    path = tmp_path / "odd.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.CSV", gdelt_row(1))
    done, _ = ingest(tmp_path / "rec", path)
    assert done.returncode == 2 and "packed by method 14" in done.stderr


def test_unreadable_file(tmp_path: Path) -> None:
    path = tmp_path / "locked.csv"
    path.write_text("x")
    path.chmod(0)
    if os.access(path, os.R_OK):
        path = Path("/proc/self/mem")
    done, _ = ingest(tmp_path / "rec", path)
    assert done.returncode == 2 and "can't be read" in done.stderr


def test_full_disk(tmp_path: Path) -> None:
    """A limit on file size stands in for a full disk: writing fails in the same place."""
    good = triples(tmp_path / "good.tsv", [GOOD])
    ingest(tmp_path / "rec", good)
    rows = [("2018-01-02", "Russia", "Consult", "040", "1", f"Nobody {n * 7919}") for n in range(20_000)]
    big = triples(tmp_path / "big.tsv", rows)
    done = limited(resource.RLIMIT_FSIZE, 70_000, "ingest", "--quiet", "--record", tmp_path / "rec", big)
    assert done.returncode == 2 and "safe" in done.stderr and "run the same command again" in done.stderr
    again, bad = ingest(tmp_path / "rec", big)
    assert again.returncode == 0 and bad == [] and "20,000 events" in again.stderr
    assert detente("record", "--record", tmp_path / "rec", "verify").returncode == 0


def test_a_folder_that_is_no_record(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("mine")
    done = detente("ingest", "--record", tmp_path, triples(tmp_path / "good.tsv", [GOOD]))
    assert done.returncode == 2 and "is no detente record" in done.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == ["good.tsv", "thesis.docx"]


def test_bad_usage() -> None:
    for arguments, said in [
        (["panel", "USA"], "Missing argument"),
        (["panel", "USA", "Atlantis"], "names no state"),
        (["panel", "USA", "USA"], "same state"),
        (["assess", "USA", "RUS"], "--as-of"),
        (["assess", "USA", "RUS", "--as-of", "2007-02-30"], "is no date"),
        (["assess", "USA", "RUS", "--as-of", "yesterday"], "is no d"),
        (["panel", "USA", "RUS", "--area", "fishing"], "no issue area"),
        (["nonsense"], "No such command"),
        (["who"], "give a name"),
        (["codebook", "--codebook", "/nowhere.toml"], "can't be read"),
        (["who", "X", "--names", "/nowhere.csv"], "can't be read"),
    ]:
        done = detente(*arguments)
        assert done.returncode == 2 and said in done.stderr, (arguments, done.stderr)


def test_no_data() -> None:
    done = detente("panel", "USA", "RUS")
    assert done.returncode == 1 and "detente fetch" in done.stderr and done.stdout == ""
    done = detente("assess", "NPL", "PRY", "--as-of", "2007-02-01")
    assert done.returncode == 1 and "detente ingest" in done.stderr
