"""Does an address of another site answer? Asked so that nobody can make this server call into its own house.

Every name is resolved once, every address it resolves to must be a public one, and the connection goes to the
address that was looked at (no second resolution that might say something else). Redirections are followed by
hand, each under the same rules. The body is never read, and a head that trickles in has an end.
"""

import http.client
import io
import ipaddress
import re
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from urllib.parse import quote, urljoin, urlsplit

SECONDS = 5  # for any one step
SECONDS_IN_ALL = 20  # for a link with all its redirections
HEAD_BYTES = 64 * 1024
STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})\b")
UNICAST = ipaddress.ip_network("2000::/3")  # what the internet uses; the rest is local or embedded
REDIRECTIONS = 3
PORTS = {"http": 80, "https": 443}
NOT_FOUND = frozenset({404, 410, 451})
AGENT = "Mozilla/5.0 (link check)"
Resolver = Callable[[str, int], Sequence[str]]


@dataclass(frozen=True)
class Answer:
    """What came back: `is_dead` None when nothing can be said; `why` is a key of wording.REASONS."""

    is_dead: bool | None
    why: str = ""


class Unwanted(Exception):
    """An address that is not called."""


def resolve(host: str, port: int) -> list[str]:
    """Every address of a name."""
    return [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def is_public(address: str) -> bool:
    """Is this an address of the open internet: nothing private, local, shared, reserved or embedded?"""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and (
        found not in UNICAST or found.sixtofour is not None or found.teredo is not None
    ):
        return False  # local, or an IPv4 address in disguise: nobody publishes a law there
    return found.is_global and not found.is_multicast


def ask(
    url: str,
    *,
    resolver: Resolver = resolve,
    allows: Callable[[str], bool] = is_public,
    ports: dict[str, int] = PORTS,
    context: ssl.SSLContext | None = None,
    seconds: float = SECONDS_IN_ALL,
) -> Answer:
    """Whether the page is there, after HEAD, or GET where a server knows no HEAD."""
    until = monotonic() + seconds
    try:
        for _turn in range(REDIRECTIONS + 1):
            status, location = _status(url, resolver, allows, ports, context, until)
            if status not in {301, 302, 303, 307, 308} or not location:
                return _judge(status)
            url = urljoin(url, location)
    except Unwanted:
        return Answer(True, "private")
    except socket.gaierror:
        return Answer(True, "unresolved")
    except ssl.SSLError:
        return Answer(True, "insecure")
    except (OSError, http.client.HTTPException, ValueError):
        return Answer(True, "silent")
    return Answer(True, "circles")


def _judge(status: int) -> Answer:
    if status in NOT_FOUND:
        return Answer(True, "gone")
    if status >= 500:
        return Answer(True, "failed")
    return Answer(None, "refused") if status >= 400 else Answer(False)


def _status(
    url: str,
    resolver: Resolver,
    allows: Callable[[str], bool],
    ports: dict[str, int],
    context: ssl.SSLContext | None,
    until: float,
) -> tuple[int, str]:
    parts = urlsplit(url)
    host = parts.hostname
    if parts.scheme not in ports or not host or parts.username is not None:
        raise Unwanted
    port = parts.port or ports[parts.scheme]
    if port != ports[parts.scheme]:
        raise Unwanted
    found = resolver(host, port)
    if not found or not all(allows(address) for address in found):
        raise Unwanted
    host = host.encode("idna").decode()
    path = quote((parts.path or "/") + (f"?{parts.query}" if parts.query else ""), safe="/%?&=+,;:@!$'()*~")
    place = (found[0], port)
    security = (context or ssl.create_default_context()) if parts.scheme == "https" else None
    status, location = _call("HEAD", place, host, path, security, until)
    if status in {403, 405, 501}:
        status, location = _call("GET", place, host, path, security, until)
    return status, location


def _left(until: float) -> float:
    """Seconds for the next step. Raises TimeoutError when none are left."""
    left = min(SECONDS, until - monotonic())
    if left <= 0:
        raise TimeoutError
    return left


def _call(
    method: str, place: tuple[str, int], host: str, path: str, security: ssl.SSLContext | None, until: float
) -> tuple[int, str]:
    """One request to that very address; the answer's head only."""
    connection = http.client.HTTPConnection(host, place[1])
    with (
        socket.create_connection(place, timeout=_left(until)) as plain,
        security.wrap_socket(plain, server_hostname=host) if security else plain as channel,
    ):
        connection.sock = channel
        connection.request(method, path, headers={"User-Agent": AGENT, "Accept": "*/*"})
        return _head(channel, until)


def _head(channel: socket.socket, until: float) -> tuple[int, str]:
    """Status and Location of an answer."""
    raw = b""
    while b"\r\n\r\n" not in raw and b"\n\n" not in raw and len(raw) < HEAD_BYTES:
        channel.settimeout(_left(until))
        piece = channel.recv(4096)
        if not piece:
            break
        raw += piece
    head = io.BytesIO(raw)
    found = STATUS.match(head.readline())
    if found is None:
        raise http.client.BadStatusLine("")
    return int(found[1]), http.client.parse_headers(head).get("Location", "")
