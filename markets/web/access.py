"""Which seller a person is here for, and what of it they may see and do: the one place that scopes sellers' pages.

Views of all apps inherit from here. `own` is the only door to rows of a seller, so another seller's row is a 404.
"""

from collections.abc import Iterable
from functools import cached_property
from operator import attrgetter
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.views import redirect_to_login
from django.db.models import Model, QuerySet
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic.base import ContextMixin, View
from django_htmx.http import HttpResponseClientRedirect

from ..models import Market, MarketTime, Membership, Seller, User
from ..operations.links import BadLink
from .typed import SIGNED_OUT, page_of_form, put_aside, take_up, told_while_typing, whose_form

CHOSEN_SELLER = "chosen_seller"
MAY_TRADE = (Membership.Role.OWNER, Membership.Role.TRADER)


def membership_of(request: HttpRequest) -> Membership | None:
    """The membership in use: of the seller chosen in this session, else the first by name. None for outsiders."""
    memberships = memberships_of(request)
    chosen = request.session.get(CHOSEN_SELLER) if memberships else None
    return next((m for m in memberships if m.seller_id == chosen), next(iter(memberships), None))


def choose_seller(request: HttpRequest, seller_id: int) -> Seller | None:
    """From now on this session is for that seller. None, and no change, where the person is no member of it."""
    membership = next((m for m in memberships_of(request) if m.seller_id == seller_id), None)
    if membership is None:
        return None
    request.session[CHOSEN_SELLER] = seller_id
    return membership.seller


def memberships_of(request: HttpRequest) -> list[Membership]:
    """All memberships of the person, sellers included, read once per request."""
    if not request.user.is_authenticated:
        return []
    kept = vars(request)
    if "memberships" not in kept:
        rows = Membership.objects.filter(user=request.user).select_related("seller").order_by("seller__name")
        kept["memberships"] = list(rows)
    memberships: list[Membership] = kept["memberships"]
    return memberships


class Page(ContextMixin, View):
    """What every page needs: which part of the site it belongs to, and the help section beside it."""

    section = ""  #: the entry of the navigation that is lit
    help = ""  #: an article of the help centre and its section, e.g. `bidding#gate-closure`
    market_path = "market"  #: from a shown row to its market; empty where the page is of no market

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        slug, _, anchor = self.help.partition("#")
        named = {"section": self.section, "help_slug": slug, "help_anchor": anchor}
        return super().get_context_data(**named | kwargs)

    def mock_markets(self, rows: Iterable[Model]) -> QuerySet[Market]:
        """The mock markets among the markets of the rows on the page, each with its `time`."""
        shown = {attrgetter(self.market_path)(row).pk for row in rows} if self.market_path else set()
        return Market.objects.filter(is_mock=True, pk__in=shown).annotate(time=MarketTime())


class BehindLink(Page):
    """A page behind a signed link. What can't be used any more says why and what to do. Nobody keeps a copy of it."""

    bad_link_template = "markets/bad_link.html"

    def read(self, token: str) -> Any:
        """What the link stands for, kept as `found`. Raises BadLink."""
        raise NotImplementedError

    @method_decorator(never_cache)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            self.found = self.read(kwargs["token"])
        except BadLink as bad:
            return TemplateResponse(request, self.bad_link_template, {"bad": bad}, status=bad.status)
        return super().dispatch(request, *args, **kwargs)


class SellerPage(LoginRequiredMixin, Page):
    """A page for members of a seller. Others are told, kindly, why there is nothing here for them."""

    typed: QueryDict | None = None  #: what was typed here before its sender was signed out, to be shown again

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        waiting = take_up(request)
        if waiting and choose_seller(request, waiting.whose.seller_id):
            messages.warning(request, waiting.words)
            self.typed = waiting.typed

    @cached_property
    def membership(self) -> Membership | None:
        return membership_of(self.request)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and self.membership is None:
            return render(request, "no_seller.html", status=403)
        if request.method == "POST" and self.membership is not None and self.is_for_another_seller:
            put_aside(request)
            return redirect(request.get_full_path())
        return super().dispatch(request, *args, **kwargs)

    @property
    def is_for_another_seller(self) -> bool:
        """Whether the form that was sent was made before its sender switched to another company, in another tab."""
        whose = whose_form(self.request)
        return whose is not None and whose.seller_id != self.seller.pk

    def handle_no_permission(self) -> HttpResponseBase:  # type: ignore[override]  # the stubs know of redirects alone
        """To sign-in; what was typed waits meanwhile, and where htmx asks, the page itself is led there."""
        request, asks_by_script = self.request, bool(getattr(self.request, "htmx", False))
        if request.method == "POST":
            if asks_by_script:
                return told_while_typing(request)
            if not put_aside(request):
                messages.warning(request, f"{SIGNED_OUT} Sign in and do it once more.")
        answer = redirect_to_login(page_of_form(request))
        return HttpResponseClientRedirect(answer.url) if asks_by_script else answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**{"may_trade": self.may_trade} | kwargs)
        rows = context.get("page_obj") or [row for row in [context.get("object")] if row is not None]
        return context | {"mock_markets": self.mock_markets(rows)}

    @property
    def may_trade(self) -> bool:
        """Owners and traders act; viewers look."""
        return self.membership is not None and self.membership.role in MAY_TRADE

    @property
    def person(self) -> User:
        """Who is here. Only asked for behind `dispatch`, so there is one."""
        assert isinstance(self.request.user, User)
        return self.request.user

    @property
    def seller(self) -> Seller:
        """The seller of this session. Only asked for behind `dispatch`, so there is one."""
        assert self.membership is not None
        return self.membership.seller

    def own[M: Model](self, rows: QuerySet[M]) -> QuerySet[M]:
        """Of `rows`, those of the seller of this session: every model that is a seller's has the field `seller`."""
        return rows.filter(seller=self.seller)


class OwnerPage(SellerPage):
    """A page that changes the company itself: only its owners do that, everybody else looks."""

    @property
    def may_own(self) -> bool:
        return self.membership is not None and self.membership.role == Membership.Role.OWNER

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in ("GET", "HEAD") and self.membership is not None and not self.may_own:
            return render(request, "owner_only.html", status=403)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"may_own": self.may_own} | kwargs)


class TraderPage(SellerPage):
    """A page that changes something: viewers of a seller may look, not act."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in ("GET", "HEAD") and self.membership is not None and not self.may_trade:
            return render(request, "viewer_only.html", status=403)
        return super().dispatch(request, *args, **kwargs)
