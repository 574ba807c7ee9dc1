"""Auctions before anyone bids, and when their results are due: previews to approve, and what a calendar waits for."""

from datetime import timedelta

from django.db.models import Exists, F, OuterRef, QuerySet, Value

from markets.models import Auction, Bid, Competition, MarketTime, PreviewNote
from markets.models.calendar import competitions_of_auction
from markets.operations.competitions import approve_competition, settle_note
from markets.operations.journal import By

from .declaration import Lane, Mode, Phase, StepDeclaration
from .moments import real

APPROVED_BEFORE = timedelta(days=1)  # assumption: how long before its opening a preview should be approved
AUCTION_CLOCK = "calendar__market__clock_offset"


def previews_near_opening() -> QuerySet[Competition]:
    """Previews that open within a day of market time, or should have opened, while their gate is still to close."""
    return (
        Competition.objects.filter(
            status=Competition.Status.PREVIEW,
            opens_at__lte=MarketTime("market__clock_offset") + Value(APPROVED_BEFORE),
            closes_at__gt=MarketTime("market__clock_offset"),
        )
        .annotate(fell_due_at=real(F("opens_at") - Value(APPROVED_BEFORE), "market__clock_offset"))
        .select_related("market")
    )


def approve_on_their_word(subject: Competition, *, by: By) -> None:
    """The operator approved it outside its link and the API: customer success does it for them."""
    approve_competition(competition=subject, by=by)


def changes_asked_for() -> QuerySet[PreviewNote]:
    """What the operator asks to change in a preview that still waits."""
    waiting = PreviewNote.objects.filter(resolved_at=None, competition__status=Competition.Status.PREVIEW)
    return waiting.annotate(fell_due_at=F("asked_at")).select_related("competition__market")


def settle(subject: PreviewNote, *, by: By) -> None:
    """What was asked for is settled with the operator."""
    settle_note(note=subject, by=by)


def auctions_unpublished() -> QuerySet[Auction]:
    """Auctions whose competitions should be known by now, and of which there is none, while bidding could still take place."""
    late = Auction.objects.coming().passed("published_by").filter(~Exists(competitions_of_auction()))
    return late.annotate(fell_due_at=real(F("published_by"), AUCTION_CLOCK)).select_related("calendar__market")


def auctions_undecided() -> QuerySet[Auction]:
    """Auctions whose results should be known by now, with bids that wait for one."""
    waiting = Bid.objects.filter(competition=OuterRef("pk"), status=Bid.Status.PLACED)
    undecided = competitions_of_auction().filter(Exists(waiting), status=Competition.Status.PUBLISHED)
    late = Auction.objects.passed("results_by").filter(Exists(undecided))
    return late.annotate(fell_due_at=real(F("results_by"), AUCTION_CLOCK)).select_related("calendar__market")


STEPS = (
    StepDeclaration(
        key="publication-late",
        phase=Phase.BIDDING,
        lane=Lane.CUSTOMER_SUCCESS,
        title="Ask for an auction that is not published",
        modes=(Mode.MANUAL,),
        minutes_by_hand=10,
        time_critical=True,
        due=auctions_unpublished,
        deadline=timedelta(hours=2),
    ),
    StepDeclaration(
        key="change-preview",
        phase=Phase.BIDDING,
        lane=Lane.CUSTOMER_SUCCESS,
        title="Settle what NGED asks to change in a preview",
        modes=(Mode.MANUAL,),
        minutes_by_hand=15,
        due=changes_asked_for,
        do=settle,
        deadline=timedelta(hours=8),
    ),
    StepDeclaration(
        key="approve-preview",
        phase=Phase.BIDDING,
        lane=Lane.NGED,
        title="Approve the preview before bidding opens",
        modes=(Mode.MANUAL,),
        minutes_by_hand=10,
        time_critical=True,
        due=previews_near_opening,
        do=approve_on_their_word,
        deadline=APPROVED_BEFORE,
    ),
    StepDeclaration(
        key="results-late",
        phase=Phase.BIDDING,
        lane=Lane.CUSTOMER_SUCCESS,
        title="Ask for the results of an auction",
        modes=(Mode.MANUAL,),
        minutes_by_hand=10,
        time_critical=True,
        due=auctions_undecided,
        deadline=timedelta(hours=4),
    ),
)
