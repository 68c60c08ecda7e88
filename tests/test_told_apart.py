"""What is one thing and what is two: facts, figures, votes and roll calls by their ids; rows that an open quote would
swallow.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest

import detente as dt
from conftest import gdelt_row, gdelt_zip, read_file
from detente.actors import Actors
from detente.errors import DetenteError
from detente.record.coverage import DAY, from_rows
from test_twins import in_any_order

FACTS = "date,actors,targets,area,kind,tone,description,source\n"
FIGURES = "subject,measure,period,value,unit,source\n"
VOTES = "rcid,country,country_code,vote\n"


def written(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def counted(tmp_path: Path, *paths: Path) -> tuple[int, int, int, int]:
    """Rows, duplicates, conflicts, and rows in quarantine, of all files in a fresh record."""
    record = dt.open_record(tmp_path / "counted", cases=False)
    files = record.ingest(list(paths)).files
    bad = record.quarantine().frame.height
    return (
        sum(sum(f.rows.values()) for f in files),
        sum(f.duplicates for f in files),
        sum(f.conflicts for f in files),
        bad,
    )


def test_two_facts_whose_wordings_part_late_are_two(tmp_path: Path) -> None:
    same = "The two governments held consultations on strategic stability in "
    rows = [f"2007-03-02,USA;RUS,,diplomatic,meeting,cooperative,{same}{city},\n" for city in ("Geneva", "Vienna")]
    path = written(tmp_path / "f.csv", FACTS + "".join(rows) + rows[0])
    assert counted(tmp_path, path) == (2, 1, 0, 0)


def test_acts_that_answer_each_other_are_two(tmp_path: Path) -> None:
    acts = [f"2018-03-26,{a},{b},diplomatic,expulsion,conflictual,Diplomats expelled,\n" for a, b in ("US", "SU")]
    acts = [act.replace(",U,", ",USA,").replace(",S,", ",RUS,") for act in acts]
    assert counted(tmp_path, written(tmp_path / "f.csv", FACTS + "".join(acts))) == (2, 0, 0, 0)


def test_the_order_of_the_parties_says_nothing(tmp_path: Path) -> None:
    paths = [
        written(tmp_path / f"{n}.csv", f"{FACTS}2007-03-02,{who},,diplomatic,meeting,cooperative,Talks,\n")
        for n, who in enumerate(("USA;RUS", "RUS;USA", "RUS + USA"))
    ]
    assert len(in_any_order(tmp_path, paths, "facts")) == 1
    head = "agreement,title,form,tone,area,parties\n"
    pacts = [
        written(tmp_path / f"a{n}.csv", f"{head}pact,The Pact,treaty,cooperative,diplomatic,{who}\n")
        for n, who in enumerate(("USA;RUS", "RUS;USA"))
    ]
    assert len(in_any_order(tmp_path / "a.csv.d", pacts, "agreements")) == 1
    assert counted(tmp_path, *paths, *pacts) == (2, 3, 0, 0)


def test_figures_in_two_units_are_two(tmp_path: Path) -> None:
    rows = "USA,favourable view of RUS,2018,21,pct,\nUSA,favourable view of RUS,2018,1500,n,\n"
    assert counted(tmp_path, written(tmp_path / "f.csv", FIGURES + rows)) == (2, 0, 0, 0)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("USSR", "SU"), ("Russia", "RU")),
        (("Yugoslavia", "YU"), ("Serbia", "RS")),
        (("Serbia", "RS"), ("Yugoslavia", "YU")),
    ],
)
def test_a_continuing_state_votes_once(tmp_path: Path, one: tuple[str, str], other: tuple[str, str]) -> None:
    """Under two names it contradicts itself, or says the same twice; in one file or in two."""
    first = f"1,{one[0]},{one[1]},no\n2,{one[0]},{one[1]},yes\n3,France,FR,yes\n"
    second = f"1,{other[0]},{other[1]},yes\n2,{other[0]},{other[1]},yes\n"
    paths = [written(tmp_path / "a.csv", VOTES + first), written(tmp_path / "b.csv", VOTES + second + "4,Chad,TD,no\n")]
    rows = in_any_order(tmp_path, paths, "votes")
    assert [row[1] for row in rows] == ["2", "3", "4"]
    for order in permutations((first, second)):
        path = written(tmp_path / "c.csv", VOTES + "".join(order))
        assert counted(tmp_path / order[0][2:5], path) == (2, 1, 2, 2)


@pytest.mark.parametrize("rcid", ["7006a", '"7,002"', "7.003E3", "7.5"])
def test_roll_calls_have_whole_numbers(tmp_path: Path, rcid: str) -> None:
    votes = read_file(written(tmp_path / "v.csv", f"{VOTES}{rcid},France,FR,yes\n7,France,FR,yes\n"))
    calls = f"rcid,session,date,unres\n{rcid},1,2001-01-01,R/1\n7,1,2001-01-01,R/1\n8,46.5,2001-01-01,R/1\n"
    called = read_file(written(tmp_path / "c.csv", calls))
    assert list(votes.bad) == [2] and "is no whole number" in votes.bad[2] and votes.rows["rcid"].to_list() == ["7"]
    assert list(called.bad) == [2, 4] and called.bad[4] == "session 46.5 is no number"


DATAVERSE = "rcid,ccode,member,vote,Countryname,session,date,unres,short,me,hr\n"


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_rows_that_disagree_on_their_roll_call(tmp_path: Path, order: tuple[int, ...]) -> None:
    rows = [
        "1,2,1,1,United States,5,2001-01-01,R/1,,1,0\n2,2,1,1,United States,5,,R/2,,,0\n3,2,1,1,United "
        "States,5,2001-01-01,R/3,,1,\n",
        "1,220,1,1,France,6,2001-01-01,R/1,,1,0\n2,220,1,1,France,5,2001-02-03,R/2,A "
        "title,1,0\n3,220,1,1,France,5,1/1/2001,R/3,,1,\n",
        "1,365,1,1,Russia,5,2001-01-01,R/1,,1,0\n2,365,1,1,Russia,,2001-02-03,,,,0\n3,365,1,1,Russia,5,,R/3,,0,\n",
    ]
    record = dt.open_record(tmp_path / "r", cases=False)
    (entry,) = record.ingest(written(tmp_path / "v.csv", DATAVERSE + "".join(rows[n] for n in order))).files
    calls = {row["rcid"]: row for row in record.table("rollcalls").iter_rows(named=True)}
    assert sorted(calls) == ["2", "3"] and record.table("votes").height == 9
    assert (str(calls["2"]["date"]), calls["2"]["session"], calls["2"]["title"]) == ("2001-02-03", 5, "A title")
    assert record.table("rollcall_issues").sort("rcid").select("rcid", "issue").rows() == [("1", "me"), ("2", "me")]
    reasons = record.quarantine().frame["reason"].to_list()
    assert sum("disagree on its issue me" in reason for reason in reasons) == 1 and entry.conflicts == 2


OPEN = {
    "facts": FACTS + "2007-03-02,USA,RUS,diplomatic,meeting,cooperative,{},\n" * 30,
    "votes": VOTES + "{},France,FR,yes\n" * 30,
}


@pytest.mark.parametrize("table", list(OPEN))
@pytest.mark.parametrize("opened", [(3,), (3, 9), (29,)])
def test_an_open_quote_costs_its_own_line_alone(tmp_path: Path, table: str, opened: tuple[int, ...]) -> None:
    cells = [
        ('"' if n in opened else "") + (f"{n}" if table == "votes" or n % 4 else f'"Talks, {n}"') for n in range(30)
    ]
    path = written(tmp_path / f"{table}.csv", OPEN[table].format(*cells))
    read = read_file(path)
    assert {n - 2 for n in read.bad} == set(opened) and read.rows.height == 30 - len(opened)
    assert set(read.bad.values()) == {"opens a quote that is never closed"}


def test_a_quoted_cell_of_several_lines_stays_one(tmp_path: Path) -> None:
    rows = '2007-03-02,USA,RUS,diplomatic,meeting,cooperative,"Talks\nin Geneva, ""long"" ones\n",\n'
    read = read_file(written(tmp_path / "f.csv", FACTS + rows + rows.replace("-02", "-03") + "2007,short\n"))
    assert read.rows.height == 2 and list(read.bad) == [8]


def test_two_moments_cover_no_year(tmp_path: Path) -> None:
    ends = [gdelt_row(n, day=day).replace(f"{day}143000", added) for n, day, added in YEAR_ENDS]
    record = dt.open_record(tmp_path / "r", cases=False)
    record.ingest(gdelt_zip(tmp_path / "joined.csv.zip", ends))
    (entry,) = record.commits[0].files
    assert [span[:2] for span in entry.covers] == [
        ["2018-01-01T00:00", "2018-01-01T00:15"],
        ["2018-12-31T23:45", "2019-01-01T00:00"],
    ]


YEAR_ENDS = ((1, "20180101", "20180101000000"), (2, "20181231", "20181231234500"))


def test_a_thin_file_covers_no_gap_far_beyond_its_usual_ones() -> None:
    start = datetime(2018, 1, 1)
    weekly = [start + timedelta(days=7 * n) for n in range(52)]
    assert from_rows(dict.fromkeys(weekly, 1), DAY) == [(start, weekly[-1] + DAY)]
    without = [day for day in weekly if not datetime(2018, 3, 1) < day < datetime(2018, 8, 1)]
    (first, second) = from_rows(dict.fromkeys(without, 1), DAY)
    assert first[1] < datetime(2018, 3, 2) and second[0] > datetime(2018, 7, 31)
    assert from_rows({start: 1, datetime(2018, 12, 31): 1}, DAY)[0] == (start, start + DAY)


@pytest.mark.parametrize(("day", "added"), [("2019-10-24", "2019-10-24 14:30:00"), ("10/24/2019", "20191024143000")])
def test_days_of_gdelt_in_the_forms_that_hold_everywhere(tmp_path: Path, day: str, added: str) -> None:
    row = (
        gdelt_row(1)
        .replace("\t20191024\t", f"\t{day}\t")
        .replace("20191024143000", added)
        .replace("\t3\t", "\t1,000\t")
    )
    path = tmp_path / "a.csv"
    path.write_text(row.replace("RUS\t", "RUS \t", 1) + "\n")
    read = read_file(path)
    assert read.bad == {} and read.rows.select("date", "sender", "mentions").row(0) == (date(2019, 10, 24), "RUS", None)
    assert list(read.corrected) == ["NumMentions missing or no whole number: left empty"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"\0\0\0\x01Bud1" + bytes(90), ".DS_Store"),
        (bytes(12) + b"\xc2\xea\x81\x60" + bytes(90), "a SAS file"),
        (b"rcid,session,date,unres,USA,RUS\n1,1,2001-01-01,R/1,1,3\n", "has a column a state"),
        (FACTS.replace(",source", "").encode() + b"2007,USA,RUS,,,,\n", "without the column source"),
        (FACTS.replace("targets", "date").encode() + b"2007,USA,RUS,,,,,\n", "date twice"),
        (b"# of my own\n\n" + FACTS.encode(), "its column names are in line 3"),
    ],
)
def test_what_is_wrong_with_a_file_is_named(tmp_path: Path, text: bytes, said: str) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(text)
    summary = dt.open_record(tmp_path / "r", cases=False).ingest(path)
    ((_, reason),) = summary.failed
    assert said in reason


def test_lines_that_end_in_carriage_returns_alone(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes((FIGURES + "USA,x,2018,21,pct,\nRUS,x,2018,2,pct,\n").replace("\n", "\r").encode())
    assert read_file(path).rows.height == 2


@pytest.mark.parametrize(
    ("separator", "encoding"), [(",", "utf-8-sig"), (";", "utf-8"), ("\t", "utf-16"), (";", "utf-16")]
)
def test_names_files_are_read_as_other_tables_are(tmp_path: Path, separator: str, encoding: str) -> None:
    path = tmp_path / "names.csv"
    path.write_bytes(
        "name,code,from\nMinister Y,RUS,2001\nMinister Z,USA,NA\n".replace(",", separator).encode(encoding)
    )
    assert [Actors(path).resolve(name).code for name in ("Minister Y", "Minister Z")] == ["RUS", "USA"]
    path.write_text("name,sector\nMinister Y,GOV\n")
    with pytest.raises(DetenteError, match="without the column code"):
        Actors(path)
    path.write_text("")
    with pytest.raises(DetenteError, match="empty"):
        Actors(path)


def test_a_file_that_only_contradicts_is_a_failure_and_stays_held(tmp_path: Path) -> None:
    record = dt.open_record(tmp_path / "r", cases=False)
    record.ingest(written(tmp_path / "a.csv", VOTES + "1,France,FR,yes\n2,France,FR,yes\n"))
    summary = record.ingest(written(tmp_path / "b.csv", VOTES + "1,France,FR,no\n"))
    ((_, reason),) = summary.failed
    assert "none of 1 rows could be kept" in reason and summary.files[0].conflicts == 1
    assert record.table("votes")["rcid"].to_list() == ["2"]
