"""The leash: a small process between the supervisor and one program, which leaves nothing of the program
behind.

The job cluster and the web server fork workers that outlive them after `kill -9`. The leash adopts such
orphans and ends them, when the program ends by itself, when it is told to stop, and when the supervisor
dies.
"""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

from piclo_nged.processes.children import adopt_orphans, die_with_parent, living_children

STOP_SECONDS = 10
STOP, KILL = signal.SIGTERM, signal.SIGHUP  # KILL is also what the kernel sends when the supervisor is gone
WATCHED = {STOP, KILL, signal.SIGCHLD}
NOT_FOUND = 127


def main() -> None:
    """Arguments: the supervisor's pid, then the command. Exits with the command's own code."""
    supervisor, command = int(sys.argv[1]), sys.argv[2:]
    signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
    die_with_parent(supervisor, KILL)
    adopt_orphans()
    try:
        program = subprocess.Popen(command, preexec_fn=_before_exec)
    except OSError as error:
        print(f"{command[0]} does not start: {error}", file=sys.stderr)
        sys.exit(NOT_FOUND)
    code = _wait(program)
    _end_all()
    os._exit(code if code >= 0 else 128 - code)


def _before_exec() -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, WATCHED)
    die_with_parent(os.getppid(), signal.SIGKILL)


def _wait(program: "subprocess.Popen[bytes]") -> int:
    """Its exit code, once it has ended; minus SIGKILL where it must be ended by force."""
    deadline = float("inf")
    while program.poll() is None:
        seconds = min(deadline - time.monotonic(), 3600)
        received = signal.sigtimedwait(WATCHED, seconds) if seconds > 0 else None
        if time.monotonic() >= deadline or (received and received.si_signo == KILL):
            return -signal.SIGKILL
        if received and received.si_signo == STOP and deadline == float("inf"):
            program.terminate()
            deadline = time.monotonic() + STOP_SECONDS
    return int(program.returncode)


def _end_all() -> None:
    """Kills what we started and what we adopted, until we have no child left."""
    while True:
        for pid in living_children():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return
