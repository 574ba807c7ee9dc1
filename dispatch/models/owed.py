"""What a seller still owes an answer to, and until when: the one definition for cases, pages and lists.

An answer is asked for from the moment at which a mailbox of the seller was reached, not from the trigger: a mail that left
late gives as much time as one that left at once. Waiting is real time; what is over, is over by the market's clock.
"""

from datetime import timedelta
from typing import Any

from django.db.models import (
    CharField,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, Now

from markets.models import Mail, MarketTime

from .trigger import Kind

DELIVERS = (Kind.START, Kind.CHANGE)
STOPS = (Kind.STOP, Kind.EMERGENCY_STOP)
ENDS = (*STOPS, Kind.CANCEL)
ANSWERED_KINDS = (*DELIVERS, *STOPS)
"""A test or a cancellation asks for nothing, so nobody owes an answer to it."""
OWED_FOR = timedelta(days=1)
"""An instruction without an end does not wait for its answer for ever."""


def told_at(notices: QuerySet[Any]) -> Subquery:
    """When the first mailbox of the seller was reached; NULL while none was. A mail that came back reached nobody."""
    reached = notices.filter(
        instruction=OuterRef("pk"), contact__isnull=False, mail__status=Mail.Status.SENT, mail__bounced_at=None
    )
    first = reached.order_by().values("instruction").annotate(at=Min("mail__sent_at"))
    return Subquery(first.values("at"), output_field=DateTimeField())


def answer_due_at() -> ExpressionWrapper:
    """When the seller's time to answer is over; needs `told_at`."""
    return ExpressionWrapper(F("told_at") + F("market__answer_within"), output_field=DateTimeField())


def owing() -> Q:
    """Unanswered, of a kind and in a market that ask for an answer, with something left to do."""
    to_deliver = Q(kind__in=DELIVERS) & (Q(ends_at=None) | Q(ends_at__gt=MarketTime("market__clock_offset")))
    return Q(
        Q(kind__in=STOPS) | to_deliver,
        answer="waiting",
        kind__in=ANSWERED_KINDS,
        seller__isnull=False,
        market__answer_within__gt=timedelta(),
        created_at__gt=Now() - Value(OWED_FOR),
    )


def idle(instructions: QuerySet[Any]) -> Q:
    """What another instruction to the same seller has made idle: it was replaced, or its opposite has taken effect."""
    others = instructions.filter(market=OuterRef("market"), seller=OuterRef("seller")).exclude(pk=OuterRef("pk"))
    replaced = others.filter(
        trigger__market=OuterRef(
            "market"
        ),  # true of all that is left here: said so that the index of references is used
        trigger__problem="",
        trigger__reference=OuterRef("trigger__reference"),
        trigger__revision__gt=OuterRef("trigger__revision"),
        contract_named=OuterRef("contract_named"),
        asset_named=OuterRef("asset_named"),
    )
    for name in ("contract_named", "asset_named", "product_named", "zone_named"):
        others = _same_or_unsaid(others, name)
    later, clock = Q(pk__gt=OuterRef("pk")), MarketTime("market__clock_offset")
    others = others.alias(effect_at=Coalesce("ends_at", "starts_at"))
    in_effect = Q(effect_at=None) | Q(effect_at__lte=clock)
    ending = others.filter(
        kind__in=ENDS
    )  # few, and an index of their own: a busy seller's many starts are not looked at
    stopped = ending.filter(in_effect, later | Q(effect_at__gt=OuterRef("starts_at")), kind__in=STOPS)
    cancelled = ending.filter(later, kind=Kind.CANCEL)
    called_anew = others.filter(later, kind__in=DELIVERS, starts_at__lte=clock)
    ended = Q(kind__in=DELIVERS) & (Q(Exists(stopped)) | Q(Exists(cancelled)))
    return Q(Exists(replaced)) | ended | (Q(kind__in=STOPS) & Q(Exists(called_anew)))


def _same_or_unsaid(others: QuerySet[Any], name: str) -> QuerySet[Any]:
    """A stop often names less than the start did; what neither says differently is the same."""
    asked = f"asked_{name}"
    others = others.alias(**{asked: ExpressionWrapper(OuterRef(name), output_field=CharField())})
    return others.filter(Q(**{name: OuterRef(name)}) | Q(**{name: ""}) | Q(**{asked: ""}))
