"""NGED says where it wants to be called, instead of asking every minute. The feed stays the truth: a call only says 'read'."""

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from markets.models import Webhook
from markets.operations.webhooks import EVENTS, add_webhook, change_secret, remove_webhook
from markets.rest.bodies import read_object
from markets.rest.endpoints import reached
from markets.rest.fields import LARGEST_KEY, Fields
from markets.rest.idempotency import idempotent
from markets.rest.openapi import call

from ..serializers import examples
from .base import TAG_PREFIX, NgedEndpoint

TAG = TAG_PREFIX + "webhooks"


class WebhookFields(Fields):
    """An address to be called, and for which events; without a list: for all."""

    url = serializers.URLField(max_length=500, help_text="https only.")
    events = serializers.ListField(
        child=serializers.ChoiceField([(name, name) for name in EVENTS]), default=list, max_length=20
    )


class WebhookEntry(serializers.Serializer):
    """A webhook as it stands. A sandbox's hears of mock markets, a live one of real ones."""

    id = serializers.IntegerField()
    url = serializers.URLField()
    events = serializers.ListField(child=serializers.CharField(), help_text="Empty: all.")
    created_at = serializers.DateTimeField()
    failing_since = serializers.DateTimeField(allow_null=True, help_text="The first failure since the last success.")
    stopped_at = serializers.DateTimeField(allow_null=True, help_text="It answered 410 Gone: no call from then on.")


class Webhooks(serializers.Serializer):
    """All webhooks of this token's reach."""

    items = WebhookEntry(many=True)


class NewWebhook(WebhookEntry):
    """A webhook and its secret, which is shown this once."""

    secret = serializers.CharField(help_text="whsec_...: verify `webhook-signature` with it.")


class NewSecret(serializers.Serializer):
    """The new secret, shown this once. For 24 hours calls are signed with the old one as well."""

    secret = serializers.CharField()


class Removed(serializers.Serializer):
    """What is called no more."""

    removed = serializers.IntegerField()


class _WebhookEndpoint(NgedEndpoint):
    def webhook(self, key: int) -> Webhook:
        """The webhook of this number, within the token's reach."""
        found = self.own().filter(pk=key).first() if key <= LARGEST_KEY else None
        return reached(found, "webhook", str(key))

    def own(self) -> QuerySet[Webhook]:
        """A sandbox token sees the sandbox's, a live one the live ones."""
        mine = Webhook.objects.filter(operator=self.token.operator_id, is_sandbox=self.token.is_sandbox)
        return mine.filter(alarms_of=None).order_by("pk")


class WebhooksView(_WebhookEndpoint):
    """Where NGED is called."""

    @call("nged_read_webhooks", "Your webhooks", tag=TAG, answers={200: Webhooks})
    def get(self, request: Request) -> Response:
        """Without their secrets."""
        return Response({"items": WebhookEntry(self.own(), many=True).data})

    @call(
        "nged_add_webhook",
        "Be called at an address",
        tag=TAG,
        request=WebhookFields,
        answers={201: NewWebhook},
        faults=[409],
        examples=[examples.WEBHOOK],
        is_write=True,
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """`bids.changed`: a market's feed holds something after position `after`. `competition.closed`: its closed entry
        is in the feed at `position`. POSTs of JSON, signed after the Standard Webhooks specification, within about a
        minute; tried again for three days until you answer 2xx. Events before this call are not told.
        """
        wanted = read_object(WebhookFields(), request.data)
        operator = self.token.operator
        assert operator is not None, "the permissions let in operators alone"
        webhook, secret = add_webhook(operator=operator, is_sandbox=self.token.is_sandbox, by=self.token, **wanted)
        return Response({**WebhookEntry(webhook).data, "secret": secret}, status=201)


class WebhookView(_WebhookEndpoint):
    """One webhook."""

    @call("nged_remove_webhook", "Be called no more", tag=TAG, answers={200: Removed}, is_write=True)
    @idempotent
    def delete(self, request: Request, key: int) -> Response:
        """Nobody is called there any more, not even for what waits."""
        remove_webhook(webhook=self.webhook(key), by=self.token)
        return Response({"removed": key})


class SecretView(_WebhookEndpoint):
    """A webhook's secret."""

    @call("nged_change_secret", "Change a webhook's secret", tag=TAG, answers={200: NewSecret}, is_write=True)
    @idempotent
    def post(self, request: Request, key: int) -> Response:
        """For 24 hours each call carries a signature of the old and of the new one: verify either."""
        return Response({"secret": change_secret(webhook=self.webhook(key), by=self.token)})
