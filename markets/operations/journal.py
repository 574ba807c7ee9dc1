"""Writing the journal: one entry per operation, inside its transaction."""

from typing import Any

from django.db import models

from ..models import JournalEntry, Token, User

type By = User | Token | str
"""Who does it: a person, a machine's token, or the name of a job."""


def actor_name(by: By) -> str:
    """How the journal names who did it."""
    if isinstance(by, User):
        return by.email
    if isinstance(by, Token):
        return f"token {by}"
    return by


def user_of(by: By) -> User | None:
    """The person, where it is one."""
    return by if isinstance(by, User) else None


def record(**facts: Any) -> JournalEntry:
    """Adds the entry that `entry` makes of the facts."""
    written = entry(**facts)
    written.save(force_insert=True)
    return written


def entry(*, by: By, verb: str, subject: models.Model | None = None, reason: str = "", **details: Any) -> JournalEntry:
    """An entry to be stored. `verb` is the operation's name; `details` must be JSON and hold no price of a sealed bid."""
    return JournalEntry(
        user=user_of(by),
        actor=actor_name(by),
        verb=verb,
        subject_type=subject._meta.label_lower if subject else "",
        subject_id=subject.pk if subject else None,
        subject=str(subject)[:300] if subject else "",
        reason=reason,
        details=details,
    )
