"""Lists of sellers' pages: paged, their filters in the address; htmx, where it runs, fetches only the rows."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.views.generic.base import View
from django.views.generic.list import MultipleObjectMixin
from django_filters import FilterSet
from django_htmx.middleware import HtmxDetails


class Paged(MultipleObjectMixin):
    """A list in pages, for whatever the address asks: after the last page the last, and the first for no number."""

    def paginate_queryset(self, queryset: Any, page_size: int) -> tuple[Paginator, Page, Any, bool]:
        page = self.get_paginator(queryset, page_size).get_page(self.request.GET.get("page"))  # type: ignore[attr-defined]
        return page.paginator, page, page.object_list, page.has_other_pages()


class FilteredList(Paged, View):
    """A list view's filtering half. Its template has a part named `rows`."""

    filterset_class: type[FilterSet]
    template_name: str
    paginate_by: int | None = 25

    def filtered[M: Model](self, rows: QuerySet[M]) -> QuerySet[M]:
        """The rows that the address asks for."""
        self.filterset = self.filterset_class(self.request.GET, queryset=rows, request=self.request)
        return self.filterset.qs

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        patch_vary_headers(response, ["HX-Request"])
        return response

    def get_template_names(self) -> list[str]:
        htmx = HtmxDetails(self.request)
        only_rows = htmx and not htmx.history_restore_request
        return [f"{self.template_name}#rows" if only_rows else self.template_name]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(filter=self.filterset, **kwargs)
