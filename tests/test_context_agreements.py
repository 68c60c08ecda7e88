"""Readers of agreements: alliances, defence agreements, treaties, nuclear cooperation, trade, investment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest

from conftest import read_file
from detente.sources.source import sources

FILES = {
    "atop": "atop/atop_5.1_directed_dyad_year.parquet",
    "dcad": "dcad/DCAD-v1.0-main.csv",
    "wti": "wti/wti_bilateral_1900_2003.csv.gz",
    "bits": "bits/unctad_iia_1959_2025.csv",
    "nca": "nuclear/nca_fuhrmann_1945_2003.csv",
    "desta": "desta/desta_list_of_treaties_02_02_dyads.txt",
    "desta withdrawals": "desta/desta_dyadic_withdrawal_02_02.txt",
    "desta_treaties": "desta/desta_list_of_treaties_02_02.txt",
}


@pytest.fixture
def read(data_set: Callable[[str], SimpleNamespace]) -> Callable[[str], SimpleNamespace]:
    """A real file by its name here."""
    return lambda name: data_set(FILES[name])


def of_pair(rows: pl.DataFrame, *pair: str) -> pl.DataFrame:
    sides = pl.concat_list("actors", pl.col("targets").fill_null([]))
    return rows.filter(pl.all_horizontal(sides.list.contains(state) for state in pair)).sort("date", "kind")


@pytest.mark.parametrize("name", FILES)
def test_every_row_is_kept_skipped_or_set_aside(read: Callable[[str], SimpleNamespace], name: str) -> None:
    result = read(name)
    rows = {"atop": 273_296, "dcad": 1664, "wti": 61_365, "bits": 3925, "nca": 3152}
    rows |= {"desta": 20_320, "desta withdrawals": 1649, "desta_treaties": 1365}
    assert result.reader == name.partition(" ")[0]
    assert result.kept + sum(result.skipped.values()) + len(result.bad) == rows[name]
    facts = result.rows
    assert facts["event_id"].is_unique().all()
    assert (facts["known_on"] >= facts["date"]).all()
    assert facts["actors"].list.len().min() >= 1
    assert set(facts["area"].drop_nulls()) <= {
        "strategic_arms", "threat_reduction", "military_dialogue", "defence_industry", "regional_conflict",
        "economic", "diplomatic", "cyber_space",
    }  # fmt: skip


def test_pledges_are_spells_by_kind(read: Callable[[str], SimpleNamespace]) -> None:
    rows = read("atop").rows
    japan = {row["kind"]: row for row in of_pair(rows, "USA", "JPN").filter(pl.col("date").dt.year() > 1940).to_dicts()}
    assert {kind: row["date"].year for kind, row in japan.items()} == {
        "consultation pact": 1951,
        "defence pact": 1951,
        "non-aggression pact": 1960,
    }
    assert (japan["defence pact"]["actors"], japan["defence pact"]["targets"]) == (["USA"], ["JPN"])
    assert japan["defence pact"]["ends"] is None and japan["defence pact"]["precision"] == "year"
    assert {row["reference"] for row in japan.values()} == {"JPN-USA-1951"}
    turkey = of_pair(rows, "USA", "TUR").filter(pl.col("ends").is_null())
    assert set(turkey["date"]) == {date(1951, 1, 1)} and "defence pact" in set(turkey["kind"])


def test_a_pledge_of_nonaggression_is_no_alliance(read: Callable[[str], SimpleNamespace]) -> None:
    rows = read("atop").rows
    late = pl.concat([of_pair(rows, "USA", "SUN"), of_pair(rows, "USA", "RUS")]).filter(pl.col("date").dt.year() > 1964)
    assert late["kind"].to_list() == ["non-aggression pact"] * 2
    assert late["ends"].to_list() == [date(1991, 12, 31), None]


@pytest.mark.parametrize("header", ["ccode1,ccode2,year,atop_{}", "ddyad,stateA,stateB,year,atopally,{}"])
def test_pledges_by_directed_pair(tmp_path: Path, header: str) -> None:
    names = ["defense", "offense", "neutral", "nonagg", "consul"]
    before, _, prefix = header.removesuffix("{}").rpartition(",")
    columns = ",".join([before, *(prefix + name for name in names)])
    extra = ("", "") if "ccode1" in columns else ("2020,", ",1")
    rows = [
        ("2,740", 1960, "1,0,0,0,1"), ("740,2", 1960, "0,0,0,0,1"), ("2,740", 1961, "1,0,0,0,1"),
        ("740,2", 1961, "0,0,0,0,1"), ("2,740", 1963, "1,0,0,0,0"), ("740,2", 1963, "0,0,0,0,0"),
        ("2,20", 1964, "7,0,0,0,0"), ("2,999", 1964, "1,0,0,0,0"), ("2,2", 1964, "1,0,0,0,0"),
        ("2,20", 1964, "x,0,0,0,0"),
    ]  # fmt: skip
    text = "".join(f"{extra[0]}{pair},{year}{extra[1]},{flags}\n" for pair, year, flags in rows)
    file = tmp_path / "atop.csv"
    file.write_text(f"{columns}\n{text}")
    result = read_file(file)
    told = [(r["kind"], r["date"].year, r["ends"], r["targets"]) for r in result.rows.sort("date", "kind").to_dicts()]
    assert told == [
        ("consultation pact", 1960, date(1961, 12, 31), None),
        ("defence pact", 1960, date(1961, 12, 31), ["JPN"]),
        ("defence pact", 1963, None, ["JPN"]),
    ]
    assert result.rows["reference"].n_unique() == 2
    assert [result.bad[line] for line in (8, 9, 10, 11)] == [
        "defense '7' is neither 0 nor 1",
        "b '999' is no number of the Correlates of War",
        "both sides are USA",
        "defense 'x' is neither 0 nor 1",
    ]
    assert result.kept + sum(result.skipped.values()) + len(result.bad) == len(rows)


def test_pledges_by_pair_are_of_both(tmp_path: Path) -> None:
    file = tmp_path / "atop5_1dy.csv"
    file.write_text("dyad,mem1,mem2,year,atopally,defense,offense,neutral,nonagg,consul\n2020,2,20,1990,1,1,0,0,.,\n")
    result = read_file(file)
    assert result.rows["actors"].to_list() == [["CAN", "USA"]] and result.rows["targets"].to_list() == [None]


def test_pledges_none(tmp_path: Path) -> None:
    file = tmp_path / "atop.csv"
    file.write_text(
        "ccode1,ccode2,year,atop_defense,atop_offense,atop_neutral,atop_nonagg,atop_consul\n2,20,1990,0,0,0,0,0\n"
    )
    result = read_file(file)
    assert result.rows.is_empty() and result.skipped == {"no pledge": 1}


def test_defence_agreements(read: Callable[[str], SimpleNamespace]) -> None:
    rows = read("dcad").rows
    signed = rows.filter(pl.col("kind") == "agreement signed")
    assert of_pair(signed, "USA", "IND").height == 5
    assert of_pair(rows, "USA", "RUS").is_empty()
    acts = rows.filter(pl.col("reference") == "DCADv1.0-0001")["kind"].to_list()
    assert acts == ["agreement signed", "agreement in force"]
    assert set(read("dcad").bad.values()) == {f"both sides are {state}" for state in ("BOL", "MOZ", "IND")}


DCAD = (
    "ccode1,ccode2,signDay,signMonth,signYear,EIFDay,EIFMonth,EIFYear,type,category1,category2,category3,terminated,"
    "durationActual,DCAid\n"
)


def test_a_defence_agreement_under_two_ids(tmp_path: Path) -> None:
    file = tmp_path / "dcad.csv"
    file.write_text(
        DCAD
        + "2,750,1,2,2000,-77,-77,-77,general,DCA,,,1,5,A1\n"
        + "2,750,1,2,2000,3,4,2001,general,DCA,,,1,5,A2\n"
        + "2,750,1,2,2000,3,4,2001,sector,TREX,,,1,5,A3\n"
        + "2,750,-77,-77,2000,,,,general,OTHER,,,0,,A4\n"
        + "2,750,-77,3,2000,,,,sector,RESEARCH,,,0,,A5\n"
    )
    result = read_file(file)
    assert result.skipped == {"the same agreement under another id": 1}
    assert result.bad == {5: "category1 'OTHER' is none of the codebook"}
    rows = {(row["reference"], row["kind"]): row for row in result.rows.to_dicts()}
    assert set(rows) == {
        ("A1", "agreement signed"),
        ("A3", "agreement signed"),
        ("A3", "agreement in force"),
        ("A5", "agreement signed"),
    }
    assert rows["A3", "agreement in force"]["ends"] == date(2006, 12, 31)
    month = rows["A5", "agreement signed"]
    assert (month["precision"], month["date"], month["known_on"]) == ("month", date(2000, 3, 1), date(2000, 3, 31))


def test_treaties_of_the_index(read: Callable[[str], SimpleNamespace]) -> None:
    result = read("wti")
    arms = of_pair(result.rows, "USA", "SUN").filter(
        (pl.col("area") == "strategic_arms") & (pl.col("kind") == "agreement signed")
    )
    assert arms.filter(pl.col("date") == date(1972, 5, 26))["reference"].to_list() == ["113445", "113446"]
    military = of_pair(result.rows, "USA", "JPN").filter(
        (pl.col("area") == "military_dialogue") & (pl.col("kind") == "agreement signed")
    )
    assert {date(1951, 9, 8), date(1960, 1, 19)} <= set(military["date"])
    assert result.skipped["the same treaty registered elsewhere"] == 271
    assert sum(result.corrected.values()) == 328


def test_nobody_reads_silence_after_1980_as_no_treaties(read: Callable[[str], SimpleNamespace]) -> None:
    result = read("wti")
    assert result.rows["date"].max().year > 2000
    assert result.spans == [(date(1900, 3, 31), date(1980, 12, 31))]


WTI = "treaty_id,signed,force,iso3a,iso3b,laterality,topic_code,headnote\n"


def test_social_security_is_no_security(tmp_path: Path) -> None:
    file = tmp_path / "wti.csv"
    rows = [
        "1,1970-02-01,1971-01-01,DEU,TUR,BILAT,2SECUR,SOCIAL SECURITY",
        "2,1970-02-01,1871-01-01,DEU,TUR,BILAT,4MILIT,MILITARY AID",
        "3,1970-02-01,,TUR,DEU,BILAT,4MILIT,MILITARY AID",
        "4,1970-02-01,,DEU,,BILAT,4LOAN,LOAN",
        "5,1970-02-01,,DEU,TUR,UNILAT,4LOAN,LOAN",
        "6,1970-02-31,,DEU,TUR,BILAT,4LOAN,LOAN",
        "7,1970-03-01,soon,DEU,TUR,BILAT,4LOAN,LOAN",
        "8,1995-03-01,,RUS,USA,BILAT,9ADMIN/1ALLY,OFFICE",
        "9,1910-03-01,2011-01-01,RUS,USA,BILAT,,FURS",
    ]
    file.write_text(WTI + "".join(f"{row}\n" for row in rows))
    result = read_file(file)
    area = {row["reference"]: (row["area"], row["actors"]) for row in result.rows.to_dicts()}
    assert area == {
        "1": ("economic", ["DEU", "TUR"]),
        "2": ("military_dialogue", ["DEU", "TUR"]),
        "8": ("diplomatic", ["RUS", "USA"]),
        "9": (None, ["RUS", "USA"]),
    }
    assert result.corrected == {
        "in force a century late: taken as a hundred years before": 1,
        "in force over 25 years before or after it was signed: left out": 1,
    }
    furs = result.rows.filter((pl.col("reference") == "9") & (pl.col("kind") == "agreement in force"))
    assert furs.select("date", "known_on").rows() == [(date(1911, 1, 1), date(1911, 1, 1))]
    assert result.bad == {
        7: "no day can be read of signed_on '1970-02-31'",
        8: "no day can be read of force_on 'soon'",
    }
    assert sum(result.skipped.values()) == 3


def test_an_investment_treaty_that_was_only_signed(read: Callable[[str], SimpleNamespace]) -> None:
    rows = of_pair(read("bits").rows, "USA", "RUS")
    assert [(row["date"], row["kind"], row["ends"]) for row in rows.to_dicts()] == [
        (date(1992, 6, 17), "agreement signed", None)
    ]
    assert all("EFTA" in why or "known by the name" in why for why in read("bits").bad.values())


def test_parties_by_name(tmp_path: Path) -> None:
    file = tmp_path / "bits.csv"
    parties = [
        "Korea, Republic of, Türkiye", "Congo, Democratic Republic of the, Congo", "Chile, EU (European Union)",
        "BLEU (Belgium-Luxembourg Economic Union), Russian Federation",
        "ASEAN (Association of South-East Asian Nations)",
        "Atlantis, Chile", "Chile", "",
    ]  # fmt: skip
    rows = [f'{n},T{n},BITs,In force,"{who}",1990-02-09,1991-08-20,2001-05-06' for n, who in enumerate(parties)]
    file.write_text(
        "treaty_id,short_title,type,status,parties,date_of_signature,date_of_entry_into_force,termination_date\n"
        + "".join(f"{row}\n" for row in rows)
    )
    result = read_file(file)
    signed = result.rows.filter(pl.col("kind") == "agreement signed")
    assert signed["actors"].to_list() == [
        ["KOR", "TUR"],
        ["COD", "COG"],
        ["CHL", "EU"],
        ["BEL", "LUX", "SUN"],
        ["ASEAN"],
    ]
    assert signed["channel"].to_list() == [None, None, "EU", None, "ASEAN"]
    assert set(result.rows.filter(pl.col("kind") == "agreement in force")["ends"]) == {date(2001, 5, 6)}
    assert signed["reference"].to_list() == ["0", "1", "2", "3", "4"]
    assert result.bad[7] == "no state or organisation is known by the name 'Atlantis'"
    assert result.bad[8] == "names less than two parties: 'Chile'"
    assert 9 in result.bad


def test_investment_treaties_as_the_site_gives_them(tmp_path: Path) -> None:
    file = tmp_path / "iia.csv"
    file.write_text(
        "No.,Short title,Type,Status,Parties,Date of signature,Date of entry into force,Termination date\n"
        '1,Chile - Peru BIT (2000),BITs,In force,"Chile, Peru",02/02/2000,11/08/2001,\n'
    )
    rows = read_file(file).rows
    assert rows["date"].to_list() == [date(2000, 2, 2), date(2001, 8, 11)]
    assert set(rows["reference"]) == {"Chile - Peru BIT (2000)"}


def test_nuclear_cooperation_is_counted_once(read: Callable[[str], SimpleNamespace]) -> None:
    rows = pl.concat([of_pair(read("nca").rows, "USA", state) for state in ("SUN", "RUS")])
    assert (rows["date"].min(), rows["date"].max(), rows["level"].sum()) == (date(1959, 1, 1), date(2000, 1, 1), 24)
    assert rows.height == 21 and set(rows["precision"]) == {"year"}
    assert read("nca").skipped == {
        "the same agreement for the other side": 995,
        "another agreement of the pair, year and type, counted in its level": 221,
    }


def test_nuclear_cooperation_by_rows(tmp_path: Path) -> None:
    file = tmp_path / "nca.csv"
    rows = ["2,365,1996,1,1", "365,2,1996,1,1", "2,365,1996,1,1", "2,365,1996,1,2", "2,365,1997,0,", "2,999,1997,1,1"]
    file.write_text("ccode1,ccode2,year,nca,nca_type\n" + "".join(f"{row}\n" for row in rows))
    result = read_file(file)
    assert result.rows.select("reference", "level").rows() == [("RUS:USA:1996:1", 2.0), ("RUS:USA:1996:2", 1.0)]
    assert sum(result.skipped.values()) == 3 and set(result.bad) == {7}


def test_years_as_tools_write_them(tmp_path: Path) -> None:
    """A year with decimals is that year, for the state as well; what is no year of four digits is set aside."""
    file = tmp_path / "nca.csv"
    rows = [f"2.0,365.0,{year},1.0,1" for year in ("1980.0", "-1", "0", "99999", "9" * 5000)]
    file.write_text("ccode1,ccode2,year,nca,nca_type\n" + "".join(f"{row}\n" for row in rows))
    result = read_file(file)
    assert result.rows.select("actors", "date").rows() == [(["SUN", "USA"], date(1980, 1, 1))]
    assert {line: why[:26] for line, why in result.bad.items()} == dict.fromkeys(
        range(3, 7), "no day can be read of year"
    )


def test_trade_agreements_by_pair(read: Callable[[str], SimpleNamespace]) -> None:
    rows = of_pair(read("desta").rows, "USA", "MEX")
    assert {(row["reference"], row["date"].year) for row in rows.to_dicts()} == {
        ("636", 1992), ("636", 1994), ("899", 2016), ("1007", 2018), ("1007", 2020),
    }  # fmt: skip
    left = read("desta withdrawals")
    assert set(left.rows["kind"]) == {"agreement ended"} and left.skipped == {"the same two states once more": 34}
    members = read("desta_treaties").rows.filter(
        (pl.col("reference") == "636") & (pl.col("kind") == "agreement signed")
    )
    assert members["actors"].to_list() == [["CAN", "MEX", "USA"]]


def test_trade_agreements_in_the_letters_of_windows(tmp_path: Path) -> None:
    header = (
        "country1,country2,iso1,iso2,number,base_treaty,name,entry_type,consolidated,year,entryforceyear,typememb\n"
    )
    rows = [
        "Kosovo,Turkey,900,792,1,1,Café,base_treaty,0,2013,NA,1",
        "Turkey,Kosovo,792,900,1,1,Café,base_treaty,0,2013,NA,1",
        "Chile,Peru,152,604,2c,2,Andes,consolidated,1,2006,2007,1",
        "Chile,Nowhere,152,999,3,3,None,base_treaty,0,2006,2007,1",
        "Chile,Peru,152,604,4,4,Andes,base_treaty,0,soon,2007,1",
    ]
    file = tmp_path / "desta.txt"
    file.write_bytes((header + "".join(f"{row}\n" for row in rows)).encode("cp1252"))
    result = read_file(file)
    assert result.rows.select("actors", "description").rows() == [(["TUR", "XKX"], "trade agreement signed: Café")]
    assert sum(result.skipped.values()) == 2
    assert result.bad == {5: "iso2 '999' is no numeric code of ISO", 6: "no day can be read of year 'soon'"}


def test_trade_agreements_by_members(tmp_path: Path) -> None:
    header = "number,base_treaty,name,entry_type,consolidated,year,entryforceyear,language,typememb,c1,c2,c3\n"
    rows = [
        "1,1,A,base_treaty,0,2003,2004,English,2,4,356,",
        "1+1,1,A,accession,0,2005,,English,5,4,356,152",
        "2,2,B,negotiation,0,2005,,English,1,4,356,",
        "3,3,C,base_treaty,0,2005,,English,1,4,999,",
        "4,4,D,base_treaty,0,2005,,English,1,4,,",
    ]
    file = tmp_path / "desta.txt"
    file.write_text(header + "".join(f"{row}\n" for row in rows))
    result = read_file(file)
    assert result.rows["actors"].to_list() == [["AFG", "IND"]] * 2
    assert sum(result.skipped.values()) == 2
    assert result.bad == {5: "member '999' is no numeric code of ISO", 6: "names less than two members"}


def test_each_is_cited() -> None:
    for name in {name.partition(" ")[0] for name in FILES}:
        source = sources()[name]
        assert source.citation and source.terms and source.home.startswith("http") and source.covers == "years"
