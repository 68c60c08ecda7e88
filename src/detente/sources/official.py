"""Where the official files are: GDELT's lists, and three data sets on the Harvard Dataverse.

GDELT 2.0 (from 19 February 2015): data.gdeltproject.org/gdeltv2/masterfilelist.txt has size, MD5 and
address of every file. GDELT 1.0 (daily from 1 April 2013, monthly from 2006, yearly before):
data.gdeltproject.org/events/ with md5sums. Dataverse: the native API lists a data set's files with
their MD5.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta

from detente.errors import DetenteError, NoData
from detente.sources.download import Downloader, Remote

GDELT = "http://data.gdeltproject.org"
GDELT2_BEGINS = date(2015, 2, 19)
GDELT1_DAILY = date(2013, 4, 1)
GDELT1_MONTHLY = date(2006, 1, 1)
DATAVERSE = "https://dataverse.harvard.edu"
DATASETS = {"icews": "doi:10.7910/DVN/28075", "polecat": "doi:10.7910/DVN/AJGVIT", "unvotes": "doi:10.7910/DVN/LEJUQZ"}
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_STAMP = re.compile(r"(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)")


def files_of(name: str, first: date, last: date, net: Downloader) -> list[Remote]:
    """The files that hold `first` to `last` of a source; NoData where the publisher lists none."""
    if first > last:
        raise DetenteError(f"--from {first} lies after --to {last}")
    files = list(_gdelt(first, last, net) if name == "gdelt" else _dataverse(name, first, last, net))
    if not files:
        raise NoData(f"the publisher lists no {name} files for {first} to {last}")
    return files


def _gdelt(first: date, last: date, net: Downloader) -> Iterator[Remote]:
    if first < GDELT2_BEGINS:
        sums = _md5sums(net.text(f"{GDELT}/events/md5sums"))
        for file in _gdelt1_names(first, min(last, GDELT2_BEGINS - timedelta(days=1))):
            yield Remote(f"{GDELT}/events/{file}", file, sums.get(file))
    if last >= GDELT2_BEGINS:
        low, high = f"{max(first, GDELT2_BEGINS):%Y%m%d}", f"{last:%Y%m%d}"
        for line in net.lines(f"{GDELT}/gdeltv2/masterfilelist.txt", "masterfilelist.txt"):
            parts = line.split()
            if len(parts) == 3 and parts[2].endswith(".export.CSV.zip"):
                file = parts[2].rsplit("/", 1)[-1]
                if low <= file[:8] <= high:
                    yield Remote(parts[2], file, parts[1], int(parts[0]) if parts[0].isdigit() else None)


def _md5sums(text: str) -> dict[str, str]:
    pairs = (line.split() for line in text.splitlines())
    return {parts[1].lstrip("*"): parts[0] for parts in pairs if len(parts) == 2}


def _gdelt1_names(first: date, last: date) -> list[str]:
    names: list[str] = []
    day = first
    while day <= last:
        name = (
            f"{day:%Y%m%d}.export.CSV.zip"
            if day >= GDELT1_DAILY
            else f"{day:%Y%m}.zip"
            if day >= GDELT1_MONTHLY
            else f"{day:%Y}.zip"
        )
        if not names or names[-1] != name:
            names.append(name)
        day += timedelta(days=1)
    return names


def _dataverse(name: str, first: date, last: date, net: Downloader) -> Iterator[Remote]:
    listing = net.text(f"{DATAVERSE}/api/datasets/:persistentId/?persistentId={DATASETS[name]}")
    try:
        files = json.loads(listing)["data"]["latestVersion"]["files"]
    except (ValueError, KeyError, TypeError):
        raise DetenteError(
            f"{DATAVERSE}: the listing of {DATASETS[name]} has another form than expected; try again later"
        ) from None
    for entry in files:
        data = entry.get("dataFile", {})
        file = str(data.get("originalFileName") or data.get("filename") or entry.get("label") or "")
        if entry.get("restricted") or not _wanted(name, file, first, last):
            continue
        # A table that the Dataverse converted is fetched as it was uploaded: its MD5 is that of the upload.
        original = "?format=original" if data.get("originalFileFormat") else ""
        yield Remote(
            f"{DATAVERSE}/api/access/datafile/{data['id']}{original}",
            file.replace("/", "_"),
            data.get("md5"),
            data.get("filesize"),
        )


def _wanted(name: str, file: str, first: date, last: date) -> bool:
    low = file.lower()
    if not low.endswith((".tab", ".txt", ".zip", ".csv", ".gz")):
        return False
    if name == "unvotes":
        return "vote" in low and "ideal" not in low and "agreement" not in low
    if name == "icews" and not low.startswith("events."):
        return False
    if name == "polecat" and "ngecevents" not in low:
        return False
    # The first date in a name is what it holds: a year, or the day on which a week ended.
    week = _STAMP.search(file)
    year = _YEAR.search(file)
    if year and (not week or year.start() < week.start()):
        return first.year <= int(year.group()) <= last.year
    if week:
        day = date(int(week[1]), int(week[2]), int(week[3]))
        return first <= day <= last + timedelta(days=14)
    return False
