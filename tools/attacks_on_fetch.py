"""Attacks by servers: `detente fetch` from one on this machine that lies, breaks off, sends elsewhere or never ends."""

from __future__ import annotations

import contextlib
import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from attack import Done, attack, detente, gdelt

NAME, ONE = "20191024000000.export.CSV.zip", "20140101.export.CSV.zip"
TWO = f"/gdeltv2/{NAME}"
Answer = Callable[[BaseHTTPRequestHandler, bytes], None]


def plain(asked: BaseHTTPRequestHandler, content: bytes, status: int = 200, **headers: object) -> None:
    """Answer; `Content_Length` and other headers as they are given."""
    asked.send_response(status)
    for name, value in {"Content_Length": len(content), **headers}.items():
        asked.send_header(name.replace("_", "-"), str(value))
    asked.end_headers()
    asked.wfile.write(content)


@contextlib.contextmanager
def server(files: dict[str, bytes], odd: dict[str, Answer]) -> Iterator[tuple[str, list[str]]]:
    """A server of files, some answered oddly: its address, and the paths that it was asked for."""
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.path)
            content = files.get(self.path, b"")
            if self.path in odd:
                odd[self.path](self, content)
            elif self.path in files:
                plain(self, content)
            else:
                self.send_error(404)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that goes away is what some attacks are for."""

    running = Quiet(("127.0.0.1", 0), Handler)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{running.server_port}", seen
    finally:
        running.shutdown()


def published(place: Path) -> dict[str, bytes]:
    """A file of GDELT 2 with its listing, and one of GDELT 1 without a checksum."""
    content = gdelt(place / "made.zip", 1, 2000).read_bytes()
    address = f"http://data.gdeltproject.org{TWO}"
    listing = f"{len(content)} {hashlib.md5(content).hexdigest()} {address}\n".encode()
    return {
        TWO: content,
        "/gdeltv2/masterfilelist.txt": listing,
        f"/events/{ONE}": content,
        "/events/md5sums": b"0" * 32 + b"  19790101.export.CSV.zip\n",
    }


def fetch(place: Path, address: str, day: str, *more: object, seconds: int = 60) -> Done:
    options = ("--from", day, "--to", day, "--into", place / "into", "--record", place / "record", "--pause", "0")
    return detente("fetch", "gdelt", *options, "--mirror", address, *more, seconds=seconds)


def lie(place: Path, odd: dict[str, Answer], *more: object, day: str = "2014-01-01", seconds: int = 60) -> str:
    """What became of a fetch of a day, and whether what bears the file's name is as published."""
    files = published(place)
    with server(files, odd) as (address, _):
        done = fetch(place, address, day, *more, seconds=seconds)
    name = ONE if day == "2014-01-01" else NAME
    path = place / "into" / name
    whole = path.exists() and path.read_bytes() == files[TWO]
    return f"{done.became}; " + ("whole" if whole else "kept as fetched, not whole" if path.exists() else "not kept")


def cut(asked: BaseHTTPRequestHandler, content: bytes) -> None:
    """Announce all, send half, and close."""
    plain(asked, content[: len(content) // 2], Content_Length=len(content))


def other_range(asked: BaseHTTPRequestHandler, content: bytes) -> None:
    """First break off; then answer from the beginning of the file as if it were what was asked for."""
    if not asked.headers.get("Range"):
        cut(asked, content)
        return
    plain(asked, content, 206, Content_Range=f"bytes 0-{len(content) - 1}/{len(content)}")


@attack("servers", "a file shorter than announced")
def shorter(place: Path) -> str:
    return lie(place, {f"/events/{ONE}": cut})


@attack("servers", "a file announced with two lengths")
def two_lengths(place: Path) -> str:
    def both(asked: BaseHTTPRequestHandler, content: bytes) -> None:
        asked.send_response(200)
        for length in (len(content) // 2, len(content)):
            asked.send_header("Content-Length", str(length))
        asked.end_headers()
        asked.wfile.write(content[: len(content) // 2])

    return lie(place, {f"/events/{ONE}": both})


@attack("servers", "a part of another range than asked for")
def part(place: Path) -> str:
    return lie(place, {f"/events/{ONE}": other_range})


@attack("servers", "a file cut short that lies there already")
def held(place: Path) -> str:
    files = published(place)
    (place / "into").mkdir()
    (place / "into" / ONE).write_bytes(files[TWO][:1000])
    return lie(place, {})


@attack("servers", "another file than its checksum says")
def other(place: Path) -> str:
    return lie(place, {TWO: lambda asked, content: plain(asked, content[::-1])}, day="2019-10-24")


@attack("servers", "the server fails (500)")
def fails(place: Path) -> str:
    return lie(place, {TWO: lambda asked, content: plain(asked, b"", 500)}, day="2019-10-24")


@attack("servers", "sent on to another address on this machine")
def redirected(place: Path) -> str:
    with server({"/secret": b"secret"}, {}) as (inner, seen):
        away: Answer = lambda asked, content: plain(asked, b"", 302, Location=f"{inner}/secret")  # noqa: E731
        became = lie(place, {f"/events/{ONE}": away})
    return f"{became}; {'followed' if seen else 'not followed'}"


@attack("servers", "a listing that is none")
def listing(place: Path) -> str:
    odd: Answer = lambda asked, content: plain(asked, b"\xff\x00 \x1b[31m <html>\n" * 50)  # noqa: E731
    return lie(place, {"/gdeltv2/masterfilelist.txt": odd}, day="2019-10-24")


@attack("servers", "a listed size of 19 digits, and a name that leads elsewhere")
def listed(place: Path) -> str:
    text = f"{'9' * 19} {'0' * 32} http://data.gdeltproject.org/gdeltv2/../../../20191024000000..export.CSV.zip\n"
    odd: Answer = lambda asked, content: plain(asked, text.encode())  # noqa: E731
    became = lie(place, {"/gdeltv2/masterfilelist.txt": odd}, day="2019-10-24")
    outside = [path for path in place.glob("*.zip") if path.name != "made.zip"]
    return became + ("; written elsewhere" if outside else "")


@attack("servers", "a list of checksums that never ends")
def endless(place: Path) -> str:
    def stream(asked: BaseHTTPRequestHandler, content: bytes) -> None:
        asked.send_response(200)
        asked.end_headers()
        end = time.monotonic() + 60
        while time.monotonic() < end:
            asked.wfile.write(b"0" * 32 + b"  19790101.export.CSV.zip\n" * 10_000)

    files = published(place)
    with server(files, {"/events/md5sums": stream}) as (address, _):
        done = fetch(place, address, "2014-01-01", seconds=40)
    return f"{done.became}, {done.memory:.1f} GB at most"
