"""Fit the reference class for pairs without a chronology: how often does cooperation rise?

    python tools/fit_reference.py ../shared/data > src/detente/forecasts/reference.toml

From the ICEWS directed dyad-years of all pairs (2002-2011): the share of pairs whose cooperative share
of reports is higher in the two years after a year than in the two years up to it, by tercile of the
share. Pair-windows with fewer than 20 reports on either side are left out.
"""

from __future__ import annotations

import csv
import gzip
import sys
from collections import defaultdict
from pathlib import Path

LEAST = 20


def main() -> None:
    path = Path(sys.argv[1]) / "icews_dyad_year" / "dyad_year_2002_2011.csv.gz"
    counts: dict[tuple[str, str], dict[int, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["sender"] == row["receiver"]:
                continue
            a, b = sorted((row["sender"], row["receiver"]))
            cell = counts[a, b][int(row["year"])]
            cell[0] += int(row["verbal_cooperation"]) + int(row["material_cooperation"])
            cell[1] += int(row["verbal_conflict"]) + int(row["material_conflict"])
    cases = []
    for years in counts.values():
        for year in range(2003, 2010):
            before = [sum(years[y][i] for y in (year - 1, year) if y in years) for i in (0, 1)]
            after = [sum(years[y][i] for y in (year + 1, year + 2) if y in years) for i in (0, 1)]
            if sum(before) >= LEAST and sum(after) >= LEAST:
                cases.append((before[0] / sum(before), after[0] / sum(after)))
    cases.sort()
    cuts = [cases[len(cases) // 3][0], cases[2 * len(cases) // 3][0]]
    print("# Made by tools/fit_reference.py from the ICEWS dyad-years 2002-2011 (doi:10.7910/DVN/28075).")
    print('known_on = "2011-12-31"')
    print(f"pairs = {len(counts)}\nwindows = {len(cases)}\ncuts = [{cuts[0]:.3f}, {cuts[1]:.3f}]")
    for n, name in enumerate(("low", "middle", "high")):
        some = [c for c in cases if (c[0] >= cuts[0]) + (c[0] >= cuts[1]) == n]
        rose = sum(after > before for before, after in some)
        print(f"[{name}]\nrose = {rose}\nof = {len(some)}")


if __name__ == "__main__":
    main()
