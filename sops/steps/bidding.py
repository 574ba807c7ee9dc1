"""Bidding: competitions out, bids in, results back, contracts made."""

from datetime import timedelta

from django.db.models import Exists, F, OuterRef, QuerySet, Value

from markets.models import Bid, Competition, MarketTime, Receipt
from markets.operations.feeds import read_bid_changes, receive_receipts
from markets.operations.journal import By

from .declaration import Lane, Mode, Phase, StepDeclaration
from .moments import real

FEED_READ_WITHIN = timedelta(hours=1)  # assumption: how soon after gate closure NGED collects the bids
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


def hand_over(subject: Competition, *, by: By) -> None:
    """The operator confirmed, outside the API, that it holds every bid of the competition: keeps the receipts."""
    read_bid_changes(market=subject.market, after=0, limit=0)  # gives them their places in the feed
    held = list(_not_held().filter(competition=subject).values_list("reference", "revision"))
    receive_receipts(market=subject.market, receipts=held, by=by)


def competitions_without_results() -> QuerySet[Competition]:
    """Closed competitions that the operator has not decided in time."""
    return _waiting_since(RESULTS_WITHIN)


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
        runs_elsewhere="The results and their mails are one transaction",
        tallied=True,
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
)
