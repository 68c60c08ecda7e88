"""A loopback server that serves the official paths, and misbehaves."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from conftest import gdelt_row, gdelt_zip
from detente.sources.download import Downloader, Outcome
from detente.sources.source import files_of

HOSTS = {"data.gdeltproject.org": "https://x", "dataverse.harvard.edu": "https://y", "e.org": "https://z"}


class Site:
    """What is served under each path, and how it fails: truncate so many times, ignore ranges, refuse with a status and
    headers, or do what `odd` does with the handler, the content and the byte from which it is asked for.
    """

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.truncate: dict[str, int] = {}
        self.status: dict[str, tuple[int, dict[str, str]]] = {}
        self.odd: dict[str, Callable[[BaseHTTPRequestHandler, bytes, int], None]] = {}
        self.no_ranges = False
        self.asked: list[tuple[str, str | None]] = []
        self.over = threading.Event()


@contextmanager
def serving() -> Iterator[tuple[Site, str]]:
    """A site to fill, and its address."""
    state = Site()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = self.path.split("?persistentId")[0] if "persistentId=" in self.path else self.path
            wanted = self.headers.get("Range")
            state.asked.append((self.path, wanted))
            key = next((k for k in (self.path, path) if k in state.files), None)
            if state.status.get(self.path):
                status, headers = state.status[self.path]
                answer(self, b"", status, **headers)
                return
            if key is None:
                self.send_error(404)
                return
            body = state.files[key]
            start = int(wanted[6:-1]) if wanted and not state.no_ranges else 0
            if key in state.odd:
                state.odd[key](self, body, start)
                return
            if start >= len(body) > 0 and start:
                self.send_response(416)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            part = body[start:]
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(part)))
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
            self.end_headers()
            if state.truncate.get(key, 0):
                state.truncate[key] -= 1
                self.wfile.write(part[: len(part) // 2])
                self.close_connection = True
                return
            self.wfile.write(part)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield state, f"http://127.0.0.1:{server.server_port}"
    finally:
        state.over.set()
        server.shutdown()
        server.server_close()


def answer(handler: BaseHTTPRequestHandler, body: bytes, status: int = 200, **headers: str) -> None:
    """An answer with headers, whose names have _ for -; of the length of the body if not said otherwise."""
    handler.send_response(status)
    for name, value in ({"Content_Length": str(len(body))} | headers).items():
        if value:
            handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def gdelt_site(state: Site, tmp_path: Path, days: tuple[str, ...] = ("20191024", "20191025")) -> dict[str, bytes]:
    files = {}
    lines = []
    for n, day in enumerate(days):
        for slot in ("000000", "001500"):
            name = f"{day}{slot}.export.CSV.zip"
            data = gdelt_zip(tmp_path / name, [gdelt_row(100 * n + k + int(slot), day) for k in range(50)]).read_bytes()
            (tmp_path / name).unlink()
            files[name] = data
            state.files[f"/gdeltv2/{name}"] = data
            lines.append(f"{len(data)} {hashlib.md5(data).hexdigest()} http://data.gdeltproject.org/gdeltv2/{name}")
            lines.append(f"9 x http://data.gdeltproject.org/gdeltv2/{day}{slot}.mentions.CSV.zip")
    state.files["/gdeltv2/masterfilelist.txt"] = ("\n".join(lines) + "\n").encode()
    return files


def net(folder: Path, address: str, **options: float) -> Downloader:
    return Downloader(folder, HOSTS, mirror=address, **{"pause": 0.0, "timeout": 5.0, **options})


def gdelt(
    folder: Path, address: str, first: date = date(2019, 10, 24), last: date = date(2019, 10, 25), **options: float
) -> Outcome:
    downloader = net(folder, address, **options)
    return downloader.all(files_of("gdelt", first, last, downloader))
