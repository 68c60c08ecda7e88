"""What `crash.py` disturbs: commands that write, the state in which each begins, and what it must leave."""

from __future__ import annotations

import contextlib
import hashlib
import io
import random
import shutil
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import polars as pl
from fuzz_inputs import GDELT

from detente.api import open_record
from detente.errors import DetenteError

WORDS = ("Consult", "Make statement", "Threaten", "Sign agreement")
SLOTS = [f"{day}{slot}" for day in ("20191024", "20191025") for slot in ("000000", "001500", "003000")]
PIECE, SECONDS_A_PIECE = 2048, 0.004


def nothing(folder: Path) -> list[str]:
    return []


@dataclass(frozen=True)
class Trial:
    """A command that writes in `folder` (its record is folder/record), and how many of its `steps` have been done.

    `prepare` makes the folder as it is before; `half` says what is wrong in it after a kill or on a full disk, before
    the command runs again. A repair must leave the same `log` as an undisturbed one. `done` is said, with another exit
    code, where all had been done already.
    """

    name: str
    prepare: Callable[[Path], None]
    line: Callable[[Path], list[str]]
    steps: Callable[[Path], int]
    half: Callable[[Path], list[str]] = nothing
    log: bool = False
    done: str = ""


def command(*words: object) -> list[str]:
    return [sys.executable, "-m", "detente", *map(str, words)]


def told(trial: Trial, folder: Path) -> object:
    """What a trial's command has left: all rows of its record, the files fetched, the log where that is to be equal."""
    record = open_record(folder / "record", cases=False)
    try:
        parts = record.paths(record.parts("events"))
        rows = pl.concat(map(pl.read_parquet, parts)).sort("event_id").rows() if parts else []
        # A restore sets aside again what it reads again.
        aside = sorted((set if trial.done else list)(map(str, record.quarantine().frame.drop("ingested_at").rows())))
        log = [commit.to_json() for commit in record.commits] if trial.log else []
    except DetenteError as error:
        return str(error)
    fetched = {path.name: path.read_bytes() for path in sorted((folder / "into").glob("*.zip"))}
    return rows, aside, record.coverage("icews_triples").rows(), log, fetched


def faults_of(trial: Trial, folder: Path) -> list[str]:
    """What is wrong at the end of all."""
    return open_record(folder / "record", cases=False).verify() + trial.half(folder)


def entries(folder: Path) -> int:
    return len(list((folder / "record" / "log").glob("*.json")))


def triples(path: Path, first: int, rows: int) -> Path:
    """A file of acts of Russia, told by name, all different; one row is no act."""
    lines = ["date\tsender\taction\tcameo\tgoldstein\treceiver", f"2010-99-99\tRussia\tConsult\t040\t1\tNo day {first}"]
    for n in range(first, first + rows):
        day = f"20{10 + n // 336 % 9:02d}-{n // 28 % 12 + 1:02d}-{n % 28 + 1:02d}"
        receiver = "United States" if n % 100_000 < 3024 else f"United States (group {n})"
        lines.append(f"{day}\tRussia\t{WORDS[first // 100_000 % 4]}\t0{4 + first // 400_000}0\t1.0\t{receiver}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def ingesting(place: Path, count: int, name: str = "ingest") -> Trial:
    """An ingest of so many files, the second of which is large."""
    files = [triples(place / f"{n}.tsv", n * 100_000, 4_000 if n == 1 else 300) for n in range(count)]

    def prepare(folder: Path) -> None:
        folder.mkdir(parents=True)

    return Trial(name, prepare, lambda folder: command("ingest", "--record", folder / "record", *files), entries)


def trials(work: Path, address: str, only: str = "") -> list[Trial]:
    """All that is disturbed, or what of it has `only` in its name, with what it needs in `work`."""
    record = work / "record of many"
    ingest = ingesting(work / "many", 24)
    ingest.prepare(record)
    subprocess.run(ingest.line(record), check=True, capture_output=True)

    def copied(harm: Callable[[Path], None]) -> Callable[[Path], None]:
        def prepare(folder: Path) -> None:
            shutil.copytree(record, folder)
            harm(folder / "record")

        return prepare

    def lost(folder: Path) -> None:
        """The second entry and its copy: all later ones have to be written anew."""
        (folder / "log" / "00000002.json").unlink()
        for path in (folder / "quarantine").glob("00000002-*"):
            path.unlink()

    def changed(folder: Path) -> None:
        entry = folder / "log" / "00000003.json"
        entry.write_text(entry.read_text().replace('"duplicates": 0', '"duplicates": 7'))
        (folder / "log" / "00000001 (conflicted copy).json").write_bytes(entry.read_bytes())

    def flipped(folder: Path) -> None:
        for number in (1, 2, 9):
            path, *_ = sorted((folder / "data").rglob(f"{number:08d}-*.parquet"))
            content = bytearray(path.read_bytes())
            content[len(content) // 2] ^= 4
            path.write_bytes(content)

    def mended(folder: Path) -> int:
        return len(list((folder / "record" / "lost+found").rglob("*.json")))

    def repair(folder: Path) -> list[str]:
        return command("record", "--record", folder / "record", "repair")

    def restore(folder: Path) -> list[str]:
        files = [work / "many" / f"{n}.tsv" for n in (0, 1, 8)]
        return command("record", "--record", folder / "record", "restore", *files)

    def fetch(folder: Path, *more: str) -> list[str]:
        asked = ("--from", "2019-10-24", "--to", "2019-10-25", "--mirror", address, "--pause", "0")
        return command("fetch", "gdelt", *asked, "--into", folder / "into", "--record", folder / "record", *more)

    site = gdelt_site()

    def halves(folder: Path) -> list[str]:
        """Files that bear their name and aren't what the site has."""
        paths = (folder / "into").glob("*.zip")
        return [f"{path.name} is not as published" for path in paths if path.read_bytes() != site[path.name]]

    def arrived(folder: Path) -> int:
        return len(list((folder / "into").glob("*.zip"))) + entries(folder)

    many = [
        ingesting(work / "three", 3),
        Trial("repair, an entry lost", copied(lost), repair, mended, log=True),
        Trial("repair, an entry changed", copied(changed), repair, mended, log=True),
        Trial("restore", copied(flipped), restore, entries, done="nothing to restore"),
        Trial("fetch", ingest.prepare, fetch, arrived, halves),
        Trial("fetch --ingest", ingest.prepare, lambda folder: fetch(folder, "--ingest"), arrived, halves),
    ]
    return [trial for trial in many if only in trial.name]


def gdelt_site() -> dict[str, bytes]:
    """Files of GDELT by name, the same each time; long addresses make them too large for one piece."""
    files = {}
    for n, slot in enumerate(SLOTS):
        rng, out, rows = random.Random(slot), io.BytesIO(), []
        for k in range(300):
            row = [str(1000 * n + k), slot[:8], *GDELT[2:]]
            row[59], row[60] = slot, f"https://example.org/{rng.randbytes(24).hex()}"
            rows.append("\t".join(row))
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            member = zipfile.ZipInfo(f"{slot}.export.CSV", (2020, 1, 1, 0, 0, 0))
            archive.writestr(member, "\n".join(rows) + "\n", zipfile.ZIP_DEFLATED)
        files[f"{slot}.export.CSV.zip"] = out.getvalue()
    return files


@contextlib.contextmanager
def serving() -> Iterator[str]:
    """The address of a slow server of that site on this machine, which knows ranges."""
    files = {f"/gdeltv2/{name}": content for name, content in gdelt_site().items()}
    lines = [
        f"{len(content)} {hashlib.md5(content).hexdigest()} http://data.gdeltproject.org{path}"
        for path, content in files.items()
    ]
    files["/gdeltv2/masterfilelist.txt"] = ("\n".join(lines) + "\n").encode()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if (content := files.get(self.path)) is None:
                self.send_error(404)
                return
            asked = self.headers.get("Range")
            first = int(asked.removeprefix("bytes=").split("-")[0]) if asked else 0
            if first >= len(content):
                self.send_response(416)
                self.send_header("Content-Range", f"bytes */{len(content)}")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self.send_response(206 if first else 200)
            if first:
                self.send_header("Content-Range", f"bytes {first}-{len(content) - 1}/{len(content)}")
            self.send_header("Content-Length", str(len(content) - first))
            self.end_headers()
            for at in range(first, len(content), PIECE):
                self.wfile.write(content[at : at + PIECE])
                time.sleep(SECONDS_A_PIECE)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            """Clients that are killed are what this is for."""

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
