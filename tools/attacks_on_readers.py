"""Attacks on readers and writers: bombs, settings of any shape, texts that steer who sees them."""

from __future__ import annotations

import csv
import gzip
import io
import os
import pty
import re
import zipfile
from pathlib import Path

from attack import FACTS, HEADER, attack, detente, gdelt, good, ingest, record_of_three

STEERS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


# Bombs.


def bomb(place: Path, head: str, row: str, megabytes: int) -> str:
    with gzip.open(place / "b.csv.gz", "wb", 9) as file:
        file.write(head.encode())
        block = (row * (1_000_000 // len(row))).encode()
        for _ in range(megabytes):
            file.write(block)
    size = (place / "b.csv.gz").stat().st_size / 1e6
    done = ingest(place / "record", place / "b.csv.gz")
    return f"{done.became}, {done.memory:.1f} GB at most ({size:.1f} MB of gzip)"


@attack("bombs", "a gzip of 1.4 GB of short rows")
def short_rows(place: Path) -> str:
    return bomb(place, FACTS, "a\n", 1400)


@attack("bombs", "a gzip of 250 MB of facts of one letter")
def growing(place: Path) -> str:
    return bomb(place, FACTS, "a\n", 250)


@attack("bombs", "a gzip of 250 MB of quotes")
def quotes(place: Path) -> str:
    return bomb(place, HEADER.replace("\t", ","), '",\n', 250)


def zipped(path: Path, method: int, *, overlap: bool = False) -> Path:
    """A zip of a row of a MB and 1,999 members that are, or say that they are, the same."""
    with zipfile.ZipFile(path, "w", method) as archive:
        row = gdelt(path.with_name("row.zip"), 1, 1, "x" * 1_000_000)
        with zipfile.ZipFile(row) as one:
            archive.writestr("0.CSV", one.read(one.namelist()[0]))
        row.unlink()
        (only,) = archive.infolist()
        for n in range(1, 2000 if overlap else 1):
            twin = zipfile.ZipInfo(f"{n}.CSV")
            for name in ("CRC", "compress_size", "file_size", "header_offset", "compress_type"):
                setattr(twin, name, getattr(only, name))
            archive.filelist.append(twin)
    return path


@attack("bombs", "a zip whose 2,000 stored members are the same MB")
def overlapping(place: Path) -> str:
    done = ingest(place / "record", zipped(place / "o.zip", zipfile.ZIP_STORED, overlap=True))
    return f"{done.became}, {done.memory:.1f} GB at most"


@attack("bombs", "a zip of 100,000 members")
def members(place: Path) -> str:
    with zipfile.ZipFile(place / "m.zip", "w") as archive:
        for n in range(100_000):
            archive.writestr(f"{n}.CSV", "")
    done = ingest(place / "record", place / "m.zip")
    return f"{done.became}, {done.memory:.1f} GB at most"


@attack("bombs", "zips in zips, five deep")
def nested(place: Path) -> str:
    content = b"\0" * 50_000_000
    for n in range(5):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for k in range(10 if n else 1):
                archive.writestr(f"{k}.{'zip' if n else 'CSV'}", content)
        content = out.getvalue()
    (place / "n.zip").write_bytes(content)
    done = ingest(place / "record", place / "n.zip")
    return f"{done.became}, {done.memory:.1f} GB at most"


@attack("bombs", "a table of a million columns")
def columns(place: Path) -> str:
    (place / "m.csv").write_text(",".join(map(str, range(1_000_000))) + "\n1,2\n")
    done = ingest(place / "record", place / "m.csv")
    return f"{done.became}, {done.memory:.1f} GB at most"


# Settings.


def claims(place: Path, text: str | bytes) -> str:
    (place / "c.json").write_bytes(text if isinstance(text, bytes) else text.encode())
    return detente("claims", "check", place / "c.json", "--record", place / "record").became


@attack("settings", "100,000 lists within lists as claims (JSON)")
def deep_json(place: Path) -> str:
    return claims(place, "[" * 100_000)


@attack("settings", "a number of 5,000 digits, a list, null as claims")
def odd_json(place: Path) -> str:
    return ", ".join(dict.fromkeys(claims(place, text) for text in ("9" * 5000, "[1, 2]", "null")))


@attack("settings", "half a pair (lone surrogate) in claims")
def surrogate(place: Path) -> str:
    claim = '{"id": "1", "claim": "x \\ud800", "direction": "improvement", "horizon_months": 24}'
    return claims(place, f'{{"study": "\\ud800", "as_of": "2007", "dyad": ["USA", "RUS"], "claims": [{claim}]}}')


def book(place: Path, area: str, rule: str) -> str:
    (place / "b.toml").write_text(f"[areas.{area}]\ntitle='x'\ndefinition='y'\n[[areas.{area}.rules]]\n{rule}\n")
    return detente("codebook", "--codebook", place / "b.toml").became


@attack("settings", "5,000 lists within lists in a codebook (TOML)")
def deep_toml(place: Path) -> str:
    return book(place, "x", "words=" + "[" * 5000)


@attack("settings", "an action that doesn't exist in a codebook")
def action(place: Path) -> str:
    return book(place, "x", "actions=['999']")


@attack("settings", "areas named all, overall, a:b")
def areas(place: Path) -> str:
    return ", ".join(
        f"{name} {book(place, name, 'words=[1]'.replace('1', repr('a')))}" for name in ("all", "overall", '"a:b"')
    )


@attack("settings", "the same codebook with a byte order mark and in UTF-16")
def marks(place: Path) -> str:
    text = "[areas.x]\ntitle='x'\ndefinition='y'\n[[areas.x.rules]]\nwords=['a']\n"
    became = []
    for encoding in ("utf-8-sig", "utf-16"):
        (place / "b.toml").write_bytes(text.encode(encoding))
        became.append(detente("codebook", "--codebook", place / "b.toml").became)
    return ", ".join(became)


@attack("settings", "days of the years 1 and 9999 in a back-test")
def years(place: Path) -> str:
    became = []
    for day in ("0001-01-01", "9999-12-31"):
        (place / "t.csv").write_text(f"a,b,date,value\nUSA,RUS,2001-01-01,1\nUSA,RUS,{day},1\n")
        became.append(detente("backtest", place / "t.csv", "--by", "week", seconds=60).became)
    return ", ".join(became)


# Texts that steer.


def hostile_case(place: Path) -> Path:
    """A case of one pair whose descriptions are an escape, a formula, Markdown and a script."""
    case = place / "case"
    case.mkdir()
    texts = ("x\x1b]0;owned\x07 \x1b[31mred \u202edlrow", "=cmd|'/C calc'!A0", "[a](javascript:alert(1)) | <b> `c`",
             "<script>alert(1)</script><img src=x onerror=alert(1)>")  # fmt: skip
    with (case / "facts.csv").open("w", newline="") as file:
        file.write(FACTS)
        for n, text in enumerate(texts):
            row = (f"2001-0{n + 1}-01", "PER+ECU", "", "regional_conflict", "meeting", "cooperative", text,
                   "https://example.org", text)  # fmt: skip
            csv.writer(file).writerow(row)
    return case


def shown(place: Path, form: str) -> str:
    place.mkdir(exist_ok=True)
    options = ("--case", hostile_case(place), "--no-cases", "--record", place / "record", "--format", form)
    return detente("record", "show", "PER", "ECU", *options).out


@attack("texts that steer", "escapes in descriptions, as a table")
def escapes(place: Path) -> str:
    return "escapes reach the terminal" if STEERS.search(shown(place, "table")) else "harmless"


@attack("texts that steer", "escapes in descriptions, as csv on a terminal")
def on_terminal(place: Path) -> str:
    master, slave = pty.openpty()
    options = ("--case", hostile_case(place), "--no-cases", "--record", place / "record", "--format", "csv")
    detente("record", "show", "PER", "ECU", *options, stdout=slave)
    text = os.read(master, 1 << 16).decode(errors="replace")
    os.close(master)
    return "escapes reach the terminal" if "\x1b]0;" in text or "\u202e" in text else "harmless"


@attack("texts that steer", "escapes in a file's name, as messages")
def escapes_named(place: Path) -> str:
    done = ingest(place / "record", good(place / "x\x1b[31m\u202e.tsv"))
    missing = ingest(place / "record", place / "y\x1b[31m.tsv")
    return "escapes reach the terminal" if STEERS.search(done.err + missing.err) else "harmless"


@attack("texts that steer", "a formula, as csv for a spreadsheet")
def formula(place: Path) -> str:
    text = shown(place, "spreadsheet")
    if not text:
        return "no such format; csv holds the formula" if "=cmd" in shown(place / "again", "csv") else "no such format"
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    return "a cell is a formula" if any(cell.startswith("=") for cell in cells) else "harmless"


@attack("texts that steer", "Markdown and HTML in descriptions, as Markdown")
def markdown(place: Path) -> str:
    text = shown(place, "markdown")
    harm = [what for what in ("<script>", "<b>", "](javascript:") if re.search(rf"(?<!\\){re.escape(what)}", text)]
    return f"{', '.join(harm)} as it came" if harm else "harmless" if text else "no such format"


@attack("texts that steer", "a script in descriptions, as HTML")
def html(place: Path) -> str:
    text = shown(place, "html")
    return (
        "no such format" if not text else "a script" if "<script>alert" in text or "<img src=x" in text else "harmless"
    )


@attack("formats", "JSON of an answer over hash seeds and time zones")
def same(place: Path) -> str:
    record = record_of_three(place)
    told = set()
    for seed, zone in (("0", "UTC"), ("1", "Asia/Tokyo"), ("2", "America/Lima")):
        os.environ |= {"PYTHONHASHSEED": seed, "TZ": zone}
        told.add(detente("panel", "RUS", "USA", "--record", record, "--format", "json").out)
    for name in ("PYTHONHASHSEED", "TZ"):
        del os.environ[name]
    return "byte for byte the same" if len(told) == 1 else f"{len(told)} texts"
