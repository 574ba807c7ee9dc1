"""One POST to an address that somebody else gave us: only to the open internet, in bounded time, without redirects.

The name is looked up once, every address found is judged, and the connection is made to that very address: a name that
points elsewhere a moment later leads nowhere.
"""

import asyncio
import functools
import socket
import ssl
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import urlsplit

import httpx

TIMEOUT = httpx.Timeout(15, connect=5)
"""Seconds: the specification asks for 15 to 30 until an answer counts as none."""
WHOLE = 20
"""Seconds for all of it: who sends a letter of its answer now and then is never late by `TIMEOUT`."""
OPEN_IPV6 = IPv6Network("2000::/3")
"""What is routed on the open internet. Beside it lie ways back to IPv4 (64:ff9b::) and old local addresses (fec0::)."""
LOOPBACK = IPv4Address("127.0.0.1")
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
        with ThreadPoolExecutor(max_workers=1) as apart:  # whatever loop the caller's thread has
            return apart.submit(asyncio.run, _post(told, content, {**headers, "Host": parts.netloc}, host)).result()
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        raise Unreached(f"{type(error).__name__}: {error}"[:SHOWN]) from error


async def _post(told: str, content: bytes, headers: Mapping[str, str], host: str) -> Answer:
    """To the address, while the certificate and the virtual host are those of the name."""
    async with (
        asyncio.timeout(WHOLE),
        httpx.AsyncClient(verify=_authorities(), timeout=TIMEOUT, trust_env=False, follow_redirects=False) as client,
        client.stream("POST", told, content=content, headers=headers, extensions={"sni_hostname": host}) as answer,
    ):
        return Answer(answer.status_code, await _beginning(answer), _pause(answer.headers.get("Retry-After", "")))


@functools.cache
def _authorities() -> ssl.SSLContext:
    """Whose certificates count. Read once: that takes longer than most calls."""
    return httpx.create_ssl_context(trust_env=False)


def _legal_address(host: str, port: int, loopback: bool) -> IPv4Address | IPv6Address:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreached(f"The name {host} leads to no address: {error}.") from error
    addresses = _addresses(found)
    _judge(host, addresses, loopback)
    return addresses[0]


def refuse_inner(host: str, *, loopback: bool) -> None:
    """Raises Unreached where the host is written as an address that is never called, or is this machine's own name.

    Nobody is asked where any other name leads: that may change, and is judged whenever it is called.
    """
    name = host.rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        _judge(host, [LOOPBACK], loopback)
        return
    try:
        written = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):  # a name
        return
    _judge(host, _addresses(written), loopback)


def _addresses(found: Sequence[tuple[Any, ...]]) -> list[IPv4Address | IPv6Address]:
    return [ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]


def _judge(host: str, addresses: Sequence[IPv4Address | IPv6Address], loopback: bool) -> None:
    for address in addresses:
        seen = getattr(address, "ipv4_mapped", None) or address
        is_open = seen.is_global and not seen.is_multicast and (seen.version == 4 or seen in OPEN_IPV6)
        if not is_open and not (loopback and seen.is_loopback):
            place = host if host == str(address) else f"{host} leads to {address}, which"
            raise Unreached(f"{place} is not on the open internet: it is not called.")


async def _beginning(answer: httpx.Response) -> str:
    """Of what may be endless, the beginning."""
    first = await anext(answer.aiter_raw(SHOWN), b"")
    return "".join(letter if letter.isprintable() else " " for letter in first.decode(errors="replace"))


def _pause(retry_after: str) -> int | None:
    return int(retry_after) if retry_after.isascii() and retry_after.isdigit() and len(retry_after) < 7 else None
