"""What checking a record costs: `record verify`, and the first panel with and without the check of what it reads.

    python benchmarks/verify.py [--rows 10000000]

Against the SHA-256 of the same bytes by Python's hashlib. Each in a process of its own, import of the package left out,
files in the memory of the system; medians of three runs in turn. Seconds of the processor tell more than those of the
clock where other work is running.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import detente as dt
from make_gdelt import REAL, make

BEGIN = """
import hashlib, resource, sys, time
from pathlib import Path
import detente as dt
from detente.record import mend, parts
record = dt.open_record(sys.argv[1], cases=False)
start, busy = time.perf_counter(), time.process_time()
"""
END = """
print(time.perf_counter() - start, time.process_time() - busy, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6)
"""
PANEL = 'record.pair("USA", "RUS").panel("month").frame'
WORK = {
    "sha256 of the same bytes": 'for p in Path(sys.argv[1]).rglob("*"):\n'
    '    if p.is_file(): hashlib.file_digest(p.open("rb"), "sha256")',
    "record verify": "assert record.verify() == []",
    "verify, rows counted twice": "mend._counted_twice(record.log, record.parts('events'))",
    "first panel": PANEL,
    "first panel, unchecked": "sums = {record.folder / p.path: p.sha256 for p in record.parts('events')}\n"
    f"parts.sha256_of, start, busy = sums.get, time.perf_counter(), time.process_time()\n{PANEL}",
}


def measured(work: str, folder: Path) -> list[float]:
    """Seconds, seconds of the processor, and the peak of memory in GB."""
    done = subprocess.run([sys.executable, "-c", BEGIN + work + END, str(folder)], stdout=subprocess.PIPE, check=True)
    return [float(number) for number in done.stdout.split()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--like", type=Path, default=REAL)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-", dir=".") as work:
        folder = Path(work) / "record"
        record = dt.open_record(folder, cases=False)
        for n in range(10):
            numbers = {"first_number": 900_000_000 + n * given.rows, "first_day": 10 * n}
            files = make(Path(work) / "zips", given.rows // 10, 10, given.like, seed=n, **numbers)
            record.ingest([str(f) for f in files])
            for file in files:
                file.unlink()
        held = sum(part.rows for part in record.parts("events"))
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        found: dict[str, list[list[float]]] = {name: [] for name in WORK}
        load = os.getloadavg()[0]
        for _ in range(3):
            for name, code in WORK.items():
                found[name].append(measured(code, folder))
    print(
        f"{held:,} events in {len(record.parts('events'))} parts, {size / 1e6:,.0f} MB; load {load:.1f} on "
        f"{os.cpu_count()} cores"
    )
    medians = {name: [statistics.median(column) for column in zip(*runs, strict=True)] for name, runs in found.items()}
    plain = medians["sha256 of the same bytes"][1]
    for name, (seconds, busy, memory) in medians.items():
        ratio = f"{busy / plain:5.2f} x sha256"
        print(f"{name:28} {seconds:7.2f} s  {busy:7.2f} s of the processor  {ratio}  peak {memory:4.1f} GB")


if __name__ == "__main__":
    main()
