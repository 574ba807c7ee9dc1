"""The campaign: faults at random moments, while triggers keep coming; then quiet, and the check."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import psycopg

from .bad_post import BadPost
from .caller import CLOCK_CHANGES, Caller
from .check import Cut
from .own_postgres import OwnPostgres
from .site import Site

WEIGHTS = {
    "kill web": 12,
    "kill worker-1": 14,
    "kill worker-2": 14,
    "kill jobs": 6,
    "kill calls": 2,
    "kill postgres": 10,
    "kill a backend": 8,
    "restart postgres": 8,
    "post refusing": 4,
    "post busy": 4,
    "post hanging": 3,
    "post deferring, then rejecting": 4,
    "post dropping": 5,
    "post cutting": 6,
    "post slow": 4,
    "200 copies": 2,
    "a third worker": 3,
    "clock change": 2,
    "burst": 5,
}
"""How often each fault comes, relative to the others."""
QUIET_SECONDS = 180
FULL_SECONDS = 8


def drawn(count: int, chance: random.Random) -> list[str]:
    """So many faults in random order, every kind at least once where there is room."""
    kinds = list(WEIGHTS)
    rest = chance.choices(kinds, list(WEIGHTS.values()), k=max(0, count - len(kinds)))
    faults = [*kinds, *rest] if count >= len(kinds) else chance.choices(kinds, list(WEIGHTS.values()), k=count)
    chance.shuffle(faults)
    return faults


@dataclass
class Campaign:
    """Runs in the main thread, which all processes hang on."""

    postgres: OwnPostgres
    post: BadPost
    site: Site
    caller: Caller
    chance: random.Random
    say: Callable[[str], None] = print
    cuts: list[Cut] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)

    def run(self, faults: Sequence[str], between: tuple[float, float]) -> None:
        """All faults, with seconds `between` them; returns when the callers have had every answer."""
        callers = [threading.Thread(target=self.caller.keep_calling) for _ in range(3)]
        for thread in callers:
            thread.start()
        try:
            for number, fault in enumerate(faults, start=1):
                self._live(self.chance.uniform(*between))
                self.say(f"fault {number} of {len(faults)}: {fault}{self._do(fault)}")
                self.done[fault] += 1
            self._live(1)
        finally:
            self.caller.stopping.set()
            while any(thread.is_alive() for thread in callers):
                self._live(0.1)

    def settle(self, open_mails: Callable[[], int]) -> None:
        """Until nothing waits any more. What a killed worker had claimed waits until its claim runs out."""
        deadline = time.monotonic() + QUIET_SECONDS
        while (left := open_mails()) and time.monotonic() < deadline:
            self._live(0.5)
        self.say(f"quiet, {left} mails left")

    def _live(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while True:
            self.site.tend()
            left = until - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(0.1, left))

    def _do(self, fault: str) -> str:
        """Does it; returns what there is to say of it."""
        what, _, which = fault.partition(" ")
        if what == "post":
            return self._spoil_post(which.split(", then "))
        if fault in ("kill postgres", "restart postgres", "kill a backend"):
            return self._break_postgres(fault)
        if what == "kill":
            while not (killed := self.site.kill(which)):  # it is just being started again
                self._live(0.1)
            begun = time.monotonic()
            if which.startswith("worker") or which == "jobs":  # these send
                self.cuts.append(Cut(f"kill of {which}", begun, begun))
            return f" ({killed})"
        if fault == "200 copies":
            return self._beside(lambda: self.caller.call_at_once(200))
        if fault == "clock change":
            return self._beside(lambda: [self.caller.call(self.caller.message(1, day)) for day in CLOCK_CHANGES])
        if fault == "full disk":
            return self._fill_disk()
        if fault == "burst":
            return self._beside(lambda: self.caller.call(self.caller.message(self.caller.sellers)))
        return self._third_worker()

    def _beside(self, action: Callable[[], object]) -> str:
        """Goes on until it is done, while processes are tended."""
        thread = threading.Thread(target=action)
        thread.start()
        while thread.is_alive():
            self._live(0.1)
        return ""

    def _spoil_post(self, moods: Sequence[str]) -> str:
        for mood in moods:
            with self.post.in_mood(mood):
                self._live(self.chance.uniform(6, 9) if mood == "hanging" else self.chance.uniform(0.5, 3))
        return ""

    def _break_postgres(self, fault: str) -> str:
        burst = threading.Thread(target=lambda: self.caller.call(self.caller.message(self.caller.sellers)))
        burst.start()
        self._live(self.chance.uniform(0, 0.8))
        begun = time.monotonic()
        if fault == "restart postgres":
            self.postgres.restart()
        elif fault == "kill postgres":
            self.postgres.kill()
            self._live(self.chance.uniform(0, 2))
            self.postgres.start()
        else:
            self._kill_a_backend()
        self.cuts.append(Cut(fault, begun, time.monotonic()))
        while burst.is_alive():
            self._live(0.1)
        return f" (away for {self.cuts[-1].ended - begun:.1f} s)"

    def _kill_a_backend(self) -> None:
        with suppress(psycopg.OperationalError), psycopg.connect(self.postgres.url()) as connection:
            found = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            ).fetchall()
            if found:
                self.postgres.kill_a_backend(self.chance.choice(found)[0])
            connection.execute("SELECT pg_sleep(0.2)")
        while True:
            with suppress(psycopg.OperationalError):
                psycopg.connect(self.postgres.url()).close()
                return
            self._live(0.05)

    def _fill_disk(self) -> str:
        """Nothing more can be written until it is freed; the server may die of it, and is then started again."""
        put_off, begun = self.caller.put_off, time.monotonic()
        burst = threading.Thread(target=lambda: self.caller.call(self.caller.message(self.caller.sellers)))
        ballast = self.postgres.data.parent / "ballast"
        with ballast.open("wb", buffering=0) as file, suppress(OSError):
            while time.monotonic() - begun < FULL_SECONDS:
                with suppress(OSError):
                    while True:
                        file.write(bytes(4096))
                if not burst.ident:
                    burst.start()
                self._live(0.2)
        ballast.unlink()
        if not self.postgres.is_up():
            self.postgres.start()
        self.cuts.append(Cut("full disk", begun, time.monotonic()))
        while burst.is_alive():
            self._live(0.1)
        return f" ({self.caller.put_off - put_off} calls put off)"

    def _third_worker(self) -> str:
        """Races with the two, and is told to stop in the middle of it: that cuts nothing off."""
        third = self.site.another_worker()
        self._beside(lambda: self.caller.call(self.caller.message(self.caller.sellers)))
        self._live(self.chance.uniform(0, 2))
        self.site.let_go(third)
        return ""
