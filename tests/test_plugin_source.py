"""A package of somebody else's adds a source: read, counted, listed, fetched and cited like ours."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import recipe

PLUGIN = """
import polars as pl

from detente.files.named import Layout, frames, names_in
from detente.files.tabular import tab_frame
from detente.sources import Batch, Reader, Source
from detente.sources.download import Remote
from detente.sources.schema import conform
from detente.sources.source import Fetch

COLUMNS = ("id", "day", "a", "b", "mood")
LAYOUT = Layout("wire", {"id": "id", "day": "day", "from": "a", "to": "b", "mood": "mood"}, ("id", "day", "from", "to"))


def batch(frame, bad):
    rows = frame.select(
        pl.format("wire:{}", "id").alias("event_id"),
        pl.lit("wire").alias("source"),
        pl.col("day").str.to_date().alias("date"),
        pl.col("day").str.to_date().alias("known_on"),
        pl.col("a").alias("sender"),
        pl.col("b").alias("receiver"),
        pl.lit("040").alias("action"),
        pl.when(pl.col("mood") == "good").then(1).otherwise(3).alias("quad"),
        pl.lit(1.0).alias("intensity"),
        pl.lit([], dtype=pl.List(pl.Utf8)).alias("areas"),
    )
    return Batch("events", conform("events", rows), frame["line"], bad)


def read_named(blocks, context):
    for frame, bad in frames(blocks, LAYOUT):
        yield batch(frame, bad)


def read_plain(blocks, context):
    for block in blocks:
        yield batch(*tab_frame(block.data, block.line, 6, dict(enumerate(COLUMNS))))


def files(first, last, net):
    for year in range(first.year, last.year + 1):
        yield Remote(f"https://example.org/wire.{year}.csv", f"wire.{year}.csv")


SOURCE = Source(
    "wire",
    "the wire",
    (
        Reader(lambda head: {"id", "day", "from", "to", "mood"} <= names_in(head), read_named),
        Reader(lambda head: head.lines[0].startswith(b"w") and head.tabs == 6, read_plain, joinable=True),
    ),
    rank=0,
    spans=((r"^wire[.](\\d{4})[.]", "%Y"),),
    spans_hold=True,
    releases=r"wire[.]\\d{4}[.]v(\\d{8})",
    other_files=lambda head: "is the wire's price list" if head.lines[0].startswith(b"price") else "",
    fetch=Fetch("wire", files),
    citation="The Wire, 2020",
    terms="free",
    home="https://example.org/wire",
)
"""


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder that looks as pip leaves it, with one package in it."""
    folder = tmp_path / "site"
    info = folder / "wire-1.0.dist-info"
    info.mkdir(parents=True)
    (folder / "wire.py").write_text(PLUGIN)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: wire\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[detente.sources]\nwire = wire:SOURCE\n")
    return folder


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Ten reports of January 2018, in a file of the whole year."""
    rows = [f"w{n},2018-01-{n:02d},USA,RUS,{'good' if n < 8 else 'bad'}" for n in range(1, 11)]
    path = tmp_path / "wire.2018.v20190301.csv"
    path.write_text("\n".join(["id,day,from,to,mood", *rows]) + "\n")
    return path


def python(site: Path | None, *arguments: object) -> subprocess.CompletedProcess[str]:
    paths = [*([str(site)] if site else []), *filter(None, [os.environ.get("PYTHONPATH")])]
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
    )


def detente(site: Path | None, *arguments: object) -> subprocess.CompletedProcess[str]:
    return python(site, "-m", "detente", *arguments)


def test_a_source_of_another_package_end_to_end(installed: Path, data: Path, tmp_path: Path) -> None:
    record = ("--record", tmp_path / "record")
    assert "10 events" in detente(installed, "ingest", *record, data).stderr
    assert "wire" in detente(installed, "record", *record).stdout
    panel = detente(installed, "panel", "USA", "RUS", "--by", "month", "--format", "csv", *record).stdout.splitlines()
    assert panel[1].startswith("2018-01-01,USA,RUS,,7,0,3,0") and panel[1].endswith("wire")
    covered = detente(installed, "record", "coverage", "--by", "year", "--format", "csv", *record).stdout.splitlines()
    assert covered[1:] == ["wire,2018-01-01,1.0"]
    listed = detente(installed, "record", "sources").stdout
    assert "The Wire, 2020, https://example.org/wire" in listed and "ICEWS" in listed
    asked = ("fetch", "wire", "--from", "2018-01-01", "--to", "2019-01-01", "--list", *record)
    assert [line.split("\t")[0] for line in detente(installed, *asked).stdout.splitlines()] == [
        "wire.2018.csv",
        "wire.2019.csv",
    ]


def test_it_is_a_source_like_ours(installed: Path, data: Path, tmp_path: Path) -> None:
    newer = tmp_path / "wire.2018.v20200301.csv"
    newer.write_text(data.read_text().replace("bad", "good"))
    prices = tmp_path / "prices.csv"
    prices.write_text("price,1\n")
    script = f"""
import sys
sys.path.insert(0, {str(installed)!r})
import detente
record = detente.open_record({str(tmp_path / "record")!r}, cases=False)
summary = record.ingest([{str(data)!r}, {str(newer)!r}, {str(prices)!r}])
print(summary.files[1].renewed, summary.failed[0][1])
print(record.pair("USA", "RUS").panel("year").cite())
"""
    told = python(None, "-c", script)
    assert told.stdout.splitlines()[0].startswith("3 ") and "is the wire's price list" in told.stdout, told.stderr
    assert "The Wire, 2020, https://example.org/wire" in told.stdout


def test_helper_processes_see_it(installed: Path, tmp_path: Path) -> None:
    # Large enough for helpers, which must look for packages where the caller does, not only on PYTHONPATH.
    pad = "x" * 2000
    lines = (f"w{n}\t2018-01-{n % 28 + 1:02d}\tUSA\tRUS\tgood\t{pad}" for n in range(7000))
    data = tmp_path / "wire.2018.tab"
    data.write_text("\n".join(lines) + "\n")
    script = f"""
import sys
sys.path.insert(0, {str(installed)!r})
import detente
record = detente.open_record({str(tmp_path / "record")!r}, cases=False)
print(record.ingest({str(data)!r}).rows, record.event_sources())
"""
    told = python(None, "-c", script)
    assert told.stdout.strip() == "7000 ['wire']", told.stderr


def test_what_is_held_outlives_its_package(installed: Path, data: Path, tmp_path: Path) -> None:
    record = ("--record", tmp_path / "record")
    assert detente(installed, "ingest", *record, data).returncode == 0
    panel = detente(None, "panel", "USA", "RUS", "--by", "year", "--format", "csv", *record)
    assert panel.stdout.splitlines()[1].endswith("wire"), panel.stderr


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("raise ImportError('no engine')", "wire: its detente.sources 'wire' can't be loaded (no engine)"),
        ("SOURCE = 7", "detente.sources 'wire' is no Source of that id"),
        (
            PLUGIN.replace('Source(\n    "wire"', 'Source(\n    "telegraph"'),
            "detente.sources 'wire' is no Source of that id",
        ),
    ],
)
def test_a_broken_package_is_one_line(installed: Path, tmp_path: Path, code: str, told: str) -> None:
    (installed / "wire.py").write_text(code)
    done = detente(installed, "ingest", "--record", tmp_path / "record", installed / "wire.py")
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert told in done.stderr


def test_the_recipe_is_a_whole_source(installed: Path, tmp_path: Path) -> None:
    (installed / "wire.py").write_text(recipe("Add a source", "python"))
    data = tmp_path / "wire.csv"
    data.write_text("id,day,from,to,mood\n1,2018-01-01,USA,RUS,good\n")
    record = ("--record", tmp_path / "record")
    assert "1 events" in detente(installed, "ingest", *record, data).stderr
    assert detente(installed, "panel", "USA", "RUS", "--format", "csv", *record).stdout.splitlines()[1].endswith("wire")
