"""Requests that go only where they may: to the https addresses of a source, or to a mirror that the user names."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import IO, Any
from urllib.error import HTTPError
from urllib.parse import unquote, urlsplit
from urllib.request import HTTPHandler, HTTPRedirectHandler, HTTPSHandler, Request, build_opener

from detente.errors import DetenteError

HEADERS = {"User-Agent": "detente (research; one request at a time)", "Accept-Encoding": "identity"}


class Refused(DetenteError):
    """An address that is none of the source's, or lies inside the user's own network."""


class Web:
    """The addresses of one source. `hosts` gives the https address behind each host that its listings name; a `mirror`
    stands in the place of all of them, and it alone may be plain http or lie inside the user's network.

    A request fails after `idle` seconds of silence, and after `longest` seconds in all.
    """

    def __init__(self, hosts: Mapping[str, str], mirror: str | None, *, idle: float, longest: float) -> None:
        import certifi

        self.hosts = hosts
        self.mirror = mirror.rstrip("/") if mirror else None
        if self.mirror and not _is_base(self.mirror):
            raise DetenteError(f"--mirror {mirror}: is no address; give one as in http://localhost:8000")
        self.idle, self.longest = idle, longest
        # The authorities of the system (or of SSL_CERT_FILE), and those of certifi where a system has none.
        self.authorities = ssl.create_default_context()
        self.authorities.load_verify_locations(certifi.where())

    def address(self, url: str) -> str:
        """Where a listed address is asked for; Refused where it is none of the source's."""
        if _odd(url) or (parts := urlsplit(url)).scheme not in ("http", "https") or parts.netloc not in self.hosts:
            known = ", ".join(self.hosts) or "none is declared"
            raise Refused(f"{url!r} is no address of the source ({known}); it is not asked for")
        base = self.mirror or self.hosts[parts.netloc]
        return base + parts.path + (f"?{parts.query}" if parts.query else "")

    def allow(self, address: str) -> None:
        """Raise Refused where a server sends us to another place than the source's or the mirror's."""
        places = [self.mirror] if self.mirror else []
        if _odd(address) or not any(address.startswith(f"{place}/") for place in (*self.hosts.values(), *places)):
            raise Refused(f"the server sends us to {address!r}, which is no address of the source; it is not asked for")

    @contextlib.contextmanager
    def ask(self, url: str, **headers: str) -> Iterator[HTTPResponse | HTTPError]:
        """The answer of a server, whatever its status. Raises OSError or HTTPException where none comes, TimeoutError
        where the time is over.
        """
        request = Request(self.address(url), headers=HEADERS | headers)
        dialled = _Line(self.longest)
        handlers = (
            _Redirects(self.allow),
            _Plain(self._inside, dialled.dial),
            _Secure(self._inside, dialled.dial, context=self.authorities),
        )
        try:
            try:
                answer = build_opener(*handlers).open(request, timeout=self.idle)
            except HTTPError as refusal:
                answer = refusal
            except ValueError as error:
                # What we ask for was looked at before.
                raise Refused(f"the server sends us to what is no address ({error}); it is not asked for") from None
            with answer:
                yield answer
        except Exception:
            if dialled.over:
                raise TimeoutError(f"took longer than {self.longest:g} seconds") from None
            raise
        finally:
            dialled.hang_up()

    def _inside(self, request: Request) -> bool:
        """Whether a request may go to the user's own network: to the mirror, or through a proxy that is set."""
        asked = urlsplit(request.full_url)
        here = urlsplit(self.mirror or "")
        return request.host != asked.netloc or (asked.scheme, asked.netloc) == (here.scheme, here.netloc)


def _is_base(mirror: str) -> bool:
    """Whether paths may follow an address."""
    if _odd(mirror) or not mirror.startswith(("http://", "https://")):
        return False
    parts = urlsplit(mirror)
    return bool(parts.hostname and not parts.query and not parts.fragment)


def _odd(url: str) -> bool:
    """Whether parts of an address can't be read, or in two ways: servers take %2e%2e for two dots."""
    try:
        path, _ = unquote(urlsplit(url).path), urlsplit(url).port
    except ValueError:
        return True
    return not url.isascii() or not url.isprintable() or bool(set("\\ ") & set(url + path)) or "/../" in f"{path}/"


class _Line:
    """The connection of one request, cut when its time is over, whatever it waits for."""

    def __init__(self, longest: float) -> None:
        self.over = False
        self.longest = longest
        self.ends: list[Callable[[], None]] = []

    def dial(self, address: tuple[str, int], timeout: float, source: Any = None, *, inside: bool) -> socket.socket:
        """Connect to an address that was looked up and found allowed: a name can't mean another one a moment later."""
        host, port = address
        error: OSError = OSError(f"{host} has no address")
        found = dict.fromkeys(str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        for place in found:
            if not inside and not _public(place):
                raise Refused(f"{host} lies at {place}, inside your own network; it is not asked for")
        for place in found:
            try:
                line = socket.create_connection((place, port), timeout, source)
            except OSError as failure:
                error = failure
                continue
            self._cut_later(line.dup())
            return line
        raise error

    def _cut_later(self, line: socket.socket) -> None:
        def cut() -> None:
            self.over = True
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

        timer = threading.Timer(self.longest, cut)
        timer.daemon = True
        timer.start()
        self.ends += [timer.cancel, line.close]

    def hang_up(self) -> None:
        for end in self.ends:
            end()


_TRANSLATED = IPv6Network("64:ff9b::/96")


def _public(place: str) -> bool:
    """Whether an address lies outside every network of a user's own; so must one of version 4 that it stands for."""
    address: IPv4Address | IPv6Address = ip_address(place.partition("%")[0])
    if isinstance(address, IPv6Address):
        inner = IPv4Address(int(address) & 0xFFFFFFFF) if address in _TRANSLATED else address.sixtofour
        address = address.ipv4_mapped or inner or address
    return address.is_global and not address.is_multicast


def _connection(
    kind: type[HTTPConnection], dial: Callable[..., socket.socket], inside: bool
) -> Callable[..., HTTPConnection]:
    def make(host: str, **options: Any) -> HTTPConnection:
        made = kind(host, **options)
        made._create_connection = partial(dial, inside=inside)  # type: ignore[attr-defined]
        return made

    return make


class _Redirects(HTTPRedirectHandler):
    def __init__(self, allow: Callable[[str], None]) -> None:
        self.allow = allow

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> Request | None:
        self.allow(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class _Plain(HTTPHandler):
    def __init__(self, inside: Callable[[Request], bool], dial: Callable[..., socket.socket]) -> None:
        super().__init__()
        self.inside, self.dial = inside, dial

    def http_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_connection(HTTPConnection, self.dial, self.inside(req)), req)  # type: ignore[arg-type]


class _Secure(HTTPSHandler):
    def __init__(
        self, inside: Callable[[Request], bool], dial: Callable[..., socket.socket], context: ssl.SSLContext
    ) -> None:
        super().__init__(context=context)
        self.inside, self.dial, self.context = inside, dial, context

    def https_open(self, req: Request) -> HTTPResponse:
        make = _connection(HTTPSConnection, self.dial, self.inside(req))
        return self.do_open(make, req, context=self.context)  # type: ignore[arg-type]
