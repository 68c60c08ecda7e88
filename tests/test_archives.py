"""What is in a file is told member by member, and a file that gives nothing is a failure."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from pathlib import Path
from subprocess import CompletedProcess

import pytest

import detente as dt
from conftest import TRIPLE_HEADER, detente, gdelt_row, gdelt_zip, triples

GDELT = "\n".join(gdelt_row(n) for n in range(3)) + "\n"
TRIPLES = TRIPLE_HEADER + "\n2018-01-01\tRussia\tConsult\t040\t1\tUnited States\n"
CASES = Path(__file__).resolve().parents[2] / "shared" / "cases" / "08_gdelt_wrong_files"


def pack(path: Path, **members: str | bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return path


def ingest(tmp_path: Path, *paths: Path) -> CompletedProcess[str]:
    return detente("ingest", "--quiet", "--record", tmp_path / "rec", *paths)


@pytest.mark.parametrize("first", [True, False])
def test_a_text_beside_the_data_is_passed_over(tmp_path: Path, first: bool) -> None:
    members = {"README__txt": "See the codebook.\n", "a__export__CSV": GDELT}
    if not first:
        members = dict(reversed(members.items()))
    record = dt.open_record(tmp_path / "r", cases=False)
    summary = record.ingest(pack(tmp_path / "a.zip", **members))
    (entry,) = summary.files
    assert (summary.rows, entry.quarantined, entry.passed) == (3, 0, ["README.txt (of no format we read)"])
    done = ingest(tmp_path, tmp_path / "a.zip")
    assert done.returncode == 0
    assert "passed over: README.txt" in done.stderr and "1 members of archives passed over" in done.stderr


def test_two_formats_in_one_zip_are_read_by_their_own_readers(tmp_path: Path) -> None:
    path = pack(tmp_path / "both.zip", a__export__CSV=GDELT, b__tsv=TRIPLES, c__export__CSV=gdelt_row(9) + "\n")
    record = dt.open_record(tmp_path / "r", cases=False)
    summary = record.ingest(path)
    assert [(f.name, f.reader, f.rows["events"]) for f in summary.files] == [
        ("both.zip/a.export.CSV", "gdelt2", 4),
        ("both.zip/b.tsv", "icews_triples", 1),
    ]
    assert len(record.commits) == 1 and record.ingest(path).already


def test_two_tables_with_headers_in_one_zip(tmp_path: Path) -> None:
    other = TRIPLES.replace("2018-01-01", "2018-01-02")
    record = dt.open_record(tmp_path / "r", cases=False)
    assert record.ingest(pack(tmp_path / "two.zip", a__tsv=TRIPLES, b__tsv=other)).rows == 2
    assert record.quarantine().frame.is_empty()


def tar_of(content: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        member = tarfile.TarInfo("a.export.CSV")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content.encode()))
    return out.getvalue()


def archives(tmp_path: Path) -> dict[str, Path]:
    inner = pack(tmp_path / "inner.zip", a__export__CSV=GDELT).read_bytes()
    made = {
        "zip_in_zip.zip": pack(tmp_path / "zip_in_zip.zip", inner__zip=inner),
        "gz_in_zip.zip": pack(tmp_path / "gz_in_zip.zip", a__gz=gzip.compress(GDELT.encode())),
    }
    for name, data in {
        "a.tar": tar_of(GDELT),
        "a.tar.gz": gzip.compress(tar_of(GDELT)),
        "a.gz.gz": gzip.compress(gzip.compress(GDELT.encode())),
        "a.csv.bz2": b"BZh91AY&SY",
    }.items():
        (tmp_path / name).write_bytes(data)
        made[name] = tmp_path / name
    return made


def test_an_archive_in_an_archive_says_unpack_it(tmp_path: Path) -> None:
    made = archives(tmp_path)
    done = ingest(tmp_path, *made.values())
    assert done.returncode == 2
    lines = done.stderr.splitlines()
    for name in made:
        (line,) = [one for one in lines if f"/{name}:" in one]
        assert "unpack it first" in line, line
    assert "holds an archive (inner.zip)" in done.stderr


def test_an_archive_beside_data_is_a_failure_and_the_data_are_kept(tmp_path: Path) -> None:
    inner = pack(tmp_path / "inner.zip", a__export__CSV=GDELT).read_bytes()
    path = pack(tmp_path / "a.zip", b__export__CSV=gdelt_row(9) + "\n", inner__zip=inner, c__gz=gzip.compress(b"x"))
    done = ingest(tmp_path, path)
    assert done.returncode == 2 and "1 files added 1 rows" in done.stderr and "passed over" not in done.stderr
    for name in ("inner.zip", "c.gz"):
        assert f"not read: {path}: holds an archive ({name}): unpack it first and ingest what is in it" in done.stderr
    again = ingest(tmp_path, path)
    assert again.returncode == 2 and "1 files already held" in again.stderr
    record = dt.open_record(tmp_path / "rec", cases=False)
    assert record.quarantine().frame.select("file", "line").rows() == [("a.zip", 0)] * 2


def test_a_document_beside_data_is_no_archive(tmp_path: Path) -> None:
    book = pack(tmp_path / "codebook.docx", **{"[Content_Types]__xml": "<?xml?>", "word/document__xml": "<?xml?>"})
    path = pack(tmp_path / "a.zip", b__export__CSV=GDELT, codebook__docx=book.read_bytes())
    done = ingest(tmp_path, path)
    assert done.returncode == 0 and "passed over: codebook.docx (is an office document" in done.stderr


def test_nothing_in_it(tmp_path: Path) -> None:
    empty = pack(tmp_path / "empty.zip")
    page = tmp_path / "20210201014500.export.CSV.zip"
    page.write_text("<html><head><title>404 Not Found</title></head></html>\n")
    texts = pack(tmp_path / "texts.zip", a__txt="one\n", b__txt="two\n")
    done = ingest(tmp_path, empty, page, texts)
    assert done.returncode == 2
    assert "empty.zip: is an empty zip" in done.stderr
    assert "is a web page" in done.stderr and "fetch" in done.stderr
    assert "none of its 2 members can be read" in done.stderr
    # Among others in a folder the page is still a file that failed to arrive; the texts are of no concern.
    (tmp_path / "all").mkdir()
    for path in (page, texts):
        path.rename(tmp_path / "all" / path.name)
    done = ingest(tmp_path, tmp_path / "all")
    assert done.returncode == 2 and "is a web page" in done.stderr and "texts.zip" not in done.stderr


def test_an_empty_quarter_hour_is_covered(tmp_path: Path) -> None:
    """Two of the same content, nothing, are two quarter hours; the same one twice is one."""
    names = [tmp_path / f"20210201{hour}.export.CSV" for hour in ("044500", "050000")]
    for path in names:
        path.write_bytes(b"")
    zipped = pack(tmp_path / "20210201051500.export.CSV.zip", **{"20210201051500__export__CSV": ""})
    record = dt.open_record(tmp_path / "r", cases=False)
    summary = record.ingest([*names, zipped])
    assert (len(summary.files), summary.failed, summary.rows) == (3, [], 0)
    assert record.coverage("gdelt2", by="day")["covered"].to_list() == [3 / 96]
    assert len(record.ingest([*names, zipped]).already) == 3
    done = ingest(tmp_path, names[0])
    assert done.returncode == 0 and "nothing was published for this quarter hour" in done.stderr


def test_a_file_of_which_no_row_is_kept_is_a_failure(tmp_path: Path) -> None:
    bad = gdelt_zip(
        tmp_path / "bad.export.CSV.zip", [gdelt_row(n, action="---") for n in range(9)] + [gdelt_row(9, "1")]
    )
    good = gdelt_zip(tmp_path / "good.export.CSV.zip", [gdelt_row(77)])
    done = ingest(tmp_path, bad, good)
    assert done.returncode == 2
    (line,) = [one for one in done.stderr.splitlines() if one.startswith("not read")]
    assert "none of 10 rows could be kept: action --- is no CAMEO code (9); SQLDATE 1 is no day (YYYYMMDD) (1)" in line
    assert "line 1:" in line and "1 files added 1 rows" in done.stderr
    record = dt.open_record(tmp_path / "rec", cases=False)
    assert [f.name for c in record.commits for f in c.files] == ["good.export.CSV.zip"]
    assert record.quarantine().frame.height == 11
    # It is not held, so that a second try is a second try; the same rows are listed once.
    assert ingest(tmp_path, bad).returncode == 2
    assert dt.open_record(tmp_path / "rec", cases=False).quarantine().frame.height == 11


def test_a_header_alone_and_a_folder(tmp_path: Path) -> None:
    (tmp_path / "f").mkdir()
    triples(tmp_path / "f" / "header.tsv", [])
    triples(tmp_path / "f" / "x.tsv", [("2018-99-01", "Russia", "Consult", "040", "1", "China")])
    done = ingest(tmp_path, tmp_path / "f")
    assert done.returncode == 2
    assert "header.tsv: holds no rows" in done.stderr and "x.tsv: none of 1 rows could be kept" in done.stderr


def read_or_refused(tmp_path: Path, paths: list[Path], read: set[str]) -> None:
    """Each of the files is read where it is one of `read`, and else refused in one line that names it."""
    assert read <= {path.name for path in paths}
    for path in paths:
        record = dt.open_record(tmp_path / f"r-{path.name}", cases=False)
        summary = record.ingest(path)
        if path.name in read:
            assert not summary.failed, summary.failed
            continue
        assert summary.rows == 0, path.name
        ((_, reason),) = summary.failed
        assert "\n" not in reason and path.name in reason


def test_wrong_files(tmp_path: Path) -> None:
    made = {
        "plain.export.CSV": GDELT.encode(),
        "bom.export.CSV": b"\xef\xbb\xbf" + GDELT.encode(),
        "crlf.export.CSV": GDELT.replace("\n", "\r\n").encode(),
        "plain.export.CSV.gz": gzip.compress(GDELT.encode()),
        "one_column_short.export.CSV": "".join(row.rpartition("\t")[0] + "\n" for row in GDELT.splitlines()).encode(),
        "commas.csv": GDELT.replace("\t", ",").encode(),
        "words.txt": b"See the codebook.\n",
        "nothing.txt": b"",
        "half.export.CSV.gz": gzip.compress(GDELT.encode())[:-20],
    }
    for name, data in made.items():
        (tmp_path / name).write_bytes(data)
    read = {"plain.export.CSV", "bom.export.CSV", "crlf.export.CSV", "plain.export.CSV.gz"}
    read_or_refused(tmp_path, [*(tmp_path / name for name in made), *archives(tmp_path).values()], read)


def test_the_wrong_files_of_others(tmp_path: Path) -> None:
    """The inputs that people have reported: each is read right or refused in one line."""
    if not CASES.is_dir():
        pytest.skip(f"{CASES} is not here")
    read = {"bom.export.CSV", "crlf.export.CSV", "inner.zip", "missing_url_col.export.CSV", "plain.export.CSV"}
    read |= {"plain.export.CSV.gz", "readme_first.zip", "two_kinds.zip", "20210201044500.export.CSV"}
    read_or_refused(tmp_path, sorted(CASES.iterdir()), read)
