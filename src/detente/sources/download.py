"""Downloads that resume, check what arrived, wait between requests, and say so when offline."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPException
from pathlib import Path
from typing import TextIO, TypeVar
from urllib.error import HTTPError

from detente import clock
from detente.errors import DetenteError
from detente.sources import fetched
from detente.sources.answers import Failed, Missing, Offline, accepted, failure_of, refusal
from detente.sources.foreign import PAGE
from detente.sources.web import Refused, Web

T = TypeVar("T")
TRIES = 3
TELLING = 1 << 20
"""So many bytes must have come before their speed tells of what is to come."""
LARGEST, LARGEST_LISTING, LARGEST_TEXT, LONGEST_LINE = 8 << 30, 1 << 30, 64 << 20, 8192
"""The most bytes of a file, of a listing, of a document read at once, and of a line of a listing."""
SLACK = 1 << 20
"""So many bytes, and twice those listed, may come of a file whose checksum is told: the size is listed elsewhere."""


@dataclass(frozen=True, slots=True)
class Remote:
    """A file to fetch: address, name to keep it under; MD5, size in bytes and release where the publisher gives them.

    DetenteError where the name is none of a file to be seen in its folder, and of nothing else.
    """

    url: str
    name: str
    md5: str | None = None
    size: int | None = None
    release: str = ""

    def __post_init__(self) -> None:
        name = self.name
        odd = not name.isprintable() or not 0 < len(name.encode()) < 200
        if odd or name[0] in ".-~" or set(name) & set('/\\:*?"<>|'):
            raise DetenteError(f"{self.url}: is listed under {name[:200]!r}, which is no name of a file")


@dataclass(slots=True)
class Outcome:
    """What became of a fetch; of files kept for a pair (see `detente.sources.pairs`) also how many rows there were
    ("all"), were "kept", and could not be read ("unread").
    """

    fetched: list[Path] = field(default_factory=list)
    kept: list[Path] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    rows: Counter[str] = field(default_factory=Counter)


class Downloader:
    """Fetches files into a folder, politely: one at a time, `pause` seconds apart; a failed one again after two pauses,
    then after four, or when the server says.

    `hosts`, `mirror`, `timeout` (seconds of silence) and `longest` (seconds a file) are as in `detente.sources.web`.
    `on_progress` is told the file's name and how much of it has come.
    """

    def __init__(
        self,
        folder: Path,
        hosts: Mapping[str, str],
        *,
        pause: float = 0.5,
        timeout: float = 30.0,
        longest: float = 3600.0,
        mirror: str | None = None,
        on_progress: Callable[[str, int], None] | None = None,
    ) -> None:
        self.folder = folder
        self.pause = pause
        self.web = Web(hosts, mirror, idle=timeout, longest=longest)
        self.on_progress = on_progress or (lambda name, size: None)
        self.last = 0.0
        self.received, self.seconds = 0, 0.0
        self.tags: dict[str, str] = {}
        self.kept: dict[str, bool] = {}
        self.book = dict(fetched.book(folder))

    def text(self, url: str) -> str:
        """A small document as text."""
        with self._listing(url, LARGEST_TEXT) as file:
            return file.read()

    def lines(self, url: str) -> Iterator[str]:
        """The lines of a large listing."""
        with self._listing(url, LARGEST_LISTING) as file:
            for number, line in enumerate(iter(lambda: file.readline(LONGEST_LINE), ""), start=1):
                if len(line) >= LONGEST_LINE:
                    raise DetenteError(f"{url}: line {number} is no line of a listing: {line[:60]!r}...")
                yield line

    def _listing(self, url: str, most: int) -> TextIO:
        """A listing as it is now, to be read; it has no name in the folder by then, so that nobody else takes it."""
        target = self.folder / f".listing-{re.sub(r'[^a-z0-9]+', '-', url.lower())[-80:]}"
        try:
            with self._alone():
                part_of(target).unlink(missing_ok=True)
                self._retried(partial(self._get, Remote(url, target.name[1:]), target, most))
                file = target.open(encoding="utf-8", errors="replace")
                target.unlink()
                return file
        except Offline:
            raise
        except Failed as failure:
            raise DetenteError(f"{url}: {failure}") from None

    def held(self, remote: Remote) -> bool:
        """Whether a file lies in the folder as the publisher has it: by the MD5 listed, else as it was fetched."""
        if remote.name not in self.kept:
            target = self.folder / remote.name
            try:
                self.kept[remote.name] = target.is_file() and (
                    _digest(target, "md5") == remote.md5
                    if remote.md5
                    else remote.size in (None, target.stat().st_size)
                    and _digest(target, "sha256") == self.book.get(remote.name, {}).get("sha256")
                )
            except OSError as error:
                raise _unusable(target, error) from None
        return self.kept[remote.name]

    def outlook(self, files: Iterable[Remote]) -> tuple[int, int, float | None]:
        """The bytes listed of files, how many are listed without, and the seconds that they will take by the speed so
        far, None where too little has come to tell.
        """
        sizes = [remote.size for remote in files]
        known = sum(size or 0 for size in sizes)
        speed = self.received / self.seconds if self.received >= TELLING else 0.0
        return known, sizes.count(None), self.pause * len(sizes) + known / speed if speed else None

    def note(self, path: Path, remote: Remote, **more: object) -> None:
        """Say in the folder's book where a file is from; see `detente.sources.fetched`."""
        at = clock.now().isoformat(timespec="seconds")
        about = {"from": remote.url, "at": at, "release": remote.release, "sha256": _digest(path, "sha256"), **more}
        fetched.note(path, **about)
        self.book[path.name] = about
        self.kept[path.name] = True

    def all(self, files: Sequence[Remote]) -> Outcome:
        """Fetch every file; what cannot be had is listed, and the rest goes on."""
        return self.each([(remote.name, partial(self._one, remote)) for remote in files])

    def _one(self, remote: Remote, outcome: Outcome) -> None:
        target = self.folder / remote.name
        if self.held(remote):
            outcome.kept.append(target)
            return
        self.fetch(remote, target)
        self.note(target, remote)
        outcome.fetched.append(target)

    def each(self, jobs: Sequence[tuple[str, Callable[[Outcome], None]]]) -> Outcome:
        """Do every job, each with a name, which tells the outcome what it did; failures of one don't end the others."""
        outcome = Outcome()
        with self._alone():
            for number, (name, job) in enumerate(jobs):
                try:
                    job(outcome)
                except Missing:
                    outcome.missing.append(name)
                except Offline as failure:
                    if not outcome.fetched:
                        raise
                    rest = len(jobs) - number - 1
                    outcome.failed.append(f"{name}: {failure}" + (f" ({rest} more were not asked for)" * (rest > 0)))
                    break
                except (Failed, Refused) as failure:
                    outcome.failed.append(f"{name}: {failure}")
                except OSError as error:
                    raise _unusable(self.folder / name, error) from None
        return outcome

    def fetch(self, remote: Remote, target: Path) -> None:
        """A file, whole, tried again where that may help. Raises Failed, Refused where it doesn't come."""
        most = LARGEST if remote.size is None else remote.size + (remote.size + SLACK if remote.md5 else 0)
        self._retried(partial(self._get, remote, target, most))

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Make the folder, and keep other processes from fetching into it."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = (self.folder / ".lock").open("a")
        except OSError as error:
            raise _unusable(self.folder, error) from None
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise DetenteError(
                    f"{self.folder}: another process fetches into it; wait for it, or name another with --into"
                ) from None
            yield

    def _retried(self, work: Callable[[], T]) -> T:
        """What `work` gives, tried again where that may help."""
        for tries in range(1, TRIES):
            try:
                return work()
            except Failed as failure:
                if not failure.again:
                    raise
                time.sleep(max(failure.after, self.pause * 2**tries))
        return work()

    def _get(self, remote: Remote, target: Path, most: int) -> None:
        """One attempt, going on where the last one stopped, to give `target` the whole file."""
        part = part_of(target)
        # What came before may be of another version of the file, unless its checksum will tell, or its tag does.
        tag = self.tags.pop(remote.name, "")
        started = self._wait()
        try:
            have = part.stat().st_size if part.exists() and (remote.md5 or tag) else 0
            if remote.size is not None and have >= remote.size:
                have = 0
            asked = {"Range": f"bytes={have}-"} | ({"If-Range": tag} if tag else {}) if have else {}
            with self.web.ask(remote.url, **asked) as answer:
                if isinstance(answer, HTTPError):
                    if answer.status == 416:
                        part.unlink(missing_ok=True)
                    raise refusal(answer)
                try:
                    begin, whole = accepted(answer, remote, have, tag, most)
                except Failed:
                    part.unlink(missing_ok=True)
                    raise
                if (tag := answer.headers.get("ETag", "")) and not tag.startswith("W/"):
                    self.tags[remote.name] = tag
                with part.open("r+b" if begin else "wb") as file:
                    file.seek(begin)
                    file.truncate()
                    while piece := answer.read1(1 << 16):
                        if file.tell() + len(piece) > most:
                            raise Failed(f"is longer than {most:,} bytes; given up", again=False)
                        file.write(piece)
                        self.received += len(piece)
                        self.on_progress(remote.name, file.tell())
                    size = file.tell()
                if size != (size if whole is None else whole):
                    raise Failed(f"arrived short, {size:,} of {whole:,} bytes")
            if remote.md5 is not None and _digest(part, "md5") != remote.md5:
                page = _is_page(part)
                part.unlink()
                raise Failed("its checksum differs from the published one" + ": it is a web page" * page)
            if remote.md5 is None and _is_page(part) and not remote.name.endswith((".html", ".xml")):
                part.unlink()
                raise Failed("the server gives a web page in its place", again=False)
            part.replace(target)
        except (HTTPException, OSError) as error:
            raise failure_of(error, self.web.address(remote.url), part) from None
        finally:
            self.seconds += time.monotonic() - started

    def _wait(self) -> float:
        time.sleep(max(0.0, self.last + self.pause - time.monotonic()))
        self.last = time.monotonic()
        return self.last


def _is_page(path: Path) -> bool:
    with path.open("rb") as file:
        return PAGE.match(file.read(200)) is not None


def part_of(target: Path) -> Path:
    """Where a file lies until it is whole: out of sight of whoever reads the folder."""
    return target.with_name(f".{target.name}.part")


def _unusable(path: Path, error: OSError) -> DetenteError:
    return DetenteError(f"{path}: can't be read or written: {error.strerror or error}")


def _digest(path: Path, kind: str) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, kind).hexdigest()
