"""Many bids by file: choose a market, send a CSV, see every row checked, then place all of it or what is valid."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.generic import DetailView, FormView, View

from ..forms.bid_uploads import BidUploadForm, PlacingForm, row_count
from ..models import BidUpload, Competition, Market
from ..operations.bid_uploads import keep_upload, place_upload, preview_upload, template_rows
from ..problems import Refused, RowProblem
from ..rules.bids_file import LABELS, write_bids_file
from ..rules.confirmations import RULES, VERSION
from ..rules.sheets import csv_lines
from ..rules.words import count
from ..web.access import SellerPage, TraderPage
from ..web.downloads import csv_file
from .answering import TypedAgain

PROBLEMS_SHOWN = 50
PLANNED_SHOWN = 100
WARNINGS_SHOWN = 20
UPLOADS_SHOWN = 10


class BidUploadPage(TypedAgain, TraderPage, FormView):
    """Which market, and which file; with the templates to fill in, and the files sent before."""

    section = "bids"
    help = "bidding#many-bids-in-one-file"
    template_name = "markets/bid_upload.html"
    form_class = BidUploadForm
    market_path = ""

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"markets": self.markets}

    @property
    def markets(self) -> QuerySet[Market]:
        """Those in which the seller sees a competition: not a test party, say, that it has not joined."""
        seen = Competition.objects.open_to(self.seller).values("market")
        takes_bids = Competition.objects.open_to(self.seller).biddable().filter(market=OuterRef("pk"))
        return Market.objects.filter(pk__in=seen).annotate(takes_bids=Exists(takes_bids)).order_by("name")

    def form_valid(self, form: BidUploadForm) -> HttpResponse:
        chosen = form.cleaned_data
        try:
            upload = keep_upload(
                seller=self.seller,
                market=chosen["market"],
                filename=chosen["file"].name,
                content=form.content(),
                by=self.person,
            )
        except Refused as refused:
            form.add_error("file", str(refused))
            return self.form_invalid(form)
        return redirect("markets:bid-upload-preview", upload.pk)

    def form_invalid(self, form: BidUploadForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sent = self.own(BidUpload.objects.defer("content", "left_out")).select_related("market", "uploaded_by")
        return super().get_context_data(
            markets=self.markets, columns=LABELS.values(), sent=sent[:UPLOADS_SHOWN], **kwargs
        )


class BidTemplate(SellerPage, View):
    """A CSV to fill in: a row per open window of a market, with the seller's qualified assets of its zone."""

    def get(self, request: HttpRequest, key: str) -> HttpResponseBase:
        market = get_object_or_404(Market.objects.open_to(self.seller), key=key)
        rows = list(template_rows(seller=self.seller, market=market))
        if not rows:
            messages.info(request, f"No window of {market} takes bids now, so there is no template to fill in yet.")
            return redirect("markets:bid-upload")
        return csv_file(f"bids-{market.key}.csv", write_bids_file(rows))


class OneUpload(SellerPage):
    """An upload of the seller's own."""

    def upload(self) -> BidUpload:
        found = self.own(BidUpload.objects.select_related("seller", "market__operator", "uploaded_by"))
        return get_object_or_404(found, pk=self.kwargs["pk"])

    def problems(self, upload: BidUpload) -> list[RowProblem]:
        """What is wrong with the file now; once it is placed, what was left out then."""
        if upload.placed_at:
            return [RowProblem(**row) for row in upload.left_out]
        return preview_upload(upload=upload).problems


class BidUploadPreview(TraderPage, OneUpload, DetailView):
    """Every error at once and what would be placed; then the placing, and what became of it."""

    section = "bids"
    help = "bidding#many-bids-in-one-file"
    template_name = "markets/bid_upload_preview.html"
    object: BidUpload

    def get_object(self, queryset: Any = None) -> BidUpload:
        return self.upload()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        upload, form = self.upload(), PlacingForm(request.POST)
        if upload.placed_at:
            messages.info(request, "These bids were placed before: sending the file again has changed nothing.")
        elif not form.is_valid():
            return self.again(form)
        else:
            try:
                upload = place_upload(
                    upload=upload, by=self.person, confirmed=form.cleaned_data["confirmed"], only_whole=form.only_whole
                )
            except Refused as refused:
                form.add_error(None, f"{refused}{form.since_then(refused.rows)}")
                return self.again(form)
            left_out = self.problems(upload)
            messages.success(request, f"{_placed(upload, left_out)}{form.since_then(left_out)}")
        return redirect("markets:bid-upload-preview", upload.pk)

    def again(self, form: PlacingForm) -> HttpResponse:
        self.object = self.upload()
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        upload = self.object
        preview = None if upload.placed_at else preview_upload(upload=upload)
        problems = preview.problems if preview else self.problems(upload)
        return super().get_context_data(
            upload=upload,
            preview=preview,
            planned=preview.planned[:PLANNED_SHOWN] if preview else (),
            overbooked=preview.overbooked[:WARNINGS_SHOWN] if preview else (),
            faults=Paginator(problems, PROBLEMS_SHOWN).get_page(self.request.GET.get("page")),
            fault_counts=Counter(problem.column for problem in problems).most_common(),
            fault_rows=row_count(problems),
            placed_before=preview and upload.placed_before(),
            rules=RULES,
            rules_version=VERSION,
            **kwargs,
        )


class BidUploadProblems(OneUpload, View):
    """All that is wrong with a file, as a file."""

    def get(self, request: HttpRequest, pk: int) -> StreamingHttpResponse:
        rows = ((p.line, p.column, p.value, p.reason) for p in self.problems(self.upload()))
        return csv_file(f"problems-{pk}.csv", csv_lines(("Line", "Column", "Value", "What to do"), rows))


def _placed(upload: BidUpload, left_out: list[RowProblem]) -> str:
    placed, rows = upload.placed_count, row_count(left_out)
    said = f"{count(placed, 'bid')} placed, at one moment."
    return f"{said} {count(rows, 'row')} not placed: the reasons are below." if rows else said
