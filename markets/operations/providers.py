"""Which mail provider an attempt goes to. With a second one configured, no mail waits for the first alone.

The rule. A mail goes to the first provider twice, then to the second twice, and so on in turns, with the growing
pauses of all attempts. A provider that has failed for some seconds in the eyes of a sender is passed over by it, and
asked again from time to time. A refusal for good is final where it is about the mailbox; where it may be about us
(content, reputation, the provider's own list), the other provider is asked once, at once.
"""

import re
import smtplib
from collections.abc import Sequence
from time import monotonic

from anymail.exceptions import AnymailRecipientsRefused
from django.conf import settings

from ..models import Mail

SECOND = "second"
NAMES = ("default", SECOND)
TRIES_EACH = 2
FAILING_SECONDS = 5.0
ASKED_AGAIN_SECONDS = 30.0
ENHANCED = re.compile(r"\b5\.(\d{1,3})\.\d{1,3}\b")
"""RFC 3463's code in a refusal: its middle number says what it is about."""
ABOUT_THE_MAILBOX = {"1", "2"}


def configured() -> list[str]:
    """The providers there are, the usual one first."""
    return [name for name in NAMES if name in settings.MAILERS]


def in_order(mail: Mail, names: Sequence[str]) -> list[str]:
    """The providers that may be asked for this mail: the one whose turn it is, then the others."""
    order = sorted(names, key=lambda name: name != mail.first_provider)  # stable: else as configured
    asked = [name for name in order if name != mail.refused_by] or order
    turn = mail.tries // TRIES_EACH % len(asked)
    return asked[turn:] + asked[:turn]


class Seen:
    """What one sender has seen of the providers. It is kept nowhere: each sender finds out within seconds."""

    def __init__(self) -> None:
        self._failing_since: dict[str, float] = {}
        self._failed_at: dict[str, float] = {}

    def choose(self, mail: Mail) -> str:
        """The provider for the next attempt of this mail."""
        order = in_order(mail, configured())
        return next((name for name in order if not self._passed_over(name)), order[0])

    def note(self, name: str, began_at: float, failed: bool) -> None:
        """What came of an attempt that began at an instant of `time.monotonic`."""
        if failed:
            self._failing_since.setdefault(name, began_at)
            self._failed_at[name] = monotonic()
        else:
            self._failing_since.pop(name, None)

    def _passed_over(self, name: str) -> bool:
        since = self._failing_since.get(name)
        if since is None:
            return False
        last = self._failed_at[name]
        return last - since >= FAILING_SECONDS and monotonic() - last < ASKED_AGAIN_SECONDS


def refused_for_good(error: Exception) -> bool:
    """The provider refuses this recipient or this message with 5xx: to repeat it there would not help.

    A refused login, greeting or sender is our own set-up at fault: the mail waits until that is put right.
    """
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    if isinstance(error, smtplib.SMTPDataError):
        return error.smtp_code >= 500
    return isinstance(error, AnymailRecipientsRefused)


def is_about_the_mailbox(error: Exception) -> bool:
    """Whether another provider would hear the same: there is no such mailbox, or it takes nothing any more.

    Where the refusal has no code of RFC 3463, one to the recipient counts as this, one to the message does not.
    """
    if isinstance(error, AnymailRecipientsRefused):
        status = getattr(error.email_message, "anymail_status", None)
        return "invalid" in (getattr(status, "status", None) or ())
    coded = ENHANCED.search(str(error))
    if coded is not None:
        return coded[1] in ABOUT_THE_MAILBOX
    return isinstance(error, smtplib.SMTPRecipientsRefused)
