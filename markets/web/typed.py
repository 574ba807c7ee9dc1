"""What was typed is never lost because its sender had been signed out, or signed in anew, or had switched company.

Each form says, signed, for which person and which seller it was made: `{% whose_form %}`. Where it can't be taken as it
comes, its fields are put aside in the session, and the form's page shows them again to that person, for that seller.
They are only ever shown: who typed them looks through them and sends them again.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.csrf import csrf_failure

FIELD = "whose_form"
KEPT = "typed_forms"
MOST_FORMS, MOST_LETTERS = 5, 50_000

SIGNED_OUT = "You were signed out before this was sent, so nothing was done."
SIGN_IN = "Sign in: what you typed is kept and stands in its form again."
NO_FILE = "A file that you had chosen can't be kept: choose it again there."


@dataclass(frozen=True)
class Whose:
    """The person and the seller that a form was made for."""

    user_id: int
    seller_id: int

    def sign(self) -> str:
        return _signer().sign(f"{self.user_id}.{self.seller_id}")


def whose_form(request: HttpRequest) -> Whose | None:
    """What the form that was sent says of itself; None where it says nothing that we have signed."""
    try:
        user_id, seller_id = _signer().unsign(request.POST.get(FIELD, "")).split(".")
    except BadSignature:
        return None
    return Whose(int(user_id), int(seller_id))


def put_aside(request: HttpRequest) -> bool:
    """Keeps what was typed for the person it is of. False where it is of somebody else, or more than anybody types."""
    whose = whose_form(request)
    if whose is None or (request.user.is_authenticated and request.user.pk != whose.user_id):
        return False
    fields = request.POST.copy()
    for name in ("csrfmiddlewaretoken", FIELD):
        fields.pop(name, None)
    typed = fields.urlencode()
    if len(typed) > MOST_LETTERS:
        return False
    kept = {path: form for path, form in request.session.get(KEPT, {}).items() if path != request.get_full_path()}
    latest = dict(list(kept.items())[1 - MOST_FORMS :])
    this = {"whose": (whose.user_id, whose.seller_id), "typed": typed, "had_files": bool(request.FILES)}
    request.session[KEPT] = latest | {request.get_full_path(): this}
    if not request.user.is_authenticated:
        messages.warning(request, f"{SIGNED_OUT} {SIGN_IN}")
    return True


@dataclass(frozen=True)
class PutAside:
    """A form that waits to be shown again."""

    whose: Whose
    typed: QueryDict
    had_files: bool

    @property
    def words(self) -> str:
        said = (
            "This is not sent yet: after the page was opened you were signed out, or switched to another company. "
            "Here is what you typed. Look through it and send it again."
        )
        return f"{said} {NO_FILE}" if self.had_files else said


def take_up(request: HttpRequest) -> PutAside | None:
    """What was put aside for this page and this person; it is handed out once."""
    waiting = request.session.get(KEPT, {})
    if request.method != "GET" or not request.user.is_authenticated or request.get_full_path() not in waiting:
        return None
    form = waiting.pop(request.get_full_path())
    request.session[KEPT] = waiting
    whose = Whose(*form["whose"])
    return PutAside(whose, QueryDict(form["typed"]), form["had_files"]) if whose.user_id == request.user.pk else None


def page_of_form(request: HttpRequest) -> str:
    """Where the form or button stands that was sent: an address that only takes what is sent has no page of its own."""
    view = getattr(request.resolver_match and request.resolver_match.func, "view_class", None)
    if view is None or "get" in view.http_method_names:
        return request.get_full_path()
    came_from = urlsplit(request.headers.get("Referer", ""))
    is_here = came_from.netloc == request.get_host()
    return f"{came_from.path}{came_from.query and '?'}{came_from.query}" if is_here else reverse("home")


def told_while_typing(request: HttpRequest) -> HttpResponse:
    """For the part of a page that asks while one types."""
    return render(request, "markets/signed_out.html")


def forgery_or_signed_in_anew(request: HttpRequest, reason: str = "") -> HttpResponse:
    """In place of the framework's answer to a form without a good token (CSRF_FAILURE_VIEW).

    Whoever signs in in another tab gets a new token, and the forms of the first tab hold the old one. Such a form comes
    from a page of ours, as the browser itself says (`Origin`); it is shown again, never taken.
    """
    origin = request.headers.get("Origin", "")
    if origin in (f"{request.scheme}://{request.get_host()}", settings.SITE_URL):
        if getattr(request, "htmx", False):
            return told_while_typing(request)
        if put_aside(request):
            return redirect(request.get_full_path())
    return csrf_failure(request, reason)


def _signer() -> Signer:
    return Signer(salt=__name__)
