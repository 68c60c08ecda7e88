"""Facts, agreements and figures as people export them: read right, or refused with the row and what to do."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

import detente as dt
from conftest import detente, read_file
from detente.actors import actors
from detente.errors import DetenteError
from detente.files.dates import read_date
from detente.record.audit import audit
from detente.record.cases import builtin_cases, case_in

HEAD = "date,actors,targets,area,kind,tone,channel,third_party,description,source,known_on\n"
FIGURES = "subject,measure,area,period,value,unit,source,note\n"


def facts(path: Path, *lines: str, head: str = HEAD) -> Path:
    path.write_text(head + "".join(line + "\n" for line in lines))
    return path


def fact(day: str, actors: str = "USA", targets: str = "RUS", third: str = "", known: str = "") -> str:
    return f"{day},{actors},{targets},diplomatic,meeting,cooperative,,{third},A meeting,,{known}"


@pytest.mark.parametrize(
    ("text", "first", "precision"),
    [
        ("2007", date(2007, 1, 1), "year"),
        ("2007.0", date(2007, 1, 1), "year"),
        ("2007-02", date(2007, 2, 1), "month"),
        ("2007-2", date(2007, 2, 1), "month"),
        ("2007-2-1", date(2007, 2, 1), "day"),
        ("20070201", date(2007, 2, 1), "day"),
        ("2007/2/1", date(2007, 2, 1), "day"),
        ("2007-02-01T00:00:00", date(2007, 2, 1), "day"),
        ("2007-02-01 00:00", date(2007, 2, 1), "day"),
    ],
)
def test_dates_with_one_meaning_are_read(tmp_path: Path, text: str, first: date, precision: str) -> None:
    row = read_file(facts(tmp_path / "f.csv", fact(text))).rows.row(0, named=True)
    assert (row["date"], row["precision"]) == (first, precision)
    assert f":{read_date(text).text}:" in row["event_id"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("07", "a year needs four digits"),
        ("7", "a year needs four digits"),
        ("02/01/2007", "may be a day of February or of January: write YYYY-MM-DD"),
        ("13/1/2007", "write YYYY-MM-DD"),
        ("1.2.2007", "may be a day of January or of February"),
        ("2007-02-31", "no day of the calendar"),
        ("2007-00", "no day of the calendar"),
        ("2007-13", "no day of the calendar"),
        ("Feb 2007", "is no date: write YYYY, YYYY-MM or YYYY-MM-DD"),
        ("39114", "a spreadsheet's day number"),
        ("NA", "the date is missing"),
        ("2030-01-01", "lies after the day of ingest (2026-11-25)"),
    ],
)
def test_other_dates_are_refused_with_their_row(tmp_path: Path, text: str, said: str) -> None:
    read = read_file(facts(tmp_path / "f.csv", fact("2007"), fact(text)), date(2026, 11, 25))
    assert list(read.bad) == [3] and said in read.bad[3]


def test_missing_cells_of_facts(tmp_path: Path) -> None:
    read = read_file(
        facts(
            tmp_path / "f.csv",
            "2007-03-02,USA,RUS,diplomatic,meeting,cooperative,NA,NA,As R writes it,NA,NA",
            "2007-03-03,USA;RUS,NA,diplomatic,meeting,cooperative,NULL,None,A joint act,,",
            "2007-03-04,NA,USA,diplomatic,meeting,cooperative,,,Nobody,,",
            "2007-03-05,Namibia,USA,diplomatic,meeting,cooperative,,NAM,Somebody,,",
        )
    )
    assert read.rows.select("actors", "targets", "third_party", "url", "channel").rows() == [
        (["USA"], ["RUS"], None, None, "bilateral"),
        (["USA", "RUS"], [], None, None, "bilateral"),
        (["NAM"], ["USA"], "NAM", None, "bilateral"),
    ]
    assert read.bad == {4: "the actors is missing"}


def test_states_of_facts_lived_on_their_day(tmp_path: Path) -> None:
    read = read_file(
        facts(
            tmp_path / "f.csv",
            fact("2007-03-05", "USSR"),
            fact("1985-03-05", "USSR", "USA"),
            fact("1985-03-06", "Russia", "USA"),
            fact("1995-01-01", "East Germany"),
            fact("2007-03-01", "US", "RU"),
            fact("2007-03-03", "USA", "USA"),
        )
    )
    assert [row[0] for row in read.rows["actors"].to_list()] == ["SUN", "RUS", "USA"]
    assert set(read.bad) == {2, 5, 7}
    assert (
        "Russia (RUS) continues it" in read.bad[2] and "Germany (DEU)" in read.bad[5] and "two different" in read.bad[7]
    )


def test_known_before_it_happened(tmp_path: Path) -> None:
    read = read_file(
        facts(tmp_path / "f.csv", fact("2007-03-05", known="2007-03-04"), fact("2007", known="2007-06-01"))
    )
    assert read.bad == {2: "known_on 2007-03-04 lies before the date 2007-03-05"}
    file = tmp_path / "x.csv"
    file.write_text(
        "subject,measure,period,value,unit,source,known_on\nUSA,m,2007,1,n,,2006\nUSA,m,2008,1,n,,2008-05\n"
    )
    assert read_file(file).bad == {2: "known_on 2006 lies before the period 2007"}


def test_the_subjects_of_figures_have_one_form(tmp_path: Path) -> None:
    subjects = ["USA-RUS", "RUS-USA", "US>RU", "United States", "Guinea-Bissau", "GNB-Timor-Leste", "all"]
    file = tmp_path / "x.csv"
    file.write_text(FIGURES + "".join(f"{s},m{n},,2006,1,n,,\n" for n, s in enumerate(subjects)))
    assert read_file(file).rows["subject"].to_list() == [
        "RUS-USA",
        "RUS-USA",
        "USA>RUS",
        "USA",
        "GNB",
        "GNB-TLS",
        "all",
    ]
    file.write_text(FIGURES + "XYZ,m,,2006,1,n,,\nUSA-USA,m,,2006,1,n,,\nUSA-XYZ,m,,2006,1,n,,\nNA,m,,2006,1,n,,\n")
    bad = read_file(file).bad
    assert list(bad) == [2, 3, 4, 5]
    assert "'XYZ' names no state" in bad[2] and "one state twice" in bad[3] and bad[5] == "the subject is missing"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("-9", "stands for missing"),
        ("-999", "stands for missing"),
        ("NA", "the value is missing"),
        ("NaN", "the value is missing"),
        ("inf", "no finite number"),
        ("1e999", "no finite number"),
        ('"1,800"', "without thousands marks"),
        ("5%", "is no number"),
    ],
)
def test_values_that_are_no_numbers(tmp_path: Path, value: str, said: str) -> None:
    file = tmp_path / "x.csv"
    file.write_text(FIGURES + f"USA,warheads,,2010,1800,n,,\nUSA,warheads,,2011,{value},n,,\n")
    bad = read_file(file).bad
    assert list(bad) == [3] and said in bad[3]


def test_a_true_minus_nine_is_kept(tmp_path: Path) -> None:
    """Where other values of the measure are negative, or a note says that it is true."""
    file = tmp_path / "x.csv"
    file.write_text(
        FIGURES + "USA,balance,,2010,-9,n,,\nRUS,balance,,2010,-3,n,,\nUSA,score,,2010,-9,n,,as published\n"
    )
    read = read_file(file)
    assert (read.bad, read.rows["value"].to_list()) == ({}, [-9, -3, -9])


def test_years_of_figures(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text(FIGURES + "USA,m,,07,1,n,,\nUSA,m,,2007,1,n,,\nUSA,m,,2007-2,1,n,,\nUSA,m,,02/01/2007,1,n,,\n")
    read = read_file(file)
    assert read.rows.select("period", "date", "known_on").rows() == [
        ("2007", date(2007, 1, 1), date(2007, 12, 31)),
        ("2007-02", date(2007, 2, 1), date(2007, 2, 28)),
    ]
    assert list(read.bad) == [2, 5]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_separators_encodings_and_line_ends(tmp_path: Path, separator: str, encoding: str, end: str) -> None:
    lines = ["subject,measure,period,value,unit,source", "USA-RUS,entente à deux,2006,0.5,share,", "XYZ,m,2006,1,n,"]
    text = end.join(line.replace(",", separator) for line in lines) + end
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    file = tmp_path / "x.csv"
    file.write_bytes(mark + text.encode(encoding))
    read = read_file(file)
    assert read.rows.select("subject", "measure", "value").rows() == [("RUS-USA", "entente à deux", 0.5)]
    assert list(read.bad) == [3]


def test_latin_1_is_refused_with_its_row(tmp_path: Path) -> None:
    file = tmp_path / "f.csv"
    file.write_bytes(
        (HEAD + fact("2007") + "\n" + fact("2008").replace("A meeting", "Réunion") + "\n").encode("latin-1")
    )
    assert read_file(file).bad == {3: "is no UTF-8; save the file as UTF-8"}


def test_lines_are_counted_in_the_file(tmp_path: Path) -> None:
    """A cell may run over two lines; the next row is then on the fourth."""
    two = fact("2007").replace("A meeting", '"A meeting\nof two days"')
    assert list(read_file(facts(tmp_path / "f.csv", two, fact("07"))).bad) == [4]


def test_agreements_that_are_named_but_not_described(tmp_path: Path, make_record: object) -> None:
    """Another pair's agreement of the same name describes nothing."""
    head = "date,actors,area,kind,tone,agreement,description,source\n"
    mine = facts(
        tmp_path / "f.csv", "2003-01-01,PER+ECU,economic,agreement signed,cooperative,indus_waters,Signed,", head=head
    )
    make_record(mine)
    record = dt.open_record(tmp_path / "record")
    assert "indus_waters" in record.table("agreements")["agreement"].to_list()
    _, findings = audit(record, record.pair("PER", "ECU"))
    assert findings.filter(pl.col("what") == "agreement not described")["text"].to_list() == ["indus_waters"]
    told = detente("record", "--record", tmp_path / "record", "audit", "PER", "ECU").stderr
    assert "agreement 'indus_waters', named by 1 fact of chronology, is described nowhere" in told


def test_cases_go_through_the_same_checks(tmp_path: Path) -> None:
    for case in builtin_cases():
        assert sum(case.table(name).height for name in ("facts", "agreements", "figures"))
    facts(tmp_path / "facts.csv", fact("07"))
    with pytest.raises(DetenteError, match=r"facts\.csv: line 2: .*four digits"):
        case_in(tmp_path).table("facts")
    (tmp_path / "later").mkdir()
    facts(tmp_path / "later" / "facts.csv", fact("2300-01-01"))
    with pytest.raises(DetenteError, match="after the day of ingest"):
        case_in(tmp_path / "later").table("facts")


def test_a_vague_day_of_knowledge_is_its_last(tmp_path: Path) -> None:
    read = read_file(
        facts(tmp_path / "f.csv", fact("2007-06-01", known="2007"), fact("2007-06-01", "IND", known="2006"))
    )
    assert read.rows["known_on"].to_list() == [date(2007, 12, 31)]
    assert list(read.bad) == [3]


def test_names_files_have_missing_cells_and_years_of_four_digits(tmp_path: Path) -> None:
    names = tmp_path / "names.csv"
    names.write_text("name,code,sector,from,to\nMy Person,RUS,NA,2001,NULL\n")
    assert actors(str(names)).resolve("My Person", date(2007, 1, 1)).code == "RUS"
    names = tmp_path / "bad.csv"
    names.write_text("name,code,sector,from,to\nMy Person,RUS,,07,\n")
    with pytest.raises(DetenteError, match="line 2: '07' is no date"):
        actors(str(names))
