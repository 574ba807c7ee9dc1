"""Signed out while a form is typed: nothing is done, nothing typed is lost, and nobody else sees it."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from markets.models import Asset, Bid, Competition, Membership, Seller, User

pytestmark = pytest.mark.django_db


def stamp(answer: object) -> str:
    found = re.search(r'name="whose_form" value="([^"]+)"', answer.content.decode())  # type: ignore[attr-defined]
    assert found
    return found[1]


def sign_in(browser: Client, user: User) -> object:
    typed = {"login": user.email, "password": "a-long-password", "next": browser.wanted}  # type: ignore[attr-defined]
    return browser.post("/accounts/login/", typed, follow=True)


@pytest.fixture
def bid_typed(competition: Competition, asset: Asset, browser_of_member: Client) -> dict[str, object]:
    page = browser_of_member.get(f"/competitions/{competition.pk}/")
    return {
        "whose_form": stamp(page),
        "windows": [competition.windows.get().pk],
        "assets": [asset.pk],
        "capacity_kw": "31.7",
        "utilisation_gbp_per_mwh": "123",
        "seller_ref": "typed before",
        "confirmed": "1",
    }


@pytest.fixture
def after(competition: Competition, bid_typed: dict[str, object], browser_of_member: Client) -> Client:
    """The bid was sent after signing out; the browser stands at the sign-in page."""
    browser_of_member.logout()
    answer = browser_of_member.post(f"/competitions/{competition.pk}/", bid_typed)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")
    browser_of_member.wanted = f"/competitions/{competition.pk}/"  # type: ignore[attr-defined]
    assert "what you typed is kept" in browser_of_member.get(answer["Location"]).content.decode()
    return browser_of_member


def test_the_bid_stands_in_its_form_again_and_is_not_placed(
    after: Client, member: User, competition: Competition
) -> None:
    page = sign_in(after, member).content.decode()  # type: ignore[attr-defined]
    assert "This is not sent yet" in page
    assert 'value="31.7"' in page
    assert 'value="typed before"' in page
    assert not Bid.objects.exists()
    assert "31.7" not in after.get(f"/competitions/{competition.pk}/").content.decode()


def test_who_signs_in_in_their_place_sees_nothing_of_it(after: Client, other_member: User) -> None:
    page = sign_in(after, other_member).content.decode()  # type: ignore[attr-defined]
    assert "31.7" not in page
    assert "not sent yet" not in page


def test_of_several_companies_it_comes_back_for_the_one_that_it_was_typed_for(
    after: Client, member: User, other_seller: Seller
) -> None:
    Seller.objects.filter(pk=other_seller.pk).update(name="AAA first by name")
    Membership.objects.create(user=member, seller=other_seller, role=Membership.Role.OWNER)
    page = sign_in(after, member).content.decode()  # type: ignore[attr-defined]
    assert 'value="31.7"' in page
    assert "<summary>AAA first by name" not in page


def test_a_form_of_one_company_is_never_taken_for_another(
    competition: Competition,
    bid_typed: dict[str, object],
    browser_of_member: Client,
    member: User,
    other_seller: Seller,
) -> None:
    Membership.objects.create(user=member, seller=other_seller, role=Membership.Role.OWNER)
    browser_of_member.post("/seller/", {"seller": other_seller.pk})
    page = browser_of_member.post(f"/competitions/{competition.pk}/", bid_typed, follow=True).content.decode()
    assert "This is not sent yet" in page
    assert 'value="31.7"' in page
    assert not Bid.objects.exists()


def test_signed_in_anew_in_another_tab_the_form_is_shown_again(
    competition: Competition, bid_typed: dict[str, object], member: User, other_member: User
) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(member)
    old = bid_typed | {"csrfmiddlewaretoken": "x" * 64}
    address = f"/competitions/{competition.pk}/"
    here, elsewhere = {"Origin": "http://testserver"}, {"Origin": "https://elsewhere.example"}
    assert browser.post(address, old, headers=elsewhere).status_code == 403
    assert "31.7" not in browser.get(address).content.decode()
    assert 'value="31.7"' in browser.post(address, old, headers=here, follow=True).content.decode()
    browser.force_login(other_member)
    assert browser.post(address, old, headers=here).status_code == 403
    assert not Bid.objects.exists()


def test_a_file_is_asked_for_again_and_a_button_is_pressed_again(browser_of_member: Client, member: User) -> None:
    whose = stamp(browser_of_member.get("/assets/import/"))
    browser_of_member.logout()
    file = SimpleUploadedFile("assets.csv", b"Reference\n")
    browser_of_member.post("/assets/import/", {"whose_form": whose, "file": file})
    browser_of_member.wanted = "/assets/import/"  # type: ignore[attr-defined]
    assert "choose it again there" in sign_in(browser_of_member, member).content.decode()  # type: ignore[attr-defined]
    answer = Client().post("/company/contacts/1/test/", headers={"Referer": "http://testserver/company/contacts/"})
    assert answer["Location"] == "/accounts/login/?next=/company/contacts/"


def test_while_typing_the_estimate_says_it_and_a_list_leads_to_sign_in(competition: Competition) -> None:
    browser = Client(headers={"HX-Request": "true"})
    assert "You were signed out" in browser.post(f"/competitions/{competition.pk}/").content.decode()
    assert browser.get("/bids/?status=placed")["HX-Redirect"] == "/accounts/login/?next=/bids/%3Fstatus%3Dplaced"
