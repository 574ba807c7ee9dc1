"""Until gate closure in market time the console tells number and kW of a bid, and its prices nowhere."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from markets.models import BidChange, BidUpload, Competition, JournalEntry, Mail, SealOpening
from markets.operations.bids import place_bids, revise_bid
from markets.operations.competitions import publish_competitions
from tests.conftest import close, notice, offer

# Prices that stand nowhere else on a page.
MOCK = "T9A-DYN-0001"
AVAILABILITY, UTILISATION = Decimal("98.7654"), Decimal("243.2109")


@pytest.fixture
def sealed(bid: Any) -> Any:
    """A bid at prices that can be recognised, still open for revision."""
    return revise_bid(
        bid=bid,
        capacity_kw=Decimal("47.25"),
        availability_gbp_per_mw_h=AVAILABILITY,
        utilisation_gbp_per_mwh=UTILISATION,
        by="tests",
    )


def shown(console: Client, url: str, **query: str) -> str:
    """The page, or all files that can be exported there."""
    answers = [console.get(url, query)]
    if url.endswith("/export/"):
        answers += [console.post(url, {"resource": file, "format": "0"}) for file in ("0", "1")]
    assert {answer.status_code for answer in answers} == {200}, url
    return "".join(answer.content.decode() for answer in answers)


def told_prices(console: Client, url: str, **query: str) -> bool:
    """Whether a page or file tells one of the two prices."""
    content = shown(console, url, **query)
    return str(AVAILABILITY) in content or str(UTILISATION) in content


def places(bid: Any) -> dict[str, str]:
    """Every page and file of the console on which the bid or a trace of it stands."""
    change = BidChange.objects.filter(bid=bid).last()
    entry = JournalEntry.objects.get(verb="revise_bid")
    return {
        "list": reverse("admin:markets_bid_changelist"),
        "detail": reverse("admin:markets_bid_change", args=[bid.pk]),
        "export": reverse("admin:markets_bid_export"),
        "lines": reverse("admin:markets_bidline_changelist"),
        "line": reverse("admin:markets_bidline_change", args=[bid.lines.get().pk]),
        "changes": reverse("admin:markets_bidchange_changelist"),
        "change": reverse("admin:markets_bidchange_change", args=[change.pk]),
        "journal": reverse("admin:markets_journalentry_changelist"),
        "journal entry": reverse("admin:markets_journalentry_change", args=[entry.pk]),
        "competition": reverse("admin:markets_competition_change", args=[bid.competition_id]),
        "search": reverse("admin:find") + f"?q={bid.reference}",
        "palette": reverse("admin:search") + f"?s={bid.reference}&extended=1",
    }


def test_nothing_tells_a_price_while_the_gate_is_open(console: Client, sealed: Any) -> None:
    pages = places(sealed)
    assert [name for name, url in pages.items() if told_prices(console, url)] == []
    for name in ("list", "detail", "export", "change"):
        assert "47.25" in shown(console, pages[name]), f"{name} hides the capacity too"


def test_after_closure_list_detail_export_and_history_tell_them(console: Client, sealed: Any, market: Any) -> None:
    pages = places(sealed)
    close(market, sealed.competition)
    assert {name for name, url in pages.items() if told_prices(console, url)} == {"list", "detail", "export", "change"}


def test_the_seal_follows_market_time_and_not_the_status(console: Client, sealed: Any, customer_success: Any) -> None:
    """A withdrawn competition's bids stay sealed: the gate has not closed."""
    from markets.operations.competitions import withdraw_competition

    withdraw_competition(competition=sealed.competition, by=customer_success, reason="No need any more.")
    assert not told_prices(console, places(sealed)["list"])


@pytest.mark.parametrize(
    ("noun", "lookup"),
    [
        ("bid", "utilisation_gbp_per_mwh__gte=200"),
        ("bid", "availability_gbp_per_mw_h=98.7654"),
        ("bidline", "bid__utilisation_gbp_per_mwh__gte=200"),
        ("bidchange", "content__utilisation_gbp_per_mwh=243.2109"),
        ("competition", "bids__utilisation_gbp_per_mwh__gte=200"),
        ("seller", "bids__utilisation_gbp_per_mwh__gte=200"),
        ("journalentry", "details__icontains=243"),
    ],
)
def test_no_filter_in_the_address_feels_its_way_to_a_price(
    console: Client, sealed: Any, noun: str, lookup: str
) -> None:
    """A list that is shorter for a guess would tell the price bit by bit."""
    for page in ("changelist", *(["export"] if noun in ("bid", "competition") else [])):
        answer = console.get(f"{reverse(f'admin:markets_{noun}_{page}')}?{lookup}")
        assert answer.status_code == 400


def test_no_list_can_be_put_in_the_order_of_prices(console: Client, sealed: Any) -> None:
    columns = console.get(places(sealed)["list"]).context["cl"]
    sortable = [name for name in columns.list_display if columns.get_ordering_field(name)]
    assert not [name for name in sortable if "gbp" in str(columns.get_ordering_field(name))]


def test_a_search_for_a_price_finds_nothing(console: Client, sealed: Any) -> None:
    for price in (AVAILABILITY, UTILISATION):
        found = console.get(reverse("admin:markets_bid_changelist"), {"q": str(price)})
        assert found.context["cl"].result_count == 0
        assert console.get(reverse("admin:find"), {"q": str(price)}).context["found"] == []


def test_the_answer_kept_for_a_sellers_repeated_call_is_not_shown(console: Client, seller: Any, sealed: Any) -> None:
    from markets.models import IdempotentCall, Token

    token = Token.objects.create(seller=seller, name="Trading", prefix="piclo_", sha256="0" * 64)
    answer = {"utilisation_gbp_per_mwh": str(UTILISATION)}
    call = IdempotentCall.objects.create(token=token, key="k", request_sha256="", status=200, answer=answer)
    assert not told_prices(console, reverse("admin:markets_idempotentcall_change", args=[call.pk]))


def test_prices_show_once_a_second_person_agrees_and_not_before(
    console: Client, sealed: Any, colleague: Any, approver: Any
) -> None:
    competition = sealed.competition_id
    ask = reverse("admin:markets_competition_ask_opening", args=[competition])
    console.post(ask, {"_form_submitted": "True", "reason": "Two bids look alike."})
    opening = SealOpening.objects.get(competition=competition)
    assert (opening.asked_by, opening.reason) == (colleague, "Two bids look alike.")
    agree = reverse("admin:markets_sealopening_agree", args=[opening.pk])
    page = console.post(agree, {"_form_submitted": "True"}, follow=True)
    assert "another person must agree" in page.content.decode()
    assert [name for name, url in places(sealed).items() if told_prices(console, url)] == []
    console.force_login(approver)
    console.post(agree, {"_form_submitted": "True"})
    assert {"list", "detail", "change"} <= {n for n, url in places(sealed).items() if told_prices(console, url)}
    assert JournalEntry.objects.get(verb="agree_opening").user == approver


def test_no_tick_of_one_person_makes_the_feed_live_over_sealed_bids(console: Client, sealed: Any, market: Any) -> None:
    url = reverse("admin:markets_market_change", args=[market.pk])

    def tick() -> bool:
        page = console.get(url)
        form = page.context["adminform"].form
        answers = {name: form.initial.get(name, "") or "" for name in form.fields}
        console.post(url, answers | {"feed_is_live": "on"})
        market.refresh_from_db()
        return bool(market.feed_is_live)

    assert not tick()
    close(market, sealed.competition)
    assert tick(), "where nothing is sealed the setting is free"


def test_a_mail_of_a_revision_does_not_tell_that_a_sealed_price_lies_above_the_new_ceiling(
    console: Client, sealed: Any, market: Any, make_competition: Any, seller: Any
) -> None:
    """Nor that it lies below: what is said of either looks the same until the gate has closed."""
    make_competition("T9A-DYN-0002")
    place_bids(seller=seller, market=market, offers=[offer("T9A-DYN-0002")], by="tests")
    for ceiling in (299, 200):
        lowered = [notice(n, utilisation_ceiling_gbp_per_mwh=Decimal(ceiling)) for n in (MOCK, "T9A-DYN-0002")]
        publish_competitions(market=market, notices=lowered, by="tests")
    good, bad = Mail.objects.filter(subject__contains="changed").order_by("pk")
    assert ("Please revise" in good.text, "Please revise" in bad.text) == (False, True)
    assert good.subject == bad.subject
    for letter in (good, bad):
        told = shown(console, reverse("admin:markets_mail_change", args=[letter.pk]))
        assert told.count("of the seller&#x27;s bids is sealed until gate closure") == 2
        assert not any(word in told for word in ("Please revise", "stands as it is", sealed.reference))
    close(market, sealed.competition)
    for other in Competition.objects.exclude(pk=sealed.competition_id):
        close(market, other)
    assert f"Please revise {sealed}" in shown(console, reverse("admin:markets_mail_change", args=[bad.pk]))


def test_a_file_of_bids_keeps_its_rows_and_what_was_wrong_with_them_to_its_seller(console: Client, bid: Any) -> None:
    wrong = [{"line": 2, "column": "utilisation", "value": str(UTILISATION), "reason": f"{UTILISATION} is too much"}]
    upload = BidUpload.objects.create(
        seller=bid.seller, market=bid.competition.market, content=str(AVAILABILITY).encode(), left_out=wrong
    )
    assert not told_prices(console, reverse("admin:markets_bidupload_change", args=[upload.pk]))
    assert not told_prices(console, reverse("admin:markets_bidupload_changelist"))
