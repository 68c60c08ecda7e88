"""The files of GDELT: where the event files of a span of days lie, and what its other files are."""

from __future__ import annotations

import contextlib
import re
import warnings
from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

from detente.errors import DetenteError
from detente.files.named import names_in
from detente.files.rows import Head

if TYPE_CHECKING:
    from detente.sources.download import Downloader, Remote

ADDRESS = "http://data.gdeltproject.org"
# Its listings name a host without a certificate of its own, which is a bucket of this store.
HOSTS = {"data.gdeltproject.org": "https://storage.googleapis.com/data.gdeltproject.org"}
GDELT2_BEGINS, GDELT1_DAILY, GDELT1_MONTHLY = date(2015, 2, 19), date(2013, 4, 1), date(2006, 1, 1)
_LISTED = re.compile(r"(?P<size>\d{1,15}) (?P<md5>[0-9a-f]{32}) (?P<url>\S+/(?P<name>\d{14}\.export\.CSV\.zip))")
_SUM = re.compile(r"(?P<told>[0-9a-f]{32})\s+\*?(?P<name>\S+)")
_SIZE = re.compile(r"(?P<told>\d{1,15})\s+(?P<name>\S+)")
# What the list has besides the files of events.
_OTHERS = re.compile(r"\.(mentions|gkg)\.csv\.zip", re.IGNORECASE)
_STAMP = re.compile(r"(?<!\d)(20\d{6})\d{6}(?!\d)")
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
        sums = _column(net, f"{ADDRESS}/events/md5sums", _SUM)
        sizes: dict[str, str] = {}
        # They only tell how long it will take.
        with contextlib.suppress(DetenteError):
            sizes = _column(net, f"{ADDRESS}/events/filesizes", _SIZE)
        for file in _gdelt1_names(first, min(last, GDELT2_BEGINS - timedelta(days=1))):
            size = int(sizes[file]) if file in sizes else None
            yield Remote(f"{ADDRESS}/events/{file}", file, sums.get(file), size, "1.0")
    if last >= GDELT2_BEGINS:
        low, high = f"{max(first, GDELT2_BEGINS):%Y%m%d}", f"{last:%Y%m%d}"
        for row in _rows(net, f"{ADDRESS}/gdeltv2/masterfilelist.txt", _LISTED, (low, high)):
            if low <= row["name"][:8] <= high:
                yield Remote(row["url"], row["name"], row["md5"], int(row["size"]), "2.0")


def _column(net: Downloader, listing: str, form: re.Pattern[str]) -> dict[str, str]:
    """What a listing of GDELT 1 says of each file, by its name."""
    return {row["name"]: row["told"] for row in _rows(net, listing, form)}


def _rows(
    net: Downloader, listing: str, form: re.Pattern[str], days: tuple[str, str] | None = None
) -> Iterator[re.Match[str]]:
    """The lines of a listing that are of its form. DetenteError where none is, or one that isn't names a day between
    `days`; a warning counts the others.
    """
    taken, odd, first = 0, 0, ""
    for number, line in enumerate(net.lines(listing), start=1):
        if row := form.fullmatch(line.strip()):
            taken += 1
            yield row
        elif line.strip() and not _OTHERS.search(line):
            fault = f"line {number} is not of the form known: {line.strip()[:80]!r}"
            if days and any(days[0] <= day <= days[1] for day in _STAMP.findall(line)):
                raise DetenteError(f"{listing}: {fault}; try again later")
            odd, first = odd + 1, first or fault
    if not taken:
        raise DetenteError(f"{listing}: is no listing of GDELT's{f': {first}' if first else ''}; try again later")
    if odd:
        warnings.warn(f"{listing}: {odd} lines passed over; {first}", stacklevel=2)


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
