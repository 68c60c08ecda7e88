"""Start-up: `detente --help` and a cold assessment, as ratios to starting Python and importing pandas.

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
    print(
        f"detente --help            {shown:.3f} s   {shown / bare:.1f} x bare Python, {shown / pandas:.2f} x importing pandas (bound: 0.3 s)"
    )
    print(f"assess USA RUS, cold      {assessed:.3f} s   {assessed / pandas:.1f} x importing pandas (bound: 4 s)")


if __name__ == "__main__":
    main()
