"""Test parties at the console: what a colleague who does this for the first time sees, types and gets wrong."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from markets.models import Admission, Bid, Competition, Market, PartyNote, Seller, TestParty
from markets.operations.notes import leave_note
from markets.operations.parties import join_party
from piclo_nged.dso.nged.party_clearing import clear_round
from piclo_nged.dso.nged.sample import sample_season
from tests.markets.party_world import Start, few, party_starter  # noqa: F401 - a fixture
from tests.rules.nged.fake_portal import TOKEN, FakePortal

pytestmark = pytest.mark.django_db
START = "/console/party/start/"


def text_of(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return str(content.decode("utf-8-sig"))


def filled(source: str, **more: Any) -> dict[str, Any]:
    return {"name": "Spring rehearsal", "source": source, "with_original_offers": "on", **more}


def do(console: Client, party: TestParty, step: str, **more: Any) -> str:
    """Presses a button of the party's page and agrees to what follows; the page as it is then."""
    address = reverse("admin:party", args=[party.pk])
    answer = console.post(address, {"do": step, "sure": "yes", **more}, follow=True)
    assert answer.redirect_chain == [(address, 302)]
    return text_of(answer)


@pytest.mark.usefixtures("market")
def test_the_built_in_season_is_started_and_its_page_says_what_to_do(console: Client, seller: Seller) -> None:
    page = text_of(console.post(START, filled("sample", sellers=[seller.pk]), follow=True))
    party = TestParty.objects.get()
    assert str(party.created_by) == "Casey"
    for words in (
        "What to do now",
        "Bidding is open in 62 competitions",
        "Not accepted yet",
        "7 stand-ins",
        seller.name,
    ):
        assert words in page
    assert Admission.objects.get(market=party.market, seller=seller).wave == "invited"


@pytest.mark.usefixtures("market")
def test_a_file_is_started_as_it_was_uploaded(console: Client) -> None:
    console.post(START, filled("file", file=SimpleUploadedFile("last season.csv", few())))
    party = TestParty.objects.get()
    assert (bytes(party.source), party.source_name) == (few(), "last season.csv")


@pytest.mark.usefixtures("market")
def test_every_fault_of_a_file_is_shown_with_line_and_column_and_what_was_typed_stays(console: Client) -> None:
    bad = few().decode().replace("2026-10-05", "5 October", 2).encode()
    page = text_of(console.post(START, filled("file", file=SimpleUploadedFile("bad.csv", bad))))
    assert "No party was started: 2 things need correcting in the file." in page
    assert page.count('<td class="px-3 py-2">Trade Open Date</td>') == 2
    assert "not a date: write" in page
    assert 'value="Spring rehearsal"' in page
    assert not TestParty.objects.exists()
    assert not Market.objects.filter(key__startswith="party-").exists()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (filled("sample", name=""), "Give the party a name: sellers see it on their pages."),
        (filled("file"), "Choose the file, or fill the party from the made-up season."),
        (filled("portal"), "Give the address of the dataset&#x27;s page on the portal."),
        (filled("portal", resource="results"), "The data portal is not set up: an engineer sets NGED_PORTAL_URL"),
    ],
)
def test_what_is_missing_is_said(
    given: dict[str, str], words: str, console: Client, market: Market, settings: Any
) -> None:
    settings.NGED_PORTAL_URL = ""
    assert words in text_of(console.post(START, given))
    assert not TestParty.objects.exists()


@pytest.mark.usefixtures("market")
def test_the_portal_fills_a_party(console: Client, settings: Any) -> None:
    with FakePortal(few().decode().replace("Mossgate Heat", "Mossgaté Heat").encode("latin-1")) as fake:
        settings.NGED_PORTAL_URL, settings.NGED_PORTAL_TOKEN = fake.url, TOKEN
        console.post(START, filled("portal", resource=f"{fake.url}/dataset/results"))
    party = TestParty.objects.get()
    assert party.source_name == "Trade Results Summary, from NGED's data portal"
    assert party.stand_ins.filter(company__startswith="Mossgaté").exists()


@pytest.mark.usefixtures("market")
def test_what_the_portal_denies_is_said(console: Client, settings: Any) -> None:
    with FakePortal(few()) as fake:
        settings.NGED_PORTAL_URL, settings.NGED_PORTAL_TOKEN = fake.url, "an old one"
        page = text_of(console.post(START, filled("portal", resource="results")))
    assert "The data portal does not give results (package_show): Access denied." in page
    assert not TestParty.objects.exists()


def test_stand_ins_are_not_invited(console: Client, start: Start, seller: Seller) -> None:
    start()
    page = text_of(console.get(START))
    assert seller.name in page
    assert "stand-in, party" not in page


def test_the_steps_of_a_round_by_their_buttons(console: Client, start: Start) -> None:
    party = start()
    assert "an hour is left to bid" in do(console, party, "near_closing")
    page = do(console, party, "near_closing")
    assert "The last hour of this round has begun already." in page
    assert "Move the clock to an hour before closing" not in page
    asked = text_of(console.post(reverse("admin:party", args=[party.pk]), {"do": "clear_round"}))
    assert "Bidding ends for everybody in 10 competitions" in asked
    assert "no result can be taken back" in asked
    party.refresh_from_db()
    assert party.status == "bidding"  # nothing follows before one agrees
    page = do(console, party, "clear_round")
    assert "Every competition has its result." in page
    assert "Close the round" not in page
    page = do(console, party, "close")
    assert "This party has ended." in page


def test_a_step_that_is_none_is_refused_and_nothing_happens(console: Client, start: Start) -> None:
    party = start()
    assert "That step is none of this page." in do(console, party, "rob_the_bank")
    party.refresh_from_db()
    assert party.status == "bidding"


def test_more_sellers_are_invited_later(console: Client, start: Start, seller: Seller) -> None:
    party = start()
    assert "Tick the sellers to invite" in do(console, party, "invite")
    assert f"Invited: {seller}. Tell them" in do(console, party, "invite", sellers=[seller.pk])
    assert Admission.objects.filter(market=party.market, seller=seller).exists()
    assert "Invite more sellers" not in text_of(console.get(reverse("admin:party", args=[party.pk])))  # nobody is left


def test_prices_stay_sealed_while_bidding_is_open(console: Client, start: Start) -> None:
    party = start()
    bid = Bid.objects.filter(competition__market=party.market, utilisation_gbp_per_mwh__gt=0).latest("pk")
    page = text_of(console.get(reverse("admin:party", args=[party.pk])))
    assert f"{bid.utilisation_gbp_per_mwh:,.2f}" not in page


def test_the_comparison_before_clearing_tells_no_price_of_a_sealed_bid(console: Client, start: Start) -> None:
    party = start()
    rows = list(
        csv.DictReader(io.StringIO(text_of(console.get(reverse("admin:party_comparison_file", args=[party.pk])))))
    )
    assert {row["Party: utilisation GBP/MWh"] for row in rows} == {"0"}


def test_the_comparison_sorts_chooses_and_leafs(console: Client, start: Start) -> None:
    party = start(sample_season().encode())
    clear_round(party=party, by="tests")
    address = reverse("admin:party_comparison", args=[party.pk])
    assert "62 competitions" in text_of(console.get(address))
    assert "51–62 of 62" in text_of(console.get(address, {"page": 2}))
    assert "28 competitions" in text_of(console.get(address, {"product": "Sustain"}))
    assert "No competition fits." in text_of(console.get(address, {"differing": 1}))
    assert "1 competition" in text_of(console.get(address, {"q": "wetherthwaite SECURE"}))
    shown = console.get(address, {"sort": "name"}).context["page_obj"]
    names = [item.competition.name for item in shown]
    assert names == sorted(names)
    for sort in ("kw", "price", "winners", "no such"):
        assert console.get(address, {"sort": sort, "page": "x"}).status_code == 200


def test_the_file_of_the_comparison_has_every_row_in_the_units_of_the_field(console: Client, start: Start) -> None:
    party = start()
    clear_round(party=party, by="tests")
    text = text_of(console.get(reverse("admin:party_comparison_file", args=[party.pk])))
    rows = {row["Competition"]: row for row in csv.DictReader(io.StringIO(text))}
    competition = Competition.objects.get(market=party.market, product__name="Secure", required_kw=25)
    row = rows[competition.reference]
    assert len(rows) == 10
    assert (row["Really: accepted kW"], row["Party: accepted kW"]) == ("25.0000", "25.0000")
    assert row["Party: utilisation GBP/MWh"] == row["Really: utilisation GBP/MWh"] == "2210.7800"
    assert (row["Really: winners"], row["New winners"]) == ("Copperbeck Charging Limited", "")


def test_notes_go_into_a_file_that_no_spreadsheet_runs(
    console: Client, start: Start, seller: Seller, member: Any
) -> None:
    party = start(sellers=[seller])
    join_party(admission=Admission.objects.get(market=party.market, seller=seller), by=member)
    leave_note(party=party, seller=seller, page="/bids/", text='=HYPERLINK("http://x")', by=member)
    [row] = csv.DictReader(io.StringIO(text_of(console.get(reverse("admin:party_notes_file", args=[party.pk])))))
    assert (row["Page"], row["Seller"], row["Decision"]) == ("/bids/", seller.name, "Waiting")
    assert row["Note"].startswith("'=HYPERLINK")
    page = text_of(console.get(reverse("admin:party", args=[party.pk])))
    assert "Notes: 1, 1 to decide" in page
    assert 'value="close"' not in page
    assert PartyNote.objects.get().decision == ""


@pytest.mark.parametrize("name", ["admin:party", "admin:party_comparison"])
def test_a_page_asks_as_much_for_ten_competitions_as_for_sixty(name: str, console: Client, start: Start) -> None:
    counts = []
    for content, party_name in ((few(), "Small"), (sample_season().encode(), "Large")):
        party = start(content, party_name)
        clear_round(party=party, by="tests")
        with CaptureQueriesContext(connection) as queries:
            assert console.get(reverse(name, args=[party.pk])).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 22


def test_a_seller_has_no_business_here(start: Start, member: Any, client: Client) -> None:
    party = start()
    client.force_login(member)
    for name in ("party", "party_comparison", "party_comparison_file", "party_notes_file"):
        assert client.get(reverse(f"admin:{name}", args=[party.pk])).status_code in (302, 403)
    assert client.get(START).status_code in (302, 403)


@pytest.mark.parametrize("name", ["party", "party_comparison", "party_comparison_file", "party_notes_file"])
def test_a_party_that_is_not_there_is_a_404(name: str, console: Client) -> None:
    assert console.get(reverse(f"admin:{name}", args=[987654])).status_code == 404


def test_the_lists_of_the_console_lead_to_the_party(console: Client, start: Callable[..., TestParty]) -> None:
    party = start()
    listed = text_of(console.get(reverse("admin:markets_testparty_changelist")))
    assert reverse("admin:party", args=[party.pk]) in listed
    assert "Start a test party" in listed
    assert "Test parties" in text_of(console.get("/console/"))
