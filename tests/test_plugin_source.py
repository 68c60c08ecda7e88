"""A package of somebody else's adds a source: read, counted, listed and cited like ours."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import recipe


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder that looks as pip leaves it, with one package in it."""
    folder = tmp_path / "site"
    info = folder / "wire-1.0.dist-info"
    info.mkdir(parents=True)
    (folder / "wire.py").write_text(recipe("Add a source", "python"))
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: wire\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[detente.sources]\nwire = wire:SOURCE\n")
    return folder


def detente(site: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    paths = [str(site), *filter(None, [os.environ.get("PYTHONPATH")])]
    return subprocess.run(
        [sys.executable, "-m", "detente", *map(str, arguments)],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
    )


def test_a_source_of_another_package_end_to_end(installed: Path, tmp_path: Path) -> None:
    rows = [f"{n},2018-01-{n:02d},USA,RUS,{'good' if n < 8 else 'bad'}" for n in range(1, 11)]
    data = tmp_path / "wire.csv"
    data.write_text("\n".join(["id,day,from,to,mood", *rows]) + "\n")
    record = ("--record", tmp_path / "record")
    assert "10 events" in detente(installed, "ingest", *record, data).stderr
    assert "wire" in detente(installed, "record", *record).stdout
    panel = detente(installed, "panel", "USA", "RUS", "--by", "month", "--format", "csv", *record).stdout.splitlines()
    assert panel[1].startswith("2018-01-01,USA,RUS,,7,0,3,0") and panel[1].endswith("wire")
    cited = detente(installed, "record", "sources").stdout
    assert "The Wire, 2020, https://example.org/wire" in cited and "ICEWS" in cited


def test_a_broken_package_is_one_line(installed: Path, tmp_path: Path) -> None:
    (installed / "wire.py").write_text("raise ImportError('no engine')")
    done = detente(installed, "ingest", "--record", tmp_path / "record", installed / "wire.py")
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert "wire: its detente.sources 'wire' can't be loaded (no engine)" in done.stderr
