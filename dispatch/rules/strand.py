"""What hangs together through all messages of one reference: the first call of a seller, its corrections and its end. Pure."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Strand:
    """`key`: 24 hex digits, the same for all messages of the strand and for no other one's. `is_first`: it begins here."""

    key: str
    is_first: bool

    def in_mailbox(self, mailbox: str) -> str:
        """24 hex digits for the strand as one mailbox sees it."""
        return _digest(self.key, mailbox.casefold())


def strand(*, market_id: int, reference: str, first_at: datetime, whom: Sequence[str], is_first: bool) -> Strand:
    """`first_at`: when the first message of the reference came, so that a reference used again elsewhere is another one.

    `whom`: as `dispatch.rules.changes.Order` has it.
    """
    return Strand(_digest(str(market_id), reference, first_at.astimezone(UTC).isoformat(), *whom), is_first)


def _digest(*words: str) -> str:
    return hashlib.sha256("\x1f".join(words).encode()).hexdigest()[:24]
