"""Files of other well-known data sets, told by their columns, so that they are refused by name and with a remedy.

`foreign.csv` has a line a layout: columns that only it has, what it is, and what to do instead.
"""

from __future__ import annotations

import csv
import re
from functools import lru_cache
from importlib.resources import files

from detente.files.named import names_in
from detente.files.rows import Head
from detente.sources.source import SOURCES, sources

_FIGURES = "write what you need of it as figures.csv (docs/formats.md)"
_OTHER_EVENTS = "another coding of events; ingest ICEWS, GDELT or POLECAT files"

_RELEASED = "some of its columns are missing; give the table as released"

_REMEDIES = {"figures": _FIGURES, "events": _OTHER_EVENTS, "released": _RELEASED}
# Some files begin with a few lines of words above their columns.
_HEADER_WITHIN = 12
_PROGRAMS = {
    b"\xd0\xcf\x11\xe0": "a spreadsheet of an old form (xls)",
    b"\0\0\0\x01Bud1": "a note of the Macintosh's file browser (.DS_Store), no table",
    b"\0" * 12 + b"\xc2\xea\x81\x60": "a SAS file",
    b"PAR1": "a Parquet file",
    b"%PDF": "a PDF",
    b"<stata_dta>": "a Stata file",
    b"RDX": "R data",
    b"X\n\0\0": "R data",
    b"$FL2": "an SPSS file",
    b"SQLite format": "an SQLite database",
    b"PK\x03\x04": "an office document or spreadsheet",
}
PAGE = re.compile(rb"\s*<(!doctype|html|\?xml|error)", re.IGNORECASE)

_ANSWERS = tuple(
    (re.compile(pattern, re.IGNORECASE | re.DOTALL), answer)
    for pattern, answer in (
        (
            rb"\s*(<\?xml[^>]*>)?\s*<Error>",
            "is a store's error message (XML), no data: the address was wrong or has expired; fetch it again",
        ),
        (
            rb"version https://git-lfs",
            "is a pointer of git-lfs, no data: the file itself was not fetched; run git lfs pull, then ingest it",
        ),
        (
            rb'\s*\{\s*"status"\s*:\s*"(OK|ERROR)"',
            "is an answer of the Dataverse (JSON), no data: fetch the file itself, or use `detente fetch`",
        ),
        (
            rb"\d{6}\s+[A-Z]{3}\w*\s+[A-Z]{3}\w*\s+\d{3}\b",
            f"is event data of KEDS (day, actors and code, without column names): {_OTHER_EVENTS}",
        ),
    )
)


@lru_cache(maxsize=1)
def _layouts() -> tuple[tuple[frozenset[str], str, str], ...]:
    """Columns that identify a layout, what it is, and what to do."""
    text = files("detente.sources").joinpath("foreign.csv").read_text(encoding="utf-8")
    return tuple(
        (frozenset(row["columns"].split(";")), row["name"], _REMEDIES.get(row["remedy"], row["remedy"]))
        for row in csv.DictReader(text.splitlines())
    )


def known_as(head: Head) -> str:
    """What a file of no format we read is, and what to do; "" where its beginning says nothing.

    >>> known_as(Head((b"conttype,ccode1,ccode2,year",))).partition(":")[0]
    'is the Correlates of War contiguity data by year'
    """
    line = head.lines[0] if head.lines else b""
    for source in sources().values():
        with SOURCES.blamed(source.id):
            if source.other_files and (text := source.other_files(head)):
                return str(text)
    for beginning, what in _PROGRAMS.items():
        if b"\n".join(head.lines[:2]).startswith(beginning):
            return f"is {what}: save its table as CSV (UTF-8)"
    if re.match(rb"sep=.\s*$", line, re.IGNORECASE):
        return (
            "begins with a spreadsheet's line about its separator: delete that line, the separator is found by itself"
        )
    for pattern, answer in _ANSWERS:
        if pattern.match(b"".join(head.lines[:_HEADER_WITHIN])):
            return answer
    for names in (names_in(Head((row,))) for row in head.lines[:_HEADER_WITHIN]):
        for columns, what, remedy in _layouts():
            if columns <= names:
                return f"is {what}: {remedy}"
    if PAGE.match(line):
        return "is a web page, no data: an error page was saved in the file's place; fetch it again"
    if max(line[::2].count(b"\0"), line[1::2].count(b"\0")) * 5 > len(line) * 2:
        return "is UTF-16 without its mark: save it as UTF-8"
    if re.match(rb"^\d{8}_\d+_\d+\t\d{8}\t", line):
        return f"is the Phoenix daily event data (OEDA): {_OTHER_EVENTS}"
    return ""
