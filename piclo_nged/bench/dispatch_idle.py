"""[dispatch-idle] From the POST of a trigger until its email is accepted by the mail server, with nothing else going on.

The reference is `bare.py`: the same POST, one commit, one message of the same parts and size. Both take turns in one
run, so that a noisy machine is equally noisy to both. Our 202 must come before the email.
"""

import sys
import time
from datetime import UTC, datetime, timedelta

import httpx
from django.db import connection

from markets.models import Mail, Operator
from markets.operations import contacts, people
from markets.operations.markets import open_market
from markets.operations.tokens import issue_token
from piclo_nged.dso.nged.rehearsal import API
from piclo_nged.processes.readiness import LOCAL, free_port, listens
from piclo_nged.story.sink import Sink
from piclo_nged.story.stage import stage

from .measured import Measured, percentile

MEDIAN_LIMIT, TAIL_LIMIT = 2.5, 3.0
WARM_UP, ROUNDS = 20, 200
MARKET = "bench"


def measure() -> list[Measured]:
    """The median, whose `ok` carries the tail too."""
    with stage() as (site, sink, processes):
        token = _world()
        ours = httpx.Client(base_url=site + API, headers={"Authorization": f"Bearer {token}"}, timeout=30)
        _ours(ours, sink, 0)
        mail = Mail.objects.order_by("-pk")[0]
        port = free_port()
        sizes = [str(len(mail.text.encode())), str(len(mail.html.encode()))]
        database = connection.settings_dict
        command = [
            sys.executable,
            "-m",
            "piclo_nged.bench.bare",
            str(port),
            str(sink.port),
            conninfo(database),
            *sizes,
        ]
        processes.start("bare", command, ready=listens(port))
        bare = httpx.Client(base_url=f"http://{LOCAL}:{port}", timeout=30)
        pairs = [(_ours(ours, sink, number), _bare(bare, sink)) for number in range(1, WARM_UP + ROUNDS + 1)][WARM_UP:]
    mine, theirs = [ours for ours, _ in pairs], [bare for _, bare in pairs]
    tail = percentile(mine, 0.99) / percentile(theirs, 0.99)
    return [
        Measured(
            "dispatch-idle",
            percentile(mine, 0.5),
            percentile(theirs, 0.5),
            MEDIAN_LIMIT,
            "s",
            also_ok=tail <= TAIL_LIMIT,
            remark=f"p99 {percentile(mine, 0.99) * 1000:.1f} ms, ratio {tail:.2f}, limit {TAIL_LIMIT}",
        )
    ]


def _world() -> str:
    """A mock market with one seller and one mailbox; returns the operator's token."""
    operator = Operator.objects.get(key="nged")
    market = open_market(
        operator=operator, key=MARKET, name="Bench", is_mock=True, oncall_email="a@b.example", by="bench"
    )
    seller = people.invite_seller(name="Bench Ltd", email="bench@bench.example", by="bench")
    people.name_identity(seller=seller, operator=operator, name=seller.name, by="bench")
    contact = contacts.add_dispatch_contact(seller=seller, market=market, email="dispatch@bench.example", by="bench")
    contacts.verify_dispatch_contact(contact=contact, by="bench")
    return issue_token(name="bench", operator=operator, is_sandbox=True, by="bench")[1]


def _ours(client: httpx.Client, sink: Sink, number: int) -> float:
    """Seconds from the POST to the email of one trigger."""
    now = datetime.now(UTC)
    call = {
        "company": "Bench Ltd",
        "contract": "",
        "capacity_kw": "50",
        "starts_at": (now + timedelta(minutes=15)).isoformat(),
    }
    call["ends_at"] = (now + timedelta(hours=2)).isoformat()
    message = {"market": MARKET, "reference": f"T-{number}", "revision": 1, "kind": "start", "product": "Dynamic"}
    message |= {"zone": "CMZ_T9A_EM_0001", "issued_at": now.isoformat()}
    before, begun = len(sink.arrived_at), time.perf_counter()
    client.post("/dispatch/triggers", json=message | {"calls": [call]}).raise_for_status()
    return _arrival(sink, before) - begun


def _bare(client: httpx.Client, sink: Sink) -> float:
    before, begun = len(sink.arrived_at), time.perf_counter()
    client.post("/1", content=b"{}" * 250).raise_for_status()
    return _arrival(sink, before) - begun


def _arrival(sink: Sink, before: int) -> float:
    """When the email after the first `before` came."""
    deadline = time.monotonic() + 30
    while len(sink.arrived_at) <= before:
        if time.monotonic() > deadline:
            raise TimeoutError("No email within 30 s.")
        time.sleep(0.0005)
    return sink.arrived_at[before]


def conninfo(database: dict[str, object]) -> str:
    """Where the database is, as a program without settings takes it."""
    return f"host={database['HOST']} port={database['PORT'] or 5432} user={database['USER']} dbname={database['NAME']}"
