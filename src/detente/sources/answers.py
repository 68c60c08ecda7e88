"""What a server's answer means: which part of a file it is, whether another try may help, and when."""

from __future__ import annotations

import errno
import re
import ssl
from email.utils import parsedate_to_datetime
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import HTTPError, URLError

from detente.errors import DetenteError

if TYPE_CHECKING:
    from detente.sources.download import Remote

_CUT = (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN, errno.ENETRESET, errno.ENOTCONN, errno.EBADF)
_SPAN = re.compile(r"bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18})")
_LENGTH = re.compile("[0-9]{1,18}|chunked", re.IGNORECASE)
PATIENCE = 300.0
"""The longest wait, in seconds, that a server may ask for before the next try."""


class Failed(DetenteError):
    """A file that didn't come. `again`: another try may help, after so many seconds."""

    def __init__(self, reason: str, *, again: bool = True, after: float = 0.0) -> None:
        super().__init__(reason)
        self.again, self.after = again, after


class Missing(Failed):
    """The server has no such file (404)."""


class Offline(Failed):
    """The host cannot be reached."""


def accepted(answer: HTTPResponse, remote: Remote, have: int, tag: str, most: int) -> tuple[int, int | None]:
    """At which byte of the file an answer begins, and how long the whole is, None where only its end will show; Failed
    where it is none that may be kept. Asked for was what follows `have` bytes, of the version with that `tag` if any.
    """
    begin = 0
    whole: int | None = answer.length
    if answer.status == 206:
        span = _SPAN.fullmatch(answer.headers.get("Content-Range", ""))
        begin, last, total = map(int, span.groups()) if span else (-1, 0, 0)
        other = tag not in ("", answer.headers.get("ETag", tag))
        if other or not have or begin != have or total != last + 1 or answer.length not in (None, total - begin):
            raise Failed("the server gives another part than asked for; it is fetched anew")
        whole = total
    elif answer.status != 200:
        raise refusal(answer)
    lengths, ways = (set(answer.headers.get_all(name, [])) for name in ("Content-Length", "Transfer-Encoding"))
    if len(lengths | ways) > 1 or not all(_LENGTH.fullmatch(told) for told in lengths | ways):
        raise Failed(f"the server says its length in a way that can't be trusted: {', '.join(lengths | ways)[:80]}")
    packed = ",".join(answer.headers.get_all("Content-Encoding", [])).lower().replace("identity", "").strip(", ")
    if packed:
        raise Failed(f"the server packs it ({packed}), which was not asked for", again=False)
    expected = whole if remote.size is None or remote.md5 else remote.size
    if whole is not None and expected is not None and (whole != expected or whole > most):
        limit = f"the limit is {most:,}" if whole == expected else f"the listing says {expected:,}"
        raise Failed(f"the server announces {whole:,} bytes, {limit}", again=False)
    if expected is None and not answer.chunked and remote.md5 is None:
        raise Failed("the server doesn't say how long it is: nothing would show that all of it came", again=False)
    return begin, expected


def refusal(answer: HTTPResponse | HTTPError) -> Failed:
    """What a status means that comes with no file."""
    if answer.status == 404:
        return Missing("404", again=False)
    if answer.status == 416:
        return Failed("the part held is longer than the file; it is fetched anew")
    after = _wait(answer)
    if after > PATIENCE:
        return Failed(f"the server asks to wait {after:.0f} seconds; run the same command then", again=False)
    again = answer.status in (408, 425, 429) or (answer.status or 0) >= 500
    return Failed(f"the server answers {answer.status}", again=again, after=after)


def _wait(answer: HTTPResponse | HTTPError) -> float:
    """The seconds that a server asks to wait, 0 where it says none."""
    text = answer.headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return float(text[:9])
    try:
        wait = parsedate_to_datetime(text) - parsedate_to_datetime(answer.headers.get("Date", ""))
        return max(0.0, wait.total_seconds())
    except (ValueError, TypeError, OverflowError, IndexError):
        return 0.0


def failure_of(error: HTTPException | OSError, address: str, part: Path) -> DetenteError:
    """What an exception of a transfer means."""
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, TimeoutError):
        return Failed(str(reason) if "longer" in str(reason) else "the server stalled")
    if isinstance(reason, ssl.SSLCertVerificationError):
        return Failed(f"the certificate of {address.split('/')[2]} can't be trusted: {reason}", again=False)
    if isinstance(error, URLError):
        return Offline(f"can't reach {address.split('/')[2]} ({reason}); are you online?")
    if isinstance(error, ConnectionError | HTTPException | ssl.SSLError) or error.errno in _CUT:
        return Failed(f"the connection broke ({str(error)[:100] or type(error).__name__})")
    return DetenteError(f"{part}: can't be written: {error.strerror or error}")
