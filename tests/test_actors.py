from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from detente.actors import actors, states, who
from detente.actors.tables import rows
from detente.errors import DetenteError


@pytest.mark.parametrize(
    ("name", "code", "sector"),
    [
        ("Military (Russia)", "RUS", "MIL"),
        ("Russia", "RUS", ""),
        ("Russian Federation", "RUS", ""),
        ("RUS", "RUS", ""),
        ("RU", "RUS", ""),
        ("numeric:643", "RUS", ""),
        ("cow:365", "RUS", ""),
        ("gw:365", "RUS", ""),
        ("fips:RS", "RUS", ""),
        ("iso2:RS", "SRB", ""),
        ("cow:255", "DEU", ""),
        ("gw:260", "DEU", ""),
        ("cow:679", "YEM", ""),
        ("gw:678", "YEM", ""),
        ("gw:316", "CZE", ""),
        ("gw:816", "VNM", ""),
        ("Yemeni Armed Forces", "YEM", "MIL"),
        ("Armed Forces of the Russian Federation", "RUS", "MIL"),
        ("Turkish Army", "TUR", "MIL"),
        ("Head of Government (Cote d'Ivoire)", "CIV", "GOV"),
        ("Police (Democratic Republic of Congo)", "COD", "COP"),
        ("Central Bank (Latvia)", "LVA", "GOV"),
        ("Iranian", "IRN", "CVL"),
        ("NATO", "NATO", "IGO"),
        ("UN Security Council", "UNSC", "IGO"),
        ("International Atomic Energy Agency", "IAEA", "IGO"),
        ("Shanghai Cooperation Organization", "SCO", "IGO"),
        ("Taliban", "TALIBAN", ""),
        ("Militant (Taliban)", "TALIBAN", "REB"),
        ("Bharatiya Janata", "IND", "PTY"),
        ("Soviet Union", "SUN", ""),
        ("Burma", "MMR", ""),
        ("North Korea", "PRK", ""),
        ("South Korea", "KOR", ""),
        ("Türkiye", "TUR", ""),
        ("RUSGOVMIL", "RUS", "GOV"),
        ("IGOEUREEC", "EU", "IGO"),
    ],
)
def test_names_and_codes(name: str, code: str, sector: str) -> None:
    found = who(name)
    assert (found.code, found.sector) == (code, sector)


def test_a_person_counts_only_while_in_office() -> None:
    assert who("Barack Obama", "2010-01-01").code == "USA"
    out = who("Barack Obama", "2018-06-01")
    assert (out.code, out.known, out.kind) == ("", False, "person")
    assert who("Sergey Viktorovich Lavrov", "2018-06-01").code == "RUS"
    assert who("Sergei Ivanov", "2005-01-01").sector == "MIL"
    assert who("Boris Johnson", "2018-06-01").note.startswith("GBR foreign minister")
    # Jens Stoltenberg led Norway, then NATO.
    assert who("Jens Stoltenberg", "2010-01-01").code == "NOR"
    assert who("Jens Stoltenberg", "2018-01-01").code == "NATO"


def test_the_last_day_of_an_office_is_the_successors() -> None:
    assert who("Dmitry Medvedev", "2012-05-06").note.startswith("RUS president")
    assert who("Vladimir Putin", "2012-05-07").note.startswith("RUS president")


def test_regions_and_unknown_names_do_not_count() -> None:
    for name in ("Africa", "Unspecified Actor", "Salman Khan", "", "???", "Citizen (Atlantis)"):
        assert not who(name, "2018-01-01").known


def test_former_states_hand_over() -> None:
    assert who("Soviet Union", "1991-12-25").code == "SUN"
    assert who("Soviet Union", "1991-12-26").code == "RUS"
    assert who("Yugoslavia", "2007-01-01").code == "SRB"
    gone = who("Czechoslovakia", "1993-01-01")
    assert gone.code == "" and "Czech Republic (CZE) and Slovakia (SVK)" in gone.note


def test_office_tables_are_sound() -> None:
    codes = set(states()) | {r["code"] for r in rows("organisations.csv")}
    for row in rows("offices.csv"):
        assert row["state"] in codes, row
        assert row["from"] and row["office"] and row["sector"], row
        if row["to"]:
            assert row["from"] <= row["to"], row
    for row in rows("institutions.csv"):
        assert row["state"] in codes, row


@pytest.mark.parametrize(
    ("name", "out", "back"),
    [
        ("Nawaz Sharif", "1993-05-01", "1993-06-01"),
        ("Mikheil Saakashvili", "2007-12-15", "2008-02-01"),
        ("Anand Panyarachun", "1992-05-01", "1992-07-01"),
        ("Bronisław Komorowski", "2010-07-20", "2010-08-07"),
        ("Suchinda Kraprayoon", "1992-06-01", "1992-05-01"),
        ("Robert Fico", "2011-01-01", "2008-01-01"),
    ],
)
def test_terms_that_were_broken_off(name: str, out: str, back: str) -> None:
    """What Archigos has and ours had not: terms run on through a time out of office, or lacked an earlier one."""
    assert who(name, out).sector != "GOV" and who(name, back).sector == "GOV"


def test_heads_are_listed_for_the_most_active_states() -> None:
    active = [
        "USA",
        "RUS",
        "CHN",
        "JPN",
        "IRN",
        "KOR",
        "IND",
        "GBR",
        "IRQ",
        "PAK",
        "PRK",
        "FRA",
        "ISR",
        "AFG",
        "EGY",
        "DEU",
        "AUS",
        "GEO",
        "SYR",
        "LBN",
        "UKR",
        "ESP",
        "VNM",
        "SDN",
        "SAU",
        "THA",
        "IDN",
        "AZE",
        "ITA",
        "BRA",
        "ZAF",
        "KAZ",
        "JOR",
        "POL",
        "MEX",
        "MYS",
        "CUB",
        "ROU",
        "BLR",
        "CAN",
    ]
    by_state: dict[str, list[dict[str, str]]] = {}
    for row in rows("offices.csv"):
        by_state.setdefault(row["state"], []).append(row)
    for code in active:
        for year in ("1995-06-01", "2005-06-01", "2015-06-01", "2018-06-01"):
            heads = [
                r
                for r in by_state[code]
                if r["sector"] == "GOV" and r["from"] <= year and (not r["to"] or r["to"] > year)
            ]
            assert heads, (code, year)


def test_users_add_names(tmp_path: Path) -> None:
    file = tmp_path / "names.csv"
    file.write_text("name,code,sector,from,to\nJane Doe,USA,GOV,2018-01-01,2018-06-30\nBarack Obama,USA,ELI,,\n")
    assert who("Jane Doe", "2018-02-01", str(file)).code == "USA"
    assert who("Jane Doe", "2019-02-01", str(file)).code == ""
    assert who("Barack Obama", "2018-06-01", str(file)).sector == "ELI"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,state\nX,USA\n", "without the column code"),
        ("name,code\nX,ZZZ\n", "line 2: 'ZZZ' names no state"),
        ("name,code,from\nX,USA,2018-13-01\n", "line 2"),
    ],
)
def test_bad_names_files_name_the_line(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "bad.csv"
    file.write_text(text)
    with pytest.raises(DetenteError, match=said):
        who("X", None, str(file))


def test_an_unknown_state_suggests_near_ones() -> None:
    with pytest.raises(DetenteError, match="Russia"):
        actors().state("Rusia")


def test_at_least_85_percent_of_icews_mentions_resolve(shared: Path) -> None:
    import polars as pl

    frame = pl.read_csv(
        shared / "icews" / "icews18_2018-01_2018-08.tsv.gz", separator="\t", quote_char=None, infer_schema=False
    )
    mentions = pl.concat([frame.select("date", pl.col(side).alias("name")) for side in ("sender", "receiver")])
    counted = mentions.group_by("name", "date").len()
    index = actors()
    known = sum(n for name, day, n in counted.iter_rows() if index.resolve(name, date.fromisoformat(day)).known)
    assert known / mentions.height >= 0.90


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Hong Kong (China)", "HKG"),
        ("Taiwan (China)", "TWN"),
        ("Kosovo (Serbia)", "XKX"),
        ("Greenland (Denmark)", "GRL"),
        ("French Guiana (France)", "GUF"),
        ("Puerto Rico (United States)", "PRI"),
        ("Palestine (Israel)", "PSE"),
        ("Virgin Islands (U.S.)", "VIR"),
        ("Georgia (United States)", "USA"),
        ("Crimea (Ukraine)", "UKR"),
        ("Government (Taiwan)", "TWN"),
    ],
)
def test_a_territory_beside_its_state_is_itself_and_a_namesake_of_a_state_is_in_the_bracket(
    name: str, code: str
) -> None:
    assert actors().resolve(name).code == code


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Ireland (Northern)", ""),
        ("Cyprus (Northern)", ""),
        ("Germany (Democratic Republic)", ""),
        ("Ireland (The)", "IRL"),
        ("Ireland (Rep.)", "IRL"),
        ("China (Rep.)", "TWN"),
        ("Korea (Rep.)", "KOR"),
        ("Iran (Islamic Republic of)", "IRN"),
        ("Myanmar (Burma)", "MMR"),
        ("Russia (Soviet Union)", "RUS"),
        ("Yemen (Arab Republic of Yemen)", "YEM"),
        ("Madagascar (Malagasy)", "MDG"),
        ("Czechia (Czech Republic)", "CZE"),
    ],
)
def test_a_gloss_is_dropped_only_where_it_names_the_same_state(name: str, code: str) -> None:
    assert actors().resolve(name).code == code


def test_a_code_agrees_with_every_state_that_had_it_and_na_disagrees_with_none() -> None:
    index = actors()
    assert index.country("Taiwan (China)", "TW").code == "TWN" and not index.country("Taiwan (China)", "TW").note
    for name in ("Serbia and Montenegro", "Czechoslovakia"):
        assert not index.country(name, "CS").note, name
    assert "says RUS" in index.country("Serbia and Montenegro", "RU").note
    assert not index.country("France", "NA").note and index.country("Namibia", "NA").code == "NAM"
    assert not index.country("Somewhere", "NA").known
