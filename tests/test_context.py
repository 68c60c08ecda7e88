"""What data sets hold of a pair and of all dyads: named, counted where covered, unknown elsewhere."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

import detente as dt
from conftest import detente
from detente.errors import DetenteError, NoData
from detente.measures.dyads import dyad_years, state_years

ALLIANCES = """version4id,ccode1,state_name1,ccode2,state_name2,dyad_st_day,dyad_st_month,dyad_st_year,dyad_end_day,\
dyad_end_month,dyad_end_year,left_censor,right_censor,defense,neutrality,nonaggression,entente,asymmetric,version
1,2,USA,740,Japan,8,9,1951,31,12,1960,0,1,1,0,0,1,0,4.1
2,365,Russia,710,China,14,2,1950,10,4,1958,0,0,1,0,1,1,0,4.1
3,2,USA,999,Nowhere,8,9,1951,31,12,1960,0,1,1,0,0,1,0,4.1
4,2,USA,2,USA,8,9,1951,31,12,1960,0,1,1,0,0,1,0,4.1
5,2,USA,20,Canada,31,2,1951,31,12,1960,0,1,1,0,0,1,0,4.1
"""
TRADE = """ccode1,ccode2,year,flow1,flow2,version
2,740,1955,400,-9,4
2,740,1956,-9,-9,4
2,740,1965,100,200,4
2,740,1966,x,200,4
2,365,1991,10,20,4
"""


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> dt.Record:
    folder = tmp_path_factory.mktemp("context")
    (folder / "alliances.csv").write_text(ALLIANCES)
    (folder / "trade.csv").write_text(TRADE)
    record = dt.open_record(folder / "record", cases=False)
    record.ingest([folder / "alliances.csv", folder / "trade.csv"])
    return record


def test_every_row_is_kept_skipped_or_set_aside(held: dt.Record) -> None:
    alliances, trade = (file for commit in held.commits for file in commit.files)
    assert (alliances.rows, alliances.quarantined) == ({"dated_facts": 2}, 3)
    assert (trade.rows, trade.quarantined, trade.skipped) == ({"indicators": 5}, 1, {"no value is known": 1})
    reasons = held.quarantine().frame["reason"].to_list()
    assert reasons == [
        "ccode2 '999' is no number of the Correlates of War",
        "both sides are USA",
        "no day can be read of dyad_st_year '1951'",
        "flow1 'x' is no number from 0",
    ]
    assert [file.covers[0][:2] for file in (alliances, trade)] == [
        ["1950-01-01", "1960-12-31"],
        ["1955-01-01", "1991-12-31"],
    ]


def test_a_pair_has_what_is_known_with_its_last_year(held: dt.Record) -> None:
    context = held.pair("JPN", "USA").context()
    assert "defence pact from 1951-09-08, no end told by 1960 (cow_alliances, data to 1960)" in context.summary()
    assert "exports of JPN to USA (million US dollars of the year): 100 in 1965, 400 in 1955" in context.summary()
    assert context.frame.filter(pl.col("what") == "exports").height == 3
    assert held.pair("JPN", "USA").context(1951, 1955).frame.height == 2
    early = held.pair("JPN", "USA", "1960-06-01").context()
    assert "defence pact since 1951-09-08" in early.summary() and "1965" not in early.summary()
    assert early.frame["date"].max() < date(1960, 6, 1)
    assert held.pair("RUS", "USA").context().frame.select("a", "b").rows() == [("RUS", "USA"), ("USA", "RUS")]
    with pytest.raises(NoData, match="no data set held tells of Chad and Peru"):
        held.pair("TCD", "PER").context()
    done = detente("context", "JPN", "USA", "--record", held.folder, "--no-cases")
    assert done.returncode == 0 and "  defence pact from 1951-09-08" in done.stdout


def test_of_a_day_no_later_end_is_known(held: dt.Record) -> None:
    """An alliance of 1950 ended in 1958: nobody knew in 1955."""
    early = held.pair("CHN", "RUS", "1955-06-01").context()
    assert early.frame["ends"].to_list() == [None] and held.pair("CHN", "RUS").context().frame["ends"].null_count() == 0
    assert "defence pact since 1950-02-14" in early.summary()
    rows = held.dyads(1953, 1959, states=["CHN"], add=["defence pact"], as_of=date(1955, 6, 1)).frame
    told = rows.filter(pl.col("a") == "SUN")
    assert dict(told.select("year", "defence_pact_cow_alliances").iter_rows()) == {
        1953: 1,
        1954: 1,
        1955: 1,
        1956: None,
        1957: None,
        1958: None,
        1959: None,
    }


def test_of_facts_silence_is_nought_only_where_the_source_tells(held: dt.Record) -> None:
    rows = held.dyads(1949, 1962, states=["JPN"], add=["defence pact", "exports"]).frame
    assert rows.columns[5:] == ["defence_pact_cow_alliances", "exports_cow_trade_ab", "exports_cow_trade_ba"]
    with_usa = rows.filter(pl.col("a") == "USA")
    # Japan is no member of the system from 1945 to 1952.
    told = dict(with_usa.select("year", "defence_pact_cow_alliances").iter_rows())
    assert told == {1952: 1, **dict.fromkeys(range(1953, 1961), 1), 1961: None, 1962: None}
    china = dict(rows.filter(pl.col("a") == "CHN").select("year", "defence_pact_cow_alliances").iter_rows())
    assert china == {**dict.fromkeys(range(1952, 1961), 0), 1961: None, 1962: None}
    exports = with_usa.filter(pl.col("year") == 1955).select("exports_cow_trade_ab", "exports_cow_trade_ba").row(0)
    assert exports == (None, 400.0)
    both = held.dyads(1955, 1955, states=["JPN"], directed=True, add=["exports"]).frame
    assert both.filter(pl.col("a") == "JPN", pl.col("b") == "USA")["exports_cow_trade_ab"].to_list() == [400.0]
    topics = held.dyads(1955, 1955, states=["JPN"], directed=True, add=["alliances", "economy"]).frame
    assert topics.columns[5:] == ["defence_pact_cow_alliances", "exports_cow_trade_ab", "exports_cow_trade_ba"]
    with pytest.raises(NoData, match="no data set held tells of 'exercises'"):
        held.dyads(1955, 1955, add=["exercises"])
    with pytest.raises(NoData, match="no data set held tells of 'rain'; held: defence pact, exports"):
        held.dyads(1955, 1955, add=["rain"])


CONTIGUITY = """ccode1,ccode2,conttype,stdate,enddate
2,345,5,1920-12-01,1945-12-01
2,345,4,2000-01-01,2016-12-01
"""
MAJORS = """ccode,styear,stmonth,stday,endyear,endmonth,endday,version
255,1925,1,1,1945,5,7,2016
2,1898,8,13,2016,12,31,2016
"""


TREATIES = """treaty_id,short_title,type,status,parties,date_of_signature,date_of_entry_into_force,termination_date
1,Pact,TIPs,In force,"Australia, Japan, Peru, United States",1999-04-08,2000-01-01,
2,Last,BITs,In force,"Japan, Peru",2003-04-08,,
"""


def test_context_alone_is_no_source_of_events(held: dt.Record) -> None:
    """Years that a data set of alliances covers are no years of silence."""
    assert held.event_sources() == []
    with pytest.raises(NoData):
        held.pair("CHN", "RUS").panel(by="year")
    with pytest.raises(NoData, match="no events of 'cow_trade' are held; held: none"):
        held.pair("CHN", "RUS", source="cow_trade").panel(by="year")


def test_an_alliance_that_ends_before_it_begins_does_not_hide_the_one_that_holds(tmp_path: Path) -> None:
    """Greece and Turkey in 1954, as the release has them; an end that can't be read is not one to come."""
    head, rows = ALLIANCES.split("\n")[0], ["9,8,1954,8,8,1954", "9,8,1954,4,4,1964", "9,8,1955,4,4,x"]
    lines = [f"234,350,Greece,640,Turkey,{days},0,0,1,0,1,1,0,4.1" for days in rows]
    (tmp_path / "alliances.csv").write_text("\n".join([head, *lines, ""]))
    record = dt.open_record(tmp_path / "record", cases=False)
    record.ingest(tmp_path / "alliances.csv")
    assert record.table("dated_facts")["ends"].to_list() == [date(1964, 4, 4)]
    assert record.quarantine().frame["reason"].to_list() == [
        "it ends before it begins",
        "no day can be read of dyad_end_year 'x'",
    ]


def test_no_value_is_infinite(tmp_path: Path) -> None:
    head = TRADE.split("\n")[0]
    (tmp_path / "trade.csv").write_text(f"{head}\n2,740,1955,inf,1,4\n2,740,1956,1e999,1,4\n2,740,1957,3,1,4\n")
    record = dt.open_record(tmp_path / "record", cases=False)
    record.ingest(tmp_path / "trade.csv")
    assert record.table("indicators")["value"].sort().to_list() == [1.0, 3.0]
    assert record.quarantine().frame["line"].to_list() == [2, 3]


def test_after_a_source_ends_dyads_have_no_count(tmp_path: Path) -> None:
    """Treaties registered after 1980 are few: they are facts of the pair, but no counts of a year."""
    head = "treaty_id,signed,force,iso3a,iso3b,laterality,topic_code,headnote\n"
    rows = [f"{year},{year}-02-01,,FRA,ITA,BILAT,4MILIT,MILITARY AID\n" for year in (1978, 1980, 1985)]
    (tmp_path / "wti.csv").write_text(head + "".join(rows))
    record = dt.open_record(tmp_path / "record", cases=False)
    record.ingest(tmp_path / "wti.csv")
    assert record.pair("FRA", "ITA").context().frame.height == 3
    table = record.dyads(1977, 1986, states=["FRA"], add=["agreement signed"]).frame.filter(pl.col("b") == "ITA")
    counts = dict(table.select("year", "agreement_signed_wti").iter_rows())
    assert counts == {1977: None, 1978: 1, 1979: 0, 1980: 1, **dict.fromkeys(range(1981, 1987))}


def test_a_page_of_some_years_tells_of_the_two_in_those(tmp_path: Path) -> None:
    """What still lasted counts, of a treaty of many the two are named, and what no source tells of isn't nought."""
    for name, text in (("alliances.csv", ALLIANCES), ("treaties.csv", TREATIES)):
        (tmp_path / name).write_text(text.replace(",31,12,1960,0", ",31,12,2004,0"))
    record = dt.open_record(tmp_path / "record", cases=False)
    record.ingest([tmp_path / "alliances.csv", tmp_path / "treaties.csv"])
    pair = record.pair("JPN", "USA")
    page = pair.context(2000, 2001)
    assert page.frame.select("what", "a", "b").rows() == [
        ("defence pact", "JPN", "USA"),
        ("agreement in force", "JPN", "USA"),
    ]
    assert "2000 to 2001" in page.title
    assert "agreement in force: 1 in all, 1 in the last 10 years" in page.summary()
    assert "agreement signed: 1 in all, 1 in the 10 years to 2003" in pair.context().summary()
    with pytest.raises(NoData, match="1850 to 1860: the data sets held tell nothing of those years"):
        pair.context(1850, 1860)
    with pytest.raises(DetenteError, match="the first year, 2001, lies after the last, 2000"):
        pair.context(2001, 2000)


def test_dyads_of_former_states_are_asked_by_any_name(held: dt.Record) -> None:
    rows = held.dyads(1954, 1990, states=["East Germany"]).frame
    assert set(rows["a"]) | set(rows["b"]) > {"DDR", "SUN"} and (rows["cow_a"].eq(265) | rows["cow_b"].eq(265)).all()
    assert held.dyads(1990, 1990, states=["Soviet Union"]).frame.equals(held.dyads(1990, 1990, states=["RUS"]).frame)
    asked = ("dyads", "--from", 1955, "--to", 1955, "--states", "JPN", "--with", "exports,,", "--record", held.folder)
    assert detente(*asked, "--no-cases").returncode == 0


def test_what_two_states_share_has_one_column_in_any_order(tmp_path: Path) -> None:
    """Yugoslavia stands after the United States in the order of codes, Serbia before them."""
    (tmp_path / "contiguity.csv").write_text(CONTIGUITY)
    record = dt.open_record(tmp_path / "record", cases=False)
    record.ingest(tmp_path / "contiguity.csv")
    rows = record.dyads(1944, 2016, states=["SRB"], directed=True, add=["contiguity"])
    assert rows.frame.columns[5:] == ["contiguity_cow_contiguity"]
    assert rows.meanings["contiguity_cow_contiguity"].startswith("of the two")
    told = rows.frame.filter(
        pl.col("year").is_in([1945, 1946, 2016]), pl.col("a").is_in(["USA"]) | (pl.col("b") == "USA")
    )
    assert sorted(told.select("year", "contiguity_cow_contiguity").iter_rows(), key=str) == [
        (1945, 5.0), (1945, 5.0), (1946, None), (1946, None), (2016, 4.0), (2016, 4.0)
    ]  # fmt: skip
    page = record.pair("SRB", "USA").context()
    assert page.frame.select("a", "b").unique().rows() == [("SRB", "USA")]
    assert page.summary().count("contiguity of") == 1


def test_a_value_whose_time_is_over_holds_no_longer(tmp_path: Path) -> None:
    (tmp_path / "majors.csv").write_text(MAJORS)
    record = dt.open_record(tmp_path / "record", cases=False)
    record.ingest(tmp_path / "majors.csv")
    assert "major_power of DEU: 1 from 1925 to 1945" in record.pair("DEU", "USA", "1970-01-01").context().summary()
    assert "major_power of DEU: 1 since 1925" in record.pair("DEU", "USA", "1940-01-01").context().summary()


def test_a_state_that_changed_its_name_is_one_dyad_a_year(held: dt.Record) -> None:
    rows = held.dyads(1990, 1992, states=["RUS"], add=["exports"]).frame.filter(pl.col("a") == "USA")
    assert rows.select("b", "year").rows() == [("SUN", 1990), ("RUS", 1991), ("RUS", 1992)]
    assert rows["exports_cow_trade_ab"].to_list() == [None, 20.0, None]


def test_years_beyond_the_lists_are_refused() -> None:
    with pytest.raises(DetenteError, match="the state system of cow is known from 1816 to 2016, not from 1815 to 1816"):
        state_years(1815, 1816)
    with pytest.raises(DetenteError, match="'polity' is no state system; there are cow, gw"):
        state_years(1900, 1901, "polity")
    with pytest.raises(DetenteError, match="not from 2000 to 1999"):
        state_years(2000, 1999)


def test_dyads_are_those_of_both_lists(shared: Path) -> None:
    """State by state and year by year, as the lists say."""
    lists = shared / "context" / "cow_states"
    cow = pl.read_csv(lists / "cow_states_2016.csv").select("ccode", "styear", "endyear")
    expected = {(number, year) for number, first, last in cow.iter_rows() for year in range(first, last + 1)}
    assert set(state_years(1816, 2016).select("number", "year").iter_rows()) == expected
    gw = pl.read_csv(lists / "gw_states.csv", try_parse_dates=True).select("gwcode", "startdate", "enddate")
    spells = {(number, year) for number, first, last in gw.iter_rows() for year in range(first.year, last.year + 1)}
    assert set(state_years(1816, 2017, "gw").select("number", "year").iter_rows()) == spells
    years = pl.Series([year for _, year in expected]).value_counts()
    assert dyad_years(1816, 2016).height == sum(n * (n - 1) // 2 for _, n in years.iter_rows())
