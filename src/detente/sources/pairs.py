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
from itertools import groupby
from pathlib import Path

import polars as pl

from detente.actors import counted
from detente.errors import DetenteError
from detente.files.stream import open_blocks
from detente.sources.answers import Failed, Missing
from detente.sources.contents import find_contents
from detente.sources.download import Downloader, Outcome, Remote, part_of
from detente.sources.reader import Context
from detente.sources.source import batches

_EARLIEST = (1980, 1, 1, 0, 0, 0)


def fetch_pair(net: Downloader, files: Sequence[Remote], a: str, b: str, context: Context) -> Outcome:
    """Fetch files and keep of each only the rows between two states (codes), a day at a time.

    A day's zip is written when all its files have come; a day that failed is fetched anew in the next run.
    """
    jobs = [(name, partial(_keep_day, net, some, name, (a, b), context)) for name, some in _zips(files, a, b)]
    return net.each(jobs)


def not_held(net: Downloader, files: Sequence[Remote], a: str, b: str) -> list[Remote]:
    """The files that `fetch_pair` would have to ask for."""
    return [remote for name, some in _zips(files, a, b) if not _held(net, some, name) for remote in some]


def _zips(files: Sequence[Remote], a: str, b: str) -> list[tuple[str, list[Remote]]]:
    """The zips to be made, each with the files of its day."""
    prefix = "only-" + "-".join(sorted((a, b)))
    return [(f"{prefix}.{day}.zip", list(some)) for day, some in groupby(files, lambda remote: _day(remote.name))]


def _day(name: str) -> str:
    """The day of a file, of one that holds more the month or year, by the digits with which its name begins."""
    match = re.match(r"\d{4,8}", name)
    return match[0] if match else name


def _made_of(files: Sequence[Remote]) -> str:
    return hashlib.sha256("\n".join(f"{one.name} {one.md5}" for one in files).encode()).hexdigest()


def _held(net: Downloader, files: Sequence[Remote], name: str) -> bool:
    made_of = net.book.get(name, {}).get("made_of")
    return made_of == _made_of(files) and net.held(Remote(files[0].url, name))


def _keep_day(
    net: Downloader, files: Sequence[Remote], name: str, pair: tuple[str, str], context: Context, outcome: Outcome
) -> None:
    target = net.folder / name
    if _held(net, files, name):
        outcome.kept.append(target)
        outcome.missing += net.book[name]["missing"]
        return
    prefix, missing, members = name.split(".")[0], list[str](), list[tuple[str, bytes]]()
    counts = Counter[str]()
    for remote in files:
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
        members.append((f"{prefix}.{inner}" if "." in inner else f"{prefix}.{inner}.csv", b"".join(lines)))
        counts += more
    outcome.missing += missing
    if not members:
        return
    part = part_of(target)
    with part.open("wb") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for inner, data in members:
                archive.writestr(zipfile.ZipInfo(inner, _EARLIEST), data, zipfile.ZIP_DEFLATED)
        file.flush()
        os.fsync(file.fileno())
    part.replace(target)
    first = files[0].url if len(files) == 1 else f"{files[0].url} and {len(files) - 1} more"
    net.note(target, replace(files[0], url=first), made_of=_made_of(files), missing=missing)
    outcome.fetched.append(target)
    outcome.rows += counts


def _between(path: Path, pair: tuple[str, str], context: Context) -> tuple[list[bytes], Counter[str]]:
    """The lines of a headerless file whose rows are between the two states, under any code of theirs, and the numbers
    of lines as in `Outcome.rows`.
    """
    ours, theirs = ([code for code, *_ in counted([state])] for state in pair)
    sender, receiver = pl.col("sender"), pl.col("receiver")
    either = (sender.is_in(ours) & receiver.is_in(theirs)) | (sender.is_in(theirs) & receiver.is_in(ours))
    kept, counts = list[bytes](), Counter[str]()
    for found in find_contents(path).found:
        if not found.reader.joinable:
            raise DetenteError(f"{path.name}: has a header: its rows are not kept apart")
        for block in open_blocks(path, only=found.numbers):
            lines = block.data.split(b"\n")[:-1]
            counts["all"] += len(lines)
            for batch in batches(found.reader, iter([block]), context):
                counts["unread"] += len(batch.bad)
                numbers = batch.lines.filter(batch.rows.select(either).to_series()).unique(maintain_order=True)
                kept += [lines[number - block.line] + b"\n" for number in numbers]
    counts["kept"] = len(kept)
    return kept, counts
