"""What runs in the background besides the worker. Repeating a job is harmless."""

from datetime import timedelta

from django.utils import timezone

from markets.models import Mail, Market
from markets.operations import mail

from .operations import alarm_unsent, match_open

OVERDUE_SECONDS = 15
AT_ONCE = 10


def sweep_instructions() -> int:
    """Behind the worker: sends what it left for 15 s, and alarms on-call of what is unsent after a minute or refused."""
    queued_before = timezone.now() - timedelta(seconds=OVERDUE_SECONDS)
    sent = 0
    with mail.Line() as line:
        while claimed := mail.send_due(
            lane=Mail.Lane.INSTRUCTION, line=line, at_most=AT_ONCE, queued_before=queued_before
        ):
            sent += claimed
    alarm_unsent(by="sweep_instructions")
    return sent


def match_instructions() -> int:
    """Matches, in every market, what the messages have left for."""
    return sum(match_open(market=market, by="match_instructions") for market in Market.objects.all())
