"""Data sets on the Harvard Dataverse: their files as its native API lists them, each with its MD5."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

from detente.errors import DetenteError

if TYPE_CHECKING:
    from detente.sources.download import Downloader, Remote

DATAVERSE = "https://dataverse.harvard.edu"
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_STAMP = re.compile(r"(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)")
_ENDINGS = (".tab", ".txt", ".zip", ".csv", ".gz")


def listed(doi: str, wanted: Callable[[str, date, date], bool]) -> Callable[[date, date, Downloader], Iterator[Remote]]:
    """How to list the files of a data set of which `wanted` says by name (in small letters) that they hold a span of
    days.
    """

    def files(first: date, last: date, net: Downloader) -> Iterator[Remote]:
        from detente.sources.download import Remote

        listing = net.text(f"{DATAVERSE}/api/datasets/:persistentId/?persistentId=doi:{doi}")
        try:
            entries = json.loads(listing)["data"]["latestVersion"]["files"]
        except (ValueError, KeyError, TypeError):
            raise DetenteError(
                f"{DATAVERSE}: the listing of doi:{doi} has another form than expected; try again later"
            ) from None
        for entry in entries:
            data = entry.get("dataFile", {})
            name = str(data.get("originalFileName") or data.get("filename") or entry.get("label") or "")
            if entry.get("restricted") or not name.lower().endswith(_ENDINGS) or not wanted(name.lower(), first, last):
                continue
            # A table that the Dataverse converted is fetched as it was uploaded: its MD5 is that of the upload.
            original = "?format=original" if data.get("originalFileFormat") else ""
            address = f"{DATAVERSE}/api/access/datafile/{data['id']}{original}"
            yield Remote(address, name.replace("/", "_"), data.get("md5"), data.get("filesize"))

    return files


def holds(name: str, first: date, last: date) -> bool:
    """Whether the first date in a file's name, a year or the day on which a week ended, tells of a span of days.

    >>> holds("events.2018.20200427.tab", date(2018, 6, 1), date(2018, 6, 30))
    True
    """
    week, year = _STAMP.search(name), _YEAR.search(name)
    if year and (not week or year.start() < week.start()):
        return first.year <= int(year.group()) <= last.year
    return week is not None and first <= date(*map(int, week.groups())) <= last + timedelta(days=14)
