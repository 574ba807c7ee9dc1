"""NGED looks at a competition as sellers will see it, by a signed link, and lets it out; until then no seller sees it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse

from markets.models import Competition, JournalEntry, Market, PreviewNote
from markets.operations import clock
from markets.operations.bids import place_bids
from markets.operations.competitions import (
    approve_competition,
    preview_link,
    publish_competitions,
    withdraw_competition,
)
from markets.problems import Refused
from tests.conftest import notice, offer

from .markup import faults

pytestmark = pytest.mark.django_db


@pytest.fixture
def preview(market: Market, make_competition: Any) -> Competition:
    Market.objects.update(previews_first=True)
    market.refresh_from_db()
    return make_competition()


def link(competition: Competition) -> str:
    return reverse("markets:preview", args=[preview_link(competition).rstrip("/").rpartition("/")[2]])


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_no_seller_sees_a_preview_anywhere(
    preview: Competition, browser_of_member: Client, seller: Any, market: Market, seller_token: str, asset: Any
) -> None:
    assert browser_of_member.get(reverse("markets:competition", args=[preview.pk])).status_code == 404
    assert preview.name not in text(browser_of_member.get(reverse("markets:competitions")))
    headers = {"HTTP_AUTHORIZATION": f"Bearer {seller_token}"}
    assert Client().get("/api/v1/competitions", **headers).json()["items"] == []
    with pytest.raises(Refused) as refusal:
        place_bids(seller=seller, market=market, offers=[offer()], by="tests")
    assert "no such competition" in refusal.value.rows[0].reason
    withdraw_competition(competition=preview, by="tests", reason="Never mind.")
    assert browser_of_member.get(reverse("markets:competition", args=[preview.pk])).status_code == 404


def test_the_link_shows_the_sellers_page_with_the_decision_above_it(preview: Competition) -> None:
    page = Client().get(link(preview))
    assert (page.status_code, faults(page)) == (200, [])
    shown = text(page)
    assert "Preview for NGED: sellers don’t see this yet" in shown
    assert "its opening time" not in shown
    assert "once you approve, bidding opens at once" in shown  # it opened an hour ago
    for what in (preview.name, "Evening", "500 kW", "£300.00", "What is needed, and when", "In NGED's own words"):
        assert what in shown
    assert page.headers["Cache-Control"].startswith("max-age=0")
    assert '<meta name="robots" content="noindex">' in shown


def test_a_look_approves_nothing_and_the_button_lets_it_out(preview: Competition, browser_of_member: Client) -> None:
    nged = Client()
    nged.get(link(preview))
    preview.refresh_from_db()
    assert preview.status == "preview"
    page = nged.post(link(preview), {"decision": "approve", "revision": "1"}, follow=True)
    assert "sellers see it since" in text(page)
    preview.refresh_from_db()
    assert (preview.status, preview.published_at is not None) == ("published", True)
    entry = JournalEntry.objects.get(verb="approve_competition")
    assert entry.actor == "NGED, by its preview link"
    assert browser_of_member.get(reverse("markets:competition", args=[preview.pk])).status_code == 200
    nged.post(link(preview), {"decision": "approve", "revision": "1"})
    assert JournalEntry.objects.filter(verb="approve_competition").count() == 1


def test_what_was_revised_since_one_looked_is_not_approved(preview: Competition, market: Market) -> None:
    revised = notice(required_kw=preview.required_kw + 1, opens_at=preview.opens_at, closes_at=preview.closes_at)
    assert publish_competitions(market=market, notices=[revised], by="tests").previews == [preview.reference]
    page = Client().post(link(preview), {"decision": "approve", "revision": "1"})
    assert page.status_code == 422
    assert "You looked at revision 1; revision 2 stands now. Look at the preview again" in text(page)
    preview.refresh_from_db()
    assert (preview.status, preview.revisions.count()) == ("preview", 0), "what no seller saw is no revision to them"
    assert Client().post(link(preview), {"decision": "approve", "revision": "2"}).status_code == 302


def test_a_change_asked_for_is_kept_until_it_is_settled(preview: Competition, market: Market) -> None:
    nged = Client()
    empty = nged.post(link(preview), {"decision": "change", "revision": "1", "note": "  "})
    assert (empty.status_code, "Say what should change." in text(empty)) == (422, True)
    for _ in range(2):
        asked = {"decision": "change", "revision": "1", "note": "The zone is spelt wrong."}
        page = nged.post(link(preview), asked, follow=True)
    assert "customer success has your note" in text(page)
    assert "The zone is spelt wrong." in text(nged.get(link(preview)))
    note = PreviewNote.objects.get()
    assert (note.asked_by, note.revision, note.resolved_at) == ("NGED, by its preview link", 1, None)
    better = replace(notice(), name="Better spelt")
    publish_competitions(market=market, notices=[better], by="tests")
    note.refresh_from_db()
    assert (note.resolved_at is not None, note.resolution) == (True, "Revised by the operator.")
    page = nged.post(link(preview), {"decision": "approve", "revision": "2"}, follow=True)
    late = nged.post(link(preview), asked)
    assert (late.status_code, "To change it, publish it again" in text(late)) == (422, True)


def test_approved_too_late_it_is_refused_with_what_to_do(preview: Competition, market: Market) -> None:
    clock.move_clock(market=market, to=preview.closes_at, by="tests")
    assert "would have closed on" in text(Client().get(link(preview)))
    page = Client().post(link(preview), {"decision": "approve", "revision": "1"})
    assert "Publish it again with a later closing time, then approve." in text(page)
    later = notice(closes_at=market.now() + timedelta(hours=2), opens_at=preview.opens_at)
    publish_competitions(market=market, notices=[later], by="tests")
    assert approve_competition(competition=preview, by="tests").status == "published"


def test_a_withdrawn_preview_has_nothing_to_approve(preview: Competition) -> None:
    withdraw_competition(competition=preview, by="tests", reason="Never mind.")
    assert "There is nothing to approve." in text(Client().get(link(preview)))
    assert Client().post(link(preview), {"decision": "approve", "revision": "1"}).status_code == 422


def test_a_damaged_or_old_link_says_what_to_do(preview: Competition, monkeypatch: pytest.MonkeyPatch) -> None:
    page = Client().get(link(preview)[:-3] + "x/")
    assert (page.status_code, "This link is damaged" in text(page)) == (404, True)
    address = link(preview)
    monkeypatch.setattr(signing.time, "time", lambda real=signing.time.time: real() + 61 * 86_400)
    page = Client().get(address)
    assert (page.status_code, "older than 60 days" in text(page)) == (404, True)


def test_without_previews_nothing_waits(market: Market, make_competition: Any) -> None:
    competition = make_competition()
    assert (competition.status, competition.published_at is not None) == ("published", True)
    assert publish_competitions(market=market, notices=[notice("OTHER")], by="tests").previews == []
