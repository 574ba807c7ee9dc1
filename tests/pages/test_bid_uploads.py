"""The pages of a file of bids: chosen, sent, checked with every error at once, placed, and told what became of it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from markets.models import BidUpload, Confirmation
from markets.rules.confirmations import RULES, VERSION
from tests.conftest import close

from .markup import faults

HEADER = "Competition Ref,Service Window Name,Offered capacity [kW],Utilisation price [GBP/MWh],Assets,Your reference"
GOOD = "T9A-DYN-0001,Evening,20,250,EV-1,A1"
BAD = 'T9A-DYN-0001,Evening,"20,5",250,EV-1,A2'
PAGE = "/bids/upload/"


@pytest.fixture
def send(browser_of_member, market, competition, asset):
    def post(*rows: str, content: bytes | None = None, name: str = "bids.csv"):
        content = "\n".join([HEADER, *rows]).encode() if content is None else content
        return browser_of_member.post(PAGE, {"market": market.pk, "file": SimpleUploadedFile(name, content)})

    return post


@pytest.fixture
def sent(send):
    """The address of the preview of a sent file."""

    def post(*rows: str) -> str:
        response = send(*rows)
        assert response.status_code == 302
        return response.headers["Location"]

    return post


def text(response) -> str:
    return " ".join(response.content.decode().split())


def test_the_page_names_markets_and_columns_and_takes_a_file(browser_of_member, market, competition):
    page = browser_of_member.get(PAGE)
    assert faults(page) == []
    assert reverse("markets:bid-upload-template", args=[market.key]) in text(page)
    assert "Offered capacity [kW]" in text(page)


def test_the_template_has_a_row_per_open_window(browser_of_member, market, competition, asset):
    response = browser_of_member.get(reverse("markets:bid-upload-template", args=[market.key]))
    lines = b"".join(response.streaming_content).decode().splitlines()
    assert lines[0].startswith(
        "\ufeffCompetition Ref,Competition Name,Bidding closes [London time],Service Window Name"
    )
    assert lines[1].startswith("T9A-DYN-0001,Dynamic at Testbridge,")
    assert ",Evening,,,,,,EV-1," in lines[1]


def test_where_no_window_is_open_a_sentence_stands_in_place_of_a_template(browser_of_member, market, competition):
    close(market, competition)
    address = reverse("markets:bid-upload-template", args=[market.key])
    said = browser_of_member.get(address, follow=True)
    assert said.redirect_chain == [(PAGE, 302)]
    assert text(said).count(f"No window of {market} takes bids now") == 2
    assert address not in text(said)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"", "This file is empty"), (b"PK\x03\x04", "This is a spreadsheet, not a CSV"), (b"A,B\n1,2", "missing: Comp")],
)
def test_a_file_that_is_no_such_csv_gets_one_sentence_beside_its_field(send, content, sentence):
    response = send(content=content)
    assert response.status_code == 422
    assert faults(response) == []
    [said] = response.context["form"].errors["file"]
    assert sentence in said
    assert not BidUpload.objects.exists()


def test_nothing_chosen_is_told_beside_the_fields(browser_of_member, market, competition):
    response = browser_of_member.post(PAGE, {"market": "", "file": ""})
    assert response.context["form"].errors == {
        "market": ["Choose the market that these bids are for."],
        "file": ["Choose the file to send."],
    }


def test_the_preview_shows_every_error_and_what_would_be_placed(browser_of_member, sent, seller):
    address = sent(GOOD, BAD, "NOPE,Evening,5,250,EV-1,A3")
    page = browser_of_member.get(address)
    assert faults(page) == []
    assert "Write the decimals after a point: 20.5." in text(page)
    assert "There is no such competition." in text(page)
    assert "Place the 1 valid bid, leave 2 rows out" in text(page)
    assert all(rule.sentence in text(page) for rule in RULES)
    assert not seller.bids.exists()


def test_thousands_of_errors_are_paged_and_a_file(browser_of_member, sent):
    address = sent(*[BAD] * 120)
    assert "51–100 of 120" in text(browser_of_member.get(f"{address}?page=2"))
    response = browser_of_member.get(f"{address}problems.csv")
    lines = b"".join(response.streaming_content).decode().splitlines()
    assert lines[0] == "\ufeffLine,Column,Value,What to do"
    assert len(lines) == 121
    assert lines[1] == '2,Offered capacity [kW],"20,5",Write the decimals after a point: 20.5.'


def test_valid_rows_are_placed_with_the_confirmation_and_the_rest_is_told(browser_of_member, sent, seller, member):
    address = sent(GOOD, BAD)
    values = {"which": "valid", "confirmed": VERSION, "seen": 1}
    for said in ("1 bid placed, at one moment. 1 row not placed", "placed before: sending the file again has changed"):
        page = browser_of_member.post(address, values, follow=True)
        assert faults(page) == []
        assert said in text(page)
        assert "What was left out, and why" in text(page)
    assert seller.bids.count() == 1
    assert (Confirmation.objects.get().confirmed_by, Confirmation.objects.get().version) == (member.email, VERSION)


def test_nothing_is_placed_without_the_confirmation_or_a_choice(browser_of_member, sent, seller):
    response = browser_of_member.post(sent(GOOD), {})
    assert response.status_code == 422
    assert faults(response) == []
    assert "Read these sentences and tick the box" in text(response)
    assert "Choose what to place." in text(response)
    assert not seller.bids.exists()


def test_all_or_nothing_places_nothing_while_a_row_is_wrong(browser_of_member, sent, seller):
    response = browser_of_member.post(sent(GOOD, BAD), {"which": "all", "confirmed": VERSION, "seen": 1})
    assert response.status_code == 422
    assert "Nothing was placed: 1 row can&#x27;t be placed as sent." in text(response)
    assert "when you looked" not in text(response)
    assert not seller.bids.exists()


@pytest.mark.parametrize("which", ["all", "valid"])
def test_a_gate_that_closed_in_between_is_said_clearly(browser_of_member, sent, seller, market, competition, which):
    address = sent(GOOD)
    close(market, competition)
    response = browser_of_member.post(address, {"which": which, "confirmed": VERSION, "seen": 0})
    assert response.status_code == 422
    assert "1 of them could still be placed when you looked" in text(response)
    assert "Bidding closed on" in text(response)
    assert not seller.bids.exists()


def test_a_viewer_sees_the_file_and_cannot_place_it(signed_in, sent, viewer, seller):
    address, looking = sent(GOOD), signed_in(viewer)
    assert "You are a viewer" in text(looking.get(address))
    assert "You are a viewer" in text(looking.get(PAGE))
    assert looking.post(address, {"which": "valid", "confirmed": VERSION}).status_code == 403
    assert looking.post(PAGE, {}).status_code == 403
    assert not seller.bids.exists()


def test_a_market_that_is_not_open_to_the_seller_is_no_choice(browser_of_member, market, competition, asset):
    market.admissions.all().delete()
    market.stage = "invited"
    market.save()
    page = browser_of_member.get(PAGE)
    assert "No competition is open to you yet" in text(page)
    assert browser_of_member.get(reverse("markets:bid-upload-template", args=[market.key])).status_code == 404
