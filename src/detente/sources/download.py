"""Downloads that resume, check what arrived, wait between requests, and say so when offline."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from detente.errors import DetenteError

if TYPE_CHECKING:
    import httpx

TRIES = 3


class Offline(DetenteError):
    """The host cannot be reached."""


@dataclass(frozen=True, slots=True)
class Remote:
    """A file to fetch: address, name to keep it under, MD5 where the publisher gives one."""

    url: str
    name: str
    md5: str | None = None
    size: int | None = None


@dataclass(slots=True)
class Outcome:
    """What became of a fetch."""

    fetched: list[Path] = field(default_factory=list)
    kept: list[Path] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


class Downloader:
    """Fetches files into a folder, politely: one at a time, `pause` seconds apart.

    `mirror` replaces the scheme and host of every address (for a local copy or a test).
    """

    def __init__(
        self,
        folder: Path,
        *,
        pause: float = 0.5,
        timeout: float = 30.0,
        mirror: str | None = None,
        on_progress: Callable[[str, int], None] | None = None,
    ) -> None:
        import httpx

        self.folder = folder
        self.pause = pause
        self.mirror = mirror
        self.on_progress = on_progress or (lambda name, size: None)
        self.client = httpx.Client(
            timeout=timeout,
            follow_redirects=True,
            headers={"User-Agent": "detente (research; one request at a time)", "Accept-Encoding": "identity"},
        )
        self.last = 0.0

    def __enter__(self) -> Downloader:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def _address(self, url: str) -> str:
        if not self.mirror:
            return url
        return self.mirror.rstrip("/") + "/" + url.split("://", 1)[1].partition("/")[2]

    def _wait(self) -> None:
        time.sleep(max(0.0, self.last + self.pause - time.monotonic()))
        self.last = time.monotonic()

    def text(self, url: str) -> str:
        """A small document as text."""
        import httpx

        self._wait()
        try:
            answer = self.client.get(self._address(url))
        except httpx.TransportError as error:
            raise self._offline(url, error) from None
        if answer.status_code != 200:
            raise DetenteError(f"{url}: the server answers {answer.status_code}; try again later")
        return answer.text

    def _offline(self, url: str, error: Exception) -> Offline:
        return Offline(
            f"can't reach {self._address(url).split('/')[2]} ({error or type(error).__name__}); are you online?"
        )

    def lines(self, url: str, name: str) -> Iterator[str]:
        """The lines of a large listing, fetched like a file (resumed, never trusted to be fresh)."""
        target = self.folder / name
        target.unlink(missing_ok=True)
        reason = self._try(Remote(url, name), target)
        if reason:
            raise DetenteError(f"{url}: {reason}")
        with target.open(encoding="utf-8", errors="replace") as file:
            yield from file

    def all(self, files: Iterable[Remote]) -> Outcome:
        """Fetch every file; what cannot be had is listed, and the rest goes on."""
        outcome = Outcome()
        self.folder.mkdir(parents=True, exist_ok=True)
        for remote in files:
            target = self.folder / remote.name
            if target.exists() and (remote.md5 is None or md5_of(target) == remote.md5):
                outcome.kept.append(target)
                continue
            target.unlink(missing_ok=True)
            reason = ""
            for _ in range(TRIES):
                reason = self._try(remote, target)
                if not reason or reason == "404":
                    break
            if not reason:
                outcome.fetched.append(target)
            elif reason == "404":
                outcome.missing.append(remote.name)
            else:
                outcome.failed.append(f"{remote.name}: {reason}")
        return outcome

    def _try(self, remote: Remote, target: Path) -> str:
        """One attempt, going on where the last one stopped; "" when the file is whole."""
        import httpx

        part = target.with_name(target.name + ".part")
        have = part.stat().st_size if part.exists() else 0
        self._wait()
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            with self.client.stream(
                "GET", self._address(remote.url), headers={"Range": f"bytes={have}-"} if have else {}
            ) as answer:
                if answer.status_code == 404:
                    return "404"
                if answer.status_code == 416:
                    part.unlink(missing_ok=True)
                    return "the part held is longer than the file; it will be fetched anew"
                if answer.status_code not in (200, 206):
                    return f"the server answers {answer.status_code}"
                self._receive(answer, part, append=answer.status_code == 206, name=remote.name)
        except httpx.ConnectError as error:
            raise self._offline(remote.url, error) from None
        except httpx.TimeoutException:
            return "the server stalled"
        except httpx.TransportError as error:
            return f"the connection broke ({error})"
        if remote.size is not None and remote.md5 is None and part.stat().st_size < remote.size:
            return f"arrived short, {part.stat().st_size} of {remote.size} bytes"
        if remote.md5 is not None and md5_of(part) != remote.md5:
            part.unlink()
            return "its checksum differs from the published one"
        part.replace(target)
        return ""

    def _receive(self, answer: httpx.Response, part: Path, *, append: bool, name: str) -> None:
        with part.open("ab" if append else "wb") as file:
            for piece in answer.iter_raw():
                file.write(piece)
                self.on_progress(name, file.tell())


def md5_of(path: Path) -> str:
    """The MD5 of a file in hex: what publishers of these data give to check transfers with."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "md5").hexdigest()
