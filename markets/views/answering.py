"""What pages with forms and buttons share: what an operation refuses is shown beside what was typed, nothing is lost."""

from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.generic import View
from django.views.generic.edit import FormMixin

from ..forms import show_refusal
from ..problems import Refused


class TypedAgain(FormMixin, View):
    """A form that holds what was typed before its sender was signed out."""

    typed: QueryDict | None

    def get_form_kwargs(self) -> dict[str, Any]:
        options = super().get_form_kwargs()
        return options if self.typed is None else options | {"data": self.typed}


class Answering(TypedAgain):
    """A form whose operation `do` gives the sentence for the next page, or raises Refused."""

    def do(self, form: Any) -> str:
        raise NotImplementedError

    def form_valid(self, form: BaseForm) -> HttpResponse:
        try:
            said = self.do(form)
        except Refused as refused:
            show_refusal(form, refused)
            return self.form_invalid(form)
        messages.success(self.request, said)
        return redirect(self.get_success_url())

    def form_invalid(self, form: BaseForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)  # type: ignore[attr-defined]


class Button(View):
    """A POST without a form: `press` calls an operation and gives the sentence; then the page is shown again."""

    http_method_names = ["post"]

    def press(self) -> str:
        raise NotImplementedError

    def onward(self) -> str:
        """Where it goes on when it was done; a refusal goes back to `back`."""
        raise NotImplementedError

    def back(self) -> str:
        return self.onward()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            said = self.press()
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect(self.back())
        messages.success(request, said)
        return redirect(self.onward())
