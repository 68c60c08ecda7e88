from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from conftest import gdelt_row, gdelt_zip, triples
from detente.actors import actors
from detente.codebook import load_codebook
from detente.measures import un_agreement
from detente.record.view import View
from detente.sources import Context, detect, open_blocks
from detente.sources.schema import TABLES

CONTEXT = Context(actors(), load_codebook())


def read(path: Path) -> tuple[pl.DataFrame, list[str]]:
    batches = list(detect(path).read(open_blocks(path), CONTEXT))
    return pl.concat([b.rows for b in batches]), [b.reason for batch in batches for b in batch.bad]


@pytest.mark.parametrize(
    ("name", "reader", "rows"),
    [
        ("gdelt_raw/20191024143000.export.CSV.zip", "gdelt2", 2111),
        ("gdelt_raw/gdelt1_57_columns.tsv", "gdelt1", 201),
        ("gdelt_raw/gdelt1_58_columns.tsv", "gdelt1", 509),
        ("icews/events.2018.sample.tab", "icews", 3705),
        ("icews/icews18_2018-01_2018-08.tsv.gz", "icews_triples", 378086),
    ],
)
def test_real_files_lose_no_row(shared: Path, name: str, reader: str, rows: int) -> None:
    path = shared / name
    assert detect(path).source == reader
    frame, bad = read(path)
    assert (frame.height, bad) == (rows, [])
    assert dict(frame.schema) == TABLES["events"]
    assert frame["event_id"].n_unique() == rows
    assert frame.select(pl.col("quad").is_between(1, 4).all(), pl.col("intensity").is_between(-10, 10).all()).row(
        0
    ) == (True, True)
    assert frame.select((pl.col("known_on") >= pl.col("date")).all()).item()


def test_a_real_gdelt_row_is_read_as_it_stands(shared: Path) -> None:
    frame, _ = read(shared / "gdelt_raw" / "20191024143000.export.CSV.zip")
    row = frame.filter(pl.col("event_id") == "gdelt2:881990833").row(0, named=True)
    assert (row["date"], row["known_on"]) == (date(2018, 10, 24), date(2019, 10, 24))
    assert (row["sender"], row["receiver"], row["receiver_sector"]) == (None, "EU", "IGO")
    assert (row["action"], row["quad"], row["intensity"], row["mentions"]) == ("040", 1, 1.0, 10)
    assert row["place"] == "Minsk, Belarus (general), Belarus"
    assert row["url"].startswith("https://belsat.eu/")


def test_events_between_russia_and_the_united_states(shared: Path) -> None:
    """About 3,900 by states, sectors and the best known office holders; we also know agencies and further offices."""
    frame, _ = read(shared / "icews" / "icews18_2018-01_2018-08.tsv.gz")
    pair = frame.filter(
        pl.col("sender").is_in(["RUS", "USA"])
        & pl.col("receiver").is_in(["RUS", "USA"])
        & (pl.col("sender") != pl.col("receiver"))
    )
    assert 3900 <= pair.height <= 5000
    assert pair.filter(pl.col("sender_sector").is_null() & pl.col("receiver_sector").is_null()).height > 500


def test_gdelt_before_1992_is_soviet(tmp_path: Path) -> None:
    file = tmp_path / "old.tsv"
    file.write_text(
        gdelt_row(1, "19820102", added="20130203", width=57)
        + "\n"
        + gdelt_row(2, "19920102", added="20130203", width=57)
        + "\n"
    )
    frame, bad = read(file)
    assert bad == []
    assert frame["sender"].to_list() == ["SUN", "RUS"]
    assert frame["known_on"].to_list() == [date(2013, 2, 3)] * 2


def test_icews_release_takes_the_state_in_the_row_for_names_we_do_not_know(tmp_path: Path) -> None:
    from detente.sources.icews import RELEASE

    rows = [
        [
            "1",
            "2018-06-01",
            "Nobody Known",
            "Military,Government",
            "Russia",
            "Threaten",
            "130",
            "-4.4",
            "United States",
            "NA",
            "United States",
            "9",
            "1",
            "X",
            "NA",
            "NA",
            "Moskva",
            "Russia",
            "55",
            "37",
        ],
        [
            "2",
            "2018-06-01",
            "Barack Obama",
            "Elite,Government",
            "United States",
            "Consult",
            "40",
            "1",
            "Russia",
            "NA",
            "Russia",
            "9",
            "1",
            "X",
            "NA",
            "NA",
            "NA",
            "Russia",
            "55",
            "37",
        ],
    ]
    file = tmp_path / "events.2018.tab"
    file.write_text("\t".join(n.title() for n in RELEASE) + "\n" + "\n".join("\t".join(r) for r in rows) + "\n")
    frame, bad = read(file)
    assert bad == []
    assert frame["sender"].to_list() == ["RUS", None]
    assert frame["sender_sector"].to_list() == ["MIL", "ELI"]
    assert frame["action"].to_list() == ["130", "040"]
    assert frame["place"].to_list() == ["Moskva, Russia", "Russia"]


POLECAT = [
    "Event ID",
    "Event Date",
    "Event Type",
    "Event Mode",
    "Intensity",
    "Quad Code",
    "Contexts",
    "Actor Name",
    "Actor Country",
    "Actor COW",
    "Primary Actor Sector",
    "Actor Sectors",
    "Actor Title",
    "Actor Name Raw",
    "Wikipedia Actor ID",
    "Recipient Name",
    "Recipient Country",
    "Recipient COW",
    "Primary Recipient Sector",
    "Recipient Sectors",
    "Recipient Title",
    "Recipient Name Raw",
    "Wikipedia Recipient ID",
    "Placename",
    "City",
    "District",
    "Province",
    "Country",
    "Latitude",
    "Longitude",
    "GeoNames ID",
    "Raw Placename",
    "Feature Type",
    "Source",
    "Publication Date",
    "Story People",
    "Story Organizations",
    "Story Locations",
    "Language",
    "Version",
]


def polecat_row(number: int, **cells: str) -> list[str]:
    base = {
        "Event ID": f"E{number}",
        "Event Date": "2023-01-03",
        "Event Type": "CONSULT",
        "Event Mode": "visit",
        "Intensity": "2.5",
        "Contexts": "military;diplomatic",
        "Actor Name": "Russia",
        "Actor Country": "RUS",
        "Primary Actor Sector": "GOV",
        "Recipient Name": "United States",
        "Recipient Country": "USA",
        "Recipient COW": "2",
        "City": "Geneva",
        "Country": "Switzerland",
        "Publication Date": "2023-01-05",
        "Language": "en",
        "Version": "NGEC_coder",
    }
    base.update(cells)
    return [base.get(name, "") for name in POLECAT]


@pytest.mark.parametrize(
    ("header", "tail"), [(POLECAT, 0), ([*POLECAT, "Headline", "Story"], 0), (POLECAT, 7), ([*POLECAT, "Headline"], 3)]
)
def test_polecat_with_the_known_faults_of_its_releases(tmp_path: Path, header: list[str], tail: int) -> None:
    file = tmp_path / "ngecEvents.20230103111842.Release603.DV.txt"
    rows = [
        polecat_row(1),
        polecat_row(
            2,
            **{"Event Type": "SANCTION", "Event Mode": "", "Actor Country": "", "Actor COW": "365", "Intensity": "-6"},
        ),
        polecat_row(3, **{"Event Type": "FLY"}),
        polecat_row(4, **{"Version": ""}),
    ]
    file.write_text("\t".join(header) + "\n" + "".join("\t".join(r) + "\t" * tail + "\n" for r in rows))
    assert detect(file).source == "polecat"
    frame, bad = read(file)
    assert bad == ["Event Type FLY is no PLOVER type"]
    assert frame["sender"].to_list() == ["RUS"] * 3
    assert frame["receiver"].to_list() == ["USA"] * 3
    assert frame["action"].to_list() == ["042", "160", "042"]
    assert frame["quad"].to_list() == [1, 4, 1]
    assert frame["known_on"][0] == date(2023, 1, 5)
    assert "military_dialogue" in frame["areas"][0].to_list()
    assert frame["place"][0] == "Geneva, Switzerland"


def test_un_votes_known_answers(shared: Path, make_record: object) -> None:
    record = make_record(shared / "unvotes")

    table = dict(un_agreement(View(record, "RUS", "USA")).select("year", "share").iter_rows())
    assert {y: round(table[y], 3) for y in (2000, 2007, 2011, 2018)} == {
        2000: 0.342,
        2007: 0.129,
        2011: 0.381,
        2018: 0.200,
    }
    counts = dict(un_agreement(View(record, "RUS", "USA")).select("year", "votes").iter_rows())
    assert (counts[2000], counts[2007]) == (76, 93)
    # The Soviet Union's votes are under Russia.
    assert 1960 in table
    # Nothing after the day.
    assert un_agreement(View(record, "RUS", "USA", date(2001, 1, 1)))["year"].max() == 2000
    assert record.quarantine().frame.is_empty()


@pytest.mark.parametrize("separator", [",", "\t"])
def test_un_votes_of_the_dataverse(tmp_path: Path, make_record: object, separator: str) -> None:
    header = [
        "rcid",
        "ccode",
        "member",
        "vote",
        "session",
        "abstain",
        "yes",
        "no",
        "importantvote",
        "date",
        "unres",
        "amend",
        "para",
        "short",
        "descr",
        "me",
        "nu",
        "di",
        "hr",
        "co",
        "ec",
    ]

    def row(ccode: str, vote: str, rcid: str = "5001", nu: str = "1") -> list[str]:
        return [
            rcid,
            ccode,
            "1",
            vote,
            "61",
            "1",
            "1",
            "1",
            "0",
            "2006-12-06",
            "R/61/1",
            "0",
            "0",
            "BAN",
            "text",
            "0",
            nu,
            "0",
            "0",
            "0",
            "0",
        ]

    rows = [row("2", "3"), row("365", "1"), row("710", "2"), row("740", "8"), row("999", "1"), row("2", "7", "5002")]
    file = tmp_path / "UNVotes.csv"
    file.write_text(separator.join(header) + "\n" + "".join(separator.join(r) + "\n" for r in rows))
    record = make_record(file)
    assert sorted(record.table("votes").select("state", "choice").rows()) == [
        ("CHN", "abstain"),
        ("RUS", "yes"),
        ("USA", "no"),
    ]
    assert record.table("rollcall_issues")["issue"].to_list() == ["nu"]
    (entry,) = record.commits[0].files
    assert entry.skipped == {"absent or no member": 1}
    assert entry.quarantined == 2


def test_a_chronology_of_ones_own(tmp_path: Path, make_record: object) -> None:
    file = tmp_path / "mine.csv"
    file.write_text(
        "date,actors,targets,area,kind,tone,channel,third_party,description,source,source_title\n"
        '2001-07,India+Pakistan,,diplomatic,meeting,conflictual,bilateral,,"Agra summit ends without a text, after two days",https://example.org/a,A\n'
        "2003-11-26,IND;PAK,,regional_conflict,agreement signed,cooperative,,,Cease-fire,https://example.org/b,B\n"
        "2003-11-27,IND,PAK,no_such_area,meeting,cooperative,,,X,https://example.org/c,C\n"
        "2003-13-27,IND,PAK,diplomatic,meeting,cooperative,,,X,https://example.org/c,C\n"
        "2003-11-28,IND,PAK,diplomatic,meeting,friendly,,,X,https://example.org/c,C\n"
        "2003-11-29,IND,PAK,diplomatic,meeting,cooperative,,,X,javascript:alert(1),C\n"
        "2003-11-30,IND,,diplomatic,meeting,cooperative,,,X,https://example.org/c,C\n"
    )
    record = make_record(file)
    facts = record.pair("IND", "PAK").facts().frame
    assert facts["precision"].to_list() == ["month", "day"]
    assert facts["known_on"].to_list() == [date(2001, 7, 31), date(2003, 11, 26)]
    bad = record.quarantine().frame
    assert bad["line"].to_list() == [4, 5, 6, 7, 8]
    assert [r.split(" ")[0] for r in bad["reason"]] == ["no", "'2003-13-27'", "tone", "source", "a"]


def test_quotes_have_no_meaning_in_tab_separated_files(tmp_path: Path) -> None:
    file = triples(
        tmp_path / "q.tsv",
        [
            ("2018-01-01", '"Nicholas ""Nick"" Xenophon"', "Consult", "040", "1", "Russia"),
            ("2018-01-01", '"', "Consult", "040", "1", "Russia"),
        ],
    )
    frame, bad = read(file)
    assert (frame.height, bad) == (2, [])


def test_codes_that_lost_their_zero_or_their_value_are_read_by_name(tmp_path: Path) -> None:
    file = triples(
        tmp_path / "z.tsv",
        [
            ("2018-01-01", "Russia", "Consult", "40", "1", "United States"),
            (
                "2018-01-01",
                "Russia",
                "Express intent to allow international involvement (non mediation)",
                "",
                "",
                "Iran",
            ),
        ],
    )
    frame, bad = read(file)
    assert bad == []
    assert frame["action"].to_list() == ["040", "0355"]
    assert frame["intensity"].to_list() == [1.0, 7.0]


def test_byte_order_mark_windows_line_ends_and_no_final_newline(tmp_path: Path) -> None:
    from conftest import TRIPLE_HEADER

    file = tmp_path / "w.tsv.gz"
    file.write_bytes(
        gzip.compress(
            b"\xef\xbb\xbf" + (TRIPLE_HEADER + "\r\n2018-01-01\tRussia\tConsult\t040\t1\tUnited States").encode()
        )
    )
    frame, bad = read(file)
    assert (frame["sender"].to_list(), bad) == (["RUS"], [])


def test_several_members_of_one_zip(tmp_path: Path) -> None:
    import zipfile

    path = tmp_path / "two.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.CSV", gdelt_row(1) + "\n")
        archive.writestr("__MACOSX/a", "junk")
        archive.writestr("b.CSV", gdelt_row(2) + "\n")
    frame, bad = read(path)
    assert (frame.height, bad) == (2, [])
    assert gdelt_zip(tmp_path / "x.zip", [gdelt_row(3)]).exists()
