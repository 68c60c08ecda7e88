"""The files of GDELT: where the event files of a span of days lie, and what its other files are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

from detente.files.named import names_in
from detente.files.rows import Head

if TYPE_CHECKING:
    from detente.sources.download import Downloader, Remote

ADDRESS = "http://data.gdeltproject.org"
GDELT2_BEGINS, GDELT1_DAILY, GDELT1_MONTHLY = date(2015, 2, 19), date(2013, 4, 1), date(2006, 1, 1)
_REMEDY = "ingest GDELT's export files (YYYYMMDDHHMMSS.export.CSV.zip)"
_MASTER = re.compile(
    rb"^(\d+ [0-9a-f]{32} https?://\S+gdelt\S+|(\d+|[0-9a-f]{32})\s+\S*\d{8}\S*\.csv\.zip)", re.IGNORECASE
)
_DAYS = re.compile(rb"^\d{1,12}[\t,](19|20)\d{6}[\t,]")
_REDUCED = {"date", "source", "target", "cameocode", "numevents"}


def event_files(first: date, last: date, net: Downloader) -> Iterator[Remote]:
    """The event files of a span of days: 1.0 before 19 February 2015, 2.0 from then on."""
    from detente.sources.download import Remote

    if first < GDELT2_BEGINS:
        sums = _md5sums(net.text(f"{ADDRESS}/events/md5sums"))
        for file in _gdelt1_names(first, min(last, GDELT2_BEGINS - timedelta(days=1))):
            yield Remote(f"{ADDRESS}/events/{file}", file, sums.get(file))
    if last >= GDELT2_BEGINS:
        low, high = f"{max(first, GDELT2_BEGINS):%Y%m%d}", f"{last:%Y%m%d}"
        for line in net.lines(f"{ADDRESS}/gdeltv2/masterfilelist.txt", "masterfilelist.txt"):
            parts = line.split()
            if len(parts) == 3 and parts[2].endswith(".export.CSV.zip"):
                file = parts[2].rsplit("/", 1)[-1]
                if low <= file[:8] <= high:
                    yield Remote(parts[2], file, parts[1], int(parts[0]) if parts[0].isdigit() else None)


def _md5sums(text: str) -> dict[str, str]:
    pairs = (line.split() for line in text.splitlines())
    return {parts[1].lstrip("*"): parts[0] for parts in pairs if len(parts) == 2}


def _gdelt1_names(first: date, last: date) -> list[str]:
    def name(day: date) -> str:
        if day >= GDELT1_DAILY:
            return f"{day:%Y%m%d}.export.CSV.zip"
        return f"{day:%Y%m}.zip" if day >= GDELT1_MONTHLY else f"{day:%Y}.zip"

    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return list(dict.fromkeys(map(name, days)))


def other_files(head: Head) -> str:
    """What a file of GDELT's that isn't read is, told by its first fields and their number, and what to do."""
    line = head.lines[0] if head.lines else b""
    fields = line.rstrip(b"\r\n").split(b"\t")
    if _MASTER.match(line):
        return f"is GDELT's list of files, no data: fetch with `detente fetch gdelt --from DAY --to DAY`, or {_REMEDY}"
    if len(fields) in (15, 16) and re.match(rb"^\d+\t\d{14}\t\d{14}\t\d\t", line):
        return f"is GDELT's mentions table: {_REMEDY}"
    if len(fields) in (26, 27) and re.match(rb"^\d{14}-T?\d+\t\d{14}\t", line):
        return f"is GDELT's Global Knowledge Graph: {_REMEDY}"
    if names_in(head) >= _REDUCED:
        return f"is GDELT's reduced file (MASTERREDUCEDV2), which has no event ids: {_REMEDY}"
    if _DAYS.match(line) and line.count(b",") > 50 and head.tabs < 10:
        return f"is GDELT events with commas between the columns, where place names hold commas too: {_REMEDY}"
    if _DAYS.match(line) and len(fields) > 40:
        return f"is GDELT events of {len(fields)} columns; the releases have 57, 58 or 61: {_REMEDY}"
    return ""
