"""The steps of a test party at the console: what follows from each, said before it is done, and what came of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from markets.models import Admission, Bid, Qualification, Seller, TestParty, User
from markets.operations import parties
from markets.problems import Refused
from markets.rules.words import moment

from ..dso.nged import party as playing
from ..dso.nged.party_clearing import clear_round
from .party_forms import InviteForm


@dataclass(frozen=True)
class Step:
    """`consequence` is what will follow, to be agreed to; `do` does it and says what came of it. Both raise Refused."""

    name: str
    consequence: Callable[[TestParty, InviteForm], str]
    do: Callable[[TestParty, User, InviteForm], str]


def participants(party: TestParty) -> QuerySet[Any]:
    """Everybody invited, with the number and kW of standing bids (never prices: bids are sealed) and usable assets."""
    mine = Q(seller__bids__competition__market=party.market_id) & ~Q(seller__bids__status=Bid.Status.WITHDRAWN)
    qualified = Qualification.objects.filter(
        market=party.market_id, status=Qualification.Status.QUALIFIED, asset__seller=OuterRef("seller")
    ).order_by()
    usable = Subquery(qualified.values("asset__seller").annotate(n=Count("pk")).values("n"))
    return (
        Admission.objects.filter(market=party.market_id, seller__stand_in=None)
        .select_related("seller")
        .annotate(
            bid_count=Count("seller__bids", filter=mine),
            offered_kw=Sum("seller__bids__capacity_kw", filter=mine),
            usable_assets=Coalesce(usable, 0),
        )
        .order_by("seller__name")
    )


def _next(party: TestParty) -> playing.Round:
    return playing.next_round(party, playing.season_of(party))


def _of_opening(party: TestParty, form: InviteForm) -> str:
    opening = _next(party)
    return (
        f"The party's clock moves forward to {moment(opening.opens_at)} and can't be moved back. Bidding opens in "
        f"{len(opening.references)} competitions, and the stand-ins bid in them."
    )


def _of_near_closing(party: TestParty, form: InviteForm) -> str:
    to = _next(party).closes_at - playing.HOUR
    return (
        f"The party's clock moves forward to {moment(to)} and can't be moved back. Participants have an hour left "
        "to bid, revise and withdraw; then bidding closes by itself."
    )


def _of_clearing(party: TestParty, form: InviteForm) -> str:
    closing = _next(party)
    silent = [str(admission.seller) for admission in participants(party) if not admission.bid_count]
    return (
        f"Bidding ends for everybody in {len(closing.references)} competitions, whose gate closes on "
        f"{moment(closing.closes_at)}, market time: nobody can bid, revise or withdraw there any more. NGED's part is "
        "played, the clearing rule decides, and no result can be taken back. Participants see their results, and those "
        f"who said yes get them by email.{f' No bid in this party has: {", ".join(silent)}.' if silent else ''}"
    )


def _of_qualifying(party: TestParty, form: InviteForm) -> str:
    return (
        "All assets that participants registered since they said yes are offered and qualified in this party, so that "
        "they can bid with them. Nothing of it is sent to NGED, and no other market is touched."
    )


def _chosen(form: InviteForm) -> list[Seller]:
    if not form.cleaned_data["sellers"]:
        raise Refused("Tick the sellers to invite, then press Invite.")
    return list(form.cleaned_data["sellers"])


def _of_inviting(party: TestParty, form: InviteForm) -> str:
    return (
        f"An invitation stands on the first page of {', '.join(map(str, _chosen(form)))} until somebody there says yes; "
        "it can't be taken back. No email is sent for a mock market, so tell them yourself."
    )


def _of_ending(party: TestParty, form: InviteForm) -> str:
    left = len(playing.rounds(party, playing.season_of(party)))
    rounds = "1 round is" if left == 1 else f"{left} rounds are"
    lost = f" {rounds} not cleared yet: their competitions are withdrawn, with the bids in them." if left else ""
    return (
        f"Nobody is asked for notes any more, and the party can't be opened again.{lost} Its comparison, its notes and "
        "each participant's own results stay."
    )


def _open_round(party: TestParty, by: User, form: InviteForm) -> str:
    placed = playing.open_round(party=party, by=by)
    return f"It is now {moment(party.market.now())} in the party. Stand-ins hold {placed.placed:,} bids in this round."


def _near_closing(party: TestParty, by: User, form: InviteForm) -> str:
    return f"It is now {moment(playing.near_closing(party=party, by=by))} in the party: an hour is left to bid."


def _clear(party: TestParty, by: User, form: InviteForm) -> str:
    cleared = clear_round(party=party, by=by)
    told = cleared.recorded
    more = f" {cleared.stood_aside:,} bids of stand-ins were withdrawn before." if cleared.stood_aside else ""
    after = f"Rounds left: {cleared.rounds_left}." if cleared.rounds_left else "Every competition has its result."
    return (
        f"Cleared: {told.accepted:,} bids accepted, {told.rejected:,} not taken; "
        f"nobody bid in {told.no_response:,} windows.{more} {after}"
    )


def _qualify(party: TestParty, by: User, form: InviteForm) -> str:
    count = parties.qualify_assets(party=party, by=by)
    return (
        f"{count:,} more assets of participants can bid." if count else "All assets of participants could bid already."
    )


def _invite(party: TestParty, by: User, form: InviteForm) -> str:
    invited = _chosen(form)
    parties.invite_to_party(party=party, sellers=invited, by=by)
    return f"Invited: {', '.join(map(str, invited))}. Tell them: no email is sent for a mock market."


def _close(party: TestParty, by: User, form: InviteForm) -> str:
    parties.close_party(party=party, by=by)
    return "The party has ended. Its comparison and its notes stay here."


STEPS = {
    "open_round": Step("Go to the next opening", _of_opening, _open_round),
    "near_closing": Step("Move the clock to an hour before closing", _of_near_closing, _near_closing),
    "clear_round": Step("Close the round and clear it", _of_clearing, _clear),
    "qualify": Step("Let assets registered since take part", _of_qualifying, _qualify),
    "invite": Step("Invite", _of_inviting, _invite),
    "close": Step("End the party", _of_ending, _close),
}
