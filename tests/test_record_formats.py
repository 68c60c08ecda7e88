"""A record of every format that was ever written is read as on its first day; one of a newer detente is refused."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

import detente as dt
from conftest import detente
from detente.record.log import FORMAT
from make_record import files

RECORDS = Path(__file__).parent / "records"
FORMATS = sorted(int(path.name.removeprefix("format-")) for path in RECORDS.glob("format-*"))
ASKED: dict[str, Callable[[dt.Record], pl.DataFrame]] = {
    "held": lambda record: record.held().frame,
    "quarantine": lambda record: record.quarantine().frame.select("file", "line", "reason").sort("file"),
    "coverage": lambda record: record.coverage("gdelt2", by="day"),
    "panel": lambda record: record.pair("USA", "RUS").panel("day").frame,
    "facts": lambda record: record.pair("USA", "RUS").facts().frame,
    "votes": lambda record: record.pair("USA", "RUS").un_agreement().frame,
    "assessment": lambda record: record.pair("USA", "RUS", "2019-12-01").assess(with_models=False).frame,
}


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> dt.Record:
    """What the same files make today."""
    folder = tmp_path_factory.mktemp("fresh")
    record = dt.open_record(folder / "record", cases=False)
    for paths in files(folder):
        record.ingest([str(path) for path in paths])
    return record


def test_the_format_of_today_has_its_fixture() -> None:
    assert list(range(1, FORMAT + 1)) == FORMATS, "make one by tests/make_record.py"


@pytest.mark.parametrize("number", FORMATS)
def test_a_record_of_any_format_answers_the_same_and_goes_on(number: int, fresh: dt.Record, tmp_path: Path) -> None:
    folder = shutil.copytree(RECORDS / f"format-{number}", tmp_path / "record")
    assert json.loads((folder / "RECORD.json").read_text())["format"] == number
    record = dt.open_record(folder, cases=False)
    for what, ask in ASKED.items():
        assert ask(record).equals(ask(fresh)), what
    assert record.verify() == []
    again = [record.ingest([str(path) for path in paths]) for paths in files(tmp_path)]
    assert [summary.rows for summary in again] == [0, 0]
    (tmp_path / "new.csv").write_text(
        "subject,measure,period,value,unit,source\nUSA,arms,2018,5,n,https://example.org\n"
    )
    assert record.ingest(tmp_path / "new.csv").rows == 1 and record.verify() == []
    assert json.loads((folder / "RECORD.json").read_text())["format"] == FORMAT
    assert dt.open_record(folder, cases=False).pair("USA", "RUS").panel("day").frame.equals(ASKED["panel"](fresh))


@pytest.mark.parametrize("command", ["record", "record verify", "panel USA RUS", "ingest new.csv", "stock USA RUS"])
def test_a_newer_format_is_refused_with_the_remedy(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = shutil.copytree(RECORDS / f"format-{FORMAT}", tmp_path / "record")
    (tmp_path / "new.csv").write_text("subject,measure,period,value,unit,source\n")
    marker = {**json.loads((folder / "RECORD.json").read_text()), "format": FORMAT + 1}
    (folder / "RECORD.json").write_text(json.dumps(marker))
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    done = detente(*command.split(), "--record", folder)
    assert done.returncode == 2 and done.stdout == ""
    assert (
        done.stderr
        == f"Error: {folder}: is a record of format {FORMAT + 1}, made by a newer detente; upgrade detente\n"
    )
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
