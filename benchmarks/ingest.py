"""Ingest of GDELT 2.0 zips, everything included, against pandas merely reading the same zips.

    python benchmarks/ingest.py [--rows 1000000]

Three layouts of the same number of rows: one zip, ten zips, and zips of the true 15-minute size. Every command runs
as a process of its own; seconds are medians of its runs, memory the peak of the largest process and, in brackets, of
all its processes together (pages that they share counted once). pandas reads as a user must who wants CAMEO codes
with their zeros (dtype=str), and also by its defaults, which lose them. `unzip -p` is the bound.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from make_gdelt import REAL, make

READ = "import glob,pandas as pd\nfor f in sorted(glob.glob({pattern!r})): pd.read_csv(f, sep='\\t', header=None{how})"


def _tree(pid: int) -> list[int]:
    found = [pid]
    for one in found:
        try:
            found += [int(c) for c in Path(f"/proc/{one}/task/{one}/children").read_text().split()]
        except OSError:
            continue
    return found


def _memory(pid: int) -> tuple[float, float]:
    """Resident MB of a process, and its share of it (pages held in common divided among their holders)."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0, 0.0
    kb = {line.split(":")[0]: int(line.split()[1]) for line in lines[1:]}
    return kb.get("Rss", 0) / 1e3, kb.get("Pss", 0) / 1e3


def run(command: list[str]) -> tuple[float, float, float]:
    """Seconds, peak MB of the largest process, peak MB of all together."""
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peaks = [0.0, 0.0]
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.05):
            sizes = [_memory(pid) for pid in _tree(child.pid)]
            peaks[:] = max(peaks[0], *(s[0] for s in sizes)), max(peaks[1], sum(s[1] for s in sizes))

    watcher = threading.Thread(target=watch)
    watcher.start()
    code = child.wait()
    seconds = time.perf_counter() - start
    done.set()
    watcher.join()
    if code:
        raise SystemExit(f"{command[:3]} ended with {code}")
    return seconds, peaks[0], peaks[1]


def best(commands: dict[str, list[str]], runs: int, fresh: Path) -> dict[str, tuple[float, float, float]]:
    """Medians over interleaved runs."""
    results: dict[str, list[tuple[float, float, float]]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            shutil.rmtree(fresh, ignore_errors=True)
            results[name].append(run(command))
    return {
        name: (statistics.median(r[0] for r in rs), max(r[1] for r in rs), max(r[2] for r in rs))
        for name, rs in results.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--like", type=Path, default=REAL)
    parser.add_argument("--only", help="run only commands whose name holds this")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-", dir=".") as work:
        for files, words in ((1, "one zip"), (10, "ten zips"), (given.rows // 2100, "zips of 15 minutes")):
            folder = Path(work) / str(files)
            make(folder, given.rows, files, given.like, seed=1)
            pattern, record = str(folder / "*.zip"), Path(work) / "record"
            commands = {
                "detente ingest": [
                    sys.executable,
                    "-m",
                    "detente",
                    "ingest",
                    "--quiet",
                    "--record",
                    str(record),
                    str(folder),
                ],
                "pandas read_csv, dtype=str": [sys.executable, "-c", READ.format(pattern=pattern, how=", dtype=str")],
                "pandas read_csv, defaults": [
                    sys.executable,
                    "-W",
                    "ignore",
                    "-c",
                    READ.format(pattern=pattern, how=""),
                ],
                "unzip -p": ["sh", "-c", f"for f in {pattern}; do unzip -p $f; done > /dev/null"],
            }
            if not shutil.which("unzip"):
                commands.pop("unzip -p")
            if given.only:
                commands = {name: c for name, c in commands.items() if name == "detente ingest" or given.only in name}
            measured = best(commands, given.runs, record)
            ours = measured["detente ingest"][0]
            print(f"{given.rows:,} rows in {words} ({files})")
            for name, (seconds, largest, together) in measured.items():
                ratio = "" if name == "detente ingest" else f"   detente: {seconds / ours:.2f} x its rows a second"
                print(
                    f"  {name:<28} {seconds:6.2f} s  {given.rows / seconds:11,.0f} rows/s  peak {largest:5.0f} MB "
                    f"({together:5.0f}){ratio}"
                )


if __name__ == "__main__":
    main()
