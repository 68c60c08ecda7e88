"""What is wrong with a record's folder, its log made anew from what its parts say, and damaged parts read again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from detente import __version__
from detente.errors import DetenteError
from detente.files.typed import made
from detente.record.commits import Commit, FileEntry, Part, commit_of, json_of, live_parts, read_entry
from detente.record.coverage import Count, of_file
from detente.record.log import LOST, REPAIR, Log, sha256_of
from detente.record.parts import about_of, check
from detente.record.reading import report_counts
from detente.sources import source


def verify(log: Log) -> list[str]:
    """Faults of a record's folder, a line each; none when the log is whole and all files are as it says."""
    try:
        commits = log.commits()
    except DetenteError as error:
        return [str(error)]
    live = live_parts(commits)
    faults = [fault for part in live for fault in _fault(log, part, commits)]
    gone = {path for commit in commits for path in commit.removed}
    for part in (part for commit in commits for part in commit.parts if part.path in gone):
        if (log.folder / part.path).exists() and (what := _changed(log.folder / part.path, part.sha256)):
            faults.append(f"{part.path}: {what}; none of its rows counts any more")
    for commit in commits:
        if commit.quarantine and (what := _changed(log.folder / commit.quarantine, commit.quarantine_sha256)):
            faults.append(f"{commit.quarantine}: {what}: what commit {commit.number} set aside can't be shown")
    # What a crash left of the commit that it was at is in nobody's way, and another process may be at it now.
    unlogged = _unlogged(log, commits)
    faults += [
        f"commit {one.commit.number}: was written but is not in the log, which ends before it; {REPAIR}"
        for one in unlogged
    ]
    known = [*commits, *(one.commit for one in unlogged)]
    strangers = [
        path for path in log.strangers(known) if not path.endswith(".draft") and _number(path) != len(known) + 1
    ]
    faults += [f"{path}: no commit names it; the next ingest moves it to {LOST}" for path in strangers]
    return faults if faults else _counted_twice(log, live)


def _fault(log: Log, part: Part, commits: Sequence[Commit]) -> Iterator[str]:
    # The whole of it, whatever was looked at before.
    if what := _changed(log.folder / part.path, part.sha256):
        names = [file.name for file in files_of(part, commits)]
        yield f"{part.path}: {what}; `detente record restore` reads its files anew: {', '.join(names)}"


def _changed(path: Path, digest: str) -> str:
    """What is wrong with a stored file, "" where it is as it was written; commits of format 2 know no `digest`."""
    try:
        return "" if sha256_of(path) == digest or not digest else "is damaged: its content has changed"
    except OSError as error:
        return f"can't be read ({error.strerror})"


def _counted_twice(log: Log, live: Sequence[Part]) -> list[str]:
    faults = []
    for table, publisher in sorted({(part.table, part.source) for part in live}):
        paths = [log.folder / p.path for p in live if (p.table, p.source) == (table, publisher)]
        ids = pl.scan_parquet(paths, glob=False).select("event_id")
        rows, different = ids.select(pl.len(), pl.col("event_id").n_unique().alias("ids")).collect().row(0)
        if table != "contested" and rows != different:
            faults.append(f"{table} of {publisher}: {rows - different:,} rows are counted twice; {REPAIR}")
    return faults


def _number(path: str) -> int:
    """The number of the commit for which a file was written, 0 of one that isn't ours."""
    number = Path(path).name[:8]
    return int(number) if number.isdecimal() else 0


def files_of(part: Part, commits: Sequence[Commit]) -> list[FileEntry]:
    """The files that the rows of a part may be from: those of its source in the commit that wrote it first."""
    by_path = {one.path: (one, commit) for commit in commits for one in commit.parts}
    while part.replaces in by_path:
        part = by_path[part.replaces][0]
    commit = by_path[part.path][1]
    return [file for file in commit.files if file.reader == part.source]


def damaged(log: Log, commits: Sequence[Commit]) -> list[Part]:
    """The parts that count and are lost or not as they were written."""
    parts = []
    for part in live_parts(commits):
        try:
            check(log.folder, part)
        except DetenteError:
            parts.append(part)
    return parts


def repair(log: Log, on_wait: Callable[[str], None] = lambda text: None) -> list[str]:
    """Make the log whole; what was done, a line each. See `Log.writing` for `on_wait`.

    An entry lost or changed is made anew from the copy in its commit's file of rows set aside, else from what the
    parts say of themselves, whose files then cover the days of their rows. Nothing is deleted: strangers, entries
    replaced and data that no commit names go to lost+found.
    """
    with log.writing(on_wait):
        done, entries = _entries(log)
        copies = _copies(log)
        parts = _parts(log)
        head: dict[str, Any] = {"commits": 0, "last": ""}
        try:
            head = log.head()
            missing = not log.marker.exists()
        except DetenteError:
            missing = True
            if log.marker.is_dir():
                log.lose(log.marker)
        if missing:
            done.append(f"{log.marker.name}: was lost or damaged, written anew")
        # Of commits that nothing tells of, only the number in the marker is left.
        told = max([0, *entries, *copies, *parts])
        known = max([min(head["commits"], told), *entries] if head["commits"] else [0, *entries, *copies])
        before = ""
        for number in count(1):
            if number > known and not _follows(copies.get(number), before):
                break
            entry, copy = entries.get(number), copies.get(number)
            after = [one.commit.previous for one in (entries.get(number + 1), copies.get(number + 1)) if one]
            expected = head["last"] if number == head["commits"] else next(filter(None, after), "")
            # A copy that is not what was written is worth less than what the parts say.
            candidates = [one for one in (entry, copy) if one and (one is entry or not expected)]
            proved = [one for one in (entry, copy) if one and _digest(one) == expected]
            found = next(iter(proved or candidates), None)
            if found is None:
                commit = _from_parts(log, number, parts.get(number, []))
                names = ", ".join(file.name for file in commit.files)
                done.append(
                    f"commit {number}: "
                    + (
                        f"made anew from {len(commit.parts)} parts of {names}; what was set aside is not known"
                        if names
                        else "nothing tells what it held; if rows are missing, ingest its files again"
                    )
                )
                found = _Told(commit, commit.to_json())
            elif found is not entry:
                done.append(f"commit {number}: made anew from its copy")
            elif expected and not proved:
                done.append(f"commit {number}: has changed since it was written and has no copy; kept as it is")
            if found.commit.previous and found.commit.previous != before:
                found = _Told(found.commit, replace(found.commit, previous=before).to_json())
            before = log.put(number, found.content)
            known = max(known, number)
        log.write_head(known, before)
        if head["commits"] > known:
            done.append(f"commits {known + 1} to {head['commits']}: nothing tells of them any more")
        done += [f"moved to {path}: no commit names it" for path in log.set_aside()]
    return done


def take_in(log: Log, commits: Sequence[Commit]) -> list[Commit]:
    """Put into the log what was written whole but is not in it (see `_unlogged`)."""
    found = _unlogged(log, commits)
    for one in found:
        log.write(one.commit, one.content)
    return [one.commit for one in found]


class _Told(NamedTuple):
    """A commit, and the JSON that it was read from: that of another version may have other names in it."""

    commit: Commit
    content: str


def _unlogged(log: Log, commits: Sequence[Commit]) -> list[_Told]:
    """Commits that follow the last of the log and were written whole: a kill came before their entry, or an older log
    was put back.
    """
    copies, found = _copies(log, after=len(commits)), list[_Told]()
    before = log.last_digest(len(commits))
    while (copy := copies.get(len(commits) + len(found) + 1)) and _follows(copy, before):
        found.append(copy)
        before = _digest(copy)
    return found


def _follows(copy: _Told | None, before: str) -> bool:
    return copy is not None and copy.commit.previous == before


def _digest(told: _Told) -> str:
    return hashlib.sha256(told.content.encode()).hexdigest()


def _entries(log: Log) -> tuple[list[str], dict[int, _Told]]:
    """What was moved away, and the entries that can be read, by number."""
    moved, entries = [], dict[int, _Told]()
    for path in log.entries():
        try:
            commit, content = read_entry(path)
        except DetenteError:
            moved.append(f"moved to {log.lose(path)}: can't be read as an entry of the log")
            continue
        if path.name == f"{commit.number:08d}.json":
            entries[commit.number] = _Told(commit, content.decode())
            continue
        names = ", ".join(file.name for file in commit.files)
        moved.append(
            f"moved to {log.lose(path)}: is no entry of this log; it tells of {names or 'no file'}: if their "
            "rows are missing, ingest them again"
        )
    return moved, entries


def _copies(log: Log, after: int = 0) -> dict[int, _Told]:
    """The commits of which the files of rows set aside hold copies, by number."""
    copies = dict[int, _Told]()
    for path in sorted((log.folder / "quarantine").glob("*.parquet")):
        if _number(path.name) <= after:
            continue
        try:
            told = {**about_of(path), "quarantine_sha256": sha256_of(path)}
            commit = commit_of(told)
        except (ValueError, TypeError, OSError):
            continue
        copies[commit.number] = _Told(commit, json_of(told))
    return copies


def _parts(log: Log) -> dict[int, list[Path]]:
    """The files of data by the commit that they say they are of."""
    parts: dict[int, list[Path]] = {}
    for path in sorted((log.folder / "data").rglob("*.parquet")):
        if type(number := about_of(path).get("commit")) is int and number == _number(path.name):
            parts.setdefault(number, []).append(path)
    return parts


def _from_parts(log: Log, number: int, paths: Sequence[Path]) -> Commit:
    files: dict[str, FileEntry] = {}
    counts: dict[str, list[Count]] = {}
    parts, removed = [], []
    for path in paths:
        try:
            rows, about, part = _part_of(log, path)
            entries = [made(FileEntry, {**file, "rows": {part.table: file["rows"]}}) for file in about["files"]]
        # What can't be read goes to lost+found with all that no commit names; polars panics on some.
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException, ValueError, KeyError, TypeError):
            continue
        parts.append(part)
        removed += [part.replaces] if part.replaces else []
        for entry in entries:
            entry.release = part.release
            if (known := files.setdefault(entry.digest, entry)) is not entry:
                known.rows[part.table] = known.rows.get(part.table, 0) + entry.rows[part.table]
        if entries and part.table == "events":
            most = max(entries, key=lambda entry: entry.rows[part.table]).digest
            counted = report_counts(rows.with_columns(pl.lit(0).alias("owner")))
            counts.setdefault(most, []).extend((day, moment, n) for _, day, moment, n in counted)
    for digest, entry in files.items():
        entry.covers = of_file(source(entry.reader), (entry.name,), counts.get(digest, []))
    at = max((path.stat().st_mtime for path in paths), default=0.0)
    moment = datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
    return Commit(number, moment, __version__, "", list(files.values()), parts, removed=removed)


def _part_of(log: Log, path: Path) -> tuple[pl.DataFrame, dict[str, Any], Part]:
    """The rows of a file of data, what it says of itself, and the part that it is."""
    rows, about = pl.read_parquet(path, glob=False), about_of(path)
    told = {name: about[name] for name in ("table", "source", "kind", "release", "replaces")}
    ids = rows["event_id"]
    where = {"path": str(path.relative_to(log.folder)), "rows": rows.height, "sha256": sha256_of(path)}
    return rows, about, made(Part, {**told, **where, "first_id": str(ids.min()), "last_id": str(ids.max())})


def to_restore(log: Log, files: Sequence[Path]) -> tuple[list[Part], set[str]]:
    """The damaged parts, and the digests of their files, all of which must be among `files`.

    Raises DetenteError where no part is damaged or files are missing, and names them.
    """
    commits = log.commits()
    parts = damaged(log, commits)
    if not parts:
        raise DetenteError(f"{log.folder}: no stored file is damaged; nothing to restore")
    needed = [file for part in parts for file in files_of(part, commits)]
    wanted, sizes = {file.digest: file.name for file in needed}, {file.bytes for file in needed}
    given = {sha256_of(path) for path in files if path.is_file() and path.stat().st_size in sizes}
    missing = sorted(wanted[digest] for digest in wanted.keys() - given)
    if missing:
        raise DetenteError(
            f"{log.folder}: {len(parts)} stored files are damaged; to restore them all of their files are needed: "
            f"{', '.join(missing)} not given (or not as first ingested); else remove the folder and ingest again"
        )
    return parts, set(wanted)
