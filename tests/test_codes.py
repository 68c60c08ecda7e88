"""Codes are text and missing is empty, in every reader."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from conftest import gdelt_row, read_file, triples
from detente.actors import is_missing
from detente.codebook import actions
from detente.files.cells import clean
from detente.sources import codes
from detente.sources.codes import read_action
from detente.sources.icews import RELEASE

MISSING = ["NA", "NULL", "None", "nan", "NaN", "N/A", "n/a", "-", "--", "null", "none", "", "#N/A", "<NA>", "\\N"]


def release(path: Path, *rows: dict[str, str], names: list[str] | None = None, separator: str = "\t") -> Path:
    names = names or [n.title() for n in RELEASE]
    base = {
        "event id": "1",
        "event date": "2018-06-01",
        "source name": "Russia",
        "source sectors": "NA",
        "source country": "Russian Federation",
        "event text": "Consult",
        "cameo code": "040",
        "intensity": "1",
        "target name": "United States",
        "target sectors": "NA",
        "target country": "United States",
    }
    lines = [separator.join(names)]
    for number, row in enumerate(rows, start=1):
        cells = {**base, "event id": str(number), **row}
        lines.append(separator.join(cells.get(n.lower().replace("_", " "), "NA") for n in names))
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize("cell", MISSING)
def test_missing_cells_are_empty_in_every_spelling(cell: str) -> None:
    assert is_missing(cell)
    assert clean(pl.DataFrame({"c": [cell]}), ["c"])["c"].to_list() == [""]


@pytest.mark.parametrize("cell", ["nAn", " NA", "NA ", "nULL", "#n/A", " - ", "nil", "NONE"])
def test_missing_has_one_rule(cell: str) -> None:
    assert is_missing(cell) and clean(pl.DataFrame({"c": [cell, " Oman"]}), ["c"])["c"].to_list() == ["", "Oman"]


def test_addresses_that_are_missing_are_none(tmp_path: Path) -> None:
    file = tmp_path / "x.export.CSV"
    file.write_text("".join(gdelt_row(n, url=url) + "\n" for n, url in enumerate(MISSING)))
    assert read_file(file).rows["url"].null_count() == len(MISSING)


@pytest.mark.parametrize("cell", MISSING)
def test_a_missing_country_is_no_namibia(tmp_path: Path, cell: str) -> None:
    file = release(
        tmp_path / "e.tab",
        {"target name": "Unspecified Actor", "target country": cell},
        {"target name": cell, "target country": cell},
        {"target name": "Namibia", "target country": "Namibia"},
        {"target name": "Citizen (Namibia)", "target country": "Namibia"},
        {"target name": "Nobody Known", "target country": "Namibia"},
    )
    read = read_file(file)
    assert read.rows["receiver"].to_list() == [None, None, "NAM", "NAM", "NAM"]
    assert read.bad == {}


@pytest.mark.parametrize("name", ["IS", "PA", "NA", "4", "100"])
def test_a_name_is_never_read_as_a_two_letter_code_or_a_number(tmp_path: Path, name: str) -> None:
    file = triples(tmp_path / "t.tsv", [("2018-01-01", name, "Consult", "040", "1", "United States")])
    assert read_file(file).rows["sender"].to_list() == [None]


@pytest.mark.parametrize(
    ("code", "beside", "read", "change"),
    [
        ("010", {"name": "Make statement"}, "010", None),
        ("10", {"name": "Make statement"}, "010", codes.PADDED),
        ("20", {"name": "Make an appeal or request"}, "020", codes.PADDED),
        ("10", {"name": "Demand"}, "100", codes.ROOT),
        ("100", {"name": "Demand"}, "100", None),
        ("1.0E1", {"name": "Make statement"}, "010", codes.PADDED),
        ("10.0", {"name": "Make statement"}, "010", codes.PADDED),
        ("13y", {"name": "Threaten with repression"}, "137", codes.BY_NAME),
        ("NULL", {"name": "Consult"}, "040", codes.BY_NAME),
        ("", {"name": "Meet at a 'third' location"}, "044", codes.BY_NAME),
        ("190", {"name": "Consult"}, "040", codes.NAME_WINS),
        ("10", {"root": "01"}, "010", codes.PADDED),
        ("10", {"root": "1", "quad": "1"}, "010", codes.PADDED),
        ("10", {"quad": "1"}, "010", codes.PADDED),
        ("10", {"root": "10", "quad": "3"}, "100", codes.ROOT),
        ("20", {"root": "02", "base": "20", "quad": "1"}, "020", codes.PADDED),
        ("20", {"root": "20", "quad": "4"}, "200", codes.ROOT),
        ("831", {"root": "08", "base": "83", "quad": "2"}, "0831", codes.PADDED),
        ("01", {"root": "01", "quad": "1"}, "010", codes.ROOT),
        ("141", {"root": "14", "base": "141", "quad": "3"}, "141", None),
        ("090", {"root": "09", "quad": "2"}, "090", None),
        ("190", {"root": "19", "quad": "1"}, "190", codes.QUAD),
        ("40", {}, "040", codes.PADDED),
    ],
)
def test_a_code_agrees_with_what_stands_beside_it(
    code: str, beside: dict[str, str], read: str, change: str | None
) -> None:
    found = read_action(code, **beside)
    assert (found.code, found.changes, found.fault) == (read, (change,) if change else (), "")


@pytest.mark.parametrize(
    ("code", "beside", "said"),
    [
        ("10", {}, "may be 10 or 010"),
        ("20", {"name": "No such action"}, "may be 20 or 020"),
        ("190", {"root": "01"}, "contradicts its root code 01"),
        ("190", {"quad": "1"}, "contradicts its QuadClass 1"),
        ("012", {"base": "011", "root": "01"}, "contradicts its base code 011"),
        ("---", {"root": "01"}, "is no CAMEO code"),
        ("999", {}, "is no CAMEO code"),
    ],
)
def test_a_code_that_nothing_decides_is_told(code: str, beside: dict[str, str], said: str) -> None:
    found = read_action(code, **beside)
    assert found.code == "" and said in found.fault


def test_every_code_of_the_codebook_survives_the_loss_of_its_zero_beside_its_root_and_name() -> None:
    for action in actions().values():
        full = action.code if len(action.code) > 2 else f"{action.code}0"
        lost = action.code.lstrip("0")
        beside = {"root": action.code[:2], "quad": str(action.quad)}
        assert read_action(lost, **beside).code == full
        if len(action.code) > 2:
            assert read_action(lost, name=action.name).code == full


def test_icews_codes_and_intensities_with_their_counts(tmp_path: Path) -> None:
    file = release(
        tmp_path / "e.tab",
        {"event text": "Make statement", "cameo code": "10", "intensity": "0"},
        {
            "event text": '"Conduct suicide, car, or other non-military bombing"',
            "cameo code": "NULL",
            "intensity": "-10",
        },
        {"event text": "Consult", "cameo code": "040", "intensity": "100"},
        {"event text": "Consult", "cameo code": "040", "intensity": "NA"},
        {"event text": "Threaten with repression", "cameo code": "13y", "intensity": "-7"},
        {"event text": "No such action", "cameo code": "10", "intensity": "0"},
    )
    read = read_file(file)
    assert read.rows["action"].to_list() == ["010", "183", "040", "040", "137"]
    assert read.rows["intensity"].to_list() == [0, -10, 1, 1, -7]
    assert read.corrected == {codes.PADDED: 1, codes.BY_NAME: 2, codes.SCALE: 2}
    assert list(read.bad) == [7] and "may be 10 or 010" in read.bad[7]


def test_gdelt_values_are_corrected_with_a_count_or_set_aside(tmp_path: Path) -> None:
    rows = [
        gdelt_row(1, action="010", intensity="100"),
        gdelt_row(2, action="010", intensity=""),
        gdelt_row(3, action="010", intensity="-0,4"),
        gdelt_row(4, action="---"),
        gdelt_row(5, action="01"),
        gdelt_row(6, action="190", quad="1"),
        gdelt_row(7, action="10", quad="1").replace("\t10\t\t10\t1\t", "\t10\t\t1\t1\t"),
        gdelt_row(8, action="190", quad="1").replace("\t190\t\t19\t1\t", "\t190\t\t01\t1\t"),
        gdelt_row(9, action="141", quad="3", intensity="-6.5"),
        gdelt_row(10, action="040", a="rus", b="NULL"),
        gdelt_row(11).replace("11\t", "1.1E1\t", 1),
        gdelt_row(12).replace("\t3\t", "\t2.0\t"),
        gdelt_row(13, action="040", a="X", b="---"),
    ]
    file = tmp_path / "x.export.CSV"
    file.write_text("\n".join(rows) + "\n")
    read = read_file(file)
    got = {
        int(i.removeprefix("gdelt2:")): (a, v) for i, a, v in read.rows.select("event_id", "action", "intensity").rows()
    }
    assert got == {
        1: ("010", 0.0),
        2: ("010", 0.0),
        3: ("010", 0.0),
        5: ("010", 1.0),
        6: ("190", 1.0),
        7: ("010", 1.0),
        9: ("141", -6.5),
        10: ("040", 1.0),
        12: ("040", 1.0),
        13: ("040", 1.0),
    }
    assert read.corrected == {codes.SCALE: 3, codes.ROOT: 1, codes.QUAD: 1, codes.PADDED: 1}
    assert list(read.bad) == [4, 8, 11]
    assert "contradicts its root code 01" in read.bad[8] and "spreadsheet" in read.bad[11]
    rows_by_id = {row["event_id"]: row for row in read.rows.iter_rows(named=True)}
    assert (rows_by_id["gdelt2:10"]["sender"], rows_by_id["gdelt2:10"]["receiver"]) == (None, None)
    assert rows_by_id["gdelt2:12"]["mentions"] == 2
    assert rows_by_id["gdelt2:13"]["sender_sector"] is None
    # GDELT gives 14 the class 3; the codebook's class is what is kept.
    assert rows_by_id["gdelt2:9"]["quad"] == 4


def test_corrections_are_told_per_file_in_the_log_and_after_an_ingest(tmp_path: Path, make_record: object) -> None:
    for number in (1, 2):
        (tmp_path / f"{number}.export.CSV").write_text(
            "".join(gdelt_row(number * 10 + n, intensity="100") + "\n" for n in range(number))
        )
    record = make_record(tmp_path / "1.export.CSV", tmp_path / "2.export.CSV")
    assert [f.corrected for c in record.commits for f in c.files] == [{codes.SCALE: 1}, {codes.SCALE: 2}]


def test_the_real_sample_holds_no_namibia_but_namibia(shared: Path) -> None:
    """133 of its pairs were Namibia through `NA`; one row names the state itself."""
    rows = read_file(shared / "icews" / "events.2018.sample.tab").rows
    namibia = rows.filter((pl.col("sender") == "NAM") | (pl.col("receiver") == "NAM"))
    pairs = namibia.filter(pl.col("sender") != pl.col("receiver"))
    assert pairs.is_empty() and namibia.height <= 1


@pytest.mark.parametrize(
    ("place", "area"), [("Erie, PA", False), ("Panama City, Panama", True), ("Atlanta, GA", False)]
)
def test_the_end_of_a_place_is_no_two_letter_code(place: str, area: bool) -> None:
    from detente.codebook.assign import _place_state

    assert (_place_state(pl.Series([place]))[0] == "PAN") == area
    assert _place_state(pl.Series([place]))[0] in ("", "PAN")


@pytest.mark.parametrize("change", [lambda code: code.lstrip("0"), lambda code: str(float(code)), lambda code: "NA"])
def test_real_icews_codes_survive_what_tools_do_to_them(
    shared: Path, tmp_path: Path, change: Callable[[str], str]
) -> None:
    source = shared / "icews" / "events.2018.sample.tab"
    header, *lines = source.read_text(encoding="utf-8").splitlines()
    place = header.split("\t").index("CAMEO Code")
    rows = [line.split("\t") for line in lines]
    file = tmp_path / "e.tab"
    file.write_text(
        "".join(
            "\t".join(row) + "\n"
            for row in [header.split("\t"), *([*r[:place], change(r[place]), *r[place + 1 :]] for r in rows)]
        )
    )
    read = read_file(file)
    assert read.bad == {} and read.rows["action"].equals(read_file(source).rows["action"])


def test_real_gdelt_rows_survive_a_spreadsheet(shared: Path, tmp_path: Path) -> None:
    """Codes, classes, counts, days and ids as floats, empty cells as NULL: every value is read as before."""
    source = shared / "gdelt_raw" / "20191024143000.export.CSV.zip"
    with zipfile.ZipFile(source) as archive:
        rows = [line.split("\t") for line in archive.read(archive.namelist()[0]).decode().splitlines()]
    for row in rows:
        for place in (0, 1, 26, 27, 28, 29, 31):
            row[place] = str(float(row[place]))
        row[:] = [cell or "NULL" for cell in row]
    file = tmp_path / "x.export.CSV"
    file.write_text("".join("\t".join(row) + "\n" for row in rows))
    read = read_file(file)
    assert read.bad == {} and list(read.corrected) == [codes.PADDED]
    assert read.rows.equals(read_file(source).rows, null_equal=True)


def test_congo_alone_is_unknown_unless_the_country_or_the_bracket_says_which(tmp_path: Path) -> None:
    both = {"source name": "Citizen (Congo)", "source country": "Congo"}
    other = "Democratic Republic of Congo"
    file = release(tmp_path / "e.tab", {**both, "target name": f"Citizen ({other})", "target country": other})
    assert read_file(file).rows.select("sender", "receiver").row(0) == (None, "COD")
    file = release(tmp_path / "u.tab", {"source name": "Citizen (Congo)", "source country": "Republic of Congo"})
    assert read_file(file).rows["sender"].to_list() == ["COG"]


def test_an_actor_beside_another_country_is_told(tmp_path: Path) -> None:
    row = "{}\t2018-06-01\t{}\tNULL\t{}\tMake statement\t010\t0\tRussia\tNULL\tRussian Federation"
    names = "Event ID\tEvent Date\tSource Name\tSource Sectors\tSource Country\tEvent Text\tCAMEO Code\tIntensity\tTarget Name\tTarget Sectors\tTarget Country"  # noqa: E501
    file = tmp_path / "events.tab"
    file.write_text(
        "\n".join([names, row.format(1, "Georgia", "United States"), row.format(2, "Georgia", "Georgia"), ""])
    )
    found = read_file(file)
    assert found.rows["sender"].to_list() == ["GEO", "GEO"]
    assert found.corrected == {
        "actor's name and country disagree: the name Georgia says GEO, the country United States says USA": 1
    }


def test_a_state_that_has_ended_is_its_successor(tmp_path: Path) -> None:
    file = triples(
        tmp_path / "t.tsv",
        [
            ("2018-06-01", "Government (Zanzibar)", "Make statement", "010", "0", "East Germany"),
            ("2018-06-01", "Czechoslovakia", "Make statement", "010", "0", "South Yemen"),
            ("1985-06-01", "East Germany", "Make statement", "010", "0", "South Yemen"),
        ],
    )
    rows = read_file(file).rows
    assert rows.select("sender", "receiver").rows() == [("TZA", "DEU"), ("CSK", "YEM"), ("DDR", "YMD")]
