"""Downloads that resume, check what arrived, wait between requests, and say so when offline."""

from __future__ import annotations

import hashlib
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPResponse, IncompleteRead
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from detente.errors import DetenteError

TRIES = 3
HEADERS = {"User-Agent": "detente (research; one request at a time)", "Accept-Encoding": "identity"}


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
        import certifi

        self.folder = folder
        self.pause = pause
        self.mirror = mirror
        self.on_progress = on_progress or (lambda name, size: None)
        self.timeout = timeout
        # The authorities of the system (or of SSL_CERT_FILE), and those of certifi where a system has none.
        self.authorities = ssl.create_default_context()
        self.authorities.load_verify_locations(certifi.where())
        self.last = 0.0

    def _address(self, url: str) -> str:
        if not self.mirror:
            return url
        return self.mirror.rstrip("/") + "/" + url.split("://", 1)[1].partition("/")[2]

    def _wait(self) -> None:
        time.sleep(max(0.0, self.last + self.pause - time.monotonic()))
        self.last = time.monotonic()

    def text(self, url: str) -> str:
        """A small document as text."""
        try:
            with self._ask(url) as answer:
                status, content = answer.status, answer.read()
        except (OSError, HTTPException) as error:
            raise self._offline(url, error) from None
        if status != 200:
            raise DetenteError(f"{url}: the server answers {status}; try again later")
        return content.decode("utf-8", errors="replace")

    def _ask(self, url: str, **headers: str) -> HTTPResponse | HTTPError:
        """The answer of a server, whatever its status."""
        self._wait()
        request = Request(self._address(url), headers=HEADERS | headers)
        try:
            answer: HTTPResponse = urlopen(request, timeout=self.timeout, context=self.authorities)
        except HTTPError as refusal:
            return refusal
        return answer

    def _offline(self, url: str, error: Exception) -> Offline:
        reason = getattr(error, "reason", error) or type(error).__name__
        return Offline(f"can't reach {self._address(url).split('/')[2]} ({reason}); are you online?")

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
        part = target.with_name(target.name + ".part")
        have = part.stat().st_size if part.exists() else 0
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            with self._ask(remote.url, **({"Range": f"bytes={have}-"} if have else {})) as answer:
                if answer.status == 404:
                    return "404"
                if answer.status == 416:
                    part.unlink(missing_ok=True)
                    return "the part held is longer than the file; it will be fetched anew"
                if isinstance(answer, HTTPError) or answer.status not in (200, 206):
                    return f"the server answers {answer.status}"
                self._receive(answer, part, append=answer.status == 206, name=remote.name)
        except TimeoutError:
            return "the server stalled"
        except URLError as error:
            if isinstance(error.reason, TimeoutError):
                return "the server stalled"
            raise self._offline(remote.url, error) from None
        except (ConnectionError, HTTPException, ssl.SSLError) as error:
            return f"the connection broke ({error})"
        if remote.size is not None and remote.md5 is None and part.stat().st_size < remote.size:
            return f"arrived short, {part.stat().st_size} of {remote.size} bytes"
        if remote.md5 is not None and md5_of(part) != remote.md5:
            part.unlink()
            return "its checksum differs from the published one"
        part.replace(target)
        return ""

    def _receive(self, answer: HTTPResponse, part: Path, *, append: bool, name: str) -> None:
        with part.open("ab" if append else "wb") as file:
            while piece := answer.read(1 << 16):
                file.write(piece)
                self.on_progress(name, file.tell())
        # What is left of the length that the server gave: pieces that don't come raise nothing.
        if answer.length:
            raise IncompleteRead(b"", answer.length)


def md5_of(path: Path) -> str:
    """The MD5 of a file in hex: what publishers of these data give to check transfers with."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "md5").hexdigest()
