"""Files kept for two states alone: of the files of a day, the rows between the two, in one zip.

A zip is `only-RUS-USA.DAY.zip`, and each member has the publisher's name after `only-RUS-USA.`. By these names the
record knows that silence in it says something of these two and nothing of others.
"""

from __future__ import annotations

import hashlib
import os
import re
import zipfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from detente.errors import DetenteError
from detente.files.stream import open_blocks
from detente.sources.answers import Failed, Missing
from detente.sources.contents import find_contents
from detente.sources.download import Downloader, Outcome, Remote, part_of
from detente.sources.reader import Context
from detente.sources.source import batches, between

_EARLIEST = (1980, 1, 1, 0, 0, 0)


def fetch_pair(net: Downloader, files: Sequence[Remote], a: str, b: str, context: Context) -> Outcome:
    """Fetch files and keep of each only the rows between two states (codes), a day at a time.

    A day's zip is written when all its files have come; a day that failed is fetched anew in the next run.
    """
    jobs = [(name, partial(_keep_day, net, some, name, (a, b), context)) for name, some in _zips(files, a, b)]
    return net.each(jobs)


def not_held(net: Downloader, files: Sequence[Remote], a: str, b: str) -> list[Remote]:
    """The files that `fetch_pair` would have to ask for."""
    return [remote for name, some in _zips(files, a, b) for remote in _lacking(net, some, name)]


def _zips(files: Sequence[Remote], a: str, b: str) -> list[tuple[str, list[Remote]]]:
    """The zips to be made, each with the files of its day."""
    prefix = "only-" + "-".join(sorted((a, b)))
    zips: dict[str, list[Remote]] = {}
    for remote in files:
        zips.setdefault(f"{prefix}.{_day(remote.name)}.zip", []).append(remote)
    return list(zips.items())


def _day(name: str) -> str:
    """The day of a file, of one that holds more the month or year, by the digits with which its name begins."""
    match = re.match(r"\d{4,8}", name)
    return match[0] if match else name


def _made_of(files: Sequence[Remote]) -> str:
    return hashlib.sha256("\n".join(f"{one.name} {one.md5}" for one in files).encode()).hexdigest()


def _lacking(net: Downloader, files: Sequence[Remote], name: str) -> list[Remote]:
    """Of the files of a zip those that it lacks: all, or where it is held those that were not published."""
    about = net.book.get(name, {})
    if about.get("made_of") != _made_of(files) or not net.held(Remote(files[0].url, name)):
        return list(files)
    missing = about.get("missing")
    return [remote for remote in files if not isinstance(missing, list) or remote.name in missing]


def _keep_day(
    net: Downloader, files: Sequence[Remote], name: str, pair: tuple[str, str], context: Context, outcome: Outcome
) -> None:
    target, lacking = net.folder / name, _lacking(net, files, name)
    members = _members(target) if len(lacking) < len(files) else {}
    missing, counts, prefix = list[str](), Counter[str](), name.split(".")[0]
    for remote in lacking:
        whole = net.folder / f".whole-{remote.name}"
        try:
            net.fetch(remote, whole)
        except Missing:
            missing.append(remote.name)
            continue
        try:
            lines, more = _between(whole, pair, context)
        except DetenteError as error:
            raise Failed(str(error), again=False) from None
        finally:
            whole.unlink(missing_ok=True)
        inner = remote.name.removesuffix(".zip")
        members[f"{prefix}.{inner}" if "." in inner else f"{prefix}.{inner}.csv"] = b"".join(lines)
        counts += more
    outcome.missing += missing
    outcome.rows += counts
    if len(missing) == len(lacking):
        outcome.kept += [target] if members else []
        return
    part = part_of(target)
    with part.open("wb") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for inner, data in sorted(members.items()):
                archive.writestr(zipfile.ZipInfo(inner, _EARLIEST), data, zipfile.ZIP_DEFLATED)
        file.flush()
        os.fsync(file.fileno())
    part.replace(target)
    first = files[0].url if len(files) == 1 else f"{files[0].url} and {len(files) - 1} more"
    net.note(target, replace(files[0], url=first), made_of=_made_of(files), missing=missing)
    outcome.fetched.append(target)


def _members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _between(path: Path, pair: tuple[str, str], context: Context) -> tuple[list[bytes], Counter[str]]:
    """The lines of a headerless file whose rows are between the two states, under any code of theirs, and the numbers
    of lines as in `Outcome.rows`.
    """
    ours = between("-".join(pair))
    kept, counts = list[bytes](), Counter[str]()
    contents = find_contents(path)
    if contents.refused:
        raise DetenteError(contents.refused[0])
    for found in contents.found:
        if not found.reader.joinable:
            raise DetenteError(f"{path.name}: has a header: its rows are not kept apart")
        for block in open_blocks(path, only=found.numbers):
            lines = block.data.split(b"\n")[:-1]
            counts["all"] += len(lines)
            for batch in batches(found.reader, iter([block]), context):
                counts["unread"] += len(batch.bad)
                numbers = batch.lines.filter(batch.rows.select(ours).to_series()).unique(maintain_order=True)
                kept += [lines[number - block.line] + b"\n" for number in numbers]
    if 0 < counts["all"] == counts["unread"]:
        raise DetenteError(f"{path.name}: none of its {counts['all']:,} rows can be read")
    counts["kept"] = len(kept)
    return kept, counts
