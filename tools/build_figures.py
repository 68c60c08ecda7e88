"""Compute the yearly figures of the built-in cases from public data.

    python tools/build_figures.py ../shared/data src/detente/cases

Writes figures_votes.csv and figures_votes_by_issue.csv (agreement in UN roll calls) and figures_events.csv (ICEWS
dyad-years) of major_powers, for the pairs of ten powers. The figures of rus_usa are kept by hand. Both sources were
compiled later than the years they are about: `compiled_on` says when.
"""

from __future__ import annotations

import csv
import gzip
import sys
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path

POWERS = {
    "CHN": "CN",
    "DEU": "DE",
    "FRA": "FR",
    "GBR": "GB",
    "IND": "IN",
    "IRN": "IR",
    "JPN": "JP",
    "RUS": "RU",
    "UKR": "UA",
    "USA": "US",
}
ISSUES = ("", "nu", "di", "me", "hr", "co", "ec")
COUNTS = ("verbal_cooperation", "material_cooperation", "verbal_conflict", "material_conflict")
VOTES = ("https://doi.org/10.7910/DVN/LEJUQZ", "UN voting data (Voeten, Strezhnev, Bailey)", "2021")
EVENTS = ("https://doi.org/10.7910/DVN/28075", "ICEWS (Boschee et al.)", "2015")
HEADER = ["subject", "measure", "period", "value", "unit", "source", "source_title", "compiled_on"]


def rows(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def votes(data: Path) -> list[list[object]]:
    year = {r["rcid"]: int(r["date"][:4]) for r in rows(data / "unvotes" / "roll_calls.csv.gz")}
    issues: dict[str, set[str]] = defaultdict(set)
    for r in rows(data / "unvotes" / "issues.csv.gz"):
        issues[r["rcid"]].add(r["short_name"])
    code = {iso2: iso3 for iso3, iso2 in POWERS.items()}
    cast: dict[str, dict[str, str]] = defaultdict(dict)
    choices: dict[str, Counter[str]] = defaultdict(Counter)
    for r in rows(data / "unvotes" / "votes.csv.gz"):
        choices[r["rcid"]][r["vote"]] += 1
        if r["country_code"] in code:
            cast[r["rcid"]][code[r["country_code"]]] = r["vote"]
    out: list[list[object]] = []
    for issue in ISSUES:
        measure = f"un_agreement_{issue}" if issue else "un_agreement"
        calls = [c for c, y in year.items() if y >= 1991 and (not issue or issue in issues[c])]
        agree, possible = Counter[int](), Counter[int]()
        for call in calls:
            counted = choices[call]
            agree[year[call]] += sum(k * (k - 1) for k in counted.values())
            possible[year[call]] += counted.total() * (counted.total() - 1)
        for y in sorted(possible):
            out.append(["all", measure, y, round(agree[y] / possible[y], 4), "share of votes of all pairs", *VOTES])
        for pair in combinations(sorted(POWERS), 2):
            same, n = Counter[int](), Counter[int]()
            for call in calls:
                if all(state in cast[call] for state in pair):
                    n[year[call]] += 1
                    same[year[call]] += cast[call][pair[0]] == cast[call][pair[1]]
            for y in sorted(n):
                out.append(
                    ["-".join(pair), measure, y, round(same[y] / n[y], 4), f"share of {n[y]} roll calls", *VOTES]
                )
    return out


def events(data: Path) -> list[list[object]]:
    out: list[list[object]] = []
    for r in rows(data / "icews_dyad_year" / "dyad_year_2002_2011.csv.gz"):
        if r["sender"] != r["receiver"] and {r["sender"], r["receiver"]} <= set(POWERS):
            for name in COUNTS:
                out.append(
                    [f"{r['sender']}>{r['receiver']}", f"icews_{name}", r["year"], r[name], "reports a year", *EVENTS]
                )
    return out


def main() -> None:
    data, cases = Path(sys.argv[1]), Path(sys.argv[2])
    all_votes = votes(data)
    tables = {
        "votes": [row for row in all_votes if row[1] == "un_agreement"],
        "votes_by_issue": [row for row in all_votes if row[1] != "un_agreement"],
        "events": events(data),
    }
    for name, made in tables.items():
        with (cases / "major_powers" / f"figures_{name}.csv").open("w", encoding="utf-8", newline="") as file:
            write = csv.writer(file, lineterminator="\n")
            write.writerow(HEADER)
            write.writerows(made)
        print(f"{len(made)} figures of {name}", file=sys.stderr)


if __name__ == "__main__":
    main()
