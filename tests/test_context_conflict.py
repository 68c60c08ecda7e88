"""The field's data sets of conflict: disputes, events, wars, armed conflicts, rivalries, claims."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest

from conftest import detente, read_file
from detente import open_record
from detente.actors import actors
from detente.codebook import load_codebook
from detente.sources import Context, detect, open_blocks

NAMES = {
    "mida": ("cow_mid/MIDA_5.0.csv", "cow_mid"),
    "midb": ("cow_mid/MIDB_5.0.csv", "cow_mid"),
    "midi": ("cow_mid/MIDI_5.0.csv", "cow_mid"),
    "midip": ("cow_mid/MIDIP_5.0.csv", "cow_mid"),
    "dyads": ("cow_mid/mid5_directed_dispute_dyad_year.csv", "cow_mid_dyads"),
    "gml": ("cow_mid/gml_2.2.1_directed_dispute_dyad_year.csv", "gml"),
    "mie": ("mie/mie-1.0.csv", "mie"),
    "wars": ("cow_wars/inter_state_wars_dyad_year.csv", "cow_wars"),
    "ucdp": ("ucdp/ucdp_prio_acd_25.1_conflict_year.csv", "ucdp"),
    "tss": ("rivalries/thompson_sakuwa_suhas_1494_2020.csv", "rivalries_tss"),
    "td": ("rivalries/thompson_dreyer_2012.csv", "rivalries_td"),
    "races": ("rivalries/gibler_rider_hutchison_arms_races.csv", "arms_races"),
    "icow": ("icow/icow_ext2017_v2.csv", "icow"),
}
Read = Callable[[str], SimpleNamespace]


@pytest.fixture(scope="module")
def real_file(shared: Path) -> Read:
    """What becomes of each real file, read once."""
    folder = shared.parent / "data" / "context"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not here")
    return cache(lambda name: read_file(folder / NAMES[name][0]))


def facts(read: SimpleNamespace, *states: str, **values: str) -> pl.DataFrame:
    """The facts whose actors and targets are these states, with these values, by day."""
    rows = read.tables["dated_facts"]
    who = pl.concat_list("actors", pl.col("targets").fill_null([])).list.unique().list.sort()
    rows = rows.filter(who == sorted(states)) if states else rows
    return rows.filter(*(pl.col(name) == value for name, value in values.items())).sort("date", "event_id")


@pytest.mark.parametrize("name", NAMES)
def test_every_row_is_kept_skipped_or_set_aside(real_file: Read, shared: Path, name: str) -> None:
    path = shared.parent / "data" / "context" / NAMES[name][0]
    read = real_file(name)
    assert read.reader == NAMES[name][1]
    lines = sum(1 for line in path.read_bytes().splitlines() if line.strip()) - 1
    told: set[int] = set()
    if name != "mie":  # a row is a fact there
        for batch in detect(path).read(open_blocks(path), Context(actors(), load_codebook())):
            told |= {*batch.lines}
        assert len(told) + len(read.bad) + sum(read.skipped.values()) == lines
    else:
        assert read.rows.height + len(read.bad) == lines
    for table in read.tables.values():
        assert table["event_id"].is_unique().all()
        assert table["known_on"].null_count() == table["date"].null_count() == 0
        assert (table["known_on"] >= table["date"]).all()


SET_ASIDE = {
    "midip": {"ends before it begins": 2},
    "ucdp": {"gwno '751' is no number of Gleditsch and Ward": 3},
    "tss": {"ccode1 '324' is no number of the Correlates of War": 1},
    "icow": {"endclaim '20012' is no year and month": 1},
}


@pytest.mark.parametrize("name", NAMES)
def test_few_rows_are_set_aside_and_each_has_its_reason(real_file: Read, name: str) -> None:
    reasons = list(real_file(name).bad.values())
    assert len(reasons) <= 3
    for reason, count in SET_ASIDE.get(name, {}).items():
        assert reasons.count(reason) == count


def test_kargil_is_dispute_4007_of_hostility_5(real_file: Read) -> None:
    for name, first in (("midb", date(1993, 9, 17)), ("dyads", date(1993, 1, 1)), ("gml", date(1993, 1, 1))):
        (kargil,) = facts(real_file(name), "IND", "PAK", reference="4007").iter_rows(named=True)
        assert (kargil["level"], kargil["date"], kargil["ends"].year) == (5.0, first, 1999)
        assert kargil["kind"] == "militarised dispute" and kargil["area"] == "regional_conflict"
        assert "PAK (side A, originator" in kargil["description"]
    (whole,) = facts(real_file("mida"), reference="4007").iter_rows(named=True)
    assert whole["actors"] == [] and whole["level"] == 5.0 and "stalemate" in whole["description"]
    assert (whole["date"], whole["ends"], whole["known_on"]) == (
        date(1993, 9, 17),
        date(1999, 7, 17),
        date(1999, 7, 17),
    )


def test_kargil_event_by_event(real_file: Read) -> None:
    events = facts(real_file("mie"), "IND", "PAK", reference="4007").filter(pl.col("date").dt.year() == 1999)
    battle = events.filter(pl.col("event_id") == "mie:4007:49").row(0, named=True)
    assert (battle["date"], battle["ends"], battle["level"]) == (date(1999, 5, 22), date(1999, 6, 13), 5.0)
    assert battle["actors"] == ["IND"] and battle["targets"] == ["PAK"]
    assert "battle" in battle["description"] and "60 to 150 of IND, 50 to 160 of PAK" in battle["description"]
    month = events.filter(pl.col("event_id") == "mie:4007:45").row(0, named=True)
    assert (month["precision"], month["date"], month["ends"]) == ("month", date(1999, 5, 1), date(1999, 5, 31))


def test_events_of_the_united_states_and_russia(real_file: Read) -> None:
    read = real_file("mie")
    counts = facts(read, "RUS", "USA").height + facts(read, "SUN", "USA").height
    assert 140 < counts <= 157  # of the 157 of the whole file, those until 2012


def test_kargil_is_no_war_for_ucdp(real_file: Read) -> None:
    values = real_file("ucdp").tables["indicators"].filter(pl.col("a") == "IND", pl.col("b") == "PAK")
    of_year = dict(zip(values["date"].dt.year(), values["value"], strict=True))
    assert of_year[1999] == 1.0 and of_year[1971] == 2.0 and 1998 in of_year and 2004 not in of_year
    spells = facts(real_file("ucdp"), "IND", "PAK", reference="218")
    kargil = spells.filter(pl.col("date") == date(1996, 1, 1)).row(0, named=True)
    assert (kargil["precision"], kargil["ends"], kargil["level"]) == ("year", date(2003, 11, 22), None)


def test_an_armed_conflict_that_goes_on_has_no_end(real_file: Read) -> None:
    war = facts(real_file("ucdp"), "RUS", "UKR", reference="13243").row(0, named=True)
    assert (war["date"], war["precision"], war["ends"]) == (date(2022, 2, 24), "day", None)
    values = real_file("ucdp").tables["indicators"].filter(pl.col("a") == "RUS", pl.col("b") == "UKR")
    assert values.sort("date")["value"].to_list()[-3:] == [2.0, 2.0, 2.0]


def test_those_who_send_troops_are_parties(real_file: Read) -> None:
    gulf = facts(real_file("ucdp"), "IRQ", "USA", reference="371")
    assert gulf.height == 1 and "USA (with troops in support)" in gulf["description"][0]
    for_kuwait = facts(real_file("ucdp"), "KWT", "USA").row(0, named=True)
    assert for_kuwait["tone"] == "cooperative" and for_kuwait["actors"] == ["USA"]


def test_a_government_fights_alone_at_home(real_file: Read) -> None:
    rows = facts(real_file("ucdp"), "AFG", reference="333")
    assert rows.height and rows["targets"].null_count() == rows.height
    assert rows["description"].str.contains("the government of AFG against").all()


def test_opponents_of_a_dispute_overlap_in_time(real_file: Read) -> None:
    """France left the war that is dispute 258 in June 1940 and came back in 1944; Finland changed sides."""
    second = facts(real_file("midb"), reference="258")
    assert facts(real_file("midb"), "DEU", "FRA", reference="258")["ends"].to_list() == [
        date(1940, 6, 22),
        date(1945, 5, 7),
    ]
    assert facts(real_file("midb"), "DEU", "FIN", reference="258")["date"].to_list() == [date(1944, 9, 20)]
    assert second["description"].str.contains("joiner").any()
    assert (second["date"] <= second["ends"]).all()


def test_participants_and_dyads_give_the_same_pairs(real_file: Read) -> None:
    """What we make of participants is what the dyadic file lists, but for disputes told apart by years."""

    def levels(name: str) -> dict[tuple[str, ...], float]:
        rows = real_file(name).tables["dated_facts"]
        return {(ref, *who): level for ref, who, level in rows.select("reference", "actors", "level").iter_rows()}

    assert levels("midb") == levels("dyads") and len(levels("midb")) == 3633


def test_who_acts_in_an_incident(real_file: Read) -> None:
    rows = real_file("midip").tables["dated_facts"]
    one_sided = rows.filter(pl.col("targets").is_not_null())
    assert one_sided["description"].str.contains("no militarised action").all()
    together = rows.filter(pl.col("targets").is_null())
    assert (together["actors"].list.len() == 2).all() and together.height and one_sided.height


def test_wars_by_dyad(real_file: Read) -> None:
    (war,) = facts(real_file("wars"), "AUH", "ITA", date=date(1866, 1, 1)).iter_rows(named=True)  # type: ignore[arg-type]
    assert war["kind"] == "war" and "battle deaths" in war["description"]
    kargil = facts(real_file("wars"), "IND", "PAK")
    assert date(1999, 1, 1) in kargil["date"].to_list()


def test_rivalries_that_last_to_the_end_of_the_data_have_no_end(real_file: Read) -> None:
    spells = [
        (row["date"].year, row["ends"] and row["ends"].year)
        for name in ("RUS", "SUN")
        for row in facts(real_file("tss"), name, "USA").iter_rows(named=True)
    ]
    assert sorted(spells) == [(1918, 1920), (1945, 1989), (2007, None)]
    assert facts(real_file("tss"), "IND", "PAK")["ends"].to_list() == [None]
    assert facts(real_file("td"), "IND", "PAK")["ends"].to_list() == [None]
    assert "positional" in facts(real_file("tss"), "RUS", "USA")["description"][-1]


def test_arms_races_by_year(real_file: Read) -> None:
    race = facts(real_file("races"), "GBR", "RUS").row(0, named=True)
    assert (race["date"], race["ends"], race["precision"]) == (date(1854, 1, 1), date(1856, 12, 31), "year")


def test_the_kuril_islands_are_claimed_since_1952(real_file: Read) -> None:
    claims = real_file("icow").tables["dated_facts"].filter(pl.col("reference") == "82804")
    (claim,) = claims.iter_rows(named=True)
    assert (claim["date"], claim["precision"], claim["ends"]) == (date(1952, 4, 1), "month", None)
    assert claim["actors"] == ["JPN"] and claim["targets"] and claim["level"] == 12.0
    assert "stood when the data ended" in claim["description"]
    ended = real_file("icow").tables["dated_facts"].filter(pl.col("reference") == "82803").sort("date")
    assert ended["kind"].to_list() == ["claim", "claim ended"]
    assert ended["ends"][0] == ended["known_on"][1] == date(1945, 8, 31)


# Small files in the true layouts: what the released form has that the files at hand don't, and what can't be taken.


def made(tmp_path: Path, *lines: str) -> SimpleNamespace:
    path = tmp_path / "data.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_file(path)


UCDP = (
    "conflict_id,location,side_a,side_a_id,side_a_2nd,side_b,side_b_id,side_b_2nd,incompatibility,territory_name,year,"
    "intensity_level,cumulative_intensity,type_of_conflict,start_date,start_prec,start_date2,start_prec2,ep_end,"
    "ep_end_date,ep_end_prec,gwno_a,gwno_a_2nd,gwno_b,gwno_b_2nd,gwno_loc,region,version"
)


def conflict(
    year: int, kind: int, a: str, a2: str = "", b: str = "", b2: str = "", end: str = "", intensity: str = "1"
) -> str:
    return (
        f'9,X,Government,1,,Group,2,,2,,{year},{intensity},0,{kind},2001-10-07,1,2001-10-07,1,{int(bool(end))},{end},,'
        f'"{a}","{a2}","{b}","{b2}",1,3,25.1'
    )  # fmt: skip


def test_ucdp_as_released(tmp_path: Path) -> None:
    """Several parties in a cell, codes for words, a supporter for one of three years."""
    read = made(
        tmp_path,
        UCDP,
        conflict(2001, 4, "700", "2, 200"),
        conflict(2002, 4, "700", "2", b2="770", intensity="2"),
        conflict(2003, 4, "700", "2", end="2003-05-01"),
    )
    assert read.reader == "ucdp" and not read.bad
    alone = facts(read, "AFG").row(0, named=True)
    assert (alone["date"], alone["ends"]) == (date(2001, 10, 7), date(2003, 5, 1))
    assert alone["description"] == (
        "internationalised internal armed conflict over government: the government of AFG against Group"
    )
    british = facts(read, "AFG", "GBR").row(0, named=True)
    assert (british["ends"], british["actors"], british["targets"]) == (date(2001, 12, 31), ["GBR"], ["AFG"])
    assert british["kind"] == "military support"  # the two fight on one side
    pakistani = facts(read, "AFG", "PAK").row(0, named=True)
    assert (pakistani["date"], pakistani["precision"], pakistani["tone"]) == (date(2002, 1, 1), "year", "conflictual")
    assert facts(read, "PAK", "USA").height == 1  # both had troops there, on opposite sides
    values = read.tables["indicators"].filter(pl.col("b").is_null())
    assert values["value"].to_list() == [1.0, 2.0, 1.0] and set(values["a"]) == {"AFG"}


def test_ucdp_rows_that_cannot_be_taken(tmp_path: Path) -> None:
    read = made(
        tmp_path,
        UCDP,
        conflict(2001, 2, "700", b="999"),
        conflict(2001, 7, "700"),
        conflict(2001, 2, "700", b="770", intensity="many"),
        conflict(2001, 3, "700", end="soon"),
        conflict(2001, 2, "700", b="2", intensity="-9"),
    )
    assert list(read.bad.values()) == [
        "gwno '999' is no number of Gleditsch and Ward",
        "type_of_conflict '7' is unknown",
        "intensity_level 'many' is no number from 1 to 2",
        "no day can be read of ep_end_date 'soon'",
    ]
    assert read.tables["dated_facts"].height == 1
    assert "indicators" not in read.tables or not read.tables["indicators"].height


def test_the_intensity_of_a_year_is_that_of_the_strongest_conflict(tmp_path: Path) -> None:
    other = conflict(2001, 2, "2", b="700", intensity="2").replace("9,X", "10,X", 1)
    read = made(tmp_path, UCDP, conflict(2001, 2, "2", b="700"), other)
    assert read.tables["indicators"]["value"].to_list() == [2.0]
    assert read.tables["dated_facts"].height == 2


GED = (
    "id,relid,year,active_year,code_status,type_of_violence,conflict_dset_id,conflict_new_id,conflict_name,"
    "dyad_new_id,dyad_name,side_a_new_id,side_a,side_b_new_id,side_b,country,country_id,date_prec,date_start,date_end,"
    "best,high,low,gwnoa,gwnob"
)


def test_ucdp_events(tmp_path: Path) -> None:
    def event(n: int, kind: int, a: str, b: str, days: str, prec: int = 1, best: str = "3", place: str = "700") -> str:
        return f"{n},R{n},2001,1,Clear,{kind},5,5,X,6,Y,7,S{a},8,T{b},P,{place},{prec},{days},{best},9,1,{a},{b}"

    day = "2001-05-01 00:00:00.000,2001-05-01 00:00:00.000"
    read = made(
        tmp_path,
        GED,
        event(1, 1, "750", "770", day, place="750"),
        event(2, 1, "2", "", day, place="678"),
        event(3, 2, "", "", day),
        event(4, 1, "700", "", "2001-05-01,2001-05-31", prec=4),
        event(5, 1, "999", "", day),
        event(6, 1, "700", "", "2001-05-03,2001-05-01"),
        event(7, 1, "700", "", day, best="few"),
    )
    assert read.reader == "ucdp_ged" and read.skipped == {"is between groups, without a state": 1}
    rows = read.rows
    assert rows["actors"].to_list() == [["IND", "PAK"], ["USA"], ["AFG"]]
    assert rows["third_party"].to_list() == [None, "YEM", None]
    assert rows["precision"].to_list() == ["day", "day", "month"] and rows["known_on"][2] == date(2001, 5, 31)
    assert read.bad == {
        6: "gwnoa '999' is no number of Gleditsch and Ward",
        7: "ends before it begins",
        8: "best 'few' is no number from 0",
    }


def test_ucdp_external_support(tmp_path: Path) -> None:
    header = (
        "year,conflict_id,dyad_id,gwno_a,actor_id,actor_name,actor_nonstate,ext_id,ext_name,ext_nonstate,ext_sup,"
        "ext_alleged,ext_x,ext_p,ext_y,ext_w,ext_m,ext_t,ext_f,ext_i,ext_l"
    )
    read = made(
        tmp_path,
        header,
        "1985,1,2,700,3,Government of Afghanistan,0,4,Government of Russia (Soviet Union),0,1,0,1,0,0,1,0,0,0,0,0",
        "1985,1,2,700,5,Mujahideen,1,6,Government of United States of America,0,1,0,0,0,0,1,0,0,1,0,0",
        "1985,1,2,700,5,Mujahideen,1,,,,0,0,0,0,0,0,0,0,0,0,0",
        "1985,1,2,700,5,Mujahideen,1,7,Another group,1,1,0,0,0,0,1,0,0,0,0,0",
        "1985,1,2,700,5,Mujahideen,1,8,Government of Atlantis,0,1,0,0,0,0,1,0,0,0,0,0",
    )
    assert read.skipped == {"no support was given": 1, "the supporter is no state": 1}
    assert list(read.bad.values()) == ["ext_name 'Government of Atlantis' names no state"]
    soviet, american = read.rows.iter_rows(named=True)
    assert (soviet["actors"], soviet["targets"], soviet["tone"]) == (["SUN"], ["AFG"], "cooperative")
    assert (american["actors"], american["targets"], american["tone"]) == (["USA"], ["AFG"], "conflictual")
    assert american["description"] == "support of Mujahideen by USA: weapons, funding"


MIDB = (
    "dispnum,stabb,ccode,stday,stmon,styear,endday,endmon,endyear,sidea,revstate,revtype1,revtype2,fatality,fatalpre,"
    "hiact,hostlev,orig,version"
)


def test_participants_without_an_opponent_and_bad_ones(tmp_path: Path) -> None:
    read = made(
        tmp_path,
        MIDB,
        "1,USA,2,1,1,1950,1,2,1950,1,1,1,0,0,0,7,3,1,5",
        "1,CUB,40,-9,2,1950,1,3,1950,0,0,0,0,0,0,0,-9,0,5",
        "1,MEX,70,2,3,1950,1,4,1950,0,0,0,0,0,0,0,1,0,5",
        "2,XXX,999,1,1,1950,1,2,1950,1,0,0,0,0,0,7,3,1,5",
        "2,USA,2,1,1,1950,1,2,1949,1,0,0,0,0,0,7,3,1,5",
        "2,USA,2,1,1,1950,1,2,1950,7,0,0,0,0,0,7,3,1,5",
        "2,USA,2,1,1,1950,1,2,1950,1,0,0,0,0,0,77,3,1,5",
        "2,USA,2,1,1,1950,1,2,1950,1,0,0,0,0,0,7,high,1,5",
        "2,USA,2,-9,-9,-9,1,2,1950,1,0,0,0,0,0,7,3,1,5",
    )
    (dispute,) = read.rows.iter_rows(named=True)
    assert dispute["actors"] == ["CUB", "USA"] and dispute["level"] == 3.0  # the level of Cuba is not known
    assert (dispute["date"], dispute["precision"], dispute["ends"]) == (date(1950, 2, 1), "month", date(1950, 2, 1))
    assert read.skipped == {"is told in the row of its opponent": 1, "had no opponent at its time": 1}
    assert list(read.bad.values()) == [
        "ccode '999' is no number of the Correlates of War",
        "ends before it begins",
        "sidea '7' is neither 0 nor 1",
        "hiact '77' is no code of an action",
        "hostlev 'high' is no number from 1 to 5",
        "no day can be read of styear '-9'",
    ]


def test_the_tables_of_gibler_miller_and_little_are_their_own(tmp_path: Path) -> None:
    """They have the columns of the Correlates of War; the cells say whose they are."""
    rows = ("1,USA,2,1,1,1950,1,2,1950,1,1,1,0,0,0,7,3,1,{}", "1,CUB,40,1,1,1950,1,2,1950,0,0,0,0,0,0,0,1,1,{}")
    assert made(tmp_path, MIDB, *(row.format("gml-2.2.1") for row in rows)).reader == "gml"
    assert made(tmp_path, MIDB, *(row.format("5") for row in rows)).reader == "cow_mid"


def test_a_table_is_read_whole_over_its_blocks(shared: Path) -> None:
    """Participants of one dispute may stand in two blocks."""
    path = shared.parent / "data" / "context" / NAMES["midb"][0]
    if not path.is_file():
        pytest.skip(f"{path} is not here")
    context = Context(actors(), load_codebook())
    parts = [list(detect(path).read(open_blocks(path, size), context)) for size in (20_000, 1 << 24)]
    assert [len(batches) for batches in parts] == [1, 1] and parts[0][0].rows.equals(parts[1][0].rows)


def test_participants_that_make_too_many_pairs_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detente.sources.context.rows.MOST_PAIRS", 3)
    rows = [f"1,X,{2 + 18 * (n % 2)},1,1,1950,1,2,1950,{n % 2},0,0,0,0,0,7,3,1,5" for n in range(4)]
    (tmp_path / "midb.csv").write_text("\n".join([MIDB, *rows]) + "\n")
    answer = detente("ingest", tmp_path / "midb.csv")
    assert answer.returncode == 2 and "midb.csv: " in answer.stderr and "over 3 pairs of opponents" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_the_tables_in_one_archive(tmp_path: Path, shared: Path) -> None:
    """As the Correlates of War release them, with a codebook beside them."""
    folder = shared.parent / "data" / "context" / "cow_mid"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not here")
    with zipfile.ZipFile(tmp_path / "mid5.zip", "w") as archive:
        for name in ("MIDA_5.0.csv", "MIDB_5.0.csv"):
            archive.write(folder / name, name)
        archive.writestr("codebook.pdf", "%PDF-1.4")
    record = open_record(tmp_path / "record", cases=False)
    files = record.ingest([tmp_path / "mid5.zip"]).files
    assert {file.rows["dated_facts"] for file in files} == {2377, 3649} and not any(file.quarantined for file in files)


def test_no_day_lies_after_that_of_ingest_and_no_year_beyond_the_calendar(tmp_path: Path) -> None:
    path = tmp_path / "races.csv"
    rows = ("1,2,365,1950,2100", "2,2,365,2031,2032", "3,2,365,10000,10001", "4,2,365,0000,1950", "5,2,365,1950,99999")
    path.write_text("\n".join(["race_id,ccode1,ccode2,styear,endyear", *rows]) + "\n")
    read = read_file(path, today=date(2024, 5, 1))
    assert read.rows["reference"].to_list() == ["1"]
    assert read.bad == {
        3: "2031-01-01 lies after the day of ingest (2024-05-01)",
        4: "no day can be read of styear '10000'",
        5: "no day can be read of styear '0000'",
        6: "no day can be read of endyear '99999'",
    }
    (batch,) = detect(path).read(open_blocks(path), Context(actors(), load_codebook(), date(2024, 5, 1)))
    assert batch.span == (date(1950, 1, 1), date(2024, 5, 1))


def test_wars_as_released(tmp_path: Path) -> None:
    """Participants with days, one of them with two spells; -8 stands for no second spell."""
    none = "-8,-8,-8,-8,-8,-8"
    read = made(
        tmp_path,
        "WarNum,WarName,WarType,ccode,StateName,Side,StartMonth1,StartDay1,StartYear1,EndMonth1,EndDay1,EndYear1,"
        "StartMonth2,StartDay2,StartYear2,EndMonth2,EndDay2,EndYear2,TransFrom,WhereFought,Initiator,Outcome,TransTo,"
        "BatDeath,Version",
        f"1,First War,1,2,USA,1,1,10,1900,3,1,1901,{none},-8,2,1,1,-8,100,4",
        "1,First War,1,70,Mexico,2,1,10,1900,2,1,1900,6,1,1900,3,1,1901,-8,2,2,2,-8,-9,4",
        f"1,First War,1,70,Mexico,3,1,10,1900,2,1,1900,{none},-8,2,2,2,-8,-9,4",
        "1,First War,1,70,Mexico,2,1,10,1900,2,1,1900,6,1,1900,-9,-9,-9,-8,2,2,2,-8,-9,4",
    )
    assert read.rows["date"].to_list() == [date(1900, 1, 10), date(1900, 6, 1)]
    assert read.rows["ends"].to_list() == [date(1900, 2, 1), date(1901, 3, 1)]
    assert read.rows["description"][0] == (
        "First War: USA (initiator, won, battle deaths in all: 100) against MEX (lost, battle deaths in all: unknown)"
    )
    assert list(read.bad.values()) == ["side '3' is neither 1 nor 2", "its second spell lacks a beginning or an end"]
    assert read.skipped == {"is told in the row of an opponent or of another year": 1}


def test_dyadic_wars_as_released(tmp_path: Path) -> None:
    """Both directions and each year repeat the days; a year of five digits is a fault of the release."""
    read = made(
        tmp_path,
        "warnum,disno,dyindex,statea,stateb,warstrtmnth,warstrtday,warstrtyr,warendmnth,warenday,warendyr,year,warolea,"
        "waroleb,wardyadrolea,wardyadroleb,outcomea,batdtha,batdthb",
        "7,1,1,2,70,4,25,1846,9,14,1847,1846,1,3,1,3,1,13283,6000",
        "7,1,1,2,70,4,25,1846,9,14,1847,1847,1,3,1,3,1,13283,6000",
        "7,1,2,70,2,4,25,1846,9,14,1847,1846,3,1,3,1,2,6000,13283",
        "106,1,2,2,255,4,17,1917,11,11,19118,1917,3,1,3,1,1,10,20",
    )
    (war,) = read.rows.iter_rows(named=True)
    assert (war["date"], war["ends"], war["known_on"]) == (date(1846, 4, 25), date(1847, 9, 14), date(1847, 9, 14))
    assert "USA (initiator, outcome not told, battle deaths in all: 13283)" in war["description"]
    assert list(read.bad.values()) == ["no day can be read of warendyr '19118'"]
    assert read.skipped == {"is told in the row of an opponent or of another year": 2}


def test_dyadic_disputes_as_released(tmp_path: Path) -> None:
    read = made(
        tmp_path,
        "disno,dyindex,statea,stateb,strtday,strtmnth,strtyr,year,endday,endmnth,endyear,outcome,hihost,sideaa,hihosta,"
        "highmcaa,orignata,sideab,hihostb,highmcab,orignatb,ongo2014",
        "1,1,2,365,-9,6,1962,1962,-9,1,1963,5,4,0,4,13,1,1,3,7,1,0",
        "1,1,2,365,-9,6,1962,1963,-9,1,1963,5,4,0,4,13,1,1,3,7,1,0",
        "2,1,710,740,7,9,2010,2014,30,12,2014,5,4,0,3,7,1,1,4,15,1,1",
        "2,1,710,740,7,9,2010,2014,30,12,2009,5,4,0,3,7,1,1,4,15,1,1",
    )
    crisis, islands = read.rows.iter_rows(named=True)
    assert read.reader == "cow_mid_dyads" and list(read.bad.values()) == ["ends before it begins"]
    assert (crisis["actors"], crisis["level"], crisis["precision"]) == (["SUN", "USA"], 4.0, "month")
    assert (crisis["date"], crisis["ends"]) == (date(1962, 6, 1), date(1963, 1, 31))
    assert (islands["ends"], islands["known_on"]) == (None, date(2014, 12, 30))
    assert read.skipped == {"is a further year or the other direction of a row kept": 1}


def test_claims_that_cannot_be_taken(tmp_path: Path) -> None:
    read = made(
        tmp_path,
        "region,claimdy,claim,name,dyadnum,chal,tgt,dyad,begclaim,endclaim,resolved,icowsal",
        "1,101,1,Isle,1,2,20,2020,190000,190305,4,-9",
        "1,102,1,Isle,1,2,20,2020,1900,190305,4,3",
        "1,103,1,Isle,1,2,20,2020,190501,190305,4,3",
        "1,104,1,Isle,1,2,2,2020,190001,-9,NA,3",
        "1,,,Isle,,20,2,,190001,-9,NA,3",
    )
    assert list(read.bad.values()) == [
        "no day can be read of begclaim '1900'",
        "ends before it begins",
        "both sides are USA",
    ]
    known, ended, open_one = facts(read).sort("kind", "event_id").select("precision", "ends", "level").rows()[:3]
    assert {known, ended, open_one} == {
        ("year", date(1903, 5, 31), None),
        ("month", None, None),
        ("month", None, 3.0),
    }
