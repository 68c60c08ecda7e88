"""Columns are found by name, days are read in the forms of the releases, and what is missing is named."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from conftest import gdelt_row, gdelt_zip, read_file, triples
from detente.errors import DetenteError
from detente.files.cells import Calendar
from detente.sources import detect
from detente.sources.icews import RELEASE
from test_codes import release
from test_sources import POLECAT, polecat_row


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2017-12-01", date(2017, 12, 1)),
        ("12/1/2017", date(2017, 12, 1)),
        ("1/9/2017", date(2017, 1, 9)),
        ("20171201", date(2017, 12, 1)),
        ("20171201.0", date(2017, 12, 1)),
        ("2017/12/1", date(2017, 12, 1)),
        ("2017-12-01 00:00:00", date(2017, 12, 1)),
        ("12/1/2017 0:00", date(2017, 12, 1)),
        ("2017-12-01T09:30:00Z", date(2017, 12, 1)),
    ],
)
def test_days_of_icews(tmp_path: Path, text: str, day: date) -> None:
    assert read_file(release(tmp_path / "e.tab", {"event date": text})).rows["date"].to_list() == [day]


@pytest.mark.parametrize("text", ["NULL", "43102", "1/2/17", "2017-02-30", "2/30/2017", "June 2017", "1.12.2017"])
def test_what_is_no_day_is_set_aside(tmp_path: Path, text: str) -> None:
    read = read_file(release(tmp_path / "e.tab", {"event date": text}, {}))
    assert list(read.bad) == [2] and read.rows.height == 1


def test_days_before_months_are_not_guessed(tmp_path: Path) -> None:
    """13/1/2017 can only be day first: then 12/1/2017 of the same file is no 1 December."""
    read = read_file(release(tmp_path / "e.tab", {"event date": "12/1/2017"}, {"event date": "13/1/2017"}, {}))
    assert read.rows["date"].to_list() == [date(2018, 6, 1)]
    assert set(read.bad) == {2, 3} and all("before its month" in reason for reason in read.bad.values())


def test_one_day_that_is_none_makes_no_file_days_first(tmp_path: Path) -> None:
    """Only a day of the calendar that can be nothing else is a proof; others are bad rows."""
    days = ["12/1/2017", "31/31/2017", "13/13/2017", "31/2/2017", "20/00/2017", "2/30/2017"]
    read = read_file(release(tmp_path / "e.tab", *({"event date": day} for day in days)))
    assert read.rows["date"].to_list() == [date(2017, 12, 1)]
    assert set(read.bad) == {3, 4, 5, 6, 7} and all("is no day" in reason for reason in read.bad.values())


@pytest.mark.parametrize("text", ["1/2/18", "18-01-02", "218-01-02", "1.2.18", "1/2/18 0:00", "01/02/018"])
def test_a_year_needs_four_digits(tmp_path: Path, text: str) -> None:
    read = read_file(release(tmp_path / "e.tab", {"event date": text}, {"event date": "13/1/2017"}, {}))
    assert read.bad[2] == f"date {text}: a year needs four digits; write YYYY-MM-DD"
    polecat_file = polecat(tmp_path / "p.tsv", [{"Publication Date": text}])
    assert list(read_file(polecat_file).bad) == [2]


def test_a_file_that_turns_out_to_write_days_first_is_refused_whole() -> None:
    calendar = Calendar()
    assert calendar.days(pl.DataFrame({"d": ["6/1/2017"]}), "d").to_list() == [date(2017, 6, 1)]
    with pytest.raises(DetenteError, match="day/month/year"):
        calendar.days(pl.DataFrame({"d": ["13/1/2017"]}), "d")


def test_days_after_the_day_of_ingest(tmp_path: Path) -> None:
    today = date(2018, 6, 1)
    file = release(tmp_path / "e.tab", {}, {"event date": "2018-06-02"}, {"event date": "2081-06-01"})
    read = read_file(file, today)
    assert set(read.bad) == {3, 4} and "after the day of ingest (2018-06-01)" in read.bad[3]
    zipped = gdelt_zip(tmp_path / "a.export.CSV.zip", [gdelt_row(1, "20180601"), gdelt_row(2, "20180602")])
    assert list(read_file(zipped, today).bad) == [2]
    polecat = tmp_path / "p.tsv"
    rows = [polecat_row(1), polecat_row(2, **{"Event Date": "2023-01-06", "Publication Date": "2023-01-06"})]
    polecat.write_text("".join("\t".join(r) + "\n" for r in [POLECAT, *rows]))
    assert list(read_file(polecat, date(2023, 1, 5)).bad) == [3]
    votes = tmp_path / "r.csv"
    votes.write_text("rcid,session,importantvote,date,unres,amend,para,short\n1,70,0,2018-06-02,R/70/1,0,0,T\n")
    assert list(read_file(votes, today).bad) == [2]


def test_icews_columns_in_any_order_case_and_form(tmp_path: Path) -> None:
    names = [n.title() for n in RELEASE]
    random.Random(1).shuffle(names)
    for number, form in enumerate((str, str.upper, lambda n: n.lower().replace(" ", "_"))):
        file = release(
            tmp_path / f"{number}.tab",
            {"event text": "Make statement", "cameo code": "010"},
            names=[form(n) for n in names],
        )
        row = read_file(file).rows.row(0, named=True)
        assert (row["sender"], row["receiver"], row["action"]) == ("RUS", "USA", "010")


def test_icews_with_eleven_columns_has_no_place(tmp_path: Path) -> None:
    names = [n.replace(" ", "_") for n in RELEASE[:11]]
    read = read_file(release(tmp_path / "e.tsv", {}, names=names))
    assert (read.bad, read.rows["place"].to_list(), read.rows["receiver"].to_list()) == ({}, [None], ["USA"])


def test_icews_behind_commas_with_quotes(tmp_path: Path) -> None:
    file = tmp_path / "e.csv"
    cells = ["7", "2018-01-01", "Russia", "NA", "Russia", "Impose embargo, boycott, or sanctions", "163", "-8"]
    row = [*cells, "United States", "NA", "NA", "1", "1", 'The ""Post""', "NA", "NA", "NA", "Russia", "1", "1"]
    file.write_text(",".join(f'"{n.title()}"' for n in RELEASE) + "\n" + ",".join(f'"{c}"' for c in row) + "\n")
    read = read_file(file)
    assert read.bad == {}
    assert read.rows.select("sender", "receiver", "action", "intensity").row(0) == ("RUS", "USA", "163", -8.0)


@pytest.mark.parametrize("gone", ["event date", "source name", "cameo code", "target country"])
def test_a_missing_column_is_named(tmp_path: Path, gone: str) -> None:
    names = [n.title() for n in RELEASE if n != gone]
    with pytest.raises(DetenteError) as told:
        read_file(release(tmp_path / "e.tab", {}, names=names))
    assert f"without the column {gone};" in str(told.value) and "story id" not in str(told.value)


def test_a_column_that_is_not_needed_may_be_missing(tmp_path: Path) -> None:
    names = [n.title() for n in RELEASE if n not in ("story id", "latitude", "publisher")]
    assert read_file(release(tmp_path / "e.tab", {}, names=names)).rows.height == 1


def test_quoted_cells_behind_tabs(tmp_path: Path) -> None:
    read = read_file(
        release(
            tmp_path / "e.tab",
            {"source name": '"Russia"', "event text": '"Consult"', "source country": '"Russian Federation"'},
        )
    )
    assert (read.rows["sender"].to_list(), read.rows["text"].to_list()) == (["RUS"], ["Russia: Consult: United States"])


def polecat(path: Path, rows: list[dict[str, str]], names: list[str] = POLECAT, separator: str = "\t") -> Path:
    cells = [dict(zip(POLECAT, polecat_row(n, **row), strict=True)) for n, row in enumerate(rows, start=1)]
    lines = [names, *([c.get(name, "") for name in names] for c in cells)]
    path.write_text("".join(separator.join(line) + "\n" for line in lines))
    return path


@pytest.mark.parametrize(
    ("name", "country", "cow", "code"),
    [
        ("United Nations", "IGO", "None", "UN"),
        ("NATO", "IGO", "", "NATO"),
        ("European Union", "IGO;EUR", "None", "EU"),
        ("Greenpeace International Nowhere", "NGO", "None", None),
        ("Some Company", "MNC", "None", None),
        ("Namibia", "NAM", "565", "NAM"),
        ("Namibia", "NA", "None", "NAM"),
        ("Somebody", "NA", "NA", None),
        ("Somebody", "None", "365.0", "RUS"),
        ("Somebody", "None", "260", "DEU"),
        ("Somebody", "None", "002", "USA"),
        ("Kosovo", "XKX", "347", "XKX"),
        ("Palestine", "PSE", "None", "PSE"),
        ("Hamas", "None", "None", "HAMAS"),
        ("Russia;Ukraine", "RUS;UKR", "365;369", "RUS"),
        ("Russia", "USA", "2", "RUS"),
    ],
)
def test_who_acts_in_polecat(tmp_path: Path, name: str, country: str, cow: str, code: str | None) -> None:
    row = {"Actor Name": name, "Actor Country": country, "Actor COW": cow}
    read = read_file(polecat(tmp_path / "p.tsv", [row]))
    assert read.rows["sender"].to_list() == [code]
    disagree = [reason for reason in read.corrected if "disagree" in reason]
    assert bool(disagree) == ((name, country) == ("Russia", "USA"))


def test_polecat_columns_by_name(tmp_path: Path) -> None:
    swapped = list(POLECAT)
    for one, other in (("Actor Name", "Recipient Name"), ("Actor Country", "Recipient Country")):
        i, j = swapped.index(one), swapped.index(other)
        swapped[i], swapped[j] = swapped[j], swapped[i]
    for number, names in enumerate((swapped, [*POLECAT, "Headline"], POLECAT[:-1], POLECAT[::-1])):
        rows = read_file(polecat(tmp_path / f"{number}.tsv", [{}], names)).rows
        assert rows.select("sender", "receiver", "action").row(0) == ("RUS", "USA", "042")
    rows = read_file(polecat(tmp_path / "c.csv", [{}], separator=",")).rows
    assert rows.select("sender", "receiver").row(0) == ("RUS", "USA")


def test_polecat_rows_of_another_width_are_set_aside(tmp_path: Path) -> None:
    """Extra names are a known fault only over rows of the usual width and the usual names before them."""
    row = "\t".join(polecat_row(1))
    short = tmp_path / "short.tsv"
    short.write_text("\t".join(POLECAT) + "\n" + row.rpartition("\t")[0] + "\n" + row + "\n")
    assert read_file(short).bad == {2: "has 39 fields, expected 40"}
    odd = tmp_path / "odd.tsv"
    odd.write_text("\t".join([POLECAT[1], POLECAT[0], *POLECAT[2:], "Headline"]) + "\n" + row + "\n")
    assert read_file(odd).bad == {2: "has 40 fields, expected 41"}


def test_polecat_none_is_empty_and_classes_agree(tmp_path: Path) -> None:
    rows = [
        {"Intensity": "None", "City": "None", "Quad Code": "VERBAL COOPERATION"},
        {"Quad Code": "MATERIAL CONFLICT"},
    ]
    read = read_file(polecat(tmp_path / "p.tsv", rows))
    assert read.rows["known_on"].to_list() == [date(2023, 1, 5), date(2023, 1, 5)]
    assert read.rows["intensity"].to_list() == [None, 2.5] and read.rows["place"].to_list()[0] == "Switzerland"
    assert read.rows["quad"].to_list() == [1, 1]
    assert read.corrected == {"Quad Code contradicts the Event Type: the type's class is taken": 1}


def test_votes_whose_code_is_missing_go_to_the_named_state(tmp_path: Path) -> None:
    """R writes NA for a code it lacks: West Germany's votes are no votes of Namibia."""
    file = tmp_path / "v.csv"
    file.write_text(
        '"vote","rcid","country_code","country"\n'
        "yes,7000,NA,Federal Republic of Germany\nno,7000,NA,German Democratic Republic\n"
        "yes,7000,NA,Namibia\nno,7000.0,RU,United States\nNA,7000,FR,France\nyes,7.0E3,FR,France\nyes,7001,NA,NA\n"
    )
    read = read_file(file)
    assert read.rows.select("rcid", "state", "choice").rows() == [
        ("7000", "DEU", "yes"),
        ("7000", "DDR", "no"),
        ("7000", "NAM", "yes"),
        ("7000", "USA", "no"),
    ]
    # A code that is missing disagrees with no name.
    assert sum(read.corrected.values()) == 1 and any("RU says RUS" in reason for reason in read.corrected)
    assert read.skipped == {"vote missing": 1}
    assert set(read.bad) == {7, 8} and "spreadsheet" in read.bad[7]


def test_real_votes_of_namibia_are_its_own(shared: Path) -> None:
    rows = read_file(shared / "unvotes" / "votes.csv.gz").rows
    assert (rows["state"] == "NAM").sum() == 2454


def test_dataverse_votes_by_number_not_by_the_letters_of_another_list(tmp_path: Path) -> None:
    """In its Country column AUS is Austria, and -9 says that a vote is missing."""
    file = tmp_path / "d.tab"
    names = ["rcid", "ccode", "Country", "vote", "session", "date", "unres", "short", "nu"]
    rows = [
        ["5001.0", "305.0", "AUS", "1.0", "70.0", "12/6/2006", "R/70/1", "T", "1.0"],
        ["5001", "002", "USA", "3", "70", "2006-12-06", "R/70/1", "T", "1"],
        ["5001", "900", "AUL", "-9", "70", "2006-12-06", "R/70/1", "T", "1"],
        ["5001", "20", "CAN", "NA", "70", "2006-12-06", "R/70/1", "T", "1"],
    ]
    file.write_text("".join("\t".join(r) + "\n" for r in [names, *rows]))
    read = read_file(file)
    assert read.rows.select("state", "choice").rows() == [("AUT", "yes"), ("USA", "no")]
    assert read.tables["rollcalls"].select("rcid", "session", "date", "resolution").rows() == [
        ("5001", 70, date(2006, 12, 6), "R/70/1")
    ]
    assert read.tables["rollcall_issues"]["issue"].to_list() == ["nu"]
    assert read.skipped == {"vote missing": 2}


def test_gdelt_with_a_header_is_read_by_its_names_or_refused(tmp_path: Path) -> None:
    names = [f"C{n}" for n in range(1, 62)]
    places = {1: "GLOBALEVENTID", 2: "SQLDATE", 6: "Actor1Code", 16: "Actor2Code", 27: "EventCode", 28: "EventBaseCode"}
    places |= {29: "EventRootCode", 30: "QuadClass", 31: "GoldsteinScale", 32: "NumMentions", 53: "ActionGeo_FullName"}
    places |= {54: "ActionGeo_CountryCode", 55: "ActionGeo_ADM2Code", 60: "DATEADDED", 61: "SOURCEURL"}
    full = [places.get(n, name) for n, name in enumerate(names, start=1)]
    row = gdelt_row(1).split("\t")
    file = tmp_path / "h.tsv"
    order = list(range(61))
    random.Random(2).shuffle(order)
    file.write_text("\t".join(full[n] for n in order) + "\n" + "\t".join(row[n] for n in order) + "\n")
    read = read_file(file)
    assert read.reader == "gdelt2" and read.rows.select("sender", "receiver", "action").row(0) == ("RUS", "USA", "040")
    file.write_text("\t".join([*full[:6], *names[6:]]) + "\n" + gdelt_row(1) + "\n")
    with pytest.raises(DetenteError, match="without the columns actor2code, eventcode"):
        read_file(file)


def test_days_of_too_few_digits_are_none(tmp_path: Path) -> None:
    file = tmp_path / "x.export.CSV"
    days = ("2019102", "20191024", "191024")
    file.write_text("".join(gdelt_row(n, day, added="20191024") + "\n" for n, day in enumerate(days, start=1)))
    read = read_file(file)
    assert list(read.bad) == [1, 3] and read.bad[1] == "SQLDATE 2019102 is no day (YYYYMMDD)"
    calls = tmp_path / "r.csv"
    calls.write_text("rcid,session,date,unres\n1,61,12Dec06,R/1\n2,61,12Dec2006,R/2\n")
    read = read_file(calls)
    assert list(read.bad) == [2] and read.rows["date"].to_list() == [date(2006, 12, 12)]


@pytest.mark.parametrize("separator", ["\t", ","])
@pytest.mark.parametrize(
    ("added", "extra", "reader"),
    [
        ("20191024143000", [], "gdelt2"),
        ("20191024", [], "gdelt1"),
        ("20191024", ["ActionGeo_ADM2Code"], "gdelt1"),
        ("20191024143000.0", [], "gdelt2"),
        ("2.01910E+13", ["ActionGeo_ADM2Code"], "gdelt2"),
        ("2.01910E+13", [], "gdelt1"),
    ],
)
def test_the_version_of_gdelt_with_a_header(
    tmp_path: Path, separator: str, added: str, extra: list[str], reader: str
) -> None:
    names = ["SQLDATE", "Actor1Code", "Actor2Code", "EventCode", "QuadClass", "GoldsteinScale", "DATEADDED", *extra]
    row = ["20191024", "RUS", "USA", "040", "1", "1.0", added, *("" for _ in extra)]
    file = tmp_path / "h.txt"
    lines = [["GLOBALEVENTID", *names], *([str(n), *row] for n in (1, 2, 3))]
    file.write_text("".join(separator.join(line) + "\n" for line in lines))
    assert detect(file).source == reader


def test_one_event_of_triples_has_one_id(tmp_path: Path) -> None:
    rows = [
        (day, "Russia", "Make statement", code, "0", "United States")
        for day in ("2018-01-05", "1/5/2018", "20180105")
        for code in ("010", "10", "10.0")
    ]
    ids = set(read_file(triples(tmp_path / "t.tsv", rows)).rows["event_id"])
    assert ids == {"icews_triples:2018-01-05|Russia|Make statement|010|United States"}


def test_triples_in_any_order(tmp_path: Path) -> None:
    file = triples(tmp_path / "t.tsv", [("2018-01-01", "Russia", "Consult", "040", "1", "United States")])
    lines = [line.split("\t")[::-1] for line in file.read_text().splitlines()]
    file.write_text("".join("\t".join(line) + "\n" for line in lines))
    assert read_file(file).rows.select("sender", "receiver").row(0) == ("RUS", "USA")


def test_a_day_of_publication_that_is_none_is_told(tmp_path: Path) -> None:
    rows = [{}, {"Publication Date": "None"}, {"Publication Date": "2022-12-30"}, {"Publication Date": "soon"}]
    read = read_file(polecat(tmp_path / "p.tsv", rows))
    assert read.rows["known_on"].to_list() == [date(2023, 1, 5), date(2023, 1, 3), date(2023, 1, 3)]
    assert read.corrected == {"Publication Date missing or before the event: known from the event's day": 2}
    assert list(read.bad) == [5]
