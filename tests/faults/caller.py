"""The operator's side of the campaign: triggers keep coming, and each is repeated, the same, until it is answered 202."""

import json
import random
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit

MARKET = "faults"
TIMEOUT_SECONDS = 10
PAUSE_SECONDS = 0.3
CLOCK_CHANGES = ("2026-10-25T00:30:00+00:00", "2027-03-28T00:30:00+00:00")


@dataclass
class Answered:
    """What was promised by a 202: `instructions` by reference, for one trigger."""

    reference: str
    instructions: tuple[str, ...]
    seconds: float
    tries: int


@dataclass
class Caller:
    """`promises` grows while threads call `keep_calling`; `surprises` are answers that there should not be."""

    address: str
    token: str
    sellers: int
    chance: random.Random
    pause_seconds: float = 0.25
    promises: list[Answered] = field(default_factory=list)
    surprises: list[str] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)
    put_off: int = 0

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._number = 0

    def keep_calling(self) -> None:
        """One trigger after the other, until `stopping`; the last one is brought to its end."""
        while not self.stopping.is_set():
            self.call(self.message(self.chance.choice((1, 1, 1, 2, 3, 25))))
            self.stopping.wait(self.chance.uniform(0, 2 * self.pause_seconds))

    def message(self, calls: int, starts_at: str = "") -> dict[str, Any]:
        with self._lock:
            self._number += 1
            number = self._number
        now = datetime.now(UTC)
        starts = datetime.fromisoformat(starts_at) if starts_at else now + timedelta(minutes=15)
        delivered = {"starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=2)).isoformat()}
        named = self.chance.sample(range(self.sellers), min(calls, self.sellers))
        return {
            "market": MARKET,
            "reference": f"T-{number}",
            "revision": 1,
            "kind": "start",
            "product": "Dynamic",
            "zone": "CMZ_T9A_EM_0001",
            "issued_at": now.isoformat(),
            "calls": [{"company": f"Seller {seller}", "capacity_kw": "50"} | delivered for seller in named],
        }

    def call(self, message: dict[str, Any]) -> None:
        """Until it is answered 202, whatever happens in between."""
        body, begun, tries = json.dumps(message).encode(), time.monotonic(), 0
        while True:
            tries += 1
            status, said = self._post(body)
            if status == 202:
                break
            with self._lock:
                self.put_off += 1
                if status not in (0, 502, 503):
                    self.surprises.append(f"{message['reference']}: {status} {said[:300]!r}")
            if status in (409, 422):
                return
            time.sleep(PAUSE_SECONDS)
        receipt = json.loads(said)
        instructions = tuple(entry["reference"] for entry in receipt["instructions"])
        with self._lock:
            if len(instructions) != len(message["calls"]):
                self.surprises.append(f"{message['reference']}: {len(instructions)} instructions")
            self.promises.append(Answered(message["reference"], instructions, time.monotonic() - begun, tries))

    def call_at_once(self, copies: int, threads: int = 20) -> None:
        """One trigger so many times at once."""
        message = self.message(2)

        def some() -> None:
            for _ in range(copies // threads):
                self.call(message)

        callers = [threading.Thread(target=some) for _ in range(threads)]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()

    def _post(self, body: bytes) -> tuple[int, bytes]:
        """Status and answer; 0 where there was none."""
        http = HTTPConnection(urlsplit(self.address).netloc, timeout=TIMEOUT_SECONDS)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        with suppress(OSError, HTTPException):
            try:
                http.request("POST", "/api/nged/v1/dispatch/triggers", body, headers)
                answer = http.getresponse()
                return answer.status, answer.read()
            finally:
                http.close()
        return 0, b""
