"""Scanners of mail open every link of a message before its reader does: they confirm nothing."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

from dispatch.models import Acknowledgement, Instruction
from dispatch.operations import Receipt
from markets.models import JournalEntry, Seller

from .conftest import body, call, instruction_mails

pytestmark = pytest.mark.django_db
LINK = re.compile(r"https?://[^\s\"'<>]+")


def links_of(*parts: str) -> set[str]:
    return {unescape(link).rstrip(".,;)") for part in parts for link in LINK.findall(part)}


@pytest.mark.parametrize("kind", ["start", "change", "stop", "emergency_stop", "cancel", "test"])
def test_whoever_opens_every_link_of_every_mail_in_every_way_but_a_post_answers_nothing(
    kind: str, receive: Callable[..., Receipt], seller: Seller, settings: Any
):
    receive(body(call(), call(company="Nobody we know"), kind=kind))
    mails = instruction_mails()
    assert len(mails) == 2, "the seller's and on-call's"
    before = JournalEntry.objects.count()
    opened = 0
    for mail in mails:
        links = links_of(mail.text, mail.html, *mail.headers.values())
        for link in sorted(links):
            if not link.startswith(settings.SITE_URL):
                continue
            for method in ("get", "head", "options"):
                for asked in ({}, {"answer": "confirmed"}):
                    response = getattr(Client(), method)(link.removeprefix(settings.SITE_URL), asked)
                    assert response.status_code < 500
                    opened += 1
        assert any("/answer/" in link for link in links) or kind in ("cancel", "test")
    assert opened
    assert set(Instruction.objects.values_list("answer", flat=True)) == {"waiting"}
    assert (Acknowledgement.objects.count(), JournalEntry.objects.count()) == (0, before)


def test_the_link_that_is_opened_is_the_one_that_answers(
    receive: Callable[..., Receipt], seller: Seller, settings: Any
):
    """Otherwise the test above would open links that do nothing anyway."""
    receive(body())
    [mail] = instruction_mails()
    [link] = [link for link in links_of(mail.text) if "/answer/" in link]
    Client().post(link.removeprefix(settings.SITE_URL), {"answer": "confirmed"})
    assert Instruction.objects.get().answer == "confirmed"
