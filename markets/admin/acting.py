"""Buttons that call operations: a dialog says what will follow, the operation does it, a message says what came of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.decorators import action
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminTextareaWidget

from ..models import User
from ..problems import Refused

SHOWN = 20
"""How many of the selected rows, or of the wrong ones, are told one by one."""


class Confirm(BaseDialogForm):
    """Nothing to fill in: only a consequence to agree to."""


class WithReason(BaseDialogForm):
    """Asks why; the journal keeps it."""

    reason = forms.CharField(max_length=300, widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}))


@contextmanager
def refusals_shown(request: HttpRequest) -> Iterator[None]:
    """Turns a refused operation into messages: what was refused, and each row that was wrong."""
    try:
        yield
    except Refused as refusal:
        messages.error(request, str(refusal))
        for row in refusal.rows[:SHOWN]:
            messages.error(request, str(row))


def operation(
    description: str,
    *,
    consequence: str,
    form: type[BaseDialogForm] = Confirm,
    when: Callable[[Any], bool] = lambda subject: True,
    icon: str = "play_arrow",
    variant: ActionVariant = ActionVariant.DEFAULT,
) -> Callable[[Callable[..., str]], Any]:
    """Makes an action of a method `(self, by, subject, **fields of the form) -> sentence for the message`.

    `when` says for which records the button is shown; the operation itself has the last word.
    """
    dialog = {"title": description, "description": consequence, "form_class": form, "form_submit_text": description}

    def decorate(method: Callable[..., str]) -> Any:
        @wraps(method)
        def run(self: Any, request: HttpRequest, filled: forms.Form, object_id: str | None = None) -> HttpResponse:
            subject = _subject(self, request, object_id)
            answers = {name: value for name, value in filled.cleaned_data.items() if not name.startswith("_")}
            with refusals_shown(request):
                messages.success(request, method(self, person(request), subject, **answers))
            return _back(self, request, object_id)

        button = action(description=description, icon=icon, variant=variant, dialog=dialog)(run)
        button.when = when
        return button

    return decorate


def of_selected(
    description: str, *, consequence: str, form: type[BaseDialogForm] = Confirm
) -> Callable[[Callable[..., str]], Any]:
    """Makes an action of a list of a method `(self, by, selected, **fields of the form) -> sentence for the message`.

    A page shows what is selected and what will follow, and asks what the form asks, before anything is done.
    """

    def decorate(method: Callable[..., str]) -> Any:
        @admin.action(description=description)
        @wraps(method)
        def run(self: Any, request: HttpRequest, selected: QuerySet[Any]) -> HttpResponse | None:
            filled = form(request=request, data=request.POST if "agreed" in request.POST else None)
            if filled.is_bound and filled.is_valid():
                answers = {name: value for name, value in filled.cleaned_data.items() if not name.startswith("_")}
                with refusals_shown(request):
                    messages.success(request, method(self, person(request), selected, **answers))
                return None
            context = {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "title": description,
                "consequence": consequence,
                "form": filled,
                "count": selected.count(),
                "first": list(selected[:SHOWN]),
                "keys": request.POST.getlist(ACTION_CHECKBOX_NAME),
                "action": method.__name__,
                "across": request.POST.get("select_across", "0"),
            }
            return TemplateResponse(request, "admin/agree_to_many.html", context)

        return run

    return decorate


def person(request: HttpRequest) -> User:
    """Who is at the console: the site lets nobody else in."""
    assert isinstance(request.user, User)
    return request.user


def offered(method: Any, subject: Any) -> bool:
    """Whether the button of this action is shown on the record."""
    when = getattr(method, "when", None)
    return subject is not None and (when is None or when(subject))


def _subject(model_admin: Any, request: HttpRequest, object_id: str | None) -> Any:
    if object_id is None:
        return None
    subject = model_admin.get_object(request, object_id)
    if subject is None:
        raise Http404(f"There is no {model_admin.opts.verbose_name} with the key {object_id}.")
    return subject


def _back(model_admin: Any, request: HttpRequest, object_id: str | None) -> HttpResponse:
    """To the record, or to the list."""
    place = f"{model_admin.admin_site.name}:{model_admin.opts.app_label}_{model_admin.opts.model_name}"
    url = reverse(f"{place}_change", args=[object_id]) if object_id else reverse(f"{place}_changelist")
    return onward(request, url)


def onward(request: HttpRequest, url: str) -> HttpResponse:
    """To another page. Where only a part of a page was asked for, the browser is told to load a whole one."""
    if "HX-Request" in request.headers:
        return HttpResponse(headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)
