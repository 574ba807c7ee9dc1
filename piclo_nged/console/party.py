"""A test party in the console: it is started, its rounds are played one after the other, and it is ended.

The page says at every moment what the next step is. Nothing runs behind it: NGED's largest results file (2,743
competitions, 1,210 offers) is started in two seconds, and its largest round cleared in three.
"""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.db.models import Count, F, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views import View

from markets.admin.acting import onward, person, refusals_shown
from markets.models import Bid, Operator, PartyNote, TestParty
from markets.problems import Refused

from ..dso.nged import party as playing
from ..dso.nged.portal import portal
from ..dso.nged.sample import sample_season
from .party_forms import FILE, PORTAL, InviteForm, StartPartyForm
from .party_steps import STEPS, Step, participants

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
    """GET: where the party stands and what to do next. POST `do`: one of the steps, asked about first, done with `sure`."""

    console: Any = None

    @cached_property
    def party(self) -> TestParty:
        parties_here = TestParty.objects.select_related("market__operator").defer("source")
        return get_object_or_404(parties_here, pk=self.kwargs["pk"])

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(request, InviteForm(party=self.party))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        step = STEPS.get(request.POST.get("do", ""))
        form = InviteForm(request.POST, party=self.party)
        if step is None or not form.is_valid():
            messages.error(request, "That step is none of this page. Look at where the party stands, and choose again.")
        else:
            with refusals_shown(request):
                if "sure" not in request.POST:
                    return self._asked(request, step, form)
                messages.success(request, step.do(self.party, person(request), form))
        return onward(request, reverse("admin:party", args=[pk]))

    def _asked(self, request: HttpRequest, step: Step, form: InviteForm) -> HttpResponse:
        """What will follow from the step, to be agreed to. Raises Refused where it can't be done."""
        told = {
            "title": f"{self.party}: {step.name.lower()}?",
            "party": self.party,
            "step": step,
            "do": request.POST["do"],
            "consequence": step.consequence(self.party, form),
            "invited": form.cleaned_data["sellers"],
        }
        return render(request, "admin/party_sure.html", self.console.each_context(request) | told)

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


def _stand_ins(party: TestParty) -> dict[str, Any]:
    standing = Bid.objects.standing().filter(seller__stand_in__party=party)
    return standing.aggregate(bids=Count("pk"), kw=Sum("capacity_kw")) | {"companies": party.stand_ins.count()}


def notes_of(party: TestParty) -> QuerySet[PartyNote]:
    """The notes of a party, oldest first, each with who left it and who decided."""
    return party.notes.select_related("seller", "user", "decided_by").order_by(F("left_at"), "pk")
