"""Kill commands that write at random moments, let writers meet, fill the disk, flip bits: nothing may be lost.

    python tools/crash.py [--kills 500] [--rounds 50] [--full 60] [--flips 0] [--seed 0]

A kill (SIGKILL to the whole process group) hits an ingest, a repair of the log, a restore of damaged parts, or a fetch
from a slow server on this machine, with and without an ingest of what comes; then the same command is run to its end,
and what it leaves is compared with an undisturbed run: rows of records row for row, the repaired log entry for entry,
files byte for byte. A fifth of the kills fall before the first write, the rest after it. Each round starts two, then
five ingests of other files at random moments. For full disks and flipped bits see `crash_disk.py` and `crash_flips.py`.
A table and a line at the end count what hit when, and what was found wrong.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from crash_disk import full_disks
from crash_flips import flips
from crash_trials import Trial, command, faults_of, ingesting, serving, told, trials

STAGES = ("before its first write", "before its first step", "between steps", "after its last step")


def start(line: list[str]) -> subprocess.Popen[bytes]:
    """A command, in a process group of its own."""
    return subprocess.Popen(line, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def written(folder: Path) -> set[tuple[Path, int, int]]:
    """What lies in a folder: names, sizes, times."""
    found = set()
    for path in folder.rglob("*"):
        with suppress(OSError):
            found.add((path, path.stat().st_size, path.stat().st_mtime_ns))
    return found


def undisturbed(trial: Trial, folder: Path) -> tuple[float, float, int, object]:
    """Of a whole run: seconds to its first write, to its end, the steps then done, and what it leaves."""
    trial.prepare(folder)
    before, began, first = written(folder), time.monotonic(), 0.0
    child = start(trial.line(folder))
    while child.poll() is None:
        if not first and written(folder) != before:
            first = time.monotonic() - began
        time.sleep(0.01)
    if child.wait():
        raise SystemExit(f"the undisturbed {trial.name} failed")
    return first, time.monotonic() - began, trial.steps(folder), told(trial, folder)


def kill(trial: Trial, folder: Path, first: float, whole: float, last: int, rng: random.Random) -> str:
    """Kill the command at a random moment; the stage it was at, "" where it had ended."""
    trial.prepare(folder)
    before, begun = written(folder), trial.steps(folder)
    child = start(trial.line(folder))
    if rng.random() < 0.2:
        time.sleep(rng.uniform(0, first))
    else:
        while child.poll() is None and written(folder) == before:
            time.sleep(0.01)
        time.sleep(rng.uniform(0, whole - first))
    ended = child.poll() is not None
    if not ended:
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    if ended:
        return ""
    done = trial.steps(folder)
    return STAGES[0 if written(folder) == before else 1 if done == begun else 2 if done < last else 3]


def kills(many: list[Trial], work: Path, count: int, rng: random.Random) -> Iterator[str]:
    """Kills in turn over the trials: what was found wrong. Prints when they hit."""
    whole = {trial.name: undisturbed(trial, work / f"whole {trial.name}") for trial in many}
    hit: Counter[tuple[str, str]] = Counter()
    try:
        for number in range(count):
            trial, folder = many[number % len(many)], work / f"kill {number}"
            first, took, last, wanted = whole[trial.name]
            stage = kill(trial, folder, first, took, last, rng)
            where = f"kill {number}, {trial.name}, {stage or 'ended before'}"
            yield from (f"{where}: {fault}" for fault in trial.half(folder))
            done = subprocess.run(trial.line(folder), capture_output=True, text=True)
            fine = done.returncode == 0 or (trial.done and trial.done in done.stderr)
            if not fine or "Traceback" in done.stderr:
                yield f"{where}: the same command failed afterwards: {done.stderr[-300:]}"
            elif told(trial, folder) != wanted:
                yield f"{where}: other than the undisturbed run"
            yield from (f"{where}: {fault}" for fault in faults_of(trial, folder))
            shutil.rmtree(folder)
            hit[trial.name, stage] += 1
    finally:
        # Also where it is ended before: what was done counts.
        print(f"{'killed':28}" + "".join(f"{name:>26}" for name in (*STAGES, "ended before")))
        for trial in many:
            print(f"{trial.name:28}" + "".join(f"{hit[trial.name, stage]:26}" for stage in (*STAGES, "")))
        before = sum(n for (_, stage), n in hit.items() if stage)
        print(f"{hit.total()} kills, {before} of them before the end", flush=True)


def rounds(work: Path, count: int, rng: random.Random) -> Iterator[str]:
    """Two, then five writers that meet: what was found wrong."""
    trial = ingesting(work / "files of rounds", 3)
    files = sorted((work / "files of rounds").iterdir())
    wanted: dict[int, object] = {}
    for writers, some in ((2, files[:2]), (5, files)):
        folder = work / f"whole of {writers}"
        subprocess.run(command("ingest", "--record", folder / "record", *some), check=True, capture_output=True)
        wanted[writers] = told(trial, folder)
    _, took, _, _ = undisturbed(trial, work / "whole of rounds")
    for turn in range(count):
        for writers in (2, 5):
            folder, children = work / f"round {turn} {writers}", []
            for n in range(writers):
                time.sleep(rng.uniform(0, took / 4))
                children.append(start(command("ingest", "--record", folder / "record", files[n % 3])))
            yield from (f"round {turn}: a writer ended with {end}" for child in children if (end := child.wait()))
            if told(trial, folder) != wanted[writers]:
                yield f"round {turn} of {writers}: other than the undisturbed run"
            yield from (f"round {turn} of {writers}: {fault}" for fault in faults_of(trial, folder))
            shutil.rmtree(folder)
    if count:
        print(f"{count} rounds of two and of five writers")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, number in (("kills", 500), ("rounds", 50), ("full", 60), ("flips", 0), ("seed", 0)):
        parser.add_argument(f"--{name}", type=int, default=number)
    parser.add_argument("--only", default="", help="of what is killed and filled, commands whose name holds this")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as place, serving() as address:
        work, parts = Path(place), list[Callable[[], Iterator[str]]]()
        if asked.kills:
            parts.append(lambda: kills(trials(work, address, asked.only), work, asked.kills, random.Random(asked.seed)))
        parts.append(lambda: rounds(work, asked.rounds, random.Random(asked.seed)))
        if asked.full:
            parts.append(lambda: full_disks(work / "disk", address, asked.full, asked.only))
        if asked.flips:
            parts.append(lambda: flips(work, asked.flips, random.Random(asked.seed)))
        with suppress(KeyboardInterrupt):
            for part in parts:
                for fault in part():
                    print(fault, flush=True)
                    wrong.append(fault)
    print(f"seed {asked.seed}: {len(wrong)} found wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
