"""[dispatch-sustained] Seconds per trigger at the highest rate that is held for 60 s without a growing queue.

The rate of each program is sought with short probes, doubling and then halving the gap; the highest that held is then
held for 60 s, and lowered where the queue grows. The queue is what was due and has not arrived as an email: it counts
a POST that is late as much as a mail that waits.
"""

import threading
import time
from dataclasses import dataclass
from functools import partial
from itertools import count

from .dispatch_ground import Ground, Program, ground
from .measured import Measured

LIMIT = 3.0
FIRST_RATE, HALVINGS = 20.0, 3
PROBE_SECONDS, HELD_SECONDS = 6.0, 60.0
QUEUE_SECONDS = 0.5
"""How much of the load may wait near the end of a run: more is a queue that grows."""
LOWER = 0.93
CALLERS = 8
DRAIN_SECONDS = 120


def measure() -> list[Measured]:
    """Both rates; `remark` tells them. The bare program goes first: the mail server ends its kept connections after five
    idle minutes, and it does not open others, as ours does.
    """
    with ground("bench-sustained") as on:
        numbers = count(1)
        bare, ours = (_highest_rate(partial(_holds, on, program, numbers)) for program in (on.bare, on.ours))
    remark = f"{ours:.0f} against {bare:.0f} triggers a second, each held for {HELD_SECONDS:.0f} s"
    return [Measured("dispatch-sustained", 1 / ours, 1 / bare, LIMIT, "s per trigger", remark=remark)]


def _highest_rate(holds: "partial[bool]") -> float:
    """Triggers a second."""
    low, high = 0.0, FIRST_RATE
    while holds(high, PROBE_SECONDS):
        low, high = high, 2 * high
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if holds(middle, PROBE_SECONDS) else (low, middle)
    rate = low or high
    while not holds(rate, HELD_SECONDS):
        rate *= LOWER
    return rate


@dataclass
class _Load:
    """Callers take turns at the next trigger that is due."""

    on: Ground
    program: Program
    rate: float
    numbers: "count[int]"
    begun: float
    until: float
    taken: int = 0

    def __post_init__(self) -> None:
        self._turn = threading.Lock()
        self.failures: list[BaseException] = []

    def call(self) -> None:
        try:
            with self.program.caller() as caller:
                while (due := self._next()) is not None:
                    time.sleep(max(0.0, due - time.perf_counter()))
                    caller.post(self.on.trigger(f"T-{next(self.numbers)}"), 1)
        except BaseException as failure:
            self.failures.append(failure)

    def _next(self) -> float | None:
        with self._turn:
            due = self.begun + self.taken / self.rate
            if due >= self.until or time.perf_counter() >= self.until:
                return None
            self.taken += 1
            return due


def _holds(on: Ground, program: Program, numbers: "count[int]", rate: float, seconds: float) -> bool:
    """Whether the rate is held for so long. Leaves no queue behind."""
    begun, before = time.perf_counter(), len(on.sink.arrived_at)
    load = _Load(on, program, rate, numbers, begun, begun + seconds)
    callers = [threading.Thread(target=load.call) for _ in range(CALLERS)]
    for caller in callers:
        caller.start()
    smallest = float("inf")
    while (now := time.perf_counter()) < load.until:
        waiting = (now - begun) * rate - (len(on.sink.arrived_at) - before)
        if now > begun + 0.75 * seconds:
            smallest = min(smallest, waiting)
        elif waiting > 3 * seconds * rate / 4 or waiting > 5 * rate:
            break
        time.sleep(0.02)
    load.until = min(load.until, time.perf_counter())
    for caller in callers:
        caller.join()
    if load.failures:
        raise load.failures[0]
    _drain(on, before + load.taken)
    return smallest <= QUEUE_SECONDS * rate


def _drain(on: Ground, expected: int) -> None:
    deadline = time.monotonic() + DRAIN_SECONDS
    while len(on.sink.arrived_at) < expected:
        if time.monotonic() > deadline:
            missing = expected - len(on.sink.arrived_at)
            raise TimeoutError(f"{missing} emails did not come within {DRAIN_SECONDS} s after the load.")
        time.sleep(0.05)
