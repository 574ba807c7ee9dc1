"""A test party in the console: it is started, its rounds are played one after the other, and it is ended.

The page says at every moment what the next step is. Nothing runs behind it: NGED's largest results file (2,743
competitions, 1,210 offers) is started in two seconds, and its largest round cleared in three.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views import View

from markets.admin.acting import onward, person, refusals_shown
from markets.models import Admission, Bid, Operator, PartyNote, Qualification, TestParty, User
from markets.operations import parties
from markets.problems import Refused
from markets.rules.words import moment

from ..dso.nged import party as playing
from ..dso.nged.party_clearing import clear_round
from ..dso.nged.portal import portal
from ..dso.nged.sample import sample_season
from .party_forms import FILE, PORTAL, InviteForm, StartPartyForm

SHOWN_PROBLEMS = 200
SAMPLE_NAME = "the made-up season"


class StartParty(View):
    """GET: the form. POST: the party is started, or every fault is shown and nothing is made."""

    console: Any = None

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, StartPartyForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = StartPartyForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(request, form)
        try:
            content, source_name = _source(form.cleaned_data)
            party = playing.start_party(
                operator=Operator.objects.get(key="nged"),
                name=form.cleaned_data["name"],
                content=content,
                source_name=source_name,
                sellers=form.cleaned_data["sellers"],
                with_original_offers=form.cleaned_data["with_original_offers"],
                by=person(request),
            )
        except Refused as refused:
            return self._page(request, form, refused=refused)
        messages.success(request, f"{party} has begun. Now tell those you invited: they say yes on their own pages.")
        return onward(request, reverse("admin:party", args=[party.pk]))

    def _page(self, request: HttpRequest, form: StartPartyForm, **more: Any) -> HttpResponse:
        context = self.console.each_context(request) | {"title": "Start a test party", "form": form, **more}
        return render(request, "admin/party_start.html", context | {"shown_problems": SHOWN_PROBLEMS})


def _source(chosen: dict[str, Any]) -> tuple[bytes, str]:
    """The file's bytes and what to call it. Raises Refused where the portal does not give it."""
    if chosen["source"] == FILE:
        return chosen["file"].read(), chosen["file"].name
    if chosen["source"] == PORTAL:
        content, name = portal().results_file(chosen["resource"])
        return content, f"{name}, from NGED's data portal"
    return sample_season().encode(), SAMPLE_NAME


class PartyPage(View):
    """GET: where the party stands and what to do next. POST `do`: one of the steps."""

    console: Any = None

    @cached_property
    def party(self) -> TestParty:
        parties_here = TestParty.objects.select_related("market__operator").defer("source")
        return get_object_or_404(parties_here, pk=self.kwargs["pk"])

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(request, InviteForm(party=self.party))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        done = STEPS.get(request.POST.get("do", ""))
        form = InviteForm(request.POST, party=self.party)
        if done is None or not form.is_valid():
            messages.error(request, "That step is none of this page. Look at where the party stands, and choose again.")
        else:
            with refusals_shown(request):
                messages.success(request, done(self.party, person(request), form))
        return onward(request, reverse("admin:party", args=[pk]))

    def _page(self, request: HttpRequest, form: InviteForm) -> HttpResponse:
        party = self.party
        season = playing.season_of(party)
        rounds = playing.rounds(party, season)
        now = party.market.now()
        told = {
            "title": party.name,
            "party": party,
            "now": now,
            "rounds": rounds,
            "next": rounds[0] if rounds else None,
            "is_open": bool(rounds) and rounds[0].opens_at <= now < rounds[0].closes_at,
            "is_last_hour": bool(rounds) and now >= rounds[0].closes_at - playing.HOUR,
            "participants": participants(party),
            "stand_ins": _stand_ins(party),
            "notes": party.notes.aggregate(all=Count("pk"), waiting=Count("pk", filter=Q(decision=""))),
            "form": form,
        }
        return render(request, "admin/party.html", self.console.each_context(request) | told)


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


def _stand_ins(party: TestParty) -> dict[str, Any]:
    standing = Bid.objects.standing().filter(seller__stand_in__party=party)
    return standing.aggregate(bids=Count("pk"), kw=Sum("capacity_kw")) | {"companies": party.stand_ins.count()}


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
    invited = list(form.cleaned_data["sellers"])
    if not invited:
        raise Refused("Tick the sellers to invite, then press Invite.")
    parties.invite_to_party(party=party, sellers=invited, by=by)
    return f"Invited: {', '.join(map(str, invited))}. Tell them: no email is sent for a mock market."


def _close(party: TestParty, by: User, form: InviteForm) -> str:
    parties.close_party(party=party, by=by)
    return "The party has ended. Its comparison and its notes stay here."


STEPS: dict[str, Callable[[TestParty, User, InviteForm], str]] = {
    "open_round": _open_round,
    "near_closing": _near_closing,
    "clear_round": _clear,
    "qualify": _qualify,
    "invite": _invite,
    "close": _close,
}


def notes_of(party: TestParty) -> QuerySet[PartyNote]:
    """The notes of a party, oldest first, each with who left it and who decided."""
    return party.notes.select_related("seller", "user", "decided_by").order_by(F("left_at"), "pk")
