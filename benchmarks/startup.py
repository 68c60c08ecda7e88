"""Start-up: `detente --help`, a cold assessment, check of claims and audit, as ratios to starting Python and importing pandas.

python benchmarks/startup.py
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time


def median(command: list[str], runs: int = 7) -> float:
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> None:
    python = sys.executable
    with tempfile.TemporaryDirectory() as folder:
        bare = median([python, "-c", "pass"])
        pandas = median([python, "-c", "import pandas"])
        shown = median([python, "-m", "detente", "--help"])
        assessed = median(
            [python, "-m", "detente", "assess", "USA", "RUS", "--as-of", "2007-02-01", "--record", f"{folder}/r"]
        )
        checked = median([python, "-m", "detente", "claims", "--record", f"{folder}/r", "check", "weitz_2007"])
        listed = median([python, "-m", "detente", "record", "--record", f"{folder}/r", "audit"])
    print(
        f"detente --help            {shown:.3f} s   {shown / bare:.1f} x bare Python, {shown / pandas:.2f} x importing pandas (bound: 0.3 s)"
    )
    print(f"assess USA RUS, cold      {assessed:.3f} s   {assessed / pandas:.1f} x importing pandas (bound: 4 s)")
    print(f"claims check, cold        {checked:.3f} s   {checked / pandas:.1f} x importing pandas")
    print(f"record audit, cold        {listed:.3f} s   {listed / pandas:.1f} x importing pandas")


if __name__ == "__main__":
    main()
