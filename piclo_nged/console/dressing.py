"""What the composition root adds to the admin of every noun: the panel of what follows, and NGED's columns."""

from typing import Any

from django.contrib.admin import ModelAdmin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from import_export.admin import ExportMixin
from import_export.formats.base_formats import CSV
from unfold.contrib.import_export.forms import ExportForm

from ..dso.nged.resources import RESOURCES
from .follows import neighbours


class WithPanel:
    """Below each record: what it belongs to, and what followed from it."""

    change_form_outer_after_template = "admin/what_follows.html"

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if record := context.get("original"):
            context["neighbours"] = neighbours(self.admin_site, record)  # type: ignore[attr-defined]
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc]


class WithNgedColumns(ExportMixin):
    """Export of what the list shows now, as one of NGED's files. One resource: one click; several: a choice."""

    export_form_class = ExportForm  # a file of NGED has all its columns: they are not chosen

    def get_export_resource_classes(self, request: HttpRequest) -> list[Any]:
        return RESOURCES[self.model]

    def get_export_formats(self) -> list[Any]:
        return [CSV]

    def is_skip_export_form_enabled(self) -> bool:
        return len(RESOURCES[self.model]) == 1


def dressed(model: type[Model], admin_class: type[ModelAdmin] | None) -> type[ModelAdmin]:
    """The admin of a noun as it stands in the console."""
    bases: list[Any] = [WithPanel, *([WithNgedColumns] if model in RESOURCES else []), admin_class or ModelAdmin]
    return type(f"{model.__name__}Console", tuple(bases), {})
