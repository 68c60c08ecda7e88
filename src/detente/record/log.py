"""The record's log: what was added, from which file, when; one small JSON file a commit.

A part of data exists for readers only when a commit names it. A commit is written under another
name and renamed, so that a record is whole after a crash at any moment.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from detente.errors import DetenteError

FORMAT = 2


@dataclass(frozen=True, slots=True)
class Part:
    """One Parquet file: its table and source, rows, digest, range of ids, and the release whose rows it holds ("" if
    unknown).

    The table "contested" holds ids of the table `kind` that files give other content (see `detente.record.twins`).
    """

    path: str
    table: str
    source: str
    kind: str
    rows: int
    sha256: str
    first_id: str
    last_id: str
    release: str = ""


@dataclass(slots=True)
class FileEntry:
    """What became of one file: rows taken, duplicates, rows set aside, rows corrected by reason, and the days covered.

    `covers` has [first day, last day, day from which that was known] as ISO texts; where days are covered in part,
    [start, end, day] with moments, half open. `passed` are members that hold no data we read, with the reason.
    `conflicts` are rows in quarantine that share an id with rows of other content, `renewed` rows of earlier files that
    this newer `release` replaced by other content. Of rows counted by earlier commits `withdrawn` are in conflict with
    rows of this file and in quarantine since, and this file's rows stand in the place of those `replaced` (`renewed`
    ones among them).
    """

    name: str
    digest: str
    bytes: int
    reader: str
    rows: dict[str, int] = field(default_factory=dict)
    duplicates: int = 0
    quarantined: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    covers: list[list[str]] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)
    corrected: dict[str, int] = field(default_factory=dict)
    release: str = ""
    conflicts: int = 0
    renewed: int = 0
    withdrawn: int = 0
    replaced: int = 0


@dataclass(frozen=True, slots=True)
class Commit:
    """One addition to the record. `removed` are parts of earlier commits that no longer count: a part without the rows
    that were superseded stands in their place. Their files stay, so that the history can be verified.
    """

    number: int
    at: str
    version: str
    codebook: str
    files: list[FileEntry]
    parts: list[Part]
    quarantine: str = ""
    removed: list[str] = field(default_factory=list)


def live_parts(commits: Sequence[Commit]) -> list[Part]:
    """The parts that count, oldest first."""
    removed = {path for commit in commits for path in commit.removed}
    return [part for commit in commits for part in commit.parts if part.path not in removed]


class Log:
    """The commits of a record folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.directory = folder / "log"
        marker = folder / "RECORD.json"
        if marker.exists():
            try:
                number = json.loads(marker.read_text())["format"]
            except (ValueError, KeyError, OSError) as error:
                raise DetenteError(f"{marker}: is damaged ({error}); is {folder} a detente record?") from None
            if number > FORMAT:
                raise DetenteError(
                    f"{folder}: is a record of format {number}, made by a newer detente; upgrade detente"
                )
        elif folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise DetenteError(f"{folder}: is no detente record, and not empty; name another folder with --record")

    def commits(self) -> list[Commit]:
        """All commits, oldest first."""
        commits = []
        for path in sorted(self.directory.glob("[0-9]*.json")) if self.directory.exists() else []:
            try:
                data = json.loads(path.read_text())
                commits.append(
                    Commit(
                        data["number"],
                        data["at"],
                        data["version"],
                        data["codebook"],
                        [FileEntry(**f) for f in data["files"]],
                        [Part(**p) for p in data["parts"]],
                        data["quarantine"],
                        data.get("removed", []),
                    )
                )
            except (ValueError, KeyError, TypeError) as error:
                raise DetenteError(
                    f"{path}: is damaged ({error}); restore it from a copy or ingest its files anew"
                ) from None
        return commits

    def write(self, commit: Commit) -> None:
        """Add a commit durably."""
        self.directory.mkdir(parents=True, exist_ok=True)
        marker = self.folder / "RECORD.json"
        if not marker.exists() or json.loads(marker.read_text())["format"] < FORMAT:
            _write_whole(marker, json.dumps({"format": FORMAT}))
        _write_whole(self.directory / f"{commit.number:08d}.json", json.dumps(asdict(commit), indent=1, sort_keys=True))

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the record's write lock; DetenteError where another process holds it."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            marker = self.folder / "RECORD.json"
            if not marker.exists():
                _write_whole(marker, json.dumps({"format": FORMAT}))
            handle = (self.folder / "lock").open("w")
        except OSError as error:
            raise DetenteError(f"{self.folder}: can't be written: {error.strerror}") from None
        with handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise DetenteError(
                    f"{self.folder}: another detente is writing to this record; wait for it to end"
                ) from None
            yield

    def sweep(self) -> int:
        """Remove data files that no commit names (left by a crash); return how many."""
        named = {p.path for c in self.commits() for p in c.parts} | {c.quarantine for c in self.commits()}
        removed = 0
        for place in ("data", "quarantine"):
            for path in sorted((self.folder / place).rglob("*")) if (self.folder / place).exists() else []:
                if path.is_file() and str(path.relative_to(self.folder)) not in named:
                    path.unlink()
                    removed += 1
        return removed


def _write_whole(path: Path, text: str) -> None:
    draft = path.with_suffix(".draft")
    with draft.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make renames in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
