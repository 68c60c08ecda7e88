"""Write the table of the numbers that other data sets give states: IMF, World Bank, V-Dem, Polity.

    python tools/build_numbers.py ../shared/data/context/codes/countrycode_panel.csv src/detente/actors/numbers.csv

Facts of the yearly panel of Arel-Bundock, Enevoldsen and Yetman, "countrycode", Journal of Open Source Software 3
(2018): which number stood for which state. Years are kept only of numbers that several states had.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from datetime import date
from pathlib import Path

from detente.actors import actors

SCHEMES = {"imf": ("imf",), "wb": ("wb",), "vdem": ("vdem",), "polity": ("p4n", "p5n")}


def years(path: Path) -> dict[tuple[str, str], dict[str, list[int]]]:
    """(scheme, number) -> state -> the years in which it had the number."""
    index = actors()
    found: dict[tuple[str, str], dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            day = date(int(row["year"]), 7, 1)
            code = row["iso3c"] or index.by_code("cow", row["cown"] or row["gwn"], day)
            code = code or index.resolve(row["country.name.en"], day).code
            for scheme, columns in SCHEMES.items():
                for number in {row[column] for column in columns} - {""}:
                    if code:
                        found[scheme, number][code].append(day.year)
    return found


def main() -> None:
    made = []
    for (scheme, number), held in years(Path(sys.argv[1])).items():
        end = max(max(spell) for spell in held.values())
        for code, spell in held.items():
            days = (min(spell), "" if max(spell) == end else max(spell)) if len(held) > 1 else ("", "")
            made.append((code, scheme, number, *days))
    with Path(sys.argv[2]).open("w", encoding="utf-8", newline="") as file:
        write = csv.writer(file, lineterminator="\n")
        write.writerow(("code", "scheme", "number", "from", "to"))
        write.writerows(sorted(made, key=str))
    print(f"{len(made)} numbers", file=sys.stderr)


if __name__ == "__main__":
    main()
