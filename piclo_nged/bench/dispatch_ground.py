"""What the benchmarks of dispatch stand on: the service running as for real, a mail server, and the bare program.

Both get the same POST from the same client, and send to the same mail server.
"""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from typing import Any, Self
from urllib.parse import urlsplit

from django.db import connection

from dispatch.worker import SENDERS
from markets.models import Operator
from markets.operations import contacts, people
from markets.operations.markets import open_market
from markets.operations.tokens import issue_token
from piclo_nged.dso.nged.rehearsal import API
from piclo_nged.processes.readiness import LOCAL, free_port, listens
from piclo_nged.story.sink import Sink
from piclo_nged.story.stage import stage

EMAIL_SECONDS = 60


@dataclass(frozen=True)
class Program:
    """One of the two. `callers` gives a kept connection of HTTP; `path` has a place for the number of emails."""

    address: str
    path: str
    token: str

    def caller(self) -> "Caller":
        return Caller(self)


class Caller:
    """A kept connection to a program, for one thread."""

    def __init__(self, program: Program):
        self._program = program
        self._http = HTTPConnection(urlsplit(program.address).netloc, timeout=30)
        self._headers = {"Authorization": f"Bearer {program.token}", "Content-Type": "application/json"}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def post(self, body: bytes, emails: int) -> None:
        """Returns when it is answered 202. Raises AssertionError for any other answer."""
        self._http.request("POST", self._program.path.format(emails=emails), body, self._headers)
        answer = self._http.getresponse()
        said = answer.read()
        if answer.status != 202:
            raise AssertionError(f"{answer.status}: {said[:500]!r}")


@dataclass(frozen=True)
class Ground:
    """`market`: the key of ours, where `sellers` wait, each with one mailbox."""

    market: str
    sellers: int
    ours: Program
    bare: Program
    sink: Sink

    def trigger(self, reference: str) -> bytes:
        """The body of a trigger that calls all sellers."""
        return _trigger(self.market, reference, self.sellers)

    def seconds(self, caller: Caller, body: bytes) -> float:
        """From the POST until the last of its emails is accepted, with nothing else going on."""
        return _seconds(caller, body, self.sellers, self.sink)


@contextmanager
def ground(market: str, sellers: int = 1) -> Iterator[Ground]:
    """Starts all of it."""
    with stage() as (site, sink, processes):
        ours = Program(site, API + "/dispatch/triggers", _world(market, sellers))
        with ours.caller() as caller:
            _seconds(caller, _trigger(market, "T-sample", 1), 1, sink)
        port = free_port()
        sample = next(iter(sorted(sink.folder.glob("*.eml"))))
        arguments = [str(port), str(sink.port), conninfo(connection.settings_dict), str(SENDERS), str(sample)]
        processes.start("bare", [sys.executable, "-m", "piclo_nged.bench.bare", *arguments], ready=listens(port))
        yield Ground(market, sellers, ours, Program(f"http://{LOCAL}:{port}", "/{emails}", ""), sink)


def _trigger(market: str, reference: str, sellers: int) -> bytes:
    now = datetime.now(UTC)
    delivered = {
        "starts_at": (now + timedelta(minutes=15)).isoformat(),
        "ends_at": (now + timedelta(hours=2)).isoformat(),
    }
    message: dict[str, Any] = {
        "market": market,
        "reference": reference,
        "revision": 1,
        "kind": "start",
        "product": "Dynamic",
        "zone": "CMZ_T9A_EM_0001",
        "issued_at": now.isoformat(),
    }
    calls = [
        {"company": _name(market, number), "contract": "", "capacity_kw": "50"} | delivered
        for number in range(1, sellers + 1)
    ]
    return json.dumps(message | {"calls": calls}).encode()


def _seconds(caller: Caller, body: bytes, emails: int, sink: Sink) -> float:
    before, begun = len(sink.arrived_at), time.perf_counter()
    caller.post(body, emails)
    deadline = time.monotonic() + EMAIL_SECONDS
    while len(sink.arrived_at) < before + emails:
        if time.monotonic() > deadline:
            raise TimeoutError(f"Not all emails came within {EMAIL_SECONDS} s.")
        time.sleep(0.0005)
    return sink.arrived_at[before + emails - 1] - begun


def conninfo(database: dict[str, Any]) -> str:
    """Where the database is, as a program without settings takes it."""
    return f"host={database['HOST']} port={database['PORT'] or 5432} user={database['USER']} dbname={database['NAME']}"


def _world(key: str, sellers: int) -> str:
    """A mock market and its sellers; returns the operator's token."""
    operator = Operator.objects.get(key="nged")
    market = open_market(
        operator=operator, key=key, name=key, is_mock=True, oncall_email="oncall@bench.example", by="bench"
    )
    for number in range(1, sellers + 1):
        seller = people.invite_seller(name=_name(key, number), email=f"{number}@{key}.example", by="bench")
        people.name_identity(seller=seller, operator=operator, name=seller.name, by="bench")
        mailbox = f"dispatch{number}@{key}.example"
        contact = contacts.add_dispatch_contact(seller=seller, market=market, email=mailbox, by="bench")
        contacts.verify_dispatch_contact(contact=contact, by="bench")
    return issue_token(name="bench", operator=operator, is_sandbox=True, by="bench")[1]


def _name(market: str, number: int) -> str:
    return f"{market} {number} Ltd"
