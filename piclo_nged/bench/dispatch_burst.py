"""[dispatch-burst] One trigger for 500 sellers: from the POST until the last email is accepted by the mail server.

The reference is `bare.py`: the same POST, one commit, 500 messages over as many kept connections. Both take turns.
"""

from statistics import median

from .dispatch_ground import ground
from .measured import Measured

LIMIT = 1.5
SELLERS, ROUNDS = 500, 7


def measure() -> list[Measured]:
    """The median of some rounds; the first warms up both."""
    with ground("bench-burst", SELLERS) as on, on.ours.caller() as ours, on.bare.caller() as bare:
        pairs = []
        for number in range(ROUNDS + 1):
            body = on.trigger(f"T-{number}")
            pairs.append((on.seconds(ours, body), on.seconds(bare, body)))
    mine, theirs = ([pair[side] for pair in pairs[1:]] for side in (0, 1))
    remark = f"{SELLERS} sellers, median of {ROUNDS} rounds, slowest {max(mine):.2f} s against {max(theirs):.2f} s"
    return [Measured("dispatch-burst", median(mine), median(theirs), LIMIT, "s", remark=remark)]
