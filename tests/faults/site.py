"""Our processes, as they run for real, each on a leash: killed by pid, and started again a moment later as `up` does."""

import json
import os
import random
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

from piclo_nged.processes import commands
from piclo_nged.processes.readiness import LOCAL, answers, free_port
from piclo_nged.processes.supervisor import Child

START_SECONDS = 60
PAUSE_SECONDS = (0.2, 1.5)


class Site:
    """A context, for the main thread. `web`, `worker-1`, `worker-2`, `jobs`, `calls`."""

    def __init__(self, database: str, mail_port: int, folder: Path, chance: random.Random):
        self.port = free_port()
        self.address = f"http://{LOCAL}:{self.port}"
        self.environment = {
            "DATABASE_URL": database,
            "DEBUG": "0",
            "SECRET_KEY": "faults" * 10,
            "SITE_URL": self.address,
            "LOG_LEVEL": "WARNING",
            "MAIL_OPTIONS": json.dumps({"host": LOCAL, "port": mail_port, "timeout": 5}),
        }
        self._chance = chance
        self._due: dict[str, float] = {}
        self._others: list[Child] = []
        instructions = commands.management("instructions")
        programs = {
            "web": commands.web(LOCAL, self.port),
            "worker-1": instructions,
            "worker-2": instructions,
            "jobs": commands.management("jobs"),
            "calls": commands.management("calls"),
        }
        self.children = {
            name: Child(name, command, self.environment, folder / f"{name}.log") for name, command in programs.items()
        }

    def start(self) -> None:
        for child in self.children.values():
            child.start()
        deadline = time.monotonic() + START_SECONDS
        while not answers(f"{self.address}/health/")():
            assert time.monotonic() < deadline, self.children["web"].last_words()
            time.sleep(0.1)

    def kill(self, name: str) -> str:
        """SIGKILL to a process of a program, any of those that it consists of. Returns what was killed; empty: it is down."""
        pids = _below(self.children[name].leash.pid)
        if not pids:
            return ""
        pid = self._chance.choice(pids)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        return f"process {pids.index(pid) + 1} of {len(pids)}"

    def tend(self) -> None:
        """Starts again what has ended, after a moment."""
        now = time.monotonic()
        for name, child in self.children.items():
            if child.ended() is None:
                continue
            if now >= self._due.setdefault(name, now + self._chance.uniform(*PAUSE_SECONDS)):
                del self._due[name]
                child.start()

    def another_worker(self) -> Child:
        """One more instruction worker, beside those that are tended."""
        like = self.children["worker-1"]
        child = Child("worker-3", like.command, like.environment, like.log)
        child.start()
        self._others.append(child)
        return child

    def let_go(self, child: Child) -> None:
        """SIGTERM, as an operator does it; it ends what it began."""
        child.leash.send_signal(signal.SIGTERM)

    def stop(self) -> None:
        self._end(self._others)
        self._end([child for child in self.children.values() if hasattr(child, "leash")])

    def _end(self, children: list[Child]) -> None:
        for child in children:
            child.leash.send_signal(signal.SIGHUP)  # the leash kills all that it holds
        deadline = time.monotonic() + 15
        while any(child.ended() is None for child in children) and time.monotonic() < deadline:
            time.sleep(0.02)


def script(name: str, *arguments: str) -> list[str]:
    """A module of these tests, as a program."""
    return [sys.executable, "-m", f"tests.faults.{name}", *arguments]


def _below(pid: int) -> list[int]:
    found: list[int] = []
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in map(int, children.read_text().split()):
                found += [child, *_below(child)]
    return found
