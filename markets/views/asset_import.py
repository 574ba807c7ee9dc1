"""Assets by file: a template to fill in, a preview that tells every error at once, and then all of them or none."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.views.generic import DetailView, FormView, View

from ..forms import show_refusal
from ..models import Asset, AssetUpload
from ..operations.asset_uploads import keep_upload, preview_upload, register_upload
from ..operations.assets import entry_of
from ..problems import Refused
from ..rules.assets_file import COLUMNS, MOST_ROWS, cells
from ..rules.sheets import csv_lines
from ..web.access import SellerPage, TraderPage
from ..web.downloads import csv_file
from .answering import TypedAgain

SHOWN_PROBLEMS = 500


class AssetFileForm(forms.Form):
    """The file."""

    file = forms.FileField(
        label="CSV file",
        help_text=f"Up to {MOST_ROWS:,} assets. Nothing is registered before you have seen what it would do.",
        error_messages={"required": "Choose a file.", "empty": "The file is empty: choose one with a header and rows."},
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
    )


class AssetImport(TypedAgain, TraderPage, FormView):
    """Choose a file; what its columns mean stands below."""

    section = "assets"
    help = "assets#many-assets-at-once"
    template_name = "markets/asset_import.html"
    form_class = AssetFileForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(columns=COLUMNS, **kwargs)

    def form_valid(self, form: AssetFileForm) -> HttpResponse:
        file = form.cleaned_data["file"]
        try:
            upload = keep_upload(seller=self.seller, filename=file.name, content=file.read(), by=self.person)
        except Refused as refused:
            show_refusal(form, refused)
            return self.form_invalid(form)
        return redirect("markets:asset-upload", pk=upload.pk)

    def form_invalid(self, form: AssetFileForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


class AssetUploadPage(TraderPage, DetailView):
    """GET: what the file would do now. POST: it is done, if all of it can be."""

    section = "assets"
    help = "assets#many-assets-at-once"
    market_path = ""
    template_name = "markets/asset_upload.html"
    context_object_name = "upload"
    object: Any

    def get_queryset(self) -> QuerySet[AssetUpload]:
        return self.own(AssetUpload.objects.select_related("seller"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        preview = None if self.object.registered_at else preview_upload(self.object)
        return super().get_context_data(preview=preview, shown_problems=SHOWN_PROBLEMS, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        try:
            upload = register_upload(upload=self.object, by=self.person)
        except Refused:  # the preview tells anew what is wrong by now
            return self.render_to_response(self.get_context_data(), status=422)
        count = upload.registered_count
        told = f"{count:,} asset{'s are' if count != 1 else ' is'} registered." if count else "All of them were here."
        messages.success(request, told)
        return redirect("markets:assets")


class AssetTemplate(SellerPage, View):
    """The header alone, to be filled in."""

    market_path = ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> StreamingHttpResponse:
        return _file("assets-template.csv", [])


class AssetFile(SellerPage, View):
    """The seller's assets in use, in the columns of the import: as they stand, so unchanged when they are sent again."""

    market_path = ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> StreamingHttpResponse:
        own = self.own(Asset.objects.filter(retired_at=None).prefetch_related("zones").order_by("ref"))
        return _file("assets.csv", (cells(entry_of(asset)) for asset in own.iterator(chunk_size=2000)))


def _file(name: str, rows: Iterable[list[str]]) -> StreamingHttpResponse:
    return csv_file(name, csv_lines([column.label for column in COLUMNS], rows))
