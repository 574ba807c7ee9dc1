"""Sellers' queries about lines of their statements, and their answers."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import FileResponse, HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from unfold.decorators import display
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from markets.admin.acting import operation
from markets.admin.noun import Noun
from markets.models import User

from ..models import LineQuery
from ..operations import answer_query
from ..views.queries import file_of


class Answer(BaseDialogForm):
    """What the seller reads."""

    outcome = forms.ChoiceField(choices=LineQuery.Outcome, widget=UnfoldAdminSelectWidget)
    answer = forms.CharField(max_length=2000, widget=UnfoldAdminTextareaWidget(attrs={"rows": 6}))


@admin.register(LineQuery)
class LineQueryAdmin(Noun):
    list_display = ("reference", "seller", "statement", "line", "raised_at", "standing")
    list_select_related = ("seller", "statement", "line__contract")
    list_filter = (
        ("answered_at", admin.EmptyFieldListFilter),
        "outcome",
        "statement__run__market",
        "statement__run__month",
    )
    search_fields = ("reference", "seller__name", "statement__reference", "text", "answer")
    date_hierarchy = "raised_at"
    hidden_fields = ("file", "file_name")
    actions_detail = ("answer_it",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*super().get_fields(request, obj), "sent_along"]

    @display(description="Stands", label={"Waits": "info", "Answered": "success"})
    def standing(self, query: LineQuery) -> str:
        return "Answered" if query.answered_at else "Waits"

    @display(description="Sent along")
    def sent_along(self, query: LineQuery) -> str:
        if query.file is None:
            return "nothing"
        url = reverse("admin:settlement_linequery_file", args=[query.pk])
        return format_html('<a href="{}" class="text-link">{}</a>', url, query.file_name)

    def get_urls(self) -> list[URLPattern]:
        file = self.admin_site.admin_view(self.file)
        return [path("<int:pk>/file/", file, name="settlement_linequery_file"), *super().get_urls()]

    def file(self, request: HttpRequest, pk: int) -> FileResponse:
        return file_of(LineQuery.objects.filter(pk=pk))

    @operation(
        "Answer the query",
        consequence="The seller has your words by email and beside the line. It changes no figure: a rerun of the month does.",
        form=Answer,
        when=lambda query: query.answered_at is None,
        icon="reply",
        variant=ActionVariant.PRIMARY,
    )
    def answer_it(self, by: User, query: LineQuery, outcome: str, answer: str) -> str:
        return f"{answer_query(query=query, outcome=outcome, answer=answer, by=by)} is answered."
