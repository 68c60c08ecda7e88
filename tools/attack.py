"""What `attacks.py` attacks with: the command line bounded in memory and time, small files, and a record of them."""

from __future__ import annotations

import io
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fuzz_inputs import GDELT

GIB = 1 << 30
HEADER = "date\tsender\taction\tcameo\tgoldstein\treceiver\n"
ACT = "2018-01-01\tRussia\tConsult\t040\t1\tUnited States\n"
FACTS = "date,actors,targets,area,kind,tone,description,source,source_title\n"
WEAK = ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search")
ATTACKS: dict[str, tuple[str, Callable[[Path], str]]] = {}


def attack(group: str, name: str) -> Callable[[Callable[[Path], str]], Callable[[Path], str]]:
    """Register a function that attacks in an empty folder and says in a few words what became of it."""

    def register(what: Callable[[Path], str]) -> Callable[[Path], str]:
        ATTACKS[name] = (group, what)
        return what

    return register


@dataclass(frozen=True)
class Done:
    """What a command ended with, and said; `memory` is its peak in GB."""

    code: int | None
    out: str
    err: str
    memory: float

    @property
    def became(self) -> str:
        """In a few words."""
        if self.code is None:
            return f"hangs ({self.memory:.1f} GB)"
        if self.code < 0:
            return f"killed by signal {-self.code} ({self.memory:.1f} GB)"
        last = self.err.strip().splitlines()[-1:] or [""]
        if "Traceback" in self.err:
            return f"traceback ({last[0].split(':')[0].rsplit('.', 1)[-1]})"
        return {0: "taken", 1: "no data, said", 2: "refused in words"}.get(self.code, f"exit code {self.code}")


def detente(*words: object, seconds: int = 120, size: int = 6 * GIB, weak: bool = False, **options: Any) -> Done:
    """The command line, with so much address space and time; where `weak`, without the right of root to open all."""
    child = subprocess.Popen(
        [*(WEAK if weak and os.geteuid() == 0 else ()), sys.executable, "-m", "detente", *map(str, words)],
        stdin=options.get("stdin", subprocess.DEVNULL),
        stdout=options.get("stdout", subprocess.PIPE),
        stderr=subprocess.PIPE,
        text=True,
        errors="backslashreplace",
        start_new_session=True,
        preexec_fn=lambda: resource.setrlimit(options.get("limit", resource.RLIMIT_AS), (size, size)),
        cwd=options.get("cwd"),
    )
    peak, late = [0.0], threading.Event()

    def watch() -> None:
        end = time.monotonic() + seconds
        while child.poll() is None:
            try:
                status = Path(f"/proc/{child.pid}/status").read_text()
                peak[0] = int(status.split("VmHWM:")[1].split()[0]) / 1e6
            except (OSError, IndexError):
                pass
            if time.monotonic() > end:
                late.set()
                os.killpg(child.pid, 9)
                return
            time.sleep(0.02)

    watcher = threading.Thread(target=watch)
    watcher.start()
    out, err = child.communicate()
    watcher.join()
    return Done(None if late.is_set() else child.returncode, out or "", err, peak[0])


def ingest(record: Path, *files: Path, **options: Any) -> Done:
    return detente("ingest", "--quiet", "--record", record, *files, **options)


def rows(record: Path) -> int:
    """How many rows a record says that it holds, -1 where it says none."""
    done = detente("record", "--record", record, "--no-cases", "--format", "json")
    try:
        return sum(int(held["rows"]) for held in json.loads(done.out))
    except (ValueError, KeyError, TypeError):
        return 0 if done.code == 1 else -1


def aside(record: Path) -> list[dict[str, Any]]:
    """The rows in quarantine."""
    done = detente("record", "--record", record, "quarantine", "--limit", "0", "--format", "json")
    try:
        told = json.loads(done.out)
    except ValueError:
        return []
    return list(told if isinstance(told, list) else told.get("rows", []))


def gdelt(path: Path, first: int, count: int, address: str = "https://example.org/talks-on-arms") -> Path:
    """A zip of events whose ids begin with `first`, and a row of no known day."""
    out = io.BytesIO()
    lines = []
    for n in range(first, first + count):
        row = [str(n), *GDELT[1:]]
        row[60] = f"{address}-{random.Random(n).randbytes(8).hex()}"
        lines.append("\t".join(row))
    lines.append("\t".join([str(first + count), "20189999", *GDELT[2:]]))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(path.name.removesuffix(".zip"), "\n".join(lines) + "\n")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(out.getvalue())
    return path


def record_of_three(place: Path) -> Path:
    """A record of three commits of 100 events each, made once and copied; and d.export.CSV.zip, 50 events more."""
    made = place.parent / "record of three"
    if not made.exists():
        for n in range(3):
            file = gdelt(made / f"{n}.export.CSV.zip", 1000 * n, 100)
            done = ingest(made / "record", file)
            if done.code:
                raise SystemExit(f"a record can't be made: {done.err}")
        gdelt(made / "d.export.CSV.zip", 9000, 50)
    shutil.copytree(made, place, dirs_exist_ok=True)
    return place / "record"


def good(path: Path) -> Path:
    path.write_text(HEADER + ACT)
    return path


def beside(place: Path, bad: Path) -> str:
    """A file ingested before a good one: is the good one held?"""
    done = ingest(place / "record", bad, good(place / "good.tsv"))
    held = rows(place / "record")
    advice = ", advises to make room" if "ake room" in done.err else ""
    return f"{done.became}{advice}; " + ("the next file is held" if held >= 1 else "the next file is not read")
