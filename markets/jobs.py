"""What runs in the background for registration and bidding. Repeating a job is harmless."""

from datetime import timedelta

from .models import Mail, Market
from .operations import calendars, calls, feeds, mail, tokens, webhooks

AT_ONCE = 20
OVERDUE = timedelta(seconds=15)


def send_ordinary_mail() -> int:
    """Sends all ordinary mail that is due. Returns how many were taken in hand."""
    taken = 0
    with mail.Line() as line:
        while claimed := mail.send_due(lane=Mail.Lane.ORDINARY, line=line, at_most=AT_ONCE):
            taken += claimed
    return taken


def close_competitions() -> int:
    """Adds the proof of completeness to competitions that gate closure has passed, in every market."""
    return sum(feeds.close_competitions(market=market, by="close_competitions") for market in Market.objects.all())


def forget_idempotent_calls() -> int:
    """Deletes answers kept for an `Idempotency-Key` longer than promised. Returns how many."""
    return tokens.forget_idempotent_calls(by="forget_idempotent_calls")


def call_webhooks() -> int:
    """Tells operators that want to be called what is new in their feeds. Returns how many calls were tried."""
    webhooks.note_news()
    return calls.make_calls()


def call_sellers() -> int:
    """Behind the caller: makes the calls of sellers' webhooks that it left for 15 s. Returns how many were tried."""
    return calls.make_sellers_calls(overdue=OVERDUE)


def call_oncall() -> int:
    """Calls the addresses of our own people on call with what alarms wait. Returns how many calls were tried."""
    return calls.make_calls(alarms=True)


def plan_auctions() -> int:
    """Adds the auctions of the coming weeks to the calendars of every market. Returns how many were new."""
    return sum(calendars.plan_auctions(market=market, by="plan_auctions") for market in Market.objects.all())
