"""Whose market it is: operators, markets, products, zones. Reference data, kept by customer success."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.timezone import localtime
from unfold.decorators import display
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminSplitDateTimeWidget, UnfoldAdminTextInputWidget, UnfoldBooleanWidget

from ..models import Market, Operator, Product, User, Webhook, Zone
from ..operations.alarm_calls import remove_alarm_address, set_alarm_address
from ..operations.clock import move_clock
from ..operations.tokens import issue_token
from ..web.sealing import holds_sealed_bids
from .acting import operation
from .joining import Stages
from .noun import EditableNoun
from .paths import Paths
from .tokens import TOKEN_ONCE


class OperatorTokenForm(BaseDialogForm):
    """What the new token is called, and how far it reaches."""

    name = forms.CharField(max_length=100, widget=UnfoldAdminTextInputWidget, help_text="Where it will be used.")
    is_sandbox = forms.BooleanField(
        label="Sandbox",
        required=False,
        initial=True,
        widget=UnfoldBooleanWidget,
        help_text="Reaches mock markets only.",
    )


@admin.register(Operator)
class OperatorAdmin(EditableNoun):
    list_display = ("name", "short_name", "key")
    search_fields = ("name", "short_name", "key")
    readonly_after_adding = ("key",)
    actions_detail = ("issue_token",)

    @operation(
        "Issue token",
        consequence="Whoever holds the token acts as this operator. It is shown once: pass it on by a safe way.",
        form=OperatorTokenForm,
        icon="key",
    )
    def issue_token(self, by: User, operator: Operator, name: str, is_sandbox: bool) -> str:
        _, whole = issue_token(name=name, operator=operator, is_sandbox=is_sandbox, by=by)
        return TOKEN_ONCE.format(whole)


class ClockForm(BaseDialogForm):
    """The new market time."""

    to = forms.SplitDateTimeField(label="Market time", help_text="London time.", widget=UnfoldAdminSplitDateTimeWidget)


class AlarmAddressForm(BaseDialogForm):
    """Where the people on call are called."""

    url = forms.URLField(
        label="Address",
        max_length=500,
        assume_scheme="https",
        widget=UnfoldAdminTextInputWidget,
        help_text="https://...",
    )


@admin.register(Market)
class MarketAdmin(Stages, Paths, EditableNoun):
    list_display = ("name", "operator", "stage", "path", "is_mock", "feed_is_live")
    list_select_related = ("operator",)
    list_filter = ("operator", "stage", "path", "is_mock")
    search_fields = ("name", "key")
    autocomplete_fields = ("operator",)
    hidden_fields = ("clock_offset",)
    readonly_fields = ("stage", "path", "market_time")
    called = {
        "is_mock": "Mock market",
        "stage": "Open to",
        "path": "When a trigger arrives",
        "previews_first": "Preview before it opens",
        "feed_is_live": "Live feed of bids",
        "receipts_before_closure": "Receipts before gate closure",
        "answer_within": "Sellers answer within",
        "remind_at": "Reminders of the next day at",
        "oncall_email": "On-call email",
        "oncall_phone": "On-call phone",
    }
    readonly_after_adding = ("operator", "key", "is_mock")
    actions_detail = (
        "open_further",
        "admit",
        "move_clock",
        "match_first",
        "instruct_first",
        "call_alarms",
        "call_no_alarms",
    )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        first, *others = super().get_fields(request, obj)
        return [first, *(["market_time"] if obj else []), *others]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """No tick of one person opens what is sealed: the database would refuse it too."""
        fixed = super().get_readonly_fields(request, obj)
        return [*fixed, "feed_is_live"] if obj and not obj.feed_is_live and holds_sealed_bids(obj) else fixed

    @display(description="Market time now")
    def market_time(self, market: Market) -> str:
        """By which gates open and close; in a mock market it may be another than the wall clock's."""
        return f"{date_format(localtime(market.now()), 'l j F Y, H:i')} (London)"

    @operation(
        "Move the clock",
        consequence="Only mock markets, only forward: gates close, results and deliveries fall due as if time had passed.",
        form=ClockForm,
        when=lambda market: market.is_mock,
        icon="schedule",
    )
    def move_clock(self, by: User, market: Market, to: Any) -> str:
        moved = move_clock(market=market, to=to, by=by)
        return f"It is now {self.market_time(moved)} in {market}."

    @operation(
        "Call an address on alarm",
        consequence="Alarms of dispatch are then posted there as well as mailed, signed after Standard Webhooks. The "
        "secret is shown once. An address that stands already is replaced.",
        form=AlarmAddressForm,
        icon="notifications_active",
    )
    def call_alarms(self, by: User, market: Market, url: str) -> str:
        secret = set_alarm_address(market=market, url=url, by=by)
        return f"{url} is called on alarm. Its secret, shown this once: {secret}"

    @operation(
        "Call nobody on alarm",
        consequence="Alarms of this market go by mail alone.",
        when=lambda market: Webhook.objects.filter(alarms_of=market).exists(),
        icon="notifications_off",
    )
    def call_no_alarms(self, by: User, market: Market) -> str:
        remove_alarm_address(market=market, by=by)
        return "Alarms go by mail alone."


@admin.register(Product)
class ProductAdmin(EditableNoun):
    list_display = ("name", "operator", "call", "direction", "pays_availability", "pays_utilisation", "pays_sustain")
    list_select_related = ("operator",)
    list_filter = ("operator", "call", "direction")
    search_fields = ("name", "key")
    autocomplete_fields = ("operator",)
    readonly_after_adding = ("operator", "key")


@admin.register(Zone)
class ZoneAdmin(EditableNoun):
    list_display = ("code", "name", "operator", "licence_area", "level")
    list_select_related = ("operator",)
    list_filter = ("operator", "licence_area", "level")
    search_fields = ("code", "name")
    autocomplete_fields = ("operator",)
    readonly_after_adding = ("operator", "code")
