"""What all apps share: the journal, and every email with its attempts."""

import json
import re
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from ..emails import ON_STANDING_BIDS
from ..models import JournalEntry, Mail, MailAttempt, MailEvent, User
from ..operations import mail
from ..web.sealing import any_sealed, without_prices
from .acting import operation
from .columns import state
from .noun import Noun, Rows

LINK_KEY = re.compile(r"/[\w.=-]+:[\w-]+:[\w-]+")
"""The signed part of a link, of whatever page: an answer, an invitation, the test of a mailbox."""
OF_COMPETITION = re.compile(r"/competitions/(\d{1,9})/")
SEALED_WORDS = "[What it says of the seller's bids is sealed until gate closure.]"

ARRIVALS = {"Came back": "danger", "Opened": "success", "Delivered": "success", "Not told": "info"}


@admin.register(JournalEntry)
class JournalEntryAdmin(Noun):
    list_display = ("at", "actor", "verb", "subject", "reason")
    list_filter = ("verb", "subject_type")
    search_fields = ("subject", "actor", "verb", "reason")
    date_hierarchy = "at"
    hidden_fields = ("details",)
    never_looked_up = ("details",)
    fields = ("at", "user", "actor", "verb", "subject_type", "subject_id", "subject", "reason", "details_shown")

    @display(description="Details")
    def details_shown(self, entry: JournalEntry) -> str:
        return json.dumps(without_prices(entry.details), indent=2, ensure_ascii=False)


class AttemptRows(Rows):
    model = MailAttempt
    fields = ("started_at", "finished_at", "provider", "outcome", "answer")


class EventRows(Rows):
    model = MailEvent
    fields = ("at", "kind", "provider", "detail")


class WithoutCanaryMail:
    """Lists leave out what goes to our own canary's mailbox every minute; its records open by their address.

    `recipient` leads to the mail's recipient.
    """

    recipient = "mail__recipient"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)  # type: ignore[misc]
        listed = request.resolver_match is not None and str(request.resolver_match.url_name).endswith("_changelist")
        return rows.exclude(**{self.recipient: settings.CANARY_MAILBOX}) if listed else rows


@admin.register(Mail)
class MailAdmin(WithoutCanaryMail, Noun):
    recipient = "recipient"
    list_display = ("subject", "recipient", "lane", "standing", "arrival", "created_at", "sent_at")
    list_filter = (
        *("status", "lane"),
        ("delivered_at", admin.EmptyFieldListFilter),
        ("bounced_at", admin.EmptyFieldListFilter),
    )
    search_fields = ("recipient", "subject", "message_id")
    date_hierarchy = "created_at"
    ordering = ("-id",)
    inlines = (AttemptRows, EventRows)
    hidden_fields = never_looked_up = ("text", "html", "calendar")
    readonly_fields = ("text_shown",)
    actions_detail = ("send_again",)
    standing = state()

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return [*super().get_fields(request, obj), "text_shown"]

    @display(description="Arrival", label=ARRIVALS)
    def arrival(self, letter: Mail) -> str:
        """What the provider told last, in the order in which it matters."""
        told = (("Came back", letter.bounced_at), ("Opened", letter.opened_at), ("Delivered", letter.delivered_at))
        return next((word for word, at in told if at), "Not told")

    @display(description="Text")
    def text_shown(self, letter: Mail) -> str:
        """Without the key of its link: whoever has that acts in the mailbox's name. And without what tells of sealed bids."""
        text = LINK_KEY.sub("/...", letter.text)
        competitions = [int(key) for key in OF_COMPETITION.findall(text)]
        if ON_STANDING_BIDS.search(text) and any_sealed(competitions):
            return ON_STANDING_BIDS.sub(SEALED_WORDS, text)
        return text

    @operation(
        "Send again",
        consequence="The same message goes to the same address once more. First put right why it was refused.",
        when=lambda letter: letter.status == Mail.Status.FAILED,
        icon="forward_to_inbox",
    )
    def send_again(self, by: User, letter: Mail) -> str:
        mail.resend(mail=letter, by=by)
        return f"{letter} is on its way again."


@admin.register(MailAttempt)
class MailAttemptAdmin(WithoutCanaryMail, Noun):
    list_display = ("mail", "provider", "result", "started_at", "finished_at", "answer")
    list_select_related = ("mail",)
    list_filter = ("outcome", "provider", "mail__lane")
    search_fields = ("mail__recipient", "mail__subject", "answer", "provider_key")
    date_hierarchy = "started_at"
    result = state("outcome", "Outcome")


@admin.register(MailEvent)
class MailEventAdmin(WithoutCanaryMail, Noun):
    list_display = ("mail", "told", "provider", "at", "detail")
    list_select_related = ("mail",)
    list_filter = ("kind", "provider", "mail__lane")
    search_fields = ("mail__recipient", "mail__subject", "detail")
    date_hierarchy = "at"
    told = state("kind", "Event")
