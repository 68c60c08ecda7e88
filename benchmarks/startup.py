"""Start-up: `detente --help`, cold assessment, explanation, check of claims and audit, as ratios to starting Python
and importing pandas.

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
        command = [python, "-m", "detente"]
        named = ["USA", "RUS", "--as-of", "2007-02-01", "--record", f"{folder}/r"]
        cold = {
            "assess USA RUS": (median([*command, "assess", *named]), " (bound: 4 s)"),
            "assess --brief": (median([*command, "assess", *named, "--brief"]), ""),
            "explain USA RUS": (median([*command, "explain", *named]), ""),
            "claims check": (median([*command, "claims", "--record", f"{folder}/r", "check", "weitz_2007"]), ""),
            "record audit": (median([*command, "record", "--record", f"{folder}/r", "audit"]), ""),
        }
    print(
        f"detente --help          {shown:.3f} s   {shown / bare:.1f} x bare Python, {shown / pandas:.2f} x "
        "importing pandas (bound: 0.3 s)"
    )
    for what, (seconds, bound) in cold.items():
        print(f"{what + ', cold':<23} {seconds:.3f} s   {seconds / pandas:.1f} x importing pandas{bound}")


if __name__ == "__main__":
    main()
