"""Bidding: competitions out, bids in, results back, contracts made."""

from datetime import timedelta

from django.db.models import DateTimeField, Exists, ExpressionWrapper, F, Func, OuterRef, QuerySet, Value
from django.db.models.functions import Greatest, Now

from markets.models import Bid, Competition, Discrepancy, Mail, MarketTime, Receipt, SealOpening
from markets.operations.feeds import read_bid_changes, receive_receipts
from markets.operations.journal import By
from markets.operations.results import RESULTS_MAIL
from markets.problems import Refused
from markets.rules.words import moment

from .declaration import Lane, Mode, Phase, StepDeclaration
from .moments import real

FEED_READ_WITHIN = timedelta(hours=1)  # assumption: how soon after gate closure NGED collects the bids
MAIL_LEAVES_WITHIN = timedelta(minutes=15)  # assumption: also where results come after the hour by which sellers know
RESULTS_WITHIN = timedelta(days=21)  # outcomes are reported within a month: asked for while there is time left


def _waiting_since(wait: timedelta) -> QuerySet[Competition]:
    """Published competitions whose gate closed at least `wait` ago in market time."""
    return (
        Competition.objects.closed()
        .filter(status=Competition.Status.PUBLISHED, closes_at__lte=MarketTime("market__clock_offset") - Value(wait))
        .annotate(fell_due_at=real(F("closes_at") + Value(wait), "market__clock_offset"))
        .select_related("market")
    )


def _not_held() -> QuerySet[Bid]:
    held = Receipt.objects.filter(bid=OuterRef("pk"), revision=OuterRef("revision"))
    return Bid.objects.filter(~Exists(held), status=Bid.Status.PLACED)


def competitions_not_handed_over() -> QuerySet[Competition]:
    """Closed competitions with standing bids that the operator has not said it holds."""
    return _waiting_since(FEED_READ_WITHIN).filter(Exists(_not_held().filter(competition=OuterRef("pk"))))


def competitions_without_receipts() -> QuerySet[Competition]:
    """With a live feed: competitions near gate closure with standing bids that the operator has not said it holds.

    An hour after closure *Hand the bids over* takes them over.
    """
    now = MarketTime("market__clock_offset")
    nears_at = ExpressionWrapper(F("closes_at") - F("market__receipts_before_closure"), output_field=DateTimeField())
    return (
        Competition.objects.filter(status=Competition.Status.PUBLISHED, market__feed_is_live=True)
        .annotate(nears_at=nears_at, fell_due_at=real(nears_at, "market__clock_offset"))
        .filter(Exists(_not_held().filter(competition=OuterRef("pk"))), nears_at__lte=now)
        .filter(closes_at__gt=now - Value(FEED_READ_WITHIN))
        .select_related("market")
    )


def hand_over(subject: Competition, *, by: By) -> None:
    """The operator confirmed, outside the API, that it holds every bid of the competition: keeps the receipts."""
    read_bid_changes(market=subject.market, after=0, limit=0)  # gives them their places in the feed
    held = list(_not_held().filter(competition=subject).values_list("reference", "revision"))
    receive_receipts(market=subject.market, receipts=held, by=by)


def competitions_without_results() -> QuerySet[Competition]:
    """Closed competitions that the operator has not decided in time."""
    return _waiting_since(RESULTS_WITHIN)


class SellersKnowBy(Func):
    """19:00 UTC on the day of an instant: by then sellers know the results that the operator confirmed that day."""

    template = "((date_trunc('day', %(expressions)s AT TIME ZONE 'UTC') + interval '19 hours') AT TIME ZONE 'UTC')"
    output_field = DateTimeField()


def results_not_told() -> QuerySet[Mail]:
    """Mails of results that have not left by 19:00 UTC. One that was given up is a case of *Reach someone*."""
    leaves_by = Greatest(
        SellersKnowBy("created_at"),
        ExpressionWrapper(F("created_at") + Value(MAIL_LEAVES_WITHIN), output_field=DateTimeField()),
    )
    return (
        Mail.objects.filter(status=Mail.Status.READY, message_id__startswith=RESULTS_MAIL)
        .annotate(fell_due_at=leaves_by)
        .filter(fell_due_at__lte=Now())
    )


def discrepancies_to_resolve() -> QuerySet[Discrepancy]:
    """What the operator and we hold differently, and nobody has settled."""
    return Discrepancy.objects.filter(resolved_at=None).annotate(fell_due_at=F("found_at")).select_related("market")


def settled_on_its_page(subject: Discrepancy, *, by: By) -> None:
    """A case can't be finished over it: how it was settled is said on the discrepancy itself. Raises Refused."""
    raise Refused("Open the discrepancy and press Resolve: how it was settled, and with whom, stands there.")


def openings_to_agree_to() -> QuerySet[SealOpening]:
    """Requests to open bids early, while their gate is open, that wait for a second person."""
    return (
        SealOpening.objects.filter(
            agreed_at=None, competition__closes_at__gt=MarketTime("competition__market__clock_offset")
        )
        .annotate(fell_due_at=F("asked_at"))
        .select_related("asked_by", "competition")
    )


STEPS = (
    StepDeclaration(
        key="publish-competition",
        phase=Phase.BIDDING,
        lane=Lane.NGED,
        title="Publish the competition",
        modes=(Mode.AUTOMATED,),
        minutes_by_hand=15,
        runs_elsewhere="NGED sends PUT competitions",
    ),
    StepDeclaration(
        key="place-bid",
        phase=Phase.BIDDING,
        lane=Lane.SELLER,
        title="Place the bid",
        modes=(Mode.AUTOMATED,),
        minutes_by_hand=5,
        time_critical=True,
        runs_elsewhere="Sellers bid by page or API",
        tallied=True,
    ),
    StepDeclaration(
        key="hand-bids-over",
        phase=Phase.BIDDING,
        lane=Lane.PICLO,
        title="Hand the bids over to NGED",
        modes=(Mode.AUTOMATED, Mode.MANUAL),
        minutes_by_hand=20,
        time_critical=True,
        due=competitions_not_handed_over,
        do=hand_over,
        runs_elsewhere="NGED reads the feed GET bids and sends POST bids/receipts",
        explain=lambda competition: "NGED has not said that it holds every bid of this competition.",
        deadline=timedelta(hours=4),
    ),
    StepDeclaration(
        key="bids-without-receipt",
        phase=Phase.BIDDING,
        lane=Lane.NGED,
        title="Acknowledge the bids before gate closure",
        modes=(Mode.AUTOMATED, Mode.MANUAL),
        minutes_by_hand=15,
        time_critical=True,
        due=competitions_without_receipts,
        do=hand_over,
        runs_elsewhere="NGED reads the live feed GET bids and sends POST bids/receipts",
        explain=lambda competition: (
            f"Bidding closes on {moment(competition.closes_at)}, and NGED has not said that it holds every bid."
        ),
        deadline=timedelta(minutes=30),
    ),
    StepDeclaration(
        key="open-seal",
        phase=Phase.BIDDING,
        lane=Lane.CUSTOMER_SUCCESS,
        title="Agree to open bids early, or not",
        modes=(Mode.MANUAL,),
        minutes_by_hand=10,
        people=2,
        due=openings_to_agree_to,
        called=lambda opening: f"{opening}, asked by {opening.asked_by}: {opening.reason}",
        deadline=timedelta(hours=4),
        rests=None,
    ),
    StepDeclaration(
        key="record-results",
        phase=Phase.BIDDING,
        lane=Lane.NGED,
        title="Record the results",
        modes=(Mode.AUTOMATED, Mode.MANUAL),
        minutes_by_hand=30,
        due=competitions_without_results,
        runs_elsewhere="NGED sends POST results",
        explain=lambda competition: f"{RESULTS_WITHIN.days} days after gate closure there are no results.",
        deadline=timedelta(days=7),
        rests=timedelta(days=3),
    ),
    StepDeclaration(
        key="tell-results",
        phase=Phase.BIDDING,
        lane=Lane.PICLO,
        title="Tell sellers their results",
        modes=(Mode.AUTOMATED,),
        minutes_by_hand=5,
        time_critical=True,
        due=results_not_told,
        runs_elsewhere="The results and their mails are one transaction; a job sends them every minute",
        called=lambda mail: f"{mail.recipient}: {mail.subject}",
        explain=lambda mail: "It is past 19:00 UTC, and the mail has not left. Call the seller.",
        deadline=timedelta(hours=1),
    ),
    StepDeclaration(
        key="contract",
        phase=Phase.BIDDING,
        lane=Lane.PICLO,
        title="Make the contract",
        modes=(Mode.AUTOMATED,),
        minutes_by_hand=10,
        runs_elsewhere="The results and their contracts are one transaction",
        tallied=True,
    ),
    StepDeclaration(
        key="resolve-discrepancy",
        phase=Phase.BIDDING,
        lane=Lane.CUSTOMER_SUCCESS,
        title="Resolve what NGED and we hold differently",
        modes=(Mode.MANUAL,),
        minutes_by_hand=15,
        due=discrepancies_to_resolve,
        do=settled_on_its_page,
        deadline=timedelta(days=2),
    ),
)
