"""[dispatch-idle] From the POST of a trigger until its email is accepted by the mail server, with nothing else going on.

The reference is `bare.py`: the same POST, one commit, one message of the same parts and size. Both take turns in one
run, so that a noisy machine is equally noisy to both. Our 202 comes before the email, always: see dispatch's tests.
"""

from .dispatch_ground import ground
from .measured import Measured, percentile

MEDIAN_LIMIT, TAIL_LIMIT = 2.5, 3.0
WARM_UP, ROUNDS = 30, 300


def measure() -> list[Measured]:
    """The median, whose `ok` carries the tail too."""
    with ground("bench-idle") as on, on.ours.caller() as ours, on.bare.caller() as bare:
        pairs = []
        for number in range(WARM_UP + ROUNDS):
            body = on.trigger(f"T-{number}")
            pairs.append((on.seconds(ours, body), on.seconds(bare, body)))
    mine, theirs = ([pair[side] for pair in pairs[WARM_UP:]] for side in (0, 1))
    tail = percentile(mine, 0.99) / percentile(theirs, 0.99)
    remark = f"p99 {percentile(mine, 0.99) * 1000:.1f} ms, ratio {tail:.2f}, limit {TAIL_LIMIT}"
    median, reference = percentile(mine, 0.5), percentile(theirs, 0.5)
    return [Measured("dispatch-idle", median, reference, MEDIAN_LIMIT, "s", also_ok=tail <= TAIL_LIMIT, remark=remark)]
