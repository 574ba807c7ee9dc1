"""What Linux offers so that no child outlives its parent, even after `kill -9`. Standard library only.

Elsewhere (macOS) both calls do nothing: there a killed parent may leave children behind.
"""

import ctypes
import os
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_prctl = ctypes.CDLL(None, use_errno=True).prctl if sys.platform == "linux" else None


def die_with_parent(parent: int, signal_number: int) -> None:
    """The kernel sends this process `signal_number` when the thread that created it ends.

    Call it after any change of user, which clears it. `parent` is the pid expected: where it is already gone,
    this process ends at once.
    """
    if _prctl is None:
        return
    _prctl(_PR_SET_PDEATHSIG, signal_number)
    if os.getppid() != parent:
        os._exit(1)


def adopt_orphans() -> None:
    """Descendants whose parent died become children of this process, so that it can still end them."""
    if _prctl is not None:
        _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def living_children() -> list[int]:
    """Pids of this process's children, adopted ones included. Empty where the kernel does not tell."""
    pids: list[int] = []
    for task in Path("/proc/self/task").glob("*/children"):
        pids += [int(pid) for pid in task.read_text().split()]
    return pids


def small_python(module: str, *arguments: str) -> list[str]:
    """The command that runs `module.main()` with the standard library alone: up in 20 ms, whatever is
    installed."""
    run = f"import sys; sys.path.insert(0, {str(PROJECT)!r}); from {module} import main; main()"
    return [sys.executable, "-I", "-S", "-c", run, *arguments]
