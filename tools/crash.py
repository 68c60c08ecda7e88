"""Kill ingests at random moments, and let writers meet; the record must end row for row as one left undisturbed.

    python tools/crash.py [--kills 500] [--rounds 50] [--seed 0]

Each kill (SIGKILL to the whole process group) hits an ingest of three files; then the same command is run to its end.
Each round starts two, then five ingests of other files at random moments. A
line at the end counts kills, those that hit before the end, rounds, and what was found wrong.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import polars as pl

from detente.api import open_record

WORDS = ("Consult", "Make statement", "Threaten", "Sign agreement")


def triples(path: Path, first: int, rows: int) -> Path:
    """A file of acts between Russia and the United States, told by name, all different."""
    lines = ["date\tsender\taction\tcameo\tgoldstein\treceiver"]
    for n in range(first, first + rows):
        day = f"20{10 + n // 336 % 9:02d}-{n // 28 % 12 + 1:02d}-{n % 28 + 1:02d}"
        lines.append(f"{day}\tRussia\t{WORDS[n % 4]}\t040\t{n % 19 - 9}.0\tUnited States (group {n})")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def start(folder: Path, *files: Path) -> subprocess.Popen[bytes]:
    """An ingest, in a process group of its own."""
    command = [sys.executable, "-m", "detente", "ingest", "--quiet", "--record", str(folder), *map(str, files)]
    return subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL)


def rows_of(folder: Path) -> list[tuple[object, ...]]:
    """All events, in the order of their ids."""
    record = open_record(folder, cases=False)
    return pl.concat(map(pl.read_parquet, record.paths(record.parts("events")))).sort("event_id").rows()


def faults_of(folder: Path, wanted: list[tuple[object, ...]]) -> list[str]:
    """What is wrong with a record that should hold these rows."""
    faults = open_record(folder, cases=False).verify()
    return faults or ([] if rows_of(folder) == wanted else ["other rows than those of the undisturbed run"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, number in (("kills", 500), ("rounds", 50), ("seed", 0)):
        parser.add_argument(f"--{name}", type=int, default=number)
    asked = parser.parse_args()
    rng, wrong, hits = random.Random(asked.seed), list[str](), 0
    with tempfile.TemporaryDirectory() as place:
        work = Path(place)
        files = [triples(work / f"{n}.tsv", n * 100_000, rows) for n, rows in enumerate((300, 4_000, 300))]
        began = time.monotonic()
        if start(work / "whole", *files).wait() or start(work / "two", *files[:2]).wait():
            raise SystemExit("the undisturbed ingest failed")
        took = (time.monotonic() - began) / 2
        wanted, wanted_of_two = rows_of(work / "whole"), rows_of(work / "two")
        for kill in range(asked.kills):
            folder = work / f"kill-{kill}"
            child = start(folder, *files)
            time.sleep(rng.uniform(0, took))
            hits += child.poll() is None
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
            if start(folder, *files).wait():
                wrong.append(f"kill {kill}: the same command failed afterwards")
            wrong += [f"kill {kill}: {fault}" for fault in faults_of(folder, wanted)]
            shutil.rmtree(folder)
        for turn in range(asked.rounds):
            for writers in (2, 5):
                folder = work / f"round-{turn}-{writers}"
                children = []
                for n in range(writers):
                    time.sleep(rng.uniform(0, took / 4))
                    children.append(start(folder, files[n % 3]))
                ends = [child.wait() for child in children]
                wrong += [f"round {turn}: a writer ended with {end}" for end in ends if end]
                expected = wanted_of_two if writers == 2 else wanted
                wrong += [f"round {turn}: {fault}" for fault in faults_of(folder, expected)]
                shutil.rmtree(folder)
    print(
        f"seed {asked.seed}: {asked.kills} kills ({hits} before the end), {asked.rounds} rounds of two and five "
        f"writers: {len(wrong)} found wrong"
    )
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
