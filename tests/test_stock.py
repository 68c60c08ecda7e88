"""The stock of cooperation on lives that are known by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

import detente as dt
from detente.errors import DetenteError, NoData
from detente.measures import in_force, lives
from detente.record.view import View

FACTS = "date,actors,targets,area,kind,tone,agreement,description,source,known_on\n"
AGREEMENTS = "agreement,title,form,tone,area,parties,third_party,starts,since,source\n"


def record(folder: Path, facts: list[str], agreements: list[str]) -> dt.Record:
    folder.mkdir(exist_ok=True)
    (folder / "facts.csv").write_text(FACTS + "".join(f"{fact}\n" for fact in facts))
    (folder / "agreements.csv").write_text(AGREEMENTS + "".join(f"{one}\n" for one in agreements))
    return dt.open_record(folder / "r", cases=False, case=[folder])


def fact(
    day: str, kind: str, agreement: str, actors: str = "PER+ECU", tone: str = "cooperative", known: str = ""
) -> str:
    return f"{day},{actors},,economic,{kind},{tone},{agreement},{kind} {day},https://example.org/{day},{known}"


def states(opened: dt.Record, agreement: str, *days: date, as_of: date | None = None) -> list[str | None]:
    found = {life.agreement: life for life in lives(View(opened, "PER", "ECU", as_of))}
    return [found[agreement].state_on(day) if agreement in found else None for day in days]


def test_a_life_by_its_stages(tmp_path: Path) -> None:
    opened = record(
        tmp_path / "c",
        [
            fact("2001-05-05", "agreement signed", "pact"),
            fact("2003-01-01", "agreement in force", "pact"),
            fact("2004-01-01", "agreement amended", "pact"),
            fact("2005-01-01", "agreement suspended", "pact"),
            fact("2006-01-01", "agreement extended", "pact"),
            fact("2007-01-01", "agreement resumed", "pact"),
            fact("2008-01-01", "meeting", "pact"),
            fact("2009-01-01", "agreement expired", "pact"),
        ],
        ["pact,Pact,treaty,cooperative,economic,PER;ECU,,,,"],
    )
    years = [date(year, 6, 1) for year in range(2000, 2010)]
    assert states(opened, "pact", *years) == [
        None, "signed", "signed", "in force", "in force", "suspended", "suspended", "in force", "in force", "ended",
    ]  # fmt: skip
    (life,) = lives(View(opened, "ECU", "PER"))
    assert life.since(date(2004, 6, 1)) == date(2003, 1, 1)
    assert [stage.kind for stage in life.stages][-1] == "agreement expired"
    assert life.stages[0].sources == ("https://example.org/2001-05-05",)


def test_what_begins_a_life(tmp_path: Path) -> None:
    opened = record(
        tmp_path / "c",
        [
            fact("2001-05-05", "agreement signed", "memo"),
            fact("2002-05-05", "agreement extended", "old"),
            fact("2003", "programme started", "programme"),
            fact("2003-02", "sanction", "ban", tone="conflictual"),
            fact("2003-03-03", "sanction", "memo", tone="conflictual"),
            fact("2003-04-04", "agreement signed", "others", actors="PER+BOL"),
        ],
        [
            "memo,Memo,political commitment,cooperative,economic,PER;ECU,,signature,,",
            "old,Old,treaty,cooperative,economic,PER;ECU,,,,",
            "before,Before,treaty,cooperative,diplomatic,PER;ECU,,,1990-02-02,https://example.org/b",
            "programme,Programme,programme,cooperative,economic,PER;ECU,,,,",
            "ban,Ban,restriction,conflictual,economic,PER;ECU,BOL,,,",
            "others,Others,treaty,cooperative,economic,PER;ECU,,,,",
            "never,Never,treaty,cooperative,economic,PER;ECU,,,,",
        ],
    )
    day = date(2003, 12, 30)
    held = lives(View(opened, "PER", "ECU"))
    assert {life.agreement: life.state_on(day) for life in held} == {
        "ban": "in force",
        "before": "in force",
        "memo": "in force",  # a sanction that names it is no stage of its life
        "old": "in force",
        "programme": None,  # "2003" counts only from its last day
    }
    assert in_force(held, [day, date(2003, 12, 31)]).select("in_force", "restrictions").rows() == [(3, 1), (4, 1)]
    by_area = in_force(held, [day], ["economic", "diplomatic", "economic:BOL", "economic:CHL"])
    assert by_area.select("in_force", "restrictions").rows() == [(2, 1), (1, 0), (0, 1), (0, 0)]
    assert in_force(held, [date(2003, 2, 27), date(2003, 2, 28)])["restrictions"].to_list() == [0, 1]


def test_the_stock_as_seen_then_does_not_change_when_more_is_learnt(tmp_path: Path) -> None:
    facts = [fact("2001-05-05", "agreement in force", "pact"), fact("2001-06", "agreement in force", "vague")]
    about = ["pact,Pact,treaty,cooperative,economic,PER;ECU,,,,", "vague,Vague,treaty,cooperative,economic,PER;ECU,,,,"]
    later = [
        fact("2002-01-01", "agreement terminated", "pact"),
        fact("2001-05-20", "agreement in force", "secret", known="2010-01-01"),
    ]
    as_of = date(2001, 6, 15)
    days = [date(2001, 5, 1), date(2001, 5, 30), as_of]
    one = record(tmp_path / "a", facts, about)
    two = record(tmp_path / "b", [*facts, *later], [*about, "secret,Secret,treaty,cooperative,economic,PER;ECU,,,,"])
    seen = [in_force(lives(View(opened, "PER", "ECU", as_of)), days) for opened in (one, two)]
    assert seen[0].equals(seen[1]) and seen[0]["in_force"].to_list() == [0, 1, 1]
    assert in_force(lives(View(two, "PER", "ECU")), days)["in_force"].to_list() == [0, 2, 2]


def test_real_lives() -> None:
    held = {life.agreement: life for life in lives(View(dt.open_record("x"), "USA", "RUS"))}
    for name, day, state in (
        ("start1", date(1994, 12, 4), "signed"),
        ("start1", date(1994, 12, 5), "in force"),
        ("start1", date(2009, 12, 5), "ended"),
        ("start2", date(2001, 1, 1), "signed"),
        ("abm", date(2002, 6, 12), "in force"),
        ("abm", date(2002, 6, 13), "ended"),
        ("sort", date(2007, 2, 1), "in force"),
        ("new_start", date(2010, 12, 31), "signed"),
        ("new_start", date(2022, 1, 1), "in force"),
        ("new_start", date(2023, 3, 1), "suspended"),
        ("inf", date(2019, 3, 1), "suspended"),
        ("inf", date(2019, 8, 2), "ended"),
        ("heu_leu", date(2013, 12, 9), "in force"),
        ("umbrella", date(2013, 6, 18), "ended"),
        ("agreement_123", date(2008, 10, 1), "suspended"),
        ("agreement_123", date(2011, 1, 11), "in force"),
        ("nato_russia_council", date(2008, 12, 1), "suspended"),
        ("caatsa", date(2018, 1, 1), "in force"),
    ):
        assert held[name].state_on(day) == state, (name, day)


def test_by_period(tmp_path: Path) -> None:
    pair = dt.open_record("x").pair("USA", "RUS", as_of="2007-02-01")
    years = pair.in_force("year").frame
    assert years["day"].to_list()[::15] == [date(1991, 12, 31), date(2006, 12, 31)] and years["day"][-1] == date(
        2007, 2, 1
    )
    assert pair.in_force("quarter").frame["day"][1] == date(1991, 6, 30)
    assert (
        pair.in_force("month").frame.filter(pl.col("day") == date(2006, 12, 31))["in_force"].item()
        == years["in_force"][-2]
    )
    areas = [area.id for area in pair.record.codebook.areas]
    split = pair.in_force("year", area=areas).frame.group_by("day").agg(pl.col("in_force").sum()).sort("day")
    assert split["in_force"].to_list() == years["in_force"].to_list()
    with pytest.raises(NoData, match=r"your-own\.md"):
        dt.open_record("x").pair("FRA", "DEU").in_force()
    with pytest.raises(DetenteError, match="year, quarter or month"):
        pair.in_force("week")
