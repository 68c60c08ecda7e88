"""Indicators of states and pairs: capabilities, trade, organisations, geography, regimes, arms; leaders; UN votes."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from conftest import read_file, write_votes
from detente.measures.roll_calls import roll_calls
from detente.measures.votes import similarity
from detente.sources.context.measures import measures

# Folder and file, the table, rows kept, rows skipped by rule, and the last day of which the data tell.
REAL = {
    "cow_nmc/nmc_7.0_state_year.csv": ("indicators", 116_478, 0, 2022),
    "cow_igo/cow_igo_3_state_year_counts.csv": ("indicators", 62_228, 0, 2014),
    "geography/cow_contiguity_3.2_periods.csv": ("indicators", 847, 1_027, 2016),
    "geography/cow_capitals.csv": ("indicators", 484, 0, 2024),
    "cow_states/cow_states_2016.csv": ("indicators", 243, 0, 2016),
    "cow_states/cow_majors_2016.csv": ("indicators", 14, 0, 2016),
    "cow_states/gw_states.csv": ("indicators", 216, 0, 2017),
    "democracy/cow_state_year_democracy.csv": ("indicators", 66_425, 2, 2025),
    "gdp_population/cow_state_year_gdp_pop.parquet": ("indicators", 98_946, 45, 2019),
    "ideal_points/IdealpointestimatesAll_Jun2024.csv": ("indicators", 97_470, 0, 2023),
    "sipri_arms/sipri_tiv_supplier_recipient_year_1950_2021.csv": ("indicators", 20_762, 562, 2021),
    "leaders/archigos_4.1_spells.csv": ("dated_facts", 3_409, 0, 2015),
}


@pytest.fixture(scope="module")
def real_files(shared: Path) -> dict[str, SimpleNamespace]:
    folder = shared.parent / "data" / "context"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not here")
    return {name: read_file(folder / name) for name in REAL}


def value(read: SimpleNamespace, measure: str, a: str, day: str, b: str | None = None) -> float | None:
    """The value that holds on a day; None where none is known."""
    on = date.fromisoformat(day)
    side = pl.col("b").is_null() if b is None else pl.col("b") == b
    rows = read.rows.filter(
        (pl.col("measure") == measure) & (pl.col("a") == a) & side & (pl.col("date") <= on),
        pl.col("ends").fill_null(date.max) >= on,
    )
    assert rows.height <= 1, rows
    return round(rows["value"][0], 3) if rows.height else None


def table(path: Path, header: str, *rows: str) -> SimpleNamespace:
    path.write_text("\n".join([header, *rows]) + "\n")
    return read_file(path)


@pytest.mark.parametrize("name", REAL)
def test_every_row_is_kept_or_counted(real_files: dict[str, SimpleNamespace], shared: Path, name: str) -> None:
    _, kept, skipped, last = REAL[name]
    read = real_files[name]
    assert (read.rows.height, sum(read.skipped.values()), read.bad) == (kept, skipped, {})
    assert read.rows["event_id"].n_unique() == kept
    assert read.rows["date"].max().year <= last
    assert (read.rows["known_on"] >= read.rows["date"]).all()
    assert read.rows.filter(pl.col("a") > pl.col("b")).is_empty() or name.startswith("sipri") if "a" in read.rows else 1


def test_known_answers(real_files: dict[str, SimpleNamespace]) -> None:
    read_of = {name.partition("/")[2]: read for name, read in real_files.items()}
    nmc = read_of["nmc_7.0_state_year.csv"]
    assert [value(nmc, "cinc", state, "2022-06-01") for state in ("USA", "RUS", "CHN")] == [0.124, 0.038, 0.234]
    assert value(nmc, "cinc", "DEU", "1990-06-01") == 0.029 and value(nmc, "cinc", "SUN", "1980-06-01")
    near = read_of["cow_contiguity_3.2_periods.csv"]
    assert value(near, "contiguity", "SUN", "1980-01-01", "USA") == 2
    assert near.rows.filter(pl.col("ends") == date(2016, 12, 31)).is_empty()
    assert near.skipped == {"the other direction of a pair": 847, "not contiguous": 180}
    homes = read_of["cow_capitals.csv"]
    assert value(homes, "capital_latitude", "USA", "2020-01-01") == 38.895
    assert value(homes, "capital_longitude", "USA", "2020-01-01") == -77.037
    majors, states = read_of["cow_majors_2016.csv"], read_of["cow_states_2016.csv"]
    assert [value(majors, "major_power", "FRA", day) for day in ("1935-01-01", "1942-01-01")] == [1, None]
    assert value(states, "system_member", "DDR", "1980-01-01") == 1
    assert value(read_of["gw_states.csv"], "system_member", "DDR", "1995-01-01") is None
    regimes = read_of["cow_state_year_democracy.csv"]
    assert [value(regimes, "polyarchy", state, "2025-06-01") for state in ("USA", "RUS")] == [0.735, 0.17]
    # Minus nine is a score of Polity's; in 1990 the Germany of the end of the year has no polyarchy of its own.
    assert regimes.rows.filter(pl.col("measure") == "polity2", pl.col("value") == -9).height > 100
    assert value(regimes, "polyarchy", "DEU", "1990-06-01") == 0.892
    points = read_of["IdealpointestimatesAll_Jun2024.csv"]
    assert value(points, "un_agreement", "RUS", "2007-06-01", "USA") == 0.115
    assert value(points, "un_agreement", "RUS", "2023-06-01", "USA") == 0.174
    assert value(points, "ideal_point", "USA", "2007-06-01") == 2.76
    # The state of the middle of the year, as in every table: the Soviet Union in 1991.
    assert value(points, "un_agreement", "SUN", "1991-06-01", "USA") and value(
        points, "ideal_point", "SUN", "1991-06-01"
    )
    assert value(points, "un_agreement", "RUS", "1991-06-01", "USA") is None
    assert value(points, "ideal_point_q5", "USA", "2007-06-01") == 2.583
    assert points.rows.filter(pl.col("date") == date(2023, 1, 1))["known_on"].unique().to_list() == [date(2024, 9, 30)]
    arms = read_of["sipri_tiv_supplier_recipient_year_1950_2021.csv"]
    assert value(arms, "arms_transfers", "RUS", "2006-06-01", "IND") == 923
    assert value(arms, "arms_transfers", "SUN", "1980-06-01", "IND") and arms.rows["value"].min() == 0
    leaders = read_of["archigos_4.1_spells.csv"]
    putin = leaders.rows.filter(pl.col("actors").list.first() == "RUS", pl.col("description").str.contains("Putin"))
    assert putin["date"].to_list()[0] == date(2000, 1, 1) and putin["ends"].to_list()[-1] is None


def test_large_tables(shared: Path, tmp_path: Path) -> None:
    """Tables of a million rows: what they have of Russia and the United States, as Parquet."""
    folder = shared.parent / "data" / "context"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not here")
    reads = {}
    for name in ("cow_trade_4.0_dyad_year", "cow_igo_3_dyad_year_counts", "cow_min_distance_1886_2019"):
        (path,) = folder.glob(f"*/{name}.parquet")
        pl.scan_parquet(path).filter(ccode1=2, ccode2=365).collect().write_parquet(tmp_path / path.name)
        reads[name.split("_")[1]] = read_file(tmp_path / path.name)
    trade, igo, near = reads["trade"], reads["igo"], reads["min"]
    assert round(value(trade, "exports", "RUS", "2006-06-01", "USA") or 0) == 20_731
    assert round(value(trade, "exports", "USA", "2006-06-01", "RUS") or 0) == 6_417
    assert [value(igo, "igo_shared", *side, "USA") for side in (("SUN", "1990-06-01"), ("RUS", "2014-06-01"))] == [
        36,
        55,
    ]
    assert value(near, "least_distance", "RUS", "2019-06-01", "USA") == 80
    assert not any(read.bad for read in reads.values())


def test_every_line_is_accounted_for(shared: Path, make_record: Callable[..., Any]) -> None:
    folder = shared.parent / "data" / "context"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not here")
    record = make_record(*(folder / name for name in REAL))
    kept = {kind: sum(rows for of, rows, *_ in REAL.values() if of == kind) for kind in ("indicators", "dated_facts")}
    assert {kind: record.table(kind).height for kind in kept} == kept


def test_every_measure_is_defined(real_files: dict[str, SimpleNamespace]) -> None:
    defined = measures()
    assert all(measure.of and measure.unit and measure.meaning for measure in defined.values())
    told = {name for read in real_files.values() if "measure" in read.rows for name in read.rows["measure"].unique()}
    others = {"conflict_intensity", "internal_conflict_intensity", "enrichment_plants", "reprocessing_plants"}
    assert told | {"exports", "igo_shared", "least_distance"} | others == set(defined)


def test_last_cells_may_be_empty(tmp_path: Path) -> None:
    """Tables whose last cells are empty are read as others are; short and blank lines are still told apart."""
    read = table(
        tmp_path / "igo.csv",
        "ccode1,ccode2,year,dyadigos",
        "2,365,2006,55",
        "2,20,2006,",
        "",
        ",,,",
        "2,200,2006",
        "2,220,2006,50,1",
    )
    assert read.rows["value"].to_list() == [55.0] and read.skipped == {"no value is known": 1}
    assert read.bad == {6: "has 3 fields, the header 4", 7: "has 5 fields, the header 4"}
    read = table(tmp_path / "even.csv", "ccode1,ccode2,year,dyadigos", "2,365,2006,55", "2,20,2006,", ",,,")
    assert read.rows["value"].to_list() == [55.0] and read.bad == {}


def test_parquet_is_read_from_its_beginning(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {"ccode1": [2, 2, 2], "ccode2": [365, 365, 2], "year": [2006, 2014, 2014], "dyadigos": [55, 56, 1]}
    )
    frame.write_parquet(tmp_path / "dyads.parquet")
    read = read_file(tmp_path / "dyads.parquet")
    assert read.rows.select("a", "b", "measure", "value").rows()[0] == ("RUS", "USA", "igo_shared", 55.0)
    assert read.bad == {4: "both sides are USA"}
    frame.select("ccode1", "ccode2", "year", mindist=pl.Series([80, None, 0])).write_parquet(tmp_path / "near.parquet")
    read = read_file(tmp_path / "near.parquet")
    assert read.rows.select("measure", "value").rows() == [("least_distance", 80.0)]
    assert read.skipped == {"no value is known": 1}


def test_what_cannot_be_is_set_aside_and_what_is_unknown_has_no_row(tmp_path: Path) -> None:
    read = table(
        tmp_path / "NMC.csv",
        "stateabb,ccode,year,milex,milper,irst,pec,tpop,upop,cinc,version",
        "USA,2,2006,-9,1500,98000,3000000,298000,170000,0.14,2021",
        "USA,2,2007,lots,1500,98000,3000000,298000,170000,0.14,2021",
        "USA,2,2008,1,1500,98000,3000000,298000,170000,1.4,2021",
        "XXX,9999,2006,1,1,1,1,1,1,0.1,2021",
        "USA,2,20x6,1,1,1,1,1,1,0.1,2021",
        "USA,2,2009,,,,,,,,2021",
    )
    assert read.rows.height == 6 and "milex" not in read.rows["measure"].to_list()
    assert read.skipped == {"no value is known": 1}
    assert read.bad == {
        3: "milex 'lots' is no number from 0",
        4: "cinc '1.4' is no number from 0 to 1",
        5: "ccode '9999' is no number of the Correlates of War",
        6: "no day can be read of year '20x6'",
    }


def test_a_state_under_two_numbers_counts_once(tmp_path: Path) -> None:
    read = table(
        tmp_path / "trade.csv",
        "ccode1,ccode2,year,flow1,flow2",
        "630,678,1990,7,",
        "630,679,1990,9,3",
        "630,678,1989,5,5",
    )
    assert read.rows.filter(pl.col("date") == date(1990, 1, 1)).select("a", "b", "value").sort("a").rows() == [
        ("IRN", "YEM", 3.0),
        ("YEM", "IRN", 9.0),
    ]
    assert read.rows.height == 4 and read.skipped == {"the state's number at the end of the year counts": 1}


def test_memberships_with_a_column_an_organisation(tmp_path: Path) -> None:
    read = table(
        tmp_path / "dyadic_formatv3.csv",
        "dyadid,ccode1,country1,ccode2,country2,year,AALCO,AARO,UN,NATO,AU",
        "2365,2,usa,365,russia,2014,0,-1,1,1,-9",
        "2700,2,usa,700,afg,2014,-9,-9,-9,-1,-1",
        "2710,2,usa,710,china,2014,0,0,7,0,0",
    )
    assert read.rows.select("a", "b", "value").rows() == [("RUS", "USA", 2.0)]
    assert read.skipped == {"no value is known": 1}
    assert read.bad == {4: "a membership is none of 0, 1, 2, 3, -1, -9"}
    read = table(tmp_path / "state_year_formatv3.csv", "ccode,year,state,AAAID,UN,NATO,EU", "2,2014,usa,-1,1,2,3")
    counts = dict(read.rows.select("measure", "value").rows())
    assert counts == {"igo_full": 1.0, "igo_associate": 1.0, "igo_observer": 1.0, "igo_any": 3.0}


def test_spells_of_the_releases(tmp_path: Path) -> None:
    read = table(
        tmp_path / "contdir.csv",
        "dyad,statelno,statelab,statehno,statehab,conttype,begin,end,notes,version",
        "2020,2,USA,20,CAN,1,192001,201612,,3.2",
        "2040,2,USA,40,CUB,4,190205,190609,,3.2",
        "2041,2,USA,41,HAI,9,185905,201612,,3.2",
        "2042,2,USA,42,DOM,5,185905,185805,,3.2",
        "2043,2,USA,40,CUB,5,18,195905,,3.2",
    )
    assert read.rows.select("a", "b", "value", "date", "ends").rows() == [
        ("CAN", "USA", 1.0, date(1920, 1, 1), None),
        ("CUB", "USA", 4.0, date(1902, 5, 1), date(1906, 9, 30)),
    ]
    assert read.bad == {
        4: "conttype '9' is no number from 1 to 5",
        5: "ends before it begins",
        6: "no day can be read of begin '18'",
    }
    (tmp_path / "ksgmdw.txt").write_text(
        "2\tUSA\tUnited States of America\t01:01:1816\t31:12:2020\n265\tGDR\tEast Germany\t05:10:1949\t02:10:1990\n"
    )
    read = read_file(tmp_path / "ksgmdw.txt")
    assert read.rows.select("a", "ends").rows() == [("USA", None), ("DDR", date(1990, 10, 2))]


def test_regimes_of_the_releases(tmp_path: Path) -> None:
    read = table(
        tmp_path / "V-Dem-CY-Core.csv",
        "country_name,country_text_id,country_id,year,historical_date,v2x_polyarchy,v2x_libdem",
        "Russia,RUS,11,1950,1950-12-31,0.08,0.1",
        "Russia,RUS,11,2006,2006-12-31,,0.1",
        "Palestine/Gaza,PSG,138,2010,2010-12-31,0.2,0.1",
        "Palestine/West Bank,PSE,128,2010,2010-12-31,0.3,0.1",
        "Somaliland,SML,139,2010,2010-12-31,0.4,0.1",
        "France,FRA,76,2010,2010-12-31,1.4,0.1",
    )
    assert read.rows.select("a", "value").rows() == [("SUN", 0.08), ("PSE", 0.3)]
    assert read.skipped == {"a part of a state, scored apart": 2, "no value is known": 1}
    assert read.bad == {7: "v2x_polyarchy '1.4' is no number from 0 to 1"}
    read = table(
        tmp_path / "p5v2018.csv",
        "p5,cyear,ccode,scode,country,year,flag,fragment,democ,autoc,polity,polity2",
        "0,3641950,364,USR,USSR,1950,0,,0,9,-9,-9",
        "0,6451950,645,IRQ,Iraq,2004,0,,-66,-66,-66,-66",
    )
    assert read.rows.select("a", "value").rows() == [("SUN", -9.0)]


def test_deliveries_of_arms(tmp_path: Path) -> None:
    columns = (
        "SIPRI AT Database ID,Supplier,Recipient,Designation,Description,Armament category,Order date,"
        "Order date is estimate,Numbers delivered,Numbers delivered is estimate,Delivery year,"
        "Delivery year is estimate,"
        "Status,SIPRI estimate,TIV deal unit,TIV delivery values,Local production"
    )
    rows = [
        "1,Russia,India,Su-30MK,FGA aircraft,Aircraft,2004,No,10,No,2006,No,New,50,50,500.5,Yes",
        "2,Russia,India,T-90S,tank,Armoured vehicles,2004,No,10,No,2006,No,New,5,5,50,No",
        "3,Russia,NATO**,x,y,z,2004,No,1,No,2006,No,New,5,5,5,No",
        "4,Atlantis,India,x,y,z,2004,No,1,No,2006,No,New,5,5,5,No",
        "5,France,India,x,y,z,2004,No,1,No,2006,No,New,5,5,much,No",
    ]
    (tmp_path / "trade-register.csv").write_text(
        "\n".join(["SIPRI Arms Transfers", "", "Search: all", "", columns, *rows])
    )
    read = read_file(tmp_path / "trade-register.csv")
    assert read.rows.select("a", "b", "value").rows() == [("RUS", "IND", 550.5)]
    assert read.skipped == {
        "words above the columns": 2,
        "added to another delivery of the year": 1,
        "supplier or recipient is no state": 1,
    }
    assert read.bad == {9: "supplier 'Atlantis' is no state", 10: "value 'much' is no number from 0"}


def test_the_register_of_orders_of_arms(tmp_path: Path) -> None:
    read = table(
        tmp_path / "register.csv",
        "Trade register: Russia\n\nRecipient,Supplier,Year of order,,Number ordered,,Weapon designation,"
        "Weapon description,Number delivered,,Year(s) of delivery,status,Comments,SIPRI TIV per unit,"
        "SIPRI TIV for total order,SIPRI TIV of delivered weapons",
        'India,Russia,2018,,5,?,S-400,SAM system,3,,2021; 2022,New,"for ""x"", y",50,250,150',
        "India,Russia,(2004),?,140,,Su-30MK,FGA aircraft,,,,New,,50,7000,",
        "NATO**,Russia,2004,,1,,X,Y,,,,New,,,,",
        "Atlantis,Russia,2004,,1,,X,Y,,,,New,,,,",
    )
    assert read.rows.select("actors", "targets", "date", "ends", "level", "kind").rows() == [
        (["RUS"], ["IND"], date(2018, 1, 1), date(2022, 12, 31), 250.0, "transfer"),
        (["RUS"], ["IND"], date(2004, 1, 1), None, 7000.0, "transfer"),
    ]
    assert read.rows["event_id"][0] == "sipri_arms:Russia:India:2018:S-400:5"
    assert read.skipped == {"words above the columns": 1, "supplier or recipient is no state": 1}
    assert read.bad == {7: "recipient 'Atlantis' is no state"}


def test_leaders_of_the_release(tmp_path: Path) -> None:
    (tmp_path / "archigos.txt").write_text(
        "obsid\tleadid\tccode\tidacr\tleader\tstartdate\teindate\tenddate\teoutdate\tentry\texit\n"
        "RUS-2012\tx\t365\tRUS\tPutin\t2012-05-07\t2012-05-07\t2015-12-31\t2015-12-31\tRegular\tStill in Office\n"
        "RUS-2008\tx\t365\tRUS\tMedvedev\t2008-05-07\t2008-05-07\t2012-05-07\t2012-05-07\tRegular\tRegular\n"
        "RUS-2001\tx\t365\tRUS\tNobody\t2008-13-07\t2008-05-07\t2012-05-07\t2012-05-07\tRegular\tRegular\n"
    )
    read = read_file(tmp_path / "archigos.txt")
    assert read.rows.select("event_id", "ends", "kind").rows() == [
        ("archigos:RUS-2012", None, "leader"),
        ("archigos:RUS-2008", date(2012, 5, 7), "leader"),
    ]
    assert read.bad == {4: "no day can be read of startdate '2008-13-07'"}


LIBRARY = (
    "undl_id,ms_code,ms_name,ms_vote,date,session,resolution,draft,committee_report,meeting,title,agenda_title,subjects,"
    "vote_note,total_yes,total_no,total_abstentions,total_non_voting,total_ms,undl_link"
)
COUNCIL = (
    "undl_id,ms_code,ms_name,permanent_member,ms_vote,date,resolution,draft,meeting,description,agenda,subjects,"
    "modality,total_yes,total_no,total_abstentions,total_non_voting,total_ms,undl_link"
)


def library(call: str, day: str, session: str, resolution: str, votes: dict[str, str], subjects: str = "") -> list[str]:
    names = {"USA": "UNITED STATES", "RUS": "RUSSIAN FEDERATION", "CHN": "CHINA", "GBR": "UNITED KINGDOM"}
    return [
        f"{call},{code},{names.get(code, code)},{vote},{day},{session},{resolution},,,,Title {call},,{subjects},"
        ",1,1,1,0,3,"
        for code, vote in votes.items()
    ]


def test_the_librarys_votes(tmp_path: Path) -> None:
    rows = library(
        "7",
        "2023-10-27",
        "ES-10",
        "A/RES/ES-10/21",
        {"USA": "N", "RUS": "Y", "CHN": "A", "GBR": "X"},
        "NUCLEAR WEAPONS--DISARMAMENT",
    )
    rows += library("8", "1970-11-20", "25", "A/RES/2642(XXV)", {"CHN": "N", "XYZ": "Y", "USA": "Q"})
    rows += library("9", "2023-10-27", "78", "E/RES/1", {"USA": "Y"})
    read = table(tmp_path / "2025_07_23_ga_voting.csv", LIBRARY, *rows)
    assert read.tables["votes"].select("event_id", "state", "choice").rows() == [
        ("undl:7:USA", "USA", "no"),
        ("undl:7:RUS", "RUS", "yes"),
        ("undl:7:CHN", "CHN", "abstain"),
        ("undl:8:TWN", "TWN", "no"),
    ]
    assert read.tables["rollcalls"].select("rcid", "session", "resolution", "title").rows() == [
        ("undl:7", 78, "A/RES/ES-10/21", "Title 7"),
        ("undl:8", 25, "A/RES/2642(XXV)", "Title 8"),
    ]
    assert read.tables["rollcall_issues"]["issue"].to_list() == ["nu", "di"]
    assert read.skipped == {"no vote cast": 1}
    assert read.bad == {
        7: "member state XYZ (XYZ) is unknown",
        8: "vote Q is none of Y, N, A, X",
        9: "resolution 'E/RES/1' is none of the General Assembly or the Security Council",
    }


def test_a_vote_held_from_two_sources_counts_once_and_the_councils_never(
    tmp_path: Path, make_record: Callable[..., Any]
) -> None:
    votes = {"USA": "N", "RUS": "Y", "CHN": "Y", "GBR": "N"}
    rows = library("70", "2006-11-14", "61", "A/RES/61/3", votes) + library(
        "71", "2006-11-09", "61", "A/RES/61/99", votes
    )
    council = [f"90,{code},{code},TRUE,Y,2006-10-14,S/RES/1718(2006),,,S/RES/1718,,,,15,0,0,0,15," for code in votes]
    folder = write_votes(tmp_path / "dataverse")
    calls = (folder / "roll_calls.csv").read_text()
    (folder / "roll_calls.csv").write_text(re.sub(r"R/(6[01])(\d)", r"R/\1/\2", calls))
    (tmp_path / "ga.csv").write_text("\n".join([LIBRARY, *rows]) + "\n")
    (tmp_path / "sc.csv").write_text("\n".join([COUNCIL, *council]) + "\n")
    alone = make_record(folder, name="alone")
    both = make_record(folder, tmp_path / "ga.csv", tmp_path / "sc.csv", name="both")
    assert both.table("rollcalls").height == alone.table("rollcalls").height + 3
    more = set(roll_calls(both)["rcid"]) - set(roll_calls(alone)["rcid"])
    assert more == {"undl:71"} and roll_calls(both).height == roll_calls(alone).height + 1
    counts = [similarity(record.pair("USA", "RUS"), since=2006)["votes"].to_list() for record in (alone, both)]
    assert counts[1] == [counts[0][0] + 1]


def test_the_librarys_roll_calls_of_a_month_without_numbers_do_not_count(
    tmp_path: Path, make_record: Callable[..., Any]
) -> None:
    folder = write_votes(tmp_path / "dataverse")
    (folder / "roll_calls.csv").write_text(
        (folder / "roll_calls.csv").read_text() + "900,1,0,1946-12-01,R/1/66,0,0,A PAGE\n"
    )
    (tmp_path / "ga.csv").write_text(
        "\n".join(
            [
                LIBRARY,
                *library("1", "1946-12-14", "1", "A/RES/66(I)", {"USA": "Y"}),
                *library("2", "1947-02-01", "1", "A/RES/99(I)", {"USA": "Y"}),
            ]
        )
        + "\n"
    )
    held = roll_calls(make_record(folder, tmp_path / "ga.csv"))["rcid"].to_list()
    assert "undl:1" not in held and "undl:2" in held and "900" in held
