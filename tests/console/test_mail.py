"""What the console tells of a mail: what was said to whom, but not the key by which its reader answers."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from markets.models import Mail, MailAttempt, MailEvent
from markets.operations.contacts import add_dispatch_contact
from markets.operations.invitations import invite_member

pytestmark = pytest.mark.django_db


def test_nobody_at_the_console_can_answer_in_a_mailboxs_name(console: Client) -> None:
    text, html = (
        "START now. Answer: https://flex.example/answer/WzEs:1xVY:sig/ \nIn time.",
        "<a href='/answer/WzEs:1x/'>",
    )
    mail = Mail.objects.create(recipient="a@b.example", subject="START", text=text, html=html, message_id="<1@x>")
    told: Any = console.get(reverse("admin:markets_mail_change", args=[mail.pk])).content.decode()
    assert "START now." in told
    assert "In time." in told
    assert "WzEs" not in told
    for lookup in ("text__contains=answer/W", "html__contains=answer/W"):
        assert console.get(f"{reverse('admin:markets_mail_changelist')}?{lookup}").status_code == 400


def test_nobody_at_the_console_can_take_up_an_invitation_or_confirm_a_mailbox(
    console: Client, seller: Any, market: Any, customer_success: Any
) -> None:
    """Whoever took up another's invitation would read a seller's sealed bids, in another person's name."""
    invite_member(seller=seller, email="new@seller.example", role="trader", by=customer_success)
    add_dispatch_contact(seller=seller, market=market, email="desk@seller.example", by=customer_success)
    for recipient, page in (("new@seller.example", "invitation"), ("desk@seller.example", "contact-test")):
        mail = Mail.objects.get(recipient=recipient)
        [key] = re.findall(rf"/{page}/(\S+?)/", mail.text)
        told = console.get(reverse("admin:markets_mail_change", args=[mail.pk])).content.decode()
        assert f"/{page}/..." in told
        assert key not in told


@pytest.mark.parametrize("noun", ["mail", "mailattempt", "mailevent"])
def test_lists_leave_out_the_canary_of_every_minute_and_its_records_open_all_the_same(
    console: Client, settings: Any, noun: str
) -> None:
    shown = {}
    for subject, recipient in (("START", "desk@seller.example"), ("Our canary", settings.CANARY_MAILBOX)):
        mail = Mail.objects.create(recipient=recipient, subject=subject, text="-", message_id=f"<{subject}@x>")
        now = timezone.now()
        attempt = MailAttempt.objects.create(mail=mail, outcome="accepted", started_at=now, finished_at=now)
        event = MailEvent.objects.create(mail=mail, provider="first", kind="delivered", at=now, key=subject)
        shown[subject] = {"mail": mail, "mailattempt": attempt, "mailevent": event}[noun]
    listed = console.get(reverse(f"admin:markets_{noun}_changelist")).context["cl"].queryset
    assert list(listed) == [shown["START"]]
    canary = reverse(f"admin:markets_{noun}_change", args=[shown["Our canary"].pk])
    assert console.get(canary).status_code == 200
