"""Readings by file: sent, shown as "we read it like this", corrected where we read it wrong, and only then stored."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.generic import DetailView, FormView

from markets.problems import Refused
from markets.rules.csv_text import UnreadableFile
from markets.web.access import TraderPage

from ..forms import ReadingFileForm
from ..models import ReadingUpload
from ..operations import keep_reading_upload, look_at_upload, store_reading_upload
from ..rules.shape import CHOICES

SHOWN_PROBLEMS, SHOWN_ASSETS = 200, 200
ASKED = {
    "unit": "Unit of the readings",
    "clock": "Clock of the times",
    "stamped": "A time stands for",
    "plus": "Sign",
}


class SendReadings(TraderPage, FormView):
    """The file."""

    section = "readings"
    help = "readings#sending-a-file"
    market_path = ""
    template_name = "settlement/readings_send.html"
    form_class = ReadingFileForm

    def form_valid(self, form: ReadingFileForm) -> HttpResponse:
        file = form.cleaned_data["file"]
        try:
            upload = keep_reading_upload(seller=self.seller, filename=file.name, content=form.content(), by=self.person)
        except UnreadableFile as unreadable:
            form.add_error("file", str(unreadable))
            return self.form_invalid(form)
        return redirect("settlement:reading-upload", pk=upload.pk)

    def form_invalid(self, form: ReadingFileForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


class ReadingUploadPage(TraderPage, DetailView):
    """GET: how we read it, with what the address chooses. POST: it is stored so, if all of it can be."""

    section = "readings"
    help = "readings#sending-a-file"
    market_path = ""
    template_name = "settlement/reading_upload.html"
    context_object_name = "upload"
    object: ReadingUpload

    def get_queryset(self) -> QuerySet[ReadingUpload]:
        return self.own(ReadingUpload.objects.select_related("seller"))

    @property
    def chosen(self) -> dict[str, str]:
        sent = self.request.POST if self.request.method == "POST" else self.request.GET
        possible = {name: value for name in CHOICES if (value := sent.get(name, "")) in CHOICES[name]}
        return possible | ({"asset": sent["asset"]} if sent.get("asset") else {})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if self.object.stored_at:
            return super().get_context_data(**kwargs)
        look = look_at_upload(self.object, self.chosen)
        return super().get_context_data(
            look=look,
            chosen=self.chosen,
            questions=self._questions(look.shape) if look.shape else [],
            refs=list(self.seller.assets.order_by("ref").values_list("ref", flat=True)) if look.needs_asset else [],
            shown_problems=SHOWN_PROBLEMS,
            shown_assets=SHOWN_ASSETS,
            **kwargs,
        )

    def _questions(self, shape: Any) -> list[dict[str, Any]]:
        """Of each choice what is possible, and what stands now."""
        return [
            {"name": name, "label": label, "options": CHOICES[name].items(), "value": getattr(shape, name)}
            for name, label in ASKED.items()
            if getattr(shape, name) in ("", *CHOICES[name])
        ]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        try:
            upload = store_reading_upload(
                upload=self.object, choices=self.chosen, keep_gaps="keep_gaps" in request.POST, by=self.person
            )
        except Refused as refused:  # the look tells anew what is wrong by now
            return self.render_to_response(self.get_context_data(refused=str(refused)), status=422)
        messages.success(
            request,
            f"Stored: {upload.new_days} new, {upload.revised_days} corrected, {upload.unchanged_days} unchanged.",
        )
        return redirect("settlement:readings")
