"""One POST to an address that somebody else gave us: only to the open internet, in bounded time, without redirects.

The name is looked up once, every address found is judged, and the connection is made to that very address: a name that
points elsewhere a moment later leads nowhere.
"""

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

import httpx

TIMEOUT = httpx.Timeout(15, connect=5)
"""Seconds: the specification asks for 15 to 30 until an answer counts as none."""
SHOWN = 300
"""So many characters of an answer are kept, to show what went wrong."""


class Unreached(Exception):
    """Nobody answered, or the address is none that is called; in a sentence."""


@dataclass(frozen=True)
class Answer:
    """What came back. `retry_after`: seconds, where the other side asks for a pause."""

    status: int
    text: str
    retry_after: int | None


def post(*, url: str, content: bytes, headers: Mapping[str, str], loopback: bool) -> Answer:
    """Sends it once. `loopback`: this very machine is a legal address too. Raises Unreached."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    address = _legal_address(host, port, loopback)
    place = f"[{address}]" if address.version == 6 else str(address)
    told = parts._replace(netloc=f"{place}:{port}").geturl()
    try:
        # To the address, while the certificate and the virtual host are those of the name.
        with (
            httpx.Client(timeout=TIMEOUT, trust_env=False, follow_redirects=False) as client,
            client.stream(
                "POST",
                told,
                content=content,
                headers={**headers, "Host": parts.netloc},
                extensions={"sni_hostname": host},
            ) as answer,
        ):
            return Answer(answer.status_code, _beginning(answer), _pause(answer.headers.get("Retry-After", "")))
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        raise Unreached(f"{type(error).__name__}: {error}"[:SHOWN]) from error


def _legal_address(host: str, port: int, loopback: bool) -> IPv4Address | IPv6Address:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreached(f"The name {host} leads to no address: {error}.") from error
    addresses = [ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    for address in addresses:
        seen = getattr(address, "ipv4_mapped", None) or address
        if not (seen.is_global and not seen.is_multicast) and not (loopback and seen.is_loopback):
            raise Unreached(f"{host} leads to {address}, which is not on the open internet: it is not called.")
    return addresses[0]


def _beginning(answer: httpx.Response) -> str:
    """Of what may be endless, the beginning."""
    first = next(answer.iter_raw(SHOWN), b"")
    return "".join(letter if letter.isprintable() else " " for letter in first.decode(errors="replace"))


def _pause(retry_after: str) -> int | None:
    return int(retry_after) if retry_after.isascii() and retry_after.isdigit() and len(retry_after) < 7 else None
