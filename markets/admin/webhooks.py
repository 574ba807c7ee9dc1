"""Calls to operators, sellers and our own people on call: where, what came of each, and what a person may do when nobody answers. Secrets are never shown."""

from django.contrib import admin
from unfold.decorators import display
from unfold.enums import ActionVariant

from ..models import SandboxFault, User, Webhook, WebhookBookmark, WebhookCall
from ..operations import webhooks
from .acting import operation
from .columns import state
from .noun import Noun


@admin.register(Webhook)
class WebhookAdmin(Noun):
    list_display = ("url", "operator", "seller", "alarms_of", "is_sandbox", "failing_since", "stopped_at", "created_at")
    list_select_related = ("operator", "seller", "alarms_of")
    list_filter = (
        "operator",
        "is_sandbox",
        ("alarms_of", admin.EmptyFieldListFilter),
        ("failing_since", admin.EmptyFieldListFilter),
    )
    search_fields = ("url", "operator__name", "seller__name")
    hidden_fields = never_looked_up = ("secret", "previous_secret")
    actions_detail = ("start", "remove")

    @operation(
        "Call again",
        consequence="The address said that it is gone. From now on it is called again, first with what waits.",
        when=lambda webhook: webhook.stopped_at is not None,
        icon="play_arrow",
    )
    def start(self, by: User, webhook: Webhook) -> str:
        webhooks.start_webhook(webhook=webhook, by=by)
        return f"{webhook} is called again."

    @operation(
        "Remove",
        consequence="Nobody is called there any more, and what waits is forgotten. Its owner can add it again.",
        icon="delete",
        variant=ActionVariant.DANGER,
    )
    def remove(self, by: User, webhook: Webhook) -> str:
        webhooks.remove_webhook(webhook=webhook, by=by)
        return f"{webhook} is removed."


@admin.register(WebhookCall)
class WebhookCallAdmin(Noun):
    list_display = ("event", "webhook", "market", "standing", "tries", "not_before", "answer")
    list_select_related = ("webhook", "market")
    list_filter = ("status", "event", "webhook")
    search_fields = ("event_id", "webhook__url", "market__name", "answer")
    date_hierarchy = "created_at"
    actions_detail = ("make_again",)
    standing = state()

    @operation(
        "Call again",
        consequence="The same event goes to the same address once more, under the same id.",
        when=lambda call: call.status == WebhookCall.Status.FAILED,
        icon="replay",
    )
    def make_again(self, by: User, call: WebhookCall) -> str:
        webhooks.resend_call(call=call, by=by)
        return f"{call} is made again within a minute."


@admin.register(WebhookBookmark)
class WebhookBookmarkAdmin(Noun):
    list_display = ("webhook", "market", "position")
    list_select_related = ("webhook", "market")
    list_filter = ("market",)
    search_fields = ("webhook__url", "market__name")


@admin.register(SandboxFault)
class SandboxFaultAdmin(Noun):
    list_display = ("what", "operator", "call", "seconds", "remaining", "created_at")
    list_select_related = ("operator",)
    list_filter = ("operator", "kind")
    search_fields = ("operator__name", "call")

    @display(description="Fault")
    def what(self, fault: SandboxFault) -> str:
        return fault.get_kind_display()
