"""The supervisor: starts the processes of `up` and `demo`, waits until they are ready, and stops every one.

Use it from the main thread: the kernel ties a child to the *thread* that started it.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType
from typing import NoReturn, Self

from piclo_nged.processes.children import PROJECT, small_python
from piclo_nged.processes.leash import KILL, STOP, STOP_SECONDS

READY_SECONDS = 60
PATIENCE_SECONDS = STOP_SECONDS + 2  # the leash loses patience first
FORCE_SECONDS = 10
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 1.0, 60.0
STEADY_SECONDS = 60  # a process that ran this long has recovered: its next pause is short again


class NotReady(Exception):
    """A process ended, or did not get ready in time. The text names it, and where its log is."""


@dataclass
class Child:
    """One process under supervision, and how to start it again."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path | None
    leash: "subprocess.Popen[bytes]" = field(init=False)
    started_at: float = field(init=False)  # monotonic, seconds
    pause_seconds: float = FIRST_PAUSE_SECONDS

    def start(self) -> None:
        output = self.log.open("ab") if self.log else None
        self.leash = subprocess.Popen(
            small_python("piclo_nged.processes.leash", str(os.getpid()), *self.command),
            stdin=subprocess.DEVNULL,
            stdout=output or sys.stderr,
            stderr=subprocess.STDOUT,
            env={**os.environ, **self.environment},
            cwd=PROJECT,
            start_new_session=True,
        )
        self.started_at = time.monotonic()
        if output:
            output.close()

    def ended(self) -> int | None:
        """Its exit code, or None while it runs. A leash that was killed could not clean up: we do it."""
        if self.leash.returncode is None and self.leash.poll() == -signal.SIGKILL:
            with suppress(ProcessLookupError):
                os.killpg(self.leash.pid, signal.SIGKILL)
        return self.leash.returncode

    def last_words(self) -> str:
        if self.log is None:
            return "the reason stands above"
        lines = self.log.read_text(errors="replace").splitlines()[-10:]
        return "\n".join([f"the end of its log ({self.log}):", *lines])


class Supervisor:
    """A context: whatever way it is left (done, error, Ctrl-C, SIGTERM), every process started in it is
    stopped.

    `logs` is a folder for one file per process; without it they write to our standard error.
    """

    def __init__(self, logs: Path | None = None) -> None:
        self.logs = logs
        self.children: list[Child] = []

    def __enter__(self) -> Self:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job starts with it ignored
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _leave)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(
        self,
        name: str,
        command: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        ready: Callable[[], bool] | None = None,
    ) -> None:
        """Starts `command` and returns once `ready()` is true (at once without). Raises NotReady."""
        log = self.logs / f"{name}.log" if self.logs else None
        child = Child(name, command, environment or {}, log)
        child.start()
        self.children.append(child)
        deadline = time.monotonic() + READY_SECONDS
        while ready and not ready():
            if child.ended() is not None:
                raise NotReady(f"{name} ended with code {child.leash.returncode}; {child.last_words()}")
            if time.monotonic() > deadline:
                raise NotReady(f"{name} was not ready after {READY_SECONDS} s; {child.last_words()}")
            time.sleep(0.02)

    def check(self) -> None:
        """Raises NotReady for the first process that has ended."""
        for child in self.children:
            if child.ended() is not None:
                raise NotReady(f"{child.name} ended with code {child.leash.returncode}; {child.last_words()}")

    def watch(self, say: Callable[[str], object]) -> NoReturn:
        """Starts again what ends, with growing pauses, until we are interrupted."""
        due: dict[str, float] = {}
        while True:
            for child in self.children:
                now = time.monotonic()
                if child.ended() is None:
                    continue
                if child.name not in due:
                    if now - child.started_at > STEADY_SECONDS:
                        child.pause_seconds = FIRST_PAUSE_SECONDS
                    due[child.name] = now + child.pause_seconds
                    code, pause = child.leash.returncode, child.pause_seconds
                    say(f"{child.name} ended with code {code}: starting it again in {pause:.0f} s.")
                elif now >= due[child.name]:
                    del due[child.name]
                    child.pause_seconds = min(2 * child.pause_seconds, LONGEST_PAUSE_SECONDS)
                    child.start()
            time.sleep(0.2)

    def stop(self) -> None:
        """Asks all to stop and waits; a second Ctrl-C, or too long a wait, ends them by force."""
        try:
            self._signal(STOP)
            self._wait(PATIENCE_SECONDS)
        finally:
            self._signal(KILL)
            self._wait(FORCE_SECONDS)
            self.children.clear()

    def _signal(self, number: int) -> None:
        for child in self.children:
            child.leash.send_signal(number)  # does nothing to a process that has ended

    def _wait(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while any(child.ended() is None for child in self.children) and time.monotonic() < deadline:
            time.sleep(0.01)


def _leave(number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)
