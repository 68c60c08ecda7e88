"""Compute the yearly figures of the built-in Russia-US case from public data.

    python tools/build_rus_usa_figures.py ../shared/data > src/detente/cases/rus_usa/figures.csv

Reads the UN roll calls (three tables) and the ICEWS directed dyad-years; adds the few arsenal
figures below, each with its source. `known_on` is the end of a year for what was compiled from that
year's records, the day of publication for what was declassified later.
"""

from __future__ import annotations

import csv
import gzip
import sys
from collections import Counter, defaultdict
from pathlib import Path

VOTES = (
    "https://doi.org/10.7910/DVN/LEJUQZ",
    "Voeten, Strezhnev and Bailey, UN General Assembly Voting Data, Harvard Dataverse",
)
ICEWS = (
    "https://doi.org/10.7910/DVN/28075",
    "Boschee et al., ICEWS Coded Event Data, Harvard Dataverse; dyad-years as in the R package netify",
)
AREAS = {
    "": (),
    "strategic_arms": ("di", "nu"),
    "threat_reduction": ("nu",),
    "economic": ("ec",),
    "diplomatic": ("hr", "me", "co"),
}
COUNTS = ("verbal_cooperation", "material_cooperation", "verbal_conflict", "material_conflict")

FACT_SHEET = ("https://www.energy.gov/node/4814226", "NNSA, Transparency in the U.S. Nuclear Weapons Stockpile")
RECALLED = (
    FACT_SHEET[0],
    FACT_SHEET[1] + " (yearly value recalled, not re-read; 1989, 2013, 2020 and 2023 were checked)",
)
STOCKPILE = {
    1991: 19008,
    1992: 13708,
    1993: 11511,
    1994: 10979,
    1995: 10904,
    1996: 11011,
    1997: 10903,
    1998: 10732,
    1999: 10685,
    2000: 10577,
    2001: 10526,
    2002: 10457,
    2003: 10027,
    2004: 8570,
    2005: 8360,
    2006: 7853,
    2007: 5709,
    2008: 5273,
    2009: 5113,
}
EXCHANGE_2011 = (
    "https://www.defensedaily.com/u-s-releases-new-start-compliance-figures-3/international/",
    "Defense Daily on the New START data exchange",
)
EXCHANGE_2018 = (
    "https://www.exchangemonitor.com/latest-new-start-numbers-show-little-change-u-s-russian-nuke-forces/?printmode=1",
    "Exchange Monitor, Oct 2019, after the US State Department",
)
OTHER = [
    (
        "USA",
        "nuclear_stockpile",
        "2013",
        4804,
        "warheads",
        "2014-04-29",
        "https://fissilematerials.org/blog/2014/04/united_states_updates_inf.html",
        "IPFM blog, Apr 2014",
    ),
    (
        "USA",
        "nuclear_stockpile",
        "2020",
        3750,
        "warheads",
        "2021-10-05",
        "https://ru.usembassy.gov/transparency-in-the-u-s-nuclear-weapons-stockpile/",
        "US Embassy in Russia, Oct 2021",
    ),
    ("USA", "nuclear_stockpile", "2023", 3748, "warheads", "2024-07-20", *FACT_SHEET),
    (
        "USA",
        "deployed_strategic_warheads",
        "2011-09-01",
        1790,
        "warheads (New START count)",
        "2011-10-25",
        *EXCHANGE_2011,
    ),
    (
        "RUS",
        "deployed_strategic_warheads",
        "2011-09-01",
        1566,
        "warheads (New START count)",
        "2011-10-25",
        *EXCHANGE_2011,
    ),
    (
        "USA",
        "deployed_strategic_warheads",
        "2017-09-01",
        1393,
        "warheads (New START count)",
        "2018-02-07",
        "http://unreportedtruth.com/2018/02/07/u-s-and-russian-statements-confirm-their-commitment-to.html",
        "Report after the US State Department",
    ),
    (
        "RUS",
        "deployed_strategic_warheads",
        "2017-09-01",
        1561,
        "warheads (New START count)",
        "2018-02-07",
        "http://unreportedtruth.com/2018/02/07/u-s-and-russian-statements-confirm-their-commitment-to.html",
        "Report after the US State Department",
    ),
    (
        "USA",
        "deployed_strategic_warheads",
        "2018-09-01",
        1398,
        "warheads (New START count)",
        "2019-10-04",
        *EXCHANGE_2018,
    ),
    (
        "RUS",
        "deployed_strategic_warheads",
        "2018-09-01",
        1420,
        "warheads (New START count)",
        "2019-10-04",
        *EXCHANGE_2018,
    ),
    (
        "USA",
        "deployed_strategic_warheads",
        "2019-09-01",
        1376,
        "warheads (New START count)",
        "2019-10-04",
        *EXCHANGE_2018,
    ),
    (
        "RUS",
        "deployed_strategic_warheads",
        "2019-09-01",
        1426,
        "warheads (New START count)",
        "2019-10-04",
        *EXCHANGE_2018,
    ),
]


def rows(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def votes(data: Path, write: csv.writer) -> None:  # type: ignore[valid-type]
    year = {r["rcid"]: int(r["date"][:4]) for r in rows(data / "unvotes" / "roll_calls.csv.gz")}
    issues: dict[str, set[str]] = defaultdict(set)
    for r in rows(data / "unvotes" / "issues.csv.gz"):
        issues[r["rcid"]].add(r["short_name"])
    pair: dict[str, dict[str, str]] = defaultdict(dict)
    choices: dict[str, Counter[str]] = defaultdict(Counter)
    for r in rows(data / "unvotes" / "votes.csv.gz"):
        choices[r["rcid"]][r["vote"]] += 1
        if r["country_code"] in ("RU", "US"):
            pair[r["rcid"]][r["country_code"]] = r["vote"]
    for area, codes in AREAS.items():
        same, n, agree, possible = Counter[int](), Counter[int](), Counter[int](), Counter[int]()
        for rcid, y in year.items():
            if y < 1991 or (codes and not issues[rcid] & set(codes)):
                continue
            if len(pair[rcid]) == 2:
                n[y] += 1
                same[y] += pair[rcid]["RU"] == pair[rcid]["US"]
            c = choices[rcid]
            agree[y] += sum(k * (k - 1) for k in c.values())
            possible[y] += c.total() * (c.total() - 1)
        for y in sorted(n):
            write.writerow(
                [
                    "RUS-USA",
                    "un_agreement",
                    area,
                    y,
                    round(same[y] / n[y], 4),
                    f"share of {n[y]} roll calls",
                    f"{y}-12-31",
                    *VOTES,
                ]
            )
            write.writerow(
                [
                    "all",
                    "un_agreement",
                    area,
                    y,
                    round(agree[y] / possible[y], 4),
                    "share of votes, all pairs",
                    f"{y}-12-31",
                    *VOTES,
                ]
            )


def events(data: Path, write: csv.writer) -> None:  # type: ignore[valid-type]
    for r in rows(data / "icews_dyad_year" / "dyad_year_2002_2011.csv.gz"):
        if {r["sender"], r["receiver"]} == {"RUS", "USA"}:
            for name in COUNTS:
                write.writerow(
                    [
                        f"{r['sender']}>{r['receiver']}",
                        f"icews_{name}",
                        "",
                        r["year"],
                        r[name],
                        "reports a year",
                        f"{r['year']}-12-31",
                        *ICEWS,
                    ]
                )


def main() -> None:
    data = Path(sys.argv[1])
    write = csv.writer(sys.stdout, lineterminator="\n")
    write.writerow(["subject", "measure", "area", "period", "value", "unit", "known_on", "source", "source_title"])
    votes(data, write)
    events(data, write)
    for year, value in STOCKPILE.items():
        write.writerow(["USA", "nuclear_stockpile", "strategic_arms", year, value, "warheads", "2010-05-03", *RECALLED])
    for subject, measure, period, value, unit, known, source, title in OTHER:
        write.writerow([subject, measure, "strategic_arms", period, value, unit, known, source, title])


if __name__ == "__main__":
    main()
