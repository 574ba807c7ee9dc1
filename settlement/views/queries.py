"""A query about a line of a statement: asked here, answered by customer success, read on the statement."""

from io import BytesIO
from pathlib import PurePath
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.generic import FormView
from django.views.generic.base import View

from markets.forms import show_refusal
from markets.problems import Refused
from markets.web.access import SellerPage, TraderPage

from ..forms import QueryForm
from ..models import LineQuery, SettlementLine, Statement
from ..operations import raise_query
from ..operations.queries import FILES


class RaiseQuery(TraderPage, FormView):
    """The form about one line."""

    section = "statements"
    help = "settlement#if-a-line-looks-wrong"
    market_path = ""
    template_name = "settlement/query.html"
    form_class = QueryForm

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.found: tuple[Statement, SettlementLine] | None = None

    @property
    def about(self) -> tuple[Statement, SettlementLine]:
        """The statement and its line; only what is the seller's own is found."""
        if self.found is None:
            statements = self.own(Statement.objects.select_related("run__market__operator", "seller"))
            statement = get_object_or_404(statements, reference=self.kwargs["reference"])
            lines = self.own(SettlementLine.objects.filter(run=statement.run_id).select_related("contract"))
            self.found = statement, get_object_or_404(lines, pk=self.kwargs["pk"])
        return self.found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        statement, line = self.about
        return super().get_context_data(statement=statement, line=line, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        _ = self.about  # another seller's line is not there, whatever is sent to it
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: QueryForm) -> HttpResponse:
        statement, line = self.about
        file, name = form.sent()
        try:
            query = raise_query(
                statement=statement,
                line=line,
                text=form.cleaned_data["text"],
                file=file,
                file_name=name,
                by=self.person,
            )
        except Refused as refused:
            show_refusal(form, refused)
            return self.form_invalid(form)
        messages.success(self.request, f"Query {query} is sent. The answer comes by email and stands beside the line.")
        return redirect(f"{reverse('settlement:statement', args=[statement.reference])}#queries")

    def form_invalid(self, form: QueryForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


class QueryFile(SellerPage, View):
    """What was sent with a query, as it was sent."""

    def get(self, request: HttpRequest, reference: str) -> FileResponse:
        return file_of(self.own(LineQuery.objects.filter(reference=reference)))


def file_of(queries: QuerySet[LineQuery]) -> FileResponse:
    """The file of the one query, to be kept: never opened by the browser as a page of ours. Raises Http404."""
    query = queries.first()
    if query is None or query.file is None:
        raise Http404
    kind = FILES[PurePath(query.file_name).suffix.lower()]
    return FileResponse(BytesIO(query.file), as_attachment=True, filename=query.file_name, content_type=kind)
