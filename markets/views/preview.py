"""A competition as sellers will see it, for the operator, by a signed link and without an account.

It is the sellers' own page, shown as to a seller that has no assets and no bids yet, below a bar with the decision.
"""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.generic import TemplateView

from ..forms.previews import ApprovalForm, ChangeForm
from ..models import Competition
from ..operations.competitions import approve_competition, ask_for_change, read_preview
from ..problems import Refused
from ..web.access import BehindLink
from ..web.asset_choices import NO_ASSETS
from ..web.competition_facts import page_context


class PreviewPage(BehindLink, TemplateView):
    """A GET only shows, since scanners of mail open links; a POST approves, or asks for a change."""

    section = "competitions"
    help = "bidding#competitions"
    template_name = "markets/preview.html"
    bad_link_template = "markets/preview_bad_link.html"

    def read(self, token: str) -> Competition:
        self.object = read_preview(token)
        return self.object

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asks = request.POST.get("decision") == "change"
        form = (ChangeForm if asks else ApprovalForm)(request.POST)
        if form.is_valid():
            try:
                said = self._asked(form.cleaned_data) if asks else self._approved(form.cleaned_data)
            except Refused as refused:
                form.add_error("note" if asks else None, str(refused))
                self.object.refresh_from_db()
            else:
                messages.success(request, said)
                return redirect("markets:preview", kwargs["token"])
        shown = {"change_form" if asks else "form": form}
        return self.render_to_response(self.get_context_data(**shown), status=422)

    def _approved(self, answers: dict[str, Any]) -> str:
        approve_competition(competition=self.object, by=self._by, revision=answers["revision"])
        return "Approved. Sellers see this competition from now on."

    def _asked(self, answers: dict[str, Any]) -> str:
        ask_for_change(competition=self.object, by=self._by, **answers)
        return (
            "Thank you: Piclo's customer success has your note. Sellers don't see the competition until it is approved."
        )

    @property
    def _by(self) -> str:
        return f"{self.object.market.operator}, by its preview link"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        seen = {"revision": self.object.revision}
        now = self.object.market_time = self.object.market.now()  # type: ignore[attr-defined]  # as sellers' lists annotate it
        windows, part = list(self.object.windows.all()), self.request.GET.get("windows")
        shown = page_context(self.object, windows, now, part) | {
            "object": self.object,
            "waits": self.object.status == Competition.Status.PREVIEW,
            "approval_form": ApprovalForm(initial=seen, auto_id=False),
            "change_form": ChangeForm(initial=seen),
            "notes": self.object.preview_notes.filter(resolved_at=None),
            "mock_markets": self.mock_markets([self.object]),
            "assets": NO_ASSETS,
            "may_trade": True,
        }
        return super().get_context_data(**shown | kwargs)
