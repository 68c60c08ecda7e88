"""The record's log: what was added, from which file, when; one small JSON file a commit.

A part of data exists for readers only when a commit names it. A commit is written under another name and given its own
in one step, never over another, so that a record is whole after a crash at any moment. Each names the digest of the
one before it, and the marker `RECORD.json` the last: an entry lost, changed or copied is found before anything is
read, and nothing is ever deleted because the log doesn't know it.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import re
import secrets
import shutil
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from detente.errors import DetenteError
from detente.files.packed import kind_of
from detente.files.trees import read_json
from detente.files.typed import made
from detente.record.commits import Commit, read_entry

FORMAT = 4
MARKER, LOST = "RECORD.json", "lost+found"
REPAIR = "`detente record repair` mends the log"
_ENTRY = re.compile(r"\d{8}\.json")
_OURS = frozenset({MARKER, LOST, "lock", "log", "data", "quarantine", "cache"})


def _cause(error: Exception, path: Path) -> str:
    return str(error).removeprefix(f"{path}: ")


@dataclass(frozen=True, slots=True)
class _Head:
    format: int
    commits: int = 0
    last: str = ""


class _Damaged(DetenteError):
    """The marker can't be read."""


class Log:
    """The commits of a record folder. Raises DetenteError where the folder is another thing, or of a newer format."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.directory = folder / "log"
        self.marker = folder / MARKER
        if re.search("[\ud800-\udfff]", str(folder)):
            raise DetenteError(f"{folder}: the name of a record's folder must be UTF-8; name another with --record")
        if not self.marker.exists():
            if folder.exists() and (not folder.is_dir() or any(not _ours(path) for path in _inside(folder))):
                raise DetenteError(f"{folder}: is no detente record, and not empty; name another folder with --record")
            return
        # A damaged marker is told when the log is read: it can be repaired.
        with contextlib.suppress(_Damaged):
            if (number := self.head()["format"]) > FORMAT:
                raise DetenteError(
                    f"{folder}: is a record of format {number}, made by a newer detente; upgrade detente"
                )

    def head(self) -> dict[str, Any]:
        """What the marker says: the format and, from format 3 on, how many commits there are and the digest of the
        last.
        """
        try:
            if not self.marker.exists():
                return asdict(_Head(FORMAT))
            told = read_json(self.marker)
            # What a newer format says besides is its own affair.
            head = made(_Head, {name: told[name] for name in ("format", "commits", "last") if name in told})
            if head.format < 1 or head.commits < 0:
                raise ValueError("a number in it is too small")
            # A flipped bit in a name or a number would else read as an end of the log that isn't known.
            names = {"format"} if head.format < 3 else {"format", "commits", "last"}
            if head.format <= FORMAT and (told.keys() != names or (head.commits > 0) is not bool(head.last)):
                raise ValueError("it doesn't say what a marker of its format says")
            return asdict(head)
        except (ValueError, TypeError, DetenteError, OSError) as error:
            raise _Damaged(f"{self.marker}: is damaged ({_cause(error, self.marker)}); {REPAIR}") from None

    def entries(self) -> list[Path]:
        """The files of the log in order; those that are no entries last. Hidden ones are none: what a crash left
        unfinished, and what a desktop puts into every folder that it shows.
        """
        names = _inside(self.directory) if self.directory.exists() else []
        return sorted(
            (path for path in names if not path.name.startswith(".")),
            key=lambda path: (not _ENTRY.fullmatch(path.name), path),
        )

    def commits(self) -> list[Commit]:
        """All commits, oldest first. Raises DetenteError, with the remedy, where one is lost, damaged or a stranger."""
        # The marker first: another process may be adding commits.
        head, commits, digest = self.head(), list[Commit](), ""
        if not self.marker.exists() and self.entries():
            raise DetenteError(f"{self.marker}: is missing; {REPAIR}")
        for number, path in enumerate(self.entries(), start=1):
            if path.name != f"{number:08d}.json":
                if _ENTRY.fullmatch(path.name):
                    raise DetenteError(f"{self.folder}: commit {number} is missing from the log; {REPAIR}")
                raise DetenteError(f"{path}: is no entry of the log (a copy made by a program that syncs?); {REPAIR}")
            commit, digest = self._read(path, number, digest)
            commits.append(commit)
            if number == head["commits"] and digest != head["last"]:
                raise DetenteError(f"{path}: has changed since it was written; {REPAIR}")
        if len(commits) < head["commits"]:
            raise DetenteError(f"{self.folder}: the log ends at commit {len(commits)} of {head['commits']}; {REPAIR}")
        return commits

    def _read(self, path: Path, number: int, before: str) -> tuple[Commit, str]:
        """An entry and its digest."""
        try:
            commit, content = read_entry(path)
        except DetenteError as error:
            raise DetenteError(f"{path}: is damaged ({_cause(error, path)}); {REPAIR}") from None
        if commit.number != number:
            raise DetenteError(f"{path}: holds commit {commit.number}; {REPAIR}")
        # Entries of format 2 name none before them.
        if commit.previous and commit.previous != before:
            raise DetenteError(f"{path}: doesn't follow the entry before it, which was lost or changed; {REPAIR}")
        return commit, hashlib.sha256(content).hexdigest()

    def last_digest(self, number: int) -> str:
        """The digest of an entry, "" of number 0."""
        return sha256_of(self.directory / f"{number:08d}.json") if number else ""

    def write(self, commit: Commit, content: str = "") -> None:
        """Add a commit durably, as the JSON in `content` where there is one.

        DetenteError where another process has written one of its number.
        """
        self.directory.mkdir(parents=True, exist_ok=True)
        sync_folder(self.folder)
        content, path = content or commit.to_json(), self.directory / f"{commit.number:08d}.json"
        draft = _drafted(path, content)
        try:
            _give_name(draft, path)
        except FileExistsError:
            draft.unlink()
            raise DetenteError(
                f"{path}: another process has written it meanwhile; nothing was overwritten. Run the same command again"
            ) from None
        sync_folder(path.parent)
        self.write_head(commit.number, hashlib.sha256(content.encode()).hexdigest())

    def write_head(self, commits: int, last: str) -> None:
        """The marker, in one step."""
        _drafted(self.marker, json.dumps({"format": FORMAT, "commits": commits, "last": last})).replace(self.marker)
        sync_folder(self.folder)

    @contextlib.contextmanager
    def writing(self, on_wait: Callable[[str], None] = lambda text: None) -> Iterator[None]:
        """Hold the record's write lock. Where another process holds it, `on_wait` is told which, and it is waited for.

        Raises DetenteError where the folder can't be written or locked.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            handle = self._lock(on_wait)
        except OSError as error:
            raise DetenteError(f"{self.folder}: can't be locked for writing: {error.strerror or error}") from None
        with handle:
            try:
                if not self.marker.exists() and not self.entries():
                    self.write_head(0, "")
                handle.truncate(0)
                handle.write(f"process {os.getpid()} on {socket.gethostname()}, since {datetime.now():%Y-%m-%d %H:%M}")
                handle.flush()
            except OSError as error:
                raise DetenteError(f"{self.folder}: can't be written: {error.strerror or error}") from None
            try:
                yield
            finally:
                with contextlib.suppress(OSError):
                    handle.truncate(0)

    def _lock(self, on_wait: Callable[[str], None]) -> IO[str]:
        """The lock file, held. What it links to elsewhere is nothing to write to."""
        path = self.folder / "lock"
        while True:
            number = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
            handle = os.fdopen(number, "a+", encoding="utf-8", errors="replace")
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                handle.seek(0)
                holder = handle.read(200).strip() or "another process"
                on_wait(f"{self.folder}: waiting for {holder}, which is writing to this record")
                fcntl.flock(handle, fcntl.LOCK_EX)
            with contextlib.suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(number), path.stat()):
                    return handle
            # Meanwhile the record was moved away or its lock deleted: others lock what lies there now.
            handle.close()

    def put(self, number: int, content: str) -> str:
        """Make the entry of a commit what it should be, the one replaced goes to lost+found; its digest."""
        path = self.directory / f"{number:08d}.json"
        if not path.exists() or path.read_bytes() != content.encode():
            self.directory.mkdir(parents=True, exist_ok=True)
            draft = _drafted(path, content)
            if path.exists():
                # Copied, not moved: a kill in between leaves the old one in its place.
                shutil.copy2(path, self._free(path))
            draft.replace(path)
            sync_folder(self.directory)
        return hashlib.sha256(content.encode()).hexdigest()

    def strangers(self, commits: Sequence[Commit]) -> list[str]:
        """Data files that no commit names, and unfinished entries; a crash leaves them."""
        named = {p.path for c in commits for p in c.parts} | {c.quarantine for c in commits}
        # Of the names that we give: what a desktop or its owner puts beside them is in nobody's way.
        places = [path for place in ("data", "quarantine") for path in (self.folder / place).rglob("*[0-9]-*")]
        drafts = [path for place in (self.folder, self.directory) for path in place.glob(".*.draft")]
        paths = [str(path.relative_to(self.folder)) for path in (*places, *drafts) if path.is_file()]
        return sorted(path for path in paths if path not in named)

    def set_aside(self) -> list[str]:
        """Move what no commit names to lost+found; where it is now."""
        return [self.lose(self.folder / path) for path in self.strangers(self.commits())]

    def lose(self, path: Path) -> str:
        """Move a file of the record to lost+found, under a name that is free; its place there."""
        target = self._free(path)
        shutil.move(path, target)
        return str(target.relative_to(self.folder))

    def _free(self, path: Path) -> Path:
        """A free place in lost+found for a file of the record."""
        target = self.folder / LOST / path.relative_to(self.folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        while target.exists():
            target = target.with_name(f"{secrets.token_hex(2)}-{target.name}")
        return target


def _inside(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError as error:
        raise DetenteError(f"{folder}: can't be read: {error.strerror}") from None


def _ours(path: Path) -> bool:
    """Whether a folder with this in it may be one of ours that a crash left before it was marked."""
    return path.name in _OURS or path.suffix == ".draft"


def _drafted(path: Path, text: str) -> Path:
    """A file beside `path`, durably written, that only has to be given its name."""
    draft = path.with_name(f".{path.name}-{os.getpid()}-{secrets.token_hex(4)}.draft")
    with draft.open("x", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return draft


def _give_name(draft: Path, path: Path) -> None:
    """Rename a draft; FileExistsError where the name is taken."""
    try:
        os.link(draft, path)
        draft.unlink()
    except FileExistsError:
        raise
    except OSError:
        # File systems without links: the lock alone keeps others out between these two steps.
        if path.exists():
            raise FileExistsError(path) from None
        draft.rename(path)


def sync_folder(folder: Path) -> None:
    """Make new names in a folder durable."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hex; OSError also where it is none, as a pipe, to open which waits for ever."""
    if kind := kind_of(path):
        raise OSError(errno.EINVAL, f"is {kind}", str(path))
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
