"""Servers that lie, stall or lead elsewhere, listings that are damaged, files that only look held."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from datetime import date
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from conftest import detente
from detente.errors import DetenteError
from detente.sources import download
from detente.sources.download import Downloader, Remote
from detente.sources.fetched import origin
from detente.sources.source import files_of
from detente.sources.web import Refused, Web, _public
from local_site import HOSTS, Site, answer, gdelt_site, net

BODY = b"0123456789" * 50
URL, NAME = "http://e.org/x", "x"
Served = tuple[Site, str]
Odd = Callable[[BaseHTTPRequestHandler, bytes, int], None]
MD5 = hashlib.md5(BODY).hexdigest()


def parts(handler: BaseHTTPRequestHandler, body: bytes, start: int, span: str) -> None:
    answer(handler, body[start:], 206 if start else 200, **({"Content_Range": span} if start else {}))


def raw(handler: BaseHTTPRequestHandler, *headers: str, body: bytes = BODY) -> None:
    handler.wfile.write("\r\n".join(["HTTP/1.1 200 OK", *headers, "", ""]).encode() + body)


def test_a_part_of_another_version_is_never_appended(site: Served, tmp_path: Path) -> None:
    state, address = site

    def changes(handler: BaseHTTPRequestHandler, body: bytes, start: int) -> None:
        if start:
            answer(handler, b"Z" * 300, 206, Content_Range="bytes 200-499/500", ETag='"new"')
        else:
            answer(handler, body[:200], Content_Length="500", ETag='"old"')
            handler.close_connection = True

    state.files["/x"], state.odd["/x"] = BODY, changes
    outcome = net(tmp_path, address).all([Remote(URL, NAME)])
    assert len(state.asked) == 3 and not outcome.fetched and "arrived short, 200 of 500" in outcome.failed[0]


@pytest.mark.parametrize(
    "odd",
    [
        lambda handler, body, start: parts(handler, body, start, f"bytes {start}-{'9' * 5000}/{'9' * 5000}"),
        lambda handler, body, start: parts(handler, body, start, ""),
        lambda handler, body, start: parts(handler, body, start, f"bytes 0-{len(body) - 1}/{len(body)}"),
        lambda handler, body, start: parts(handler, body, start, f"bytes {start}-{len(body) - 1}/{len(body) + 9}"),
        lambda handler, body, start: parts(handler, body, start, f"bytes {start}-{len(body) - 2}/{len(body) - 1}"),
        lambda handler, body, start: answer(handler, body, 206, Content_Range=f"bytes 0-{len(body) - 1}/{len(body)}"),
        lambda handler, body, start: answer(handler, body[1:], 206 if start else 200),
    ],
    ids=[
        "beyond all numbers",
        "no range",
        "the whole as a part",
        "another length",
        "short of the end",
        "206 unasked",
        "shifted",
    ],
)
@pytest.mark.parametrize("md5", [MD5, None], ids=["md5", "no md5"])
def test_a_part_that_was_not_asked_for_is_never_appended(
    site: Served, tmp_path: Path, odd: Odd, md5: str | None
) -> None:
    state, address = site
    state.files["/x"], state.odd["/x"] = BODY, odd
    (tmp_path / ".x.part").write_bytes(BODY[:123])
    outcome = net(tmp_path, address).all([Remote(URL, NAME, md5, len(BODY))])
    assert (tmp_path / NAME).exists() == bool(outcome.fetched)
    assert not outcome.fetched or (tmp_path / NAME).read_bytes() == BODY
    assert len(outcome.fetched + outcome.failed) == 1


@pytest.mark.parametrize(
    ("odd", "size", "said"),
    [
        (
            lambda h, body, start: answer(h, body[:100], Content_Length=str(len(body))),
            None,
            "arrived short, 100 of 500",
        ),
        (lambda h, body, start: answer(h, body), 900, "announces 500 bytes, the listing says 900"),
        (lambda h, body, start: answer(h, body, Content_Length=""), None, "doesn't say how long it is"),
        (lambda h, body, start: answer(h, body, Content_Encoding="gzip"), None, "packs it (gzip)"),
        (lambda h, body, start: answer(h, b"<!DOCTYPE html><p>Log in"), None, "a web page in its place"),
        (lambda h, body, start: answer(h, b"20\r\nabc", Content_Length="", Transfer_Encoding="chunked"), None, "broke"),
        (lambda h, body, start: h.wfile.write(b"nonsense\r\n\r\n"), None, "broke"),
        (lambda h, body, start: None, None, "broke"),
        (lambda h, body, start: raw(h, "Content-Length: 100", "Content-Length: 500"), None, "can't be trusted"),
        (lambda h, body, start: raw(h, "Content-Length: 5_0"), None, "can't be trusted: 5_0"),
        (lambda h, body, start: raw(h, "Content-Length: 500", "Transfer-Encoding: gzip"), None, "can't be trusted"),
        (
            lambda h, body, start: raw(
                h, "Content-Length: 9", "Transfer-Encoding: chunked", body=b"1\r\n0\r\n0\r\n\r\n"
            ),
            None,
            "can't be trusted",
        ),
        (
            lambda h, body, start: raw(
                h, "Content-Length: 500", "Content-Encoding: identity", "Content-Encoding: gzip"
            ),
            None,
            "packs it (gzip)",
        ),
        (lambda h, body, start: answer(h, b"", 302, Location="http://[::1/x"), None, "sends us to what is no address"),
    ],
    ids=[
        "short",
        "of another size",
        "of no length",
        "packed",
        "a page",
        "a torn chunk",
        "no HTTP",
        "nothing",
        "two lengths",
        "no number",
        "packed on the way",
        "a length of chunks",
        "packed twice",
        "led nowhere",
    ],
)
def test_what_is_not_the_whole_file_is_never_fetched(
    site: Served, tmp_path: Path, odd: Odd, size: int | None, said: str
) -> None:
    state, address = site

    def closing(handler: BaseHTTPRequestHandler, body: bytes, start: int) -> None:
        handler.close_connection = True
        odd(handler, body, start)

    state.files["/x"], state.odd["/x"] = BODY, closing
    outcome = net(tmp_path, address).all([Remote(URL, NAME, None, size)])
    assert not outcome.fetched and said in outcome.failed[0] and not (tmp_path / NAME).exists()


def test_no_more_is_taken_than_the_limit(site: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state, address = site
    state.files["/x"] = state.files["/y"] = BODY

    def endless(handler: BaseHTTPRequestHandler, body: bytes, start: int) -> None:
        answer(handler, b"", Content_Length="", Transfer_Encoding="chunked")
        while not state.over.is_set():
            handler.wfile.write(b"3e8\r\n" + bytes(1000) + b"\r\n")

    state.odd["/y"] = endless
    monkeypatch.setattr(download, "LARGEST", 400)
    outcome = net(tmp_path, address).all([Remote(URL, NAME), Remote("http://e.org/y", "y")])
    assert outcome.failed == [
        "x: the server announces 500 bytes, the limit is 400",
        "y: is longer than 400 bytes; given up",
    ]
    assert max((path.stat().st_size for path in tmp_path.glob(".*.part")), default=0) <= 400
    monkeypatch.setattr(download, "LONGEST_LINE", 100)
    with pytest.raises(DetenteError, match=f"{URL}: line 1 is no line of a listing: '0123456789.*'"):
        list(net(tmp_path / "d", address).lines(URL))


@pytest.mark.parametrize("headers", [True, False])
def test_a_transfer_that_drips_is_given_up(site: Served, tmp_path: Path, headers: bool) -> None:
    state, address = site

    def drips(handler: BaseHTTPRequestHandler, body: bytes, start: int) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n" if headers else b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n")
        try:
            while not state.over.wait(0.02):
                handler.wfile.write(b"X-More: 1\r\n" if headers else b"0")
        except OSError:
            handler.close_connection = True

    state.files["/x"], state.odd["/x"] = BODY, drips
    outcome = net(tmp_path, address, longest=0.3).all([Remote(URL, NAME)])
    assert outcome.failed == ["x: took longer than 0.3 seconds"] and not outcome.fetched


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/x",
        "http://e.org.evil.example/x",
        "http://e.org@evil.example/x",
        "http://evil.example/e.org/x",
        "http://e.org:8080/x",
        "ftp://e.org/x",
        "file:///etc/passwd",
        "http://e.org/../x",
        "http://e.org\\@evil.example/x",
        "http://e.org/a b",
        "http://[::1]/x",
        "http://[::1/x",
        "http://e.org/%2e%2e/x",
        "http://e.org/.%2E/x",
        "http://e.org/a%5cb",
        "http://e.org:99999/x",
        "http://e\uff0forg/x",
        "//e.org/x",
        "x",
        "",
    ],
)
def test_listed_addresses_are_asked_for_only_at_the_source(site: Served, tmp_path: Path, url: str) -> None:
    state, address = site
    outcome = net(tmp_path, address).all([Remote(url, NAME)])
    assert not state.asked and "is no address of the source" in outcome.failed[0]


@pytest.mark.parametrize(
    ("to", "followed"),
    [
        ("/y", True),
        ("{address}/y", True),
        ("http://localhost:1/y", False),
        ("{address}.evil.example/y", False),
        ("{address}@evil.example/y", False),
        ("http://169.254.169.254/latest/meta-data", False),
        ("http://e.org/y", False),
        ("https://y.evil.example/y", False),
        ("file:///etc/passwd", False),
        ("ftp://e.org/y", False),
        ("/x", False),
    ],
)
def test_redirects_are_followed_only_within_the_source(site: Served, tmp_path: Path, to: str, followed: bool) -> None:
    state, address = site
    state.files["/y"] = BODY
    state.status["/x"] = 302, {"Location": to.format(address=address)}
    outcome = net(tmp_path, address).all([Remote(URL, NAME, MD5)])
    assert bool(outcome.fetched) == followed and len(outcome.fetched + outcome.failed) == 1
    assert {path for path, _ in state.asked} == ({"/x", "/y"} if followed else {"/x"})


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "10.0.0.1", "[::1]", "169.254.169.254", "[::ffff:10.0.0.1]"]
)
def test_a_name_that_leads_into_the_own_network_is_not_asked(site: Served, host: str) -> None:
    port = site[1].rsplit(":", 1)[1]
    web = Web({"e.org": f"https://{host}:{port}"}, None, idle=1, longest=2)
    with pytest.raises(Refused, match="inside your own network"), web.ask(URL):
        pass
    assert not site[0].asked


@pytest.mark.parametrize(
    ("place", "public"),
    [
        ("64:ff9b::a00:1", False),
        ("2002:a00:1::1", False),
        ("::ffff:192.168.0.1", False),
        ("fe80::1%eth0", False),
        ("64:ff9b::808:808", True),
        ("2a00:1450::1", True),
        ("8.8.8.8", True),
        ("100.64.0.1", False),
    ],
)
def test_an_address_within_an_address_is_seen(place: str, public: bool) -> None:
    assert _public(place) is public


@pytest.mark.parametrize(
    "mirror",
    [
        "nonsense",
        "file:///tmp",
        "http://",
        "ftp://e.org",
        "http://[",
        "http://e.org:99999",
        "http://e.org/?q=1",
        "http://e.org/#f",
        "http://\xe4.org",
        "http://a b",
    ],
)
def test_a_mirror_is_an_address(mirror: str, tmp_path: Path) -> None:
    with pytest.raises(DetenteError, match="is no address; give one as in http://localhost:8000"):
        Downloader(tmp_path, HOSTS, mirror=mirror)


class Waits:
    """Time that passes only by waiting."""

    def __init__(self) -> None:
        self.now, self.waits = 100.0, list[float]()

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.waits += [seconds] if seconds else []


@pytest.mark.parametrize(
    ("status", "headers", "waits", "said"),
    [
        (503, {}, [2, 4], "the server answers 503"),
        (503, {"Retry-After": "7"}, [7, 7], "the server answers 503"),
        (429, {"Retry-After": "Fri, 31 Dec 1999 23:59:59 GMT"}, [2, 4], "the server answers 429"),
        (429, {"Retry-After": "90000"}, [], "asks to wait 90000 seconds; run the same command then"),
        (503, {"Retry-After": "soon"}, [2, 4], "the server answers 503"),
        (503, {"Retry-After": f"Fri, 31 Dec {'9' * 30} 23:59:59 GMT"}, [2, 4], "the server answers 503"),
        (503, {"Retry-After": f"1 Jan 1999 00:00:00 +{'9' * 14}"}, [2, 4], "the server answers 503"),
        (403, {}, [], "the server answers 403"),
        (204, {}, [], "the server answers 204"),
    ],
)
def test_one_policy_of_trying_again(
    site: Served,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    headers: dict[str, str],
    waits: list[float],
    said: str,
) -> None:
    state, address = site
    state.status["/x"] = status, headers
    clock = Waits()
    monkeypatch.setattr("detente.sources.download.time", clock)
    outcome = net(tmp_path, address, pause=1).all([Remote(URL, NAME)])
    assert clock.waits == waits and said in outcome.failed[0]
    assert len(state.asked) == len(waits) + 1


def test_nothing_is_held_that_is_not(site: Served, tmp_path: Path) -> None:
    state, address = site
    state.files["/x"] = BODY
    (tmp_path / NAME).write_bytes(BODY[:77])
    remote = Remote(URL, NAME)
    assert net(tmp_path, address).all([remote]).fetched == [tmp_path / NAME]
    assert net(tmp_path, address).all([remote]).kept == [tmp_path / NAME]
    (tmp_path / NAME).write_bytes(BODY[:-1])
    assert net(tmp_path, address).all([remote]).fetched == [tmp_path / NAME]
    (tmp_path / ".fetched.jsonl").write_bytes(b'\xff{[\n7\n{"name": []}\n{"name": "x"}')
    assert net(tmp_path, address).all([remote]).fetched == [tmp_path / NAME]
    assert net(tmp_path, address).all([remote]).kept == [tmp_path / NAME]
    # Another size is listed now: it was published anew.
    assert net(tmp_path, address).all([Remote(URL, NAME, None, 9)]).failed


MASTER = "/gdeltv2/masterfilelist.txt"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "150 xyz http://data.gdeltproject.org/gdeltv2/20191024003000.export.CSV.zip",
            "line 9 is not of the form known",
        ),
        ("http://data.gdeltproject.org/gdeltv2/20191024003000.export.CSV.zip", "line 9 is not of the form known"),
        ("1 " + "0" * 32 + " http://data.gdeltproject.org/gdeltv2/20191024003000.export.CSV.zip.part", "line 9"),
    ],
)
def test_a_damaged_line_of_the_days_asked_for_ends_the_fetch(
    site: Served, tmp_path: Path, line: str, said: str
) -> None:
    state, address = site
    gdelt_site(state, tmp_path)
    state.files[MASTER] += line.encode() + b"\n"
    done = detente(*asked(address, tmp_path))
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and said in done.stderr


def asked(address: str, tmp_path: Path, *more: str) -> list[str]:
    days = ["--from", "2019-10-24", "--to", "2019-10-24"]
    where = ["--into", str(tmp_path / "d"), "--record", str(tmp_path / "record")]
    return ["fetch", "gdelt", *days, *where, "--mirror", address, "--pause", "0", *more]


def test_damaged_lines_elsewhere_are_counted(site: Served, tmp_path: Path) -> None:
    state, address = site
    gdelt_site(state, tmp_path)
    state.files[MASTER] += b"150 20180101003000.export.CSV.zip\n\n\xff\x1b[2J\n"
    done = detente(*asked(address, tmp_path))
    assert done.returncode == 0 and "masterfilelist.txt: 2 lines passed over; line 9 is not" in done.stderr
    assert "\x1b" not in done.stderr
    for listing in (b"", b"\0" * 5000, b"Service unavailable\n", b"1 2 3\n"):
        state.files[MASTER] = listing
        done = detente(*asked(address, tmp_path))
        assert done.returncode == 2 and "is no listing of GDELT's" in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "name", ["../x.zip", ".bashrc", "a\nb.zip", "", "a" * 300, "\xe9" * 150, "x:y.zip", "\x1b[2J.zip", "-rf.zip"]
)
def test_a_listed_name_is_that_of_a_file_in_the_folder(name: str) -> None:
    with pytest.raises(DetenteError, match="which is no name of a file"):
        Remote(URL, name)


@pytest.mark.parametrize(
    "listing",
    [
        {"data": {"latestVersion": {"files": [{"dataFile": {"filename": "events.2018.tab"}}]}}},
        {"data": {"latestVersion": {"files": [{"dataFile": {"id": "../1", "filename": "events.2018.tab"}}]}}},
        {"data": {"latestVersion": {"files": [{"dataFile": {"id": 1, "md5": "x", "filename": "events.2018.tab"}}]}}},
        {
            "data": {
                "latestVersion": {"files": [{"dataFile": {"id": 1, "filesize": "x", "filename": "events.2018.tab"}}]}
            }
        },
        {"data": {"latestVersion": {"files": [["dataFile"]]}}},
        {"data": {"latestVersion": {"files": 7}}},
        {"data": []},
        [],
    ],
)
def test_a_damaged_listing_of_the_dataverse_is_one_line(site: Served, tmp_path: Path, listing: object) -> None:
    state, address = site
    state.files["/api/datasets/:persistentId/"] = json.dumps(listing).encode()
    with pytest.raises(DetenteError, match=r"listing of files as|has not the id, MD5 and size"):
        files_of("icews", date(2018, 1, 1), date(2018, 12, 31), net(tmp_path, address))
    state.files["/api/datasets/:persistentId/"] = b"[" * 100_000
    with pytest.raises(DetenteError, match="is no listing of files as"):
        files_of("icews", date(2018, 1, 1), date(2018, 12, 31), net(tmp_path, address))


def test_what_its_owner_keeps_back_is_told(site: Served, tmp_path: Path) -> None:
    state, address = site
    kept = {"restricted": True, "dataFile": {"id": 1, "filename": "events.2018.tab"}}
    state.files["/api/datasets/:persistentId/"] = json.dumps({"data": {"latestVersion": {"files": [kept]}}}).encode()
    with (
        pytest.warns(UserWarning, match=r"events.2018.tab is open only to whom its owner admits"),
        pytest.raises(DetenteError, match="lists no icews files"),
    ):
        files_of("icews", date(2018, 1, 1), date(2018, 12, 31), net(tmp_path, address))


def test_two_fetches_do_not_meet_in_one_folder(site: Served, tmp_path: Path) -> None:
    state, address = site
    told = []

    def meanwhile(handler: BaseHTTPRequestHandler, body: bytes, start: int) -> None:
        with pytest.raises(DetenteError) as refused:
            net(tmp_path, address).all([Remote(URL, NAME)])
        told.append(str(refused.value))
        answer(handler, body)

    state.files["/x"], state.odd["/x"] = BODY, meanwhile
    assert net(tmp_path, address).all([Remote(URL, NAME)]).fetched
    assert told == [f"{tmp_path}: another process fetches into it; wait for it, or name another with --into"]


def test_a_failed_file_is_shown_and_the_code_is_2(site: Served, tmp_path: Path) -> None:
    state, address = site
    gdelt_site(state, tmp_path)
    state.files["/gdeltv2/20191024000000.export.CSV.zip"] = b"cut"
    done = detente(*asked(address, tmp_path, "--ingest"))
    assert done.returncode == 2
    assert "not fetched: 20191024000000.export.CSV.zip: its checksum differs from the published one" in done.stderr
    assert "1 files fetched on " in done.stderr and ", 1 failed; release 2.0; in " in done.stderr


def test_the_record_remembers_where_files_are_from(site: Served, tmp_path: Path) -> None:
    state, address = site
    gdelt_site(state, tmp_path)
    done = detente(*asked(address, tmp_path, "--ingest"))
    assert done.returncode == 0 and "2 files to download, " in done.stderr
    shown = json.loads(detente("record", "files", "--record", tmp_path / "record", "--format", "json").stdout)
    rows = shown["rows"] if isinstance(shown, dict) else shown
    assert [row["from"] for row in rows] == [
        f"http://data.gdeltproject.org/gdeltv2/20191024{slot}.export.CSV.zip" for slot in ("000000", "001500")
    ]
    assert {row["release"] for row in rows} == {"2.0"} and all(row["fetched"] for row in rows)
    # A file that has changed since is another one.
    path = tmp_path / "d" / "20191024000000.export.CSV.zip"
    path.write_bytes((tmp_path / "d" / "20191024001500.export.CSV.zip").read_bytes())
    assert detente("ingest", path, "--record", tmp_path / "other").returncode == 0
    told = json.loads(detente("record", "files", "--record", tmp_path / "other", "--format", "json").stdout)
    assert [row["from"] for row in (told["rows"] if isinstance(told, dict) else told)] == [None]


@pytest.mark.parametrize("option", ["--pause", "--timeout", "--longest"])
@pytest.mark.parametrize("seconds", ["nan", "inf", "1e10"])
def test_seconds_are_a_number_that_can_be_waited(site: Served, tmp_path: Path, option: str, seconds: str) -> None:
    done = detente(*asked(site[1], tmp_path), option, seconds)
    assert done.returncode == 2 and f"Invalid value for '{option}'" in done.stderr


def test_a_listing_has_no_name_while_it_is_read(site: Served, tmp_path: Path) -> None:
    """Another process that fetches the same would else take it away."""
    state, address = site
    state.files["/x"] = b"1\n2\n"
    lines = net(tmp_path, address).lines(URL)
    assert next(lines) == "1\n" and [path.name for path in tmp_path.iterdir()] == [".lock"]
    assert list(net(tmp_path, address).lines(URL)) == ["1\n", "2\n"]
    assert list(lines) == ["2\n"]


@pytest.mark.parametrize("kind", ["a folder", "a pipe"])
def test_a_book_that_is_no_file_ends_the_fetch_in_a_line(site: Served, tmp_path: Path, kind: str) -> None:
    state, address = site
    gdelt_site(state, tmp_path)
    (tmp_path / "d").mkdir()
    book = tmp_path / "d" / ".fetched.jsonl"
    os.mkfifo(book) if kind == "a pipe" else book.mkdir()
    done = detente(*asked(address, tmp_path))
    assert done.returncode == 2 and "can't be read or written: .fetched.jsonl is no file" in done.stderr
    assert detente("ingest", tmp_path / "d", "--record", tmp_path / "record").returncode == 0


def test_what_a_book_says_is_text_to_be_seen(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(BODY)
    told = {"name": "x", "sha256": "7", "from": "\ud800\x1b[2J", "release": ["\x1b"], "at": "2020-01-01"}
    (tmp_path / ".fetched.jsonl").write_text("[" * 200_000 + "\n" + json.dumps(told) + "\n")
    assert origin(tmp_path / "x", "7") == {"at": "2020-01-01"}


def test_two_files_of_one_name_are_not_fetched(site: Served, tmp_path: Path) -> None:
    state, address = site
    gdelt_site(state, tmp_path)
    line = state.files[MASTER].split(b"\n")[0]
    for other, code in ((line, 0), (b"7 " + line[line.index(b" ") + 1 :], 2), (line.replace(b".CSV", b".csv"), 2)):
        state.files[MASTER] = line + b"\r\n" + other + b"\r\n"
        for pair in ((), ("--pair", "USA", "RUS")):
            done = detente(*asked(address, tmp_path, *pair))
            assert done.returncode == code, done.stderr
            assert not code or "two files named" in done.stderr or "is not of the form known" in done.stderr
