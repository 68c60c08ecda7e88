"""Data sets on the Harvard Dataverse: their files as its native API lists them, each with its MD5."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

from detente.errors import DetenteError

if TYPE_CHECKING:
    from detente.sources.download import Downloader, Remote

DATAVERSE = "https://dataverse.harvard.edu"
# It keeps the files themselves in a store to which it sends who asks for one.
HOSTS = {host: f"https://{host}" for host in ("dataverse.harvard.edu", "dvn-cloud.s3.amazonaws.com")}
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_STAMP = re.compile(r"(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)")
_ENDINGS = (".tab", ".txt", ".zip", ".csv", ".gz")


def listed(doi: str, wanted: Callable[[str, date, date], bool]) -> Callable[[date, date, Downloader], Iterator[Remote]]:
    """How to list the files of a data set of which `wanted` says by name (in small letters) that they hold a span of
    days.
    """

    def files(first: date, last: date, net: Downloader) -> Iterator[Remote]:
        from detente.sources.download import Remote

        listing = f"{DATAVERSE}/api/datasets/:persistentId/?persistentId=doi:{doi}"
        try:
            version = json.loads(net.text(listing))["data"]["latestVersion"]
            entries = [(entry, dict(entry["dataFile"])) for entry in version["files"]]
        except (ValueError, KeyError, TypeError, RecursionError):
            raise DetenteError(
                f"{listing}: is no listing of files as the Dataverse gives it; try again later"
            ) from None
        release = f"{version.get('versionNumber', '')}.{version.get('versionMinorNumber', '')}".strip(".")
        release = f"{release} of {str(version.get('releaseTime') or '')[:10]}".removesuffix(" of ") if release else ""
        for number, (entry, data) in enumerate(entries, start=1):
            name = str(data.get("originalFileName") or data.get("filename") or entry.get("label") or "")
            if not name.lower().endswith(_ENDINGS) or not wanted(name.lower(), first, last):
                continue
            if entry.get("restricted"):
                warnings.warn(f"{listing}: {name[:80]} is open only to whom its owner admits; left out", stacklevel=2)
                continue
            # A table that the Dataverse converted is fetched as it was uploaded: its MD5 is that of the upload.
            original = bool(data.get("originalFileFormat"))
            md5, size = data.get("md5"), data.get("originalFileSize" if original else "filesize")
            if not (isinstance(data.get("id"), int) and _md5(md5) and (size is None or isinstance(size, int))):
                raise DetenteError(
                    f"{listing}: file {number} ({name[:80]!r}) has not the id, MD5 and size that the Dataverse gives"
                )
            address = f"{DATAVERSE}/api/access/datafile/{data['id']}{'?format=original' * original}"
            yield Remote(address, name.replace("/", "_"), md5, size, release)

    return files


def _md5(text: object) -> bool:
    return text is None or (isinstance(text, str) and re.fullmatch("[0-9a-f]{32}", text) is not None)


def holds(name: str, first: date, last: date) -> bool:
    """Whether the first date in a file's name, a year or the day on which a week ended, tells of a span of days.

    >>> holds("events.2018.20200427.tab", date(2018, 6, 1), date(2018, 6, 30))
    True
    """
    week, year = _STAMP.search(name), _YEAR.search(name)
    if year and (not week or year.start() < week.start()):
        return first.year <= int(year.group()) <= last.year
    if not week:
        return False
    try:
        return first <= date(*map(int, week.groups())) <= last + timedelta(days=14)
    except (ValueError, OverflowError):
        return False
