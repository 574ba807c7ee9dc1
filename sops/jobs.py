"""What the job cluster calls. Its cadence stands in `piclo_nged/schedules.py`."""

from . import operations


def conduct() -> int:
    """One round of the conductor. Returns how many cases were opened and subjects done, for the log of the cluster."""
    return sum(step.opened + step.done for step in operations.conduct())
