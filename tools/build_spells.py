"""Write the table of states in time: their numbers in the field's lists, with first and last days.

    python tools/build_spells.py ../shared/data/context src/detente/actors/spells.csv

The days are facts of three lists: Correlates of War, "State System Membership List, v2016" (cow); Gleditsch and Ward,
"A Revised List of Independent States since the Congress of Vienna", International Interactions 25, 1999, with
later versions (gw); and, for what both leave out, our own lines below (own, un). Numbers are matched to our codes by
the ISO codes of countrycode's panel and, where it has none, by FORMER. A first day of 1816-01-01 and a last day at the
end of a list are the list's own limits: they are left empty.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

FORMER = {
    **{"89": "UPC", "99": "GCL", "240": "HAN", "245": "BAV", "255": "DEU", "260": "DEU", "265": "DDR", "267": "BAD"},
    **{"269": "SAX", "271": "WRT", "273": "HSE", "275": "HSG", "280": "MEC", "300": "AUH", "315": "CSK", "327": "PAP"},
    **{"329": "SIC", "332": "MOD", "335": "PMA", "337": "TUS", "340": "SRB", "347": "XKX", "511": "ZAN", "563": "TRA"},
    **{
        "564": "OFS",
        "678": "YEM",
        "679": "YEM",
        "680": "YMD",
        "711": "TBT",
        "730": "KEM",
        "815": "VNM",
        "816": "VNM",
        "817": "RVN",
    },
}
"""Numbers that countrycode gives no ISO code, or the code of another state."""
SUCCEED = {
    "345": (("SRB", "1918-11-30"), ("YUG", "2003-02-03"), ("SCG", "2006-06-04"), ("SRB", "")),
    "365": (("RUS", "1922-12-29"), ("SUN", "1991-12-25"), ("RUS", "")),
}
"""One number, several states on end: each with its last day."""
MISPRINTS = {("gw", "517", "1962-01-07"): "1962-07-01"}  # day and month of Rwanda's independence
LIMITS = {"1816-01-01": "", "2016-12-31": "", "2017-12-31": ""}
# Independence of states that the lists take in later (with their seat in the UN), or only from a size on.
BORN = {
    **{"AND": "", "LIE": "", "MCO": "", "SMR": "", "VUT": "1980-07-30", "KIR": "1979-07-12", "TUV": "1978-10-01"},
    **{"TON": "1970-06-04", "NRU": "1968-01-31", "MHL": "1986-10-21", "PLW": "1994-10-01", "FSM": "1986-11-03"},
    **{"WSM": "1962-01-01"},
}
# Members of the UN from its first day that the lists take in later, and China's first seat.
SEATED = ("BLR", "IND", "LBN", "PHL", "SYR", "TWN", "UKR")


def lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def spells(folder: Path) -> Iterator[tuple[str, str, str, str, str]]:
    """Scheme, number, letters, first and last day of every spell of both lists."""
    for row in lines(folder / "cow_states" / "cow_states_2016.csv"):
        yield "cow", row["ccode"], row["stateabb"], cow_day(row, "st"), cow_day(row, "end")
    for row in lines(folder / "cow_states" / "gw_states.csv"):
        first = MISPRINTS.get(("gw", row["gwcode"], row["startdate"]), row["startdate"])
        yield "gw", row["gwcode"], row["stateabb"], first, row["enddate"]
    yield from small_states(folder)


def small_states(folder: Path) -> Iterator[tuple[str, str, str, str, str]]:
    """Gleditsch and Ward's microstates, of which only the yearly panel has the numbers."""
    listed = {row["gwcode"] for row in lines(folder / "cow_states" / "gw_states.csv")}
    first: dict[str, dict[str, str]] = {}
    for row in lines(folder / "cow_states" / "cow_gw_panel.csv"):
        if row["gwcode"] and row["gwcode"] not in listed:
            first.setdefault(row["gwcode"], row)
    entered = {row["ccode"]: cow_day(row, "st") for row in lines(folder / "cow_states" / "cow_states_2016.csv")}
    for number, row in first.items():
        day = entered[row["ccode"]]
        yield "gw", number, row["stateabb"], day if day[:4] == row["year"] else f"{row['year']}-01-01", "2017-12-31"


def cow_day(row: dict[str, str], end: str) -> str:
    return date(*(int(row[f"{end}{unit}"]) for unit in ("year", "month", "day"))).isoformat()


def after(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def table(folder: Path) -> Iterator[tuple[str, ...]]:
    iso = {
        (scheme, row[column]): row["iso3c"]
        for row in lines(folder / "codes" / "countrycode_panel.csv")
        for scheme, column in (("cow", "cown"), ("gw", "gwn"))
        if row[column] and row["iso3c"]
    }
    iso |= {  # the panel names Gleditsch and Ward's numbers beside those of Correlates of War
        ("gw", row["gwcode"]): iso["cow", row["ccode"]]
        for row in lines(folder / "cow_states" / "cow_gw_panel.csv")
        if row["gwcode"] and ("gw", row["gwcode"]) not in iso and ("cow", row["ccode"]) in iso
    }
    for scheme, number, letters, first, last in spells(folder):
        begins = LIMITS.get(first, first)
        codes = SUCCEED[number] if number in SUCCEED else ((FORMER.get(number) or iso[scheme, number], ""),)
        for code, end in codes:
            until = min(last, end or last)
            if begins <= until:
                yield code, scheme, number, letters, begins, LIMITS.get(until, until)
            begins = max(begins, after(end)) if end else begins
    for code, born in BORN.items():
        yield code, "own", "", "", born, ""
    for code in SEATED:
        yield code, "un", "", "", "1945-10-24", ""


def main() -> None:
    made = sorted(set(table(Path(sys.argv[1]))), key=lambda row: (row[0], row[1], row[4]))
    with Path(sys.argv[2]).open("w", encoding="utf-8", newline="") as file:
        write = csv.writer(file, lineterminator="\n")
        write.writerow(("code", "scheme", "number", "letters", "from", "to"))
        write.writerows(made)
    print(f"{len(made)} spells of {len({row[0] for row in made})} states", file=sys.stderr)


if __name__ == "__main__":
    main()
