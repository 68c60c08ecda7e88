"""Files made to harm, and files that lie oddly: read whole or refused in one line, in bounded time and memory."""

from __future__ import annotations

import codecs
import gzip
import json
import os
import resource
import socket
import subprocess
import sys
import zipfile
from pathlib import Path

import polars as pl
import pytest

import detente as dt
from conftest import TRIPLE_HEADER, detente, gdelt_row, triples
from detente.actors import actors
from detente.claims.study import read_study
from detente.codebook import load_codebook
from detente.errors import DetenteError
from detente.files import packed, rows, stream
from detente.files.dates import read_date
from detente.files.named import Layout, frames
from detente.forecasts.series.tidy import read_tidy
from detente.levers.policy import read_levers
from detente.record.cases import case_in
from detente.record.opening import find_files
from detente.sources import open_blocks
from test_archives import pack

GOOD = ("2018-01-01", "Russia", "Consult", "040", "1", "United States")
TABLE = Layout("a table", {"a": "a", "b": "b"}, ("a",))
GIB = 1 << 30
FACTS = "date,actors,targets,area,kind,tone,description,source,source_title\n"


def bounded(
    *arguments: object, memory: int = 2 * GIB, seconds: int = 60, aside: int = rows.MOST_ASIDE
) -> subprocess.CompletedProcess[str]:
    """The command line in a process that may take so much memory and time, and set so many rows of a file aside."""
    code = f"from detente.cli import main; from detente.files import rows; rows.MOST_ASIDE = {aside}; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=seconds,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (memory, memory)),
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


def cells(path: Path, size: int) -> tuple[list[tuple[object, ...]], list[tuple[int, str]]]:
    """The rows (line, a, b) and faults of a file read in blocks of so many bytes."""
    kept, faults = [], []
    for frame, bad in frames(open_blocks(path, size), TABLE):
        kept += frame.select("line", "a", "b").rows()
        faults += [(fault.line, fault.reason) for fault in bad]
    return kept, faults


# Rows over the ends of blocks, and ends of lines.


@pytest.mark.parametrize("size", [8, 16, 24, 37, 64, 200, 1 << 20])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_cell_of_many_lines_is_whole_wherever_a_block_ends(tmp_path: Path, size: int, end: str) -> None:
    long = "one\ntwo, three\n\nfour\tfive\n" * 2
    table = [(f"row {n}", long if n % 3 == 1 else f"plain {n}") for n in range(20)]
    text = "a,b\n" + "".join(f'{a},"{b}"\n' for a, b in table)
    path = tmp_path / "t.csv"
    path.write_bytes(text.replace("\n", end).encode())
    kept, faults = cells(path, size)
    assert [(a, str(b).replace("\r\n", "\n")) for _, a, b in kept] == [(a, b.strip()) for a, b in table]
    assert faults == [] and kept[2][0] == 3 + long.count("\n") + 1


@pytest.mark.parametrize("size", [8, 16, 24, 64])
def test_a_quote_that_is_never_closed_costs_its_line_alone(tmp_path: Path, size: int) -> None:
    path = tmp_path / "t.csv"
    path.write_text('a,b\n1,x\n2,"open\n' + "".join(f"{n},y\n" for n in range(3, 30)) + '30,"z\nz"\n31,y\n')
    kept, faults = cells(path, size)
    assert [int(str(a)) for _, a, _ in kept] == [1, *range(3, 32)]
    assert faults == [(3, "opens a quote that is never closed")]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 64])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "utf-32-be"])
def test_every_end_of_lines_in_every_encoding(tmp_path: Path, size: int, end: str, encoding: str) -> None:
    text = "a\tb\n1\té\n2\t\U0001f600\n\n3\tz\n"
    marks = {"utf-16-be": codecs.BOM_UTF16_BE, "utf-32-be": codecs.BOM_UTF32_BE}
    path = tmp_path / "t.tsv"
    path.write_bytes(marks.get(encoding, b"") + text.replace("\n", end).encode(encoding))
    # The first line end of old Macintosh files may come long after the first piece.
    assert cells(path, max(size, 16)) == ([(2, "1", "é"), (3, "2", "\U0001f600"), (5, "3", "z")], [])
    assert b"".join(block.data for block in open_blocks(path, 16)).replace(b"\r", b"").decode() == text


def test_a_line_end_of_two_characters_in_two_pieces_is_one() -> None:
    pieces = [b"a\r", b"\nb\r", b"\nc\rd"]
    assert b"".join(stream._with_newlines(iter(pieces))) == b"a\r\nb\r\nc\rd"


def test_mixed_ends_of_lines_lose_no_row(tmp_path: Path) -> None:
    tabs, commas = tmp_path / "t.tsv", tmp_path / "t.csv"
    tabs.write_bytes(b"a\tb\n1\tx\r2\ty\r\n3\tz\n4\tp\rq\n5\tw\r")
    commas.write_bytes(tabs.read_bytes().replace(b"\t", b","))
    assert [a for _, a, _ in cells(tabs, 1 << 20)[0]] == ["1", "2", "3", "4", "5"]
    kept, faults = cells(commas, 1 << 20)
    assert [a for _, a, _ in kept] == ["1", "2", "3", "4", "5"] and [line for line, _ in faults] == [4]


def test_half_a_character_and_half_a_pair(tmp_path: Path) -> None:
    path = tmp_path / "t.tsv"
    before, after = "a\tb\n1\tx\n2\t".encode("utf-16-le"), "\n3\ty\n".encode("utf-16-le")
    path.write_bytes(codecs.BOM_UTF16_LE + before + b"\x00\xd8" + after)
    kept, faults = cells(path, 1 << 20)
    assert [a for _, a, _ in kept] == ["1", "3"] and faults == [(3, "is no UTF-8 at byte 3")]
    path.write_bytes(codecs.BOM_UTF16_LE + "a\tb\n1\tx\n".encode("utf-16-le")[:-1])
    with pytest.raises(DetenteError, match=r"t\.tsv: is no whole UTF-16"):
        cells(path, 1 << 20)


# Where files lie, and what is no file.


def test_what_is_no_file_is_said_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    with socket.socket(socket.AF_UNIX) as unix:
        unix.bind(str(tmp_path / "socket.csv"))
        kinds = {tmp_path / "pipe.csv": "a pipe", tmp_path / "socket.csv": "a socket", Path("/dev/null"): "a device"}
        told = bounded("ingest", "--record", tmp_path / "rec", *kinds)
        for path, what in kinds.items():
            assert told.returncode == 2 and f"{path}: is {what}, not a file" in told.stderr
            for option in (
                ["codebook", "--codebook", path],
                ["who", "x", "--names", path],
                ["who", "--unresolved", path],
                ["backtest", path, "--train-until", "2001"],
                ["assess", "USA", "RUS", "--as-of", "2007-02-01", "--case", path],
            ):
                done = detente(*option)
                assert done.returncode == 2 and str(path) in done.stderr, (option, done.stderr)
        # Among files it is of no concern.
        triples(tmp_path / "good.tsv", [GOOD])
        (tmp_path / "in").mkdir()
        for path in tmp_path.glob("*.[ct]sv"):
            path.rename(tmp_path / "in" / path.name)
        summary = dt.open_record(tmp_path / "r", cases=False).ingest(tmp_path / "in")
        assert summary.rows == 1 and summary.failed == [] and len(summary.other) == 2


def test_odd_names_and_links(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "in [1] *?", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.mkdir()
    triples(folder / "[a]*?.tsv", [GOOD])
    triples(folder / os.fsdecode(b"\xff\xfe.tsv"), [("2018-01-02", *GOOD[1:])])
    triples(elsewhere / "linked.tsv", [("2018-01-03", *GOOD[1:])])
    (folder / "link").symlink_to(elsewhere)
    (elsewhere / "back").symlink_to(folder)
    (folder / "to nothing").symlink_to(tmp_path / "nowhere")
    (folder / "itself").symlink_to(folder / "itself")
    summary = dt.open_record(tmp_path / "r", cases=False).ingest(folder)
    assert summary.rows == 3 and sorted(f.name for f in summary.files) == ["[a]*?.tsv", "\\xff\\xfe.tsv", "linked.tsv"]
    assert sorted(Path(path).name for path, _ in summary.failed) == ["itself", "to nothing"]
    assert all("can't be read" in reason for _, reason in summary.failed)
    tidy = tmp_path / "t[1].csv"
    tidy.write_text("a,b,date,value\n" + "".join(f"USA,RUS,20{n:02}-01-01,{n}\n" for n in range(20)))
    assert read_tidy(tidy, by="year").name == "t[1].csv"
    for given, said in (("-", "standard input is not read"), (folder / "to nothing", "can't be read")):
        done = detente("ingest", "--record", tmp_path / "rec", given)
        assert done.returncode == 2 and said in done.stderr


def test_a_folder_that_cannot_be_listed_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    triples(tmp_path / "in.tsv", [GOOD])
    (tmp_path / "closed").mkdir()
    listed = Path.iterdir

    def closed(path: Path) -> object:
        if path.name == "closed":
            raise PermissionError(13, "Permission denied", str(path))
        return listed(path)

    # Whoever runs the tests may be allowed to read everything.
    monkeypatch.setattr(Path, "iterdir", closed)
    assert tmp_path / "closed" in find_files([tmp_path])
    with pytest.raises(DetenteError, match="closed: can't be read"):
        case_in(tmp_path / "closed")
    summary = dt.open_record(tmp_path / "r" / "rec", cases=False).ingest(tmp_path)
    assert summary.rows == 1 and "closed: can't be read" in summary.failed[0][1]


# Bombs.


def overlapping(path: Path, method: int) -> Path:
    """A zip whose 2,000 members are all the same bytes of it."""
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("0.CSV", gdelt_row(1, url="x" * 1_000_000))
        (only,) = archive.infolist()
        for n in range(1, 2000):
            twin = zipfile.ZipInfo(f"{n}.CSV")
            for name in ("CRC", "compress_size", "file_size", "header_offset", "compress_type"):
                setattr(twin, name, getattr(only, name))
            archive.filelist.append(twin)
    return path


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_members_that_share_their_data(tmp_path: Path, method: int) -> None:
    path = overlapping(tmp_path / "o.zip", method)
    done = bounded("ingest", "--record", tmp_path / "rec", path)
    assert done.returncode == 2 and "overlaps another member" in done.stderr


def test_a_stored_member_ends_where_it_says(tmp_path: Path) -> None:
    """What follows a stored member in the file is no part of it."""
    path = tmp_path / "s.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a.CSV", gdelt_row(1) + "\n")
        archive.writestr("b.CSV", gdelt_row(2) + "\n")
    assert dt.open_record(tmp_path / "r", cases=False).ingest(path).rows == 2


def test_too_many_members(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "MOST_MEMBERS", 10)
    path = pack(tmp_path / "m.zip", **{f"m{n}__txt": "x" for n in range(11)})
    with pytest.raises(DetenteError, match="holds 11 members, more than 10"):
        list(open_blocks(path))


def bomb(path: Path, head: str, row: str) -> Path:
    """A gzip of 60 MiB of a row."""
    data = (head + row * ((60 << 20) // len(row))).encode()
    path.write_bytes(gzip.compress(data, 6))
    return path


@pytest.mark.parametrize(
    ("head", "row", "aside", "said"),
    [
        (gdelt_row(1) + "\n" + (gdelt_row(2) + "\n") * 50, "a\n", rows.MOST_ASIDE, "1,000,000 of its rows"),
        (FACTS, "a\n", rows.MOST_ASIDE, "2,000,000 lines"),
        ("subject,measure,period,value,unit,source\n", "a,b,c,d,e,f\n", rows.MOST_ASIDE, "2,000,000 lines"),
        (TRIPLE_HEADER.replace("\t", ",") + "\n", '",\n', 100_000, "100,000 of its rows"),
    ],
)
def test_a_table_that_grows_in_memory(tmp_path: Path, head: str, row: str, aside: int, said: str) -> None:
    path = bomb(tmp_path / "b.csv.gz", head, row)
    done = bounded("ingest", "--record", tmp_path / "rec", path, memory=3 * GIB, seconds=200, aside=aside)
    assert done.returncode == 2 and said in done.stderr, done.stderr


def test_too_much_of_what_is_held_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "WHOLE", 1000)
    (tmp_path / "case").mkdir()
    (tmp_path / "case" / "facts.csv").write_text(FACTS + "2001-01-01,USA;RUS,,economic,new,cooperative,x,,\n" * 50)
    names = tmp_path / "names.csv"
    names.write_text("name,code\n" + "X,USA\n" * 500)
    with pytest.raises(DetenteError, match=r"facts\.csv: holds over"):
        case_in(tmp_path / "case").table("facts")
    with pytest.raises(DetenteError, match=r"names\.csv: holds over"):
        actors(str(names))


def test_tables_for_back_tests_are_bounded(tmp_path: Path) -> None:
    path = tmp_path / "t.csv.gz"
    path.write_bytes(gzip.compress(b"a,b,date,value\n" + b"USA,RUS,2001-01-01,1\n" * 3_300_000, 6))
    with pytest.raises(DetenteError, match="times its size"):
        read_tidy(path, by="year")
    same = pl.DataFrame({"a": ["USA"], "b": ["RUS"], "date": ["2001-01-01"], "value": [1.0]})
    same.select(pl.all().repeat_by(3_000_000).explode()).write_parquet(tmp_path / "t.parquet")
    with pytest.raises(DetenteError, match="times its size"):
        read_tidy(tmp_path / "t.parquet", by="year")
    (tmp_path / "bad.parquet").write_bytes((tmp_path / "t.parquet").read_bytes()[:-20])
    with pytest.raises(DetenteError, match="can't be read as Parquet"):
        read_tidy(tmp_path / "bad.parquet", by="year")
    pl.DataFrame({"a": [["x"]], "b": ["y"], "date": ["2001"], "value": [1]}).write_parquet(tmp_path / "l.parquet")
    with pytest.raises(DetenteError, match="column a holds List"):
        read_tidy(tmp_path / "l.parquet", by="year")


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_thousands_of_years_away(tmp_path: Path, day: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"a,b,date,value\nUSA,RUS,2001-01-01,1\nUSA,RUS,{day},1\n")
    with pytest.raises(DetenteError, match=r"row 2: date is .* from 1800 to 2199"):
        read_tidy(path, by="week")


def test_a_table_of_a_million_columns(tmp_path: Path) -> None:
    wide = ",".join(f"c{n}" for n in range(100_000))
    ids = ",".join(["Event ID", "Source Name", "Source Sectors", "Source Country", "Event Text", wide])
    texts = {"w.csv": wide, "i.csv": ids, "m.csv": ",".join(map(str, range(1_000_000)))}
    for name, text in texts.items():
        (tmp_path / name).write_text(text + "\n1,2\n")
    done = bounded("ingest", "--record", tmp_path / "rec", *(tmp_path / name for name in texts))
    assert done.returncode == 2 and all(f"{name}: " in done.stderr for name in texts), done.stderr
    (tmp_path / "n.csv").write_text("name,code," + wide + "\n")
    with pytest.raises(DetenteError, match="over 5,000 columns"):
        actors(str(tmp_path / "n.csv"))
    (tmp_path / "t.csv").write_text("a,b,date,value," + wide + "\n")
    with pytest.raises(DetenteError, match="over 5,000 columns"):
        read_tidy(tmp_path / "t.csv", by="year")


def test_giant_cells(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('a,b\n1,"' + "x" * 200_000 + '"\n2,y\n3,"' + "\n".join(["z" * 1000] * 200) + '"\n4,w\n')
    kept, faults = cells(path, 1 << 16)
    assert {"2", "4"} <= {str(a) for _, a, _ in kept} and "field larger than" in faults[0][1]


def test_rows_set_aside_are_bounded_over_all_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MOST_ASIDE", 10)
    path = triples(tmp_path / "t.tsv", [GOOD, *[("1", "x", "y", "z", "1", "w")] * 20])
    record = dt.open_record(tmp_path / "r", cases=False)
    good = triples(tmp_path / "good.tsv", [("2018-03-01", *GOOD[1:])])
    summary = record.ingest([path, good])
    assert summary.rows == 1 and "10 of its rows can't be taken" in summary.failed[0][1]


# Settings.


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[" * 100_000, "lists within lists"),
        ('{"a": 1, "a": 2}', "'a' is given twice"),
        ('{"study": "\\ud800"}', "no text"),
        (b"\xff\xfe\x00", "no text"),
        ("[1, 2]", "a claims file is an object"),
        ("null", "a claims file is an object"),
        ("9" * 5000, "no JSON"),
    ],
)
def test_json_that_is_none(tmp_path: Path, text: str | bytes, said: str) -> None:
    path = tmp_path / "c.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(DetenteError, match=said) as error:
        read_study(path, actors(), load_codebook())
    assert str(error.value).startswith(f"{path}: ") and "\n" not in str(error.value)


@pytest.mark.parametrize(
    "told", ["[1]", "3", "null", '{"temporal": [1]}', '{"temporal": null}', '{"temporal": {"end": null}}']
)
def test_what_a_case_says_of_itself_may_be_of_any_type(tmp_path: Path, told: str) -> None:
    (tmp_path / "facts.csv").write_text(FACTS)
    (tmp_path / "datapackage.json").write_text(told)
    assert case_in(tmp_path).covers_to is None


@pytest.mark.parametrize("told", ['{"temporal": {"end": [1]}}', '{"temporal": {"end": "9999-99"}}', "[" * 100_000, ""])
def test_what_a_case_says_of_itself_is_refused_in_words(tmp_path: Path, told: str) -> None:
    (tmp_path / "facts.csv").write_text(FACTS)
    (tmp_path / "datapackage.json").write_text(told)
    with pytest.raises(DetenteError, match=r"datapackage\.json: "):
        _ = case_in(tmp_path).covers_to


AREA = "[areas.{}]\ntitle='x'\ndefinition='y'\n[[areas.{}.rules]]\n{}\n"


@pytest.mark.parametrize(
    ("area", "rule", "said"),
    [
        *((name, "words=['a']", "word for something else") for name in ("all", "overall", "any", "lever")),
        *((name, "words=['a']", "no short name") for name in ('"a:b"', '""', '"a b"', '"A"', '"\\u001b[31m"', '"-"')),
        ("x", "actions=['999']", "actions '999' is unknown"),
        ("x", "actions=['']", "list of texts"),
        ("x", "orgs=['NOBODY']", "orgs 'NOBODY' is unknown"),
        ("x", "places=['ATL']", "places 'ATL' is unknown"),
        ("x", "words=[['a']]", "list of texts"),
        ("x", "words=" + "[" * 5000, "lists within lists|no TOML"),
        ("x", "words=['a']\n[areas.x]\ntitle='again'", "no TOML"),
    ],
)
def test_codebooks_that_would_deceive(tmp_path: Path, area: str, rule: str, said: str) -> None:
    path = tmp_path / "c.toml"
    path.write_text(AREA.format(area, area, rule))
    with pytest.raises(DetenteError, match=said) as error:
        load_codebook(str(path))
    assert str(error.value).startswith(f"{path}: ") and "\n" not in str(error.value)


@pytest.mark.parametrize(
    "body",
    [
        "areas.x = 3",
        "[areas.x]\ntitle=1\ndefinition='y'\nrules=[{words=['a']}]",
        "[areas.x]\ntitle='x'\ndefinition='y'\nrules=3",
        "[areas.x]\ntitle='x'\ndefinition='y'\nthird_party='no'\nrules=[{words=['a']}]",
    ],
)
def test_codebooks_of_wrong_types(tmp_path: Path, body: str) -> None:
    (tmp_path / "c.toml").write_text(body)
    with pytest.raises(DetenteError, match="area 'x'"):
        load_codebook(str(tmp_path / "c.toml"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_settings_in_the_encodings_of_editors(tmp_path: Path, encoding: str, end: str) -> None:
    book, levers, claims = tmp_path / "c.toml", tmp_path / "l.toml", tmp_path / "s.json"
    book.write_bytes(AREA.format("x", "x", "words=['é']").replace("\n", end).encode(encoding))
    levers.write_bytes("[[lever]]\nname='é'\nmoves=[{kind='equal'}]\n".replace("\n", end).encode(encoding))
    told = {
        "study": "é",
        "as_of": "2007",
        "dyad": ["USA", "RUS"],
        "claims": [{"id": "1", "claim": "é", "direction": "improvement", "horizon_months": 24}],
    }
    claims.write_bytes(json.dumps(told, ensure_ascii=False, indent=1).replace("\n", end).encode(encoding))
    assert load_codebook(str(book)).areas[0].rules[0].words == ("é",)
    assert read_levers(levers)[0].name == "é"
    assert read_study(claims, actors(), load_codebook()).claims[0].text == "é"


def test_levers_of_wrong_types(tmp_path: Path) -> None:
    path = tmp_path / "l.toml"
    for text in ("[[lever]]\nname='x'\nmoves=3", "lever=3", "x=" + "[" * 5000):
        path.write_text(text)
        with pytest.raises(DetenteError, match=r"l\.toml"):
            read_levers(path)


def test_the_last_month_of_the_calendar() -> None:
    assert read_date("9999-12").last.isoformat() == "9999-12-31"
