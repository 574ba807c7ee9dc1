"""What delivers: the seller's assets with each market's decision on them, and the form to register one."""

from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.generic import FormView, ListView

from ..access import SellerPage, TraderPage
from ..forms import AssetForm, show_refusal
from ..models import Asset, Qualification
from ..operations.assets import register_assets
from ..problems import Refused


class AssetList(SellerPage, ListView):
    """The seller's assets, retired ones last."""

    section = "assets"
    help = "assets#qualification"
    market_path = ""
    template_name = "markets/assets.html"
    paginate_by = 25

    def get_queryset(self) -> QuerySet[Asset]:
        decisions = Prefetch("qualifications", Qualification.objects.select_related("market").order_by("market__name"))
        return self.own(Asset.objects.prefetch_related(decisions, "zones")).order_by("-retired_at", "ref")


class AssetRegistration(TraderPage, FormView):
    """One form, the fields that sellers know."""

    section = "assets"
    help = "assets#registering"
    template_name = "markets/asset_register.html"
    form_class = AssetForm

    def form_valid(self, form: AssetForm) -> HttpResponse:
        try:
            [asset] = register_assets(seller=self.seller, entries=[form.entry()], by=self.person)
        except Refused as refused:
            show_refusal(form, refused)
            return self.form_invalid(form)
        messages.success(self.request, f"{asset} is registered. The operator's decision will show here.")
        return redirect("markets:assets")

    def form_invalid(self, form: AssetForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)
