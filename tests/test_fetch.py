"""Fetching from a local server that serves the official paths: resumed, checked, tried again."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from conftest import TRIPLE_HEADER
from detente.cli import main
from detente.errors import DetenteError, NoData
from detente.sources.answers import Offline
from detente.sources.download import Remote
from detente.sources.source import files_of
from local_site import Site, answer, gdelt, gdelt_site, net


def test_the_days_asked_for_are_fetched_and_checked(site: tuple[Site, str], tmp_path: Path) -> None:
    state, address = site
    files = gdelt_site(state, tmp_path)
    outcome = gdelt(tmp_path / "d", address, last=date(2019, 10, 24))
    assert sorted(p.name for p in outcome.fetched) == ["20191024000000.export.CSV.zip", "20191024001500.export.CSV.zip"]
    assert all((tmp_path / "d" / n).read_bytes() == files[n] for n in files if n.startswith("20191024"))
    again = gdelt(tmp_path / "d", address, last=date(2019, 10, 24))
    assert len(again.kept) == 2 and not again.fetched


def test_truncated_transfers_resume_where_they_stopped(site: tuple[Site, str], tmp_path: Path) -> None:
    state, address = site
    files = gdelt_site(state, tmp_path)
    name = "20191024000000.export.CSV.zip"
    state.truncate[f"/gdeltv2/{name}"] = 1
    outcome = gdelt(tmp_path / "d", address)
    assert len(outcome.fetched) == 4 and not outcome.failed
    assert (tmp_path / "d" / name).read_bytes() == files[name]
    ranges = [r for path, r in state.asked if path.endswith(name)]
    assert ranges == [None, f"bytes={len(files[name]) // 2}-"]


def test_a_server_without_ranges_starts_over(site: tuple[Site, str], tmp_path: Path) -> None:
    state, address = site
    files = gdelt_site(state, tmp_path)
    name = "20191024000000.export.CSV.zip"
    state.truncate[f"/gdeltv2/{name}"], state.no_ranges = 1, True
    outcome = gdelt(tmp_path / "d", address)
    assert not outcome.failed and (tmp_path / "d" / name).read_bytes() == files[name]


def test_an_interrupted_fetch_goes_on_in_the_next_run(site: tuple[Site, str], tmp_path: Path) -> None:
    state, address = site
    files = gdelt_site(state, tmp_path)
    name = "20191024000000.export.CSV.zip"
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / f".{name}.part").write_bytes(files[name][:100])
    gdelt(tmp_path / "d", address)
    assert (tmp_path / "d" / name).read_bytes() == files[name]
    assert ("/gdeltv2/" + name, "bytes=100-") in state.asked


def test_a_stall_is_tried_again(site: tuple[Site, str], tmp_path: Path) -> None:
    state, address = site
    files = gdelt_site(state, tmp_path)
    name = "20191024000000.export.CSV.zip"

    def stalls(handler: BaseHTTPRequestHandler, body: bytes, start: int) -> None:
        del state.odd[f"/gdeltv2/{name}"]
        answer(handler, body[:100], Content_Length=str(len(body)))
        state.over.wait()

    state.odd[f"/gdeltv2/{name}"] = stalls
    outcome = gdelt(tmp_path / "d", address, timeout=0.3)
    assert len(outcome.fetched) == 4 and not outcome.failed and not state.odd
    assert [r for path, r in state.asked if path.endswith(name)] == [None, "bytes=100-"]
    assert (tmp_path / "d" / name).read_bytes() == files[name]


def test_a_changed_checksum_is_never_kept(site: tuple[Site, str], tmp_path: Path) -> None:
    state, address = site
    gdelt_site(state, tmp_path)
    name = "20191024000000.export.CSV.zip"
    state.files[f"/gdeltv2/{name}"] = b"something else"
    outcome = gdelt(tmp_path / "d", address)
    assert outcome.failed == [f"{name}: its checksum differs from the published one"]
    assert len(outcome.fetched) == 3 and not (tmp_path / "d" / name).exists()
    # A file held whose published checksum has changed is fetched anew.
    fresh = gdelt_site(state, tmp_path)
    (tmp_path / "d" / name).write_bytes(b"old")
    outcome = gdelt(tmp_path / "d", address)
    assert [p.name for p in outcome.fetched] == [name] and (tmp_path / "d" / name).read_bytes() == fresh[name]


def test_missing_files_are_listed_and_the_rest_goes_on(site: tuple[Site, str], tmp_path: Path) -> None:
    state, address = site
    gdelt_site(state, tmp_path)
    del state.files["/gdeltv2/20191024001500.export.CSV.zip"]
    state.status["/gdeltv2/20191025000000.export.CSV.zip"] = 503, {}
    outcome = gdelt(tmp_path / "d", address)
    assert outcome.missing == ["20191024001500.export.CSV.zip"]
    assert outcome.failed == ["20191025000000.export.CSV.zip: the server answers 503"]
    assert len(outcome.fetched) == 2


class Clock:
    """Time that passes only by waiting, or where a test says so: what is tested are the waits asked for."""

    def __init__(self) -> None:
        self.now = 100.0
        self.waits: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.waits.append(round(seconds, 6))
        self.now += seconds


def test_requests_keep_a_polite_distance(
    site: tuple[Site, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state, address = site
    gdelt_site(state, tmp_path)
    clock = Clock()
    monkeypatch.setattr("detente.sources.download.time", clock)
    gdelt(tmp_path / "d", address, pause=0.5)
    assert len(clock.waits) == len(state.asked) > 2, "one wait a request"
    assert clock.waits[0] == 0
    assert set(clock.waits[1:]) == {0.5}
    slow = net(tmp_path / "e", address, pause=0.5)
    for passed in (0.0, 0.2, 9.0):
        clock.now += passed
        slow.text("http://data.gdeltproject.org/gdeltv2/masterfilelist.txt")
    assert clock.waits[-3:] == [0, 0.3, 0], "time that a request took counts"


def test_offline_says_so_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Offline, match="are you online"):
        gdelt(tmp_path / "d", "http://127.0.0.1:9")
    with pytest.raises(SystemExit) as end:
        main(
            [
                "fetch",
                "unvotes",
                "--from",
                "2000-01-01",
                "--to",
                "2001-01-01",
                "--mirror",
                "http://127.0.0.1:9",
                "--pause",
                "0",
                "--record",
                str(tmp_path / "r"),
            ]
        )
    err = capsys.readouterr().err
    assert end.value.code == 2 and err.count("\n") == 1 and "can't reach 127.0.0.1:9" in err


def test_gdelt_before_2015_comes_from_version_1(site: tuple[Site, str], tmp_path: Path) -> None:
    state, address = site
    names = ["2005.zip", "200601.zip", "200602.zip", "20130401.export.CSV.zip"]
    for name in names:
        state.files[f"/events/{name}"] = name.encode()
    state.files["/events/md5sums"] = "".join(f"{hashlib.md5(n.encode()).hexdigest()}  {n}\n" for n in names).encode()
    downloader = net(tmp_path / "d", address)
    listed = [
        f.name
        for first, last in ((date(2005, 12, 30), date(2006, 2, 2)), (date(2013, 4, 1), date(2013, 4, 1)))
        for f in files_of("gdelt", first, last, downloader)
    ]
    outcome = downloader.all(files_of("gdelt", date(2005, 12, 30), date(2006, 2, 2), downloader))
    assert listed == names and len(outcome.fetched) == 3


def dataverse(state: Site, files: list[dict[str, object]]) -> None:
    state.files["/api/datasets/:persistentId/"] = json.dumps(
        {"status": "OK", "data": {"latestVersion": {"files": files}}}
    ).encode()


def entry(number: int, name: str, data: bytes, **more: object) -> dict[str, object]:
    return {
        "label": name,
        "restricted": False,
        "dataFile": {
            "id": number,
            "filename": name,
            "md5": hashlib.md5(data).hexdigest(),
            "filesize": len(data),
            **more,
        },
    }


def test_dataverse_files_by_year_and_week(site: tuple[Site, str], tmp_path: Path) -> None:
    state, address = site
    body = (TRIPLE_HEADER + "\n").encode()
    dataverse(
        state,
        [
            entry(1, "events.2017.20200602.tab.zip", body),
            entry(2, "events.2018.20200427084805.zip", body),
            entry(3, "readme.pdf", body),
            entry(4, "ngecEvents.20230103111842.Release603.DV.txt", body),
            entry(5, "ngecEvents.DV.2018.txt.zip", body),
            entry(6, "UNVotes.tab", body, originalFileName="UNVotes.csv", originalFileFormat="text/csv"),
            entry(7, "IdealpointestimatesAll.csv", body),
        ],
    )
    for number in range(1, 8):
        state.files[f"/api/access/datafile/{number}"] = body
    state.files["/api/access/datafile/6?format=original"] = body
    cases = {
        ("icews", date(2018, 1, 1), date(2018, 12, 31)): ["events.2018.20200427084805.zip"],
        ("polecat", date(2018, 1, 1), date(2018, 12, 31)): ["ngecEvents.DV.2018.txt.zip"],
        ("polecat", date(2022, 12, 28), date(2023, 1, 2)): ["ngecEvents.20230103111842.Release603.DV.txt"],
        ("unvotes", date(1946, 1, 1), date(2020, 1, 1)): ["UNVotes.csv"],
    }
    downloader = net(tmp_path / "d", address)
    for (source, first, last), names in cases.items():
        files = files_of(source, first, last, downloader)
        assert [f.name for f in files] == names
        assert len(downloader.all(files).fetched) == 1
    with pytest.raises(NoData):
        files_of("icews", date(1990, 1, 1), date(1990, 2, 1), downloader)
    with pytest.raises(DetenteError, match="lies after"):
        files_of("icews", date(1990, 2, 1), date(1990, 1, 1), downloader)
    state.files["/api/datasets/:persistentId/"] = b'{"data": {"latestVersion": 1}}'
    with pytest.raises(DetenteError, match="is no listing of files as the Dataverse gives it"):
        files_of("icews", date(2018, 1, 1), date(2018, 2, 1), downloader)


def test_fetch_and_ingest_from_the_command_line(
    site: tuple[Site, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state, address = site
    gdelt_site(state, tmp_path)
    with pytest.raises(SystemExit) as end:
        main(
            [
                "fetch",
                "gdelt",
                "--from",
                "2019-10-24",
                "--to",
                "2019-10-25",
                "--mirror",
                address,
                "--pause",
                "0",
                "--ingest",
                "--record",
                str(tmp_path / "r"),
            ]
        )
    err = capsys.readouterr().err
    assert end.value.code == 0 and "4 files fetched" in err and "4 files added 200 rows" in err


def test_a_part_longer_than_the_file_is_fetched_anew(site: tuple[Site, str], tmp_path: Path) -> None:
    state, address = site
    state.files["/x"] = b"abc"
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / ".x.part").write_bytes(b"abcdef")
    downloader = net(tmp_path / "d", address)
    outcome = downloader.all([Remote("http://e.org/x", "x", hashlib.md5(b"abc").hexdigest())])
    assert len(outcome.fetched) == 1 and (tmp_path / "d" / "x").read_bytes() == b"abc"
