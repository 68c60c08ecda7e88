"""A package of somebody else's adds a source: read, counted, listed, fetched and cited like ours."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import detente as dt
from conftest import detente
from detente.sources.source import sources

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
    fetch=Fetch("wire", files, {"example.org": "https://example.org"}),
    citation="The Wire, 2020",
    terms="free",
    home="https://example.org/wire",
)
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Ten reports of January 2018, in a file of the whole year."""
    rows = [f"w{n},2018-01-{n:02d},USA,RUS,{'good' if n < 8 else 'bad'}" for n in range(1, 11)]
    path = tmp_path / "wire.2018.v20190301.csv"
    path.write_text("\n".join(["id,day,from,to,mood", *rows]) + "\n")
    return path


def test_a_source_of_another_package_end_to_end(install: Callable[..., Path], data: Path, tmp_path: Path) -> None:
    install("Add a source", code=PLUGIN)
    record = ("--record", tmp_path / "record")
    assert "10 events" in detente("ingest", *record, data).stderr
    assert "wire" in detente("record", *record).stdout
    panel = detente("panel", "USA", "RUS", "--by", "month", "--format", "csv", *record).stdout.splitlines()
    assert panel[1].startswith("2018-01-01,USA,RUS,,7,0,3,0") and panel[1].endswith("wire")
    covered = detente("record", "coverage", "--by", "year", "--format", "csv", *record).stdout.splitlines()
    assert covered[1:] == ["wire,2018-01-01,1.0"]
    listed = detente("record", "sources").stdout
    assert "The Wire, 2020, https://example.org/wire" in listed and "ICEWS" in listed
    asked = ("fetch", "wire", "--from", "2018-01-01", "--to", "2019-01-01", "--list", "--format", "csv", *record)
    assert [line.split(",")[0] for line in detente(*asked).stdout.splitlines()[1:]] == [
        "wire.2018.csv",
        "wire.2019.csv",
    ]


def test_it_is_a_source_like_ours(install: Callable[..., Path], data: Path, tmp_path: Path) -> None:
    install("Add a source", code=PLUGIN)
    newer = tmp_path / "wire.2018.v20200301.csv"
    newer.write_text(data.read_text().replace("bad", "good"))
    prices = tmp_path / "prices.csv"
    prices.write_text("price,1\n")
    record = dt.open_record(tmp_path / "record", cases=False)
    summary = record.ingest([data, newer, prices])
    assert summary.files[1].renewed == 3 and "is the wire's price list" in summary.failed[0][1]
    assert "The Wire, 2020, https://example.org/wire" in record.pair("USA", "RUS").panel("year").cite()


def test_helper_processes_see_it(install: Callable[..., Path], tmp_path: Path) -> None:
    install("Add a source", code=PLUGIN)
    # Large enough for helpers, which must look for packages where the caller does, not only on PYTHONPATH.
    pad = "x" * 2000
    lines = (f"w{n}\t2018-01-{n % 28 + 1:02d}\tUSA\tRUS\tgood\t{pad}" for n in range(7000))
    data = tmp_path / "wire.2018.tab"
    data.write_text("\n".join(lines) + "\n")
    record = dt.open_record(tmp_path / "record", cases=False)
    assert (record.ingest(data).rows, record.event_sources()) == (7000, ["wire"])


def test_what_is_held_outlives_its_package(
    install: Callable[..., Path], data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("Add a source", code=PLUGIN)
    record = ("--record", tmp_path / "record")
    assert detente("ingest", *record, data).returncode == 0
    monkeypatch.undo()
    sources.cache_clear()
    assert "wire" not in sources()
    panel = detente("panel", "USA", "RUS", "--by", "year", "--format", "csv", *record)
    assert panel.stdout.splitlines()[1].endswith("wire"), panel.stderr


def test_the_recipe_is_a_whole_source(install: Callable[..., Path], tmp_path: Path) -> None:
    install("Add a source")
    data = tmp_path / "wire.csv"
    data.write_text("id,day,from,to,mood\n1,2018-01-01,USA,RUS,good\n")
    record = ("--record", tmp_path / "record")
    assert "1 events" in detente("ingest", *record, data).stderr
    assert detente("panel", "USA", "RUS", "--format", "csv", *record).stdout.splitlines()[1].endswith("wire")
