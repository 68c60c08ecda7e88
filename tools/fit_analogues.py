"""What followed comparable moves in all pairs: the table that `detente weigh` sets beside its models.

    python tools/fit_analogues.py ../shared/data > src/detente/levers/analogues.json

From the ICEWS directed dyad-years 2002-2011. A case is a pair of states and a year t with 20 reports or more in t -
1, t and the two years after. Outcome: cooperative share of all reports in t + 1 and t + 2 together, less that of t.
Moves in t: see `MOVES`. Each case of a move is set against the mean outcome of the ten nearest cases of the same year
without it, near in share and log volume of t - 1 and t (the move's own measure apart). Only cases whose outcome ended
by the year asked count. Bounds: 90%, bootstrap over pairs.
"""

from __future__ import annotations

import csv
import gzip
import json
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np

LEAST, NEIGHBOURS, DRAWS = 20, 10, 2000
MOVES = {
    "incentives": "one side doubled its material cooperation (five acts or more)",
    "reciprocity": "the sides' shares of cooperation, apart by ten points or more, came within three",
    "equal treatment": "the less cooperative side rose by ten points or more towards the other",
    "restraint": "conflict by both sides fell by half or more (ten acts or more before)",
}


def main() -> None:
    path = Path(sys.argv[1]) / "icews_dyad_year" / "dyad_year_2002_2011.csv.gz"
    sides: dict[tuple[str, str], dict[int, np.ndarray]] = defaultdict(dict)
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["sender"] == row["receiver"]:
                continue
            pair = (min(row["sender"], row["receiver"]), max(row["sender"], row["receiver"]))
            cell = sides[pair].setdefault(int(row["year"]), np.zeros((2, 4)))
            names = ("verbal_cooperation", "material_cooperation", "verbal_conflict", "material_conflict")
            cell[int(row["sender"] == pair[1])] = [float(row[name]) for name in names]
    cases = [
        case for pair, years in sorted(sides.items()) for t in range(2003, 2010) if (case := a_case(pair, years, t))
    ]
    found = {str(year): [one for kind in MOVES if (one := summed(cases, kind, year))] for year in range(2006, 2012)}
    print(json.dumps(found, indent=1))


def a_case(pair: tuple[str, str], years: dict[int, np.ndarray], t: int) -> dict | None:
    if any(year not in years or years[year].sum() < LEAST for year in range(t - 1, t + 3)):
        return None
    before, now, after = years[t - 1], years[t], years[t + 1] + years[t + 2]

    def shares(x: np.ndarray) -> np.ndarray:
        return x[:, :2].sum(1) / np.maximum(x.sum(1), 1)

    def share(x: np.ndarray) -> float:
        return float(x[:, :2].sum() / x.sum())

    gap_before, gap_now = abs(np.diff(shares(before))[0]), abs(np.diff(shares(now))[0])
    lower = int(shares(before)[0] > shares(before)[1])
    both = bool((before.sum(1) >= 5).all() and (now.sum(1) >= 5).all())
    conflict = (before[:, 2:].sum(1), now[:, 2:].sum(1))
    return {
        "pair": pair,
        "year": t,
        "near": (share(before), share(now), np.log(before.sum()), np.log(now.sum())),
        "outcome": share(after) - share(now),
        "incentives": bool(((now[:, 1] >= 2 * before[:, 1]) & (now[:, 1] >= 5)).any()),
        "reciprocity": both and gap_before >= 0.10 and gap_now <= 0.03,
        "equal treatment": both and gap_before >= 0.10 and shares(now)[lower] - shares(before)[lower] >= 0.10,
        "restraint": bool((conflict[1] <= conflict[0] / 2).all() and conflict[0].sum() >= 10),
    }


def summed(cases: list[dict], kind: str, until: int) -> dict | None:
    known = [case for case in cases if case["year"] + 2 <= until]
    gaps: dict[tuple[str, str], list[float]] = defaultdict(list)
    for year in sorted({case["year"] for case in known}):
        mine = [case for case in known if case["year"] == year]
        near = np.array([case["near"] for case in mine])
        scale = near.std(0) + 1e-9
        others = np.array([not case[kind] for case in mine])
        results = np.array([case["outcome"] for case in mine])
        if others.sum() < NEIGHBOURS:
            continue
        for case, at in zip(mine, near, strict=True):
            if case[kind]:
                distance = (((near[others] - at) / scale) ** 2).sum(1)
                gaps[case["pair"]].append(case["outcome"] - results[others][np.argsort(distance)[:NEIGHBOURS]].mean())
    if len(gaps) < 10:
        return None
    sums = np.array([sum(values) for values in gaps.values()])
    sizes = np.array([len(values) for values in gaps.values()])
    drawn = np.random.default_rng(2007).integers(len(sums), size=(DRAWS, len(sums)))
    low, high = np.quantile(sums[drawn].sum(1) / sizes[drawn].sum(1), [0.05, 0.95])
    return {
        "kind": kind,
        "words": MOVES[kind],
        "moves": int(sizes.sum()),
        "pairs": len(gaps),
        "change": round(float(sums.sum() / sizes.sum()), 4),
        "low": round(float(low), 4),
        "high": round(float(high), 4),
    }


if __name__ == "__main__":
    main()
