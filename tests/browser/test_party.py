"""A test party on the built-in season, from start to comparison, in a real browser: customer success and a seller."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from markets.models import Bid, Competition, Market, PartyNote, Seller, TestParty, User
from tests.markets.party_world import asset_in

from .conftest import DESKTOP, WINDOWS, Visit


def at_console(here: Visit, user: User, address: str) -> Page:
    """Customer success signs in and stands at a page of the console."""
    here.go(f"/accounts/login/?next={address}")
    here.page.get_by_label("Email").fill(user.email)
    here.page.get_by_label("Password").fill("a-long-password")
    here.page.get_by_role("main").get_by_role("button", name="Sign in").click()
    here.page.wait_for_url(f"**{address}")
    return here.page


@pytest.mark.parametrize(("window", "options"), WINDOWS)
def test_a_party_from_start_to_comparison(
    window: dict[str, int],
    options: dict[str, bool],
    visit: Callable[..., Visit],
    customer_success: User,
    market: Market,
    seller: Seller,
    member: User,
) -> None:
    office, trading = visit(DESKTOP), visit(window, **options)

    console = at_console(office, customer_success, "/console/markets/testparty/")
    console.get_by_role("link", name="Start a test party").click()
    console.get_by_role("button", name="Start the party").click()  # the browser itself asks for the name
    console.get_by_label("Name").fill("Spring rehearsal")
    console.get_by_label(seller.name).check()
    console.get_by_role("button", name="Start the party").click()
    expect(console.get_by_role("heading", name="What to do now")).to_be_visible()
    expect(console.get_by_text("Bidding is open in 62 competitions")).to_be_visible()
    office.check()
    party = TestParty.objects.get()
    competition = Competition.objects.get(market=party.market, product__name="Secure", required_kw=25)
    asset_in(seller, competition.zone)

    page = trading.page
    trading.sign_in(member)
    expect(page.get_by_text(competition.name)).to_be_hidden()
    page.get_by_role("button", name="Take part in Spring rehearsal").click()
    expect(page.get_by_role("status")).to_contain_text("You take part in Spring rehearsal (mock)")
    trading.check()
    trading.go(f"/competitions/{competition.pk}/")
    _bid(page, competition)
    bid = Bid.objects.get(seller=seller)
    trading.check()

    page.get_by_text("Leave a note about this page").click()
    page.get_by_label("What made you hesitate").fill("“Offered” is what NGED calls it; we say capacity.")
    page.get_by_role("button", name="Leave the note").click()
    expect(page.get_by_role("status").last).to_contain_text("Thank you: your note is kept")
    expect(page).to_have_url(re.compile(bid.reference))
    trading.check()

    console.reload()
    row = console.get_by_role("row").filter(has_text=seller.name)
    expect(row).to_contain_text("Accepted")
    expect(row).to_contain_text("24 kW")
    _press(console, "Move the clock to an hour before closing")
    expect(console.get_by_text("an hour is left to bid")).to_be_visible()
    _press(console, "Close the round and clear it")
    expect(console.get_by_text("Every competition has its result.").first).to_be_visible()
    office.check()

    console.get_by_role("link", name="Compare with what really happened").click()
    console.get_by_label("Only another outcome").check()
    console.get_by_role("button", name="Show").click()
    rows = console.get_by_role("region", name="Competition by competition")
    expect(rows.get_by_text("1 competition", exact=True)).to_be_visible()
    expect(rows.get_by_role("row").filter(has_text=f"{seller.name} new")).to_be_visible()
    expect(rows.get_by_text(competition.name)).to_be_visible()
    office.check()
    with console.expect_download() as download:
        console.get_by_role("link", name="These rows as a file").click()
    assert seller.name in download.value.path().read_text(encoding="utf-8-sig")

    _decide(console, office)
    office.go(f"/console/party/{party.pk}/")
    _press(console, "End the party")
    expect(console.get_by_text("This party has ended.")).to_be_visible()
    office.check()

    trading.go(f"/bids/{bid.reference}/")
    expect(page.get_by_text("Accepted", exact=True).first).to_be_visible()
    expect(page.get_by_text("Leave a note about this page")).to_be_hidden()


def _press(console: Page, name: str) -> None:
    """A step of the party: its consequence is read before it is done."""
    console.get_by_role("button", name=name).click()
    expect(console.get_by_role("heading", name="What will follow")).to_be_visible()
    console.get_by_role("button", name=name).click()


def _bid(page: Page, competition: Competition) -> None:
    """24 kW in every window, a good deal below the ceilings; the rules are confirmed."""
    for window in competition.windows.all():
        page.get_by_label(window.name, exact=True).check()
    page.get_by_label("Capacity").fill("24")
    page.get_by_label("Availability price").fill("1200")
    page.get_by_label("Utilisation price").fill("1500")
    page.get_by_label("P-1").check()
    page.get_by_label("All of this is true of this bid.").check()
    page.get_by_role("button", name="Place bid").click()
    expect(page.get_by_role("status").last).to_contain_text("is placed")


def _decide(console: Page, office: Visit) -> None:
    note = PartyNote.objects.get()
    office.go(f"/console/markets/partynote/{note.pk}/change/")
    console.get_by_role("link", name="Decide").click()
    console.get_by_label("Decision").select_option("renamed")
    console.get_by_label("In words").fill("“Offered” is now “Capacity” on the bid's page.")
    console.get_by_role("button", name="Decide").click()
    expect(console.get_by_text("Kept: renamed.")).to_be_visible()
    note.refresh_from_db()
    assert note.decided_what.startswith("“Offered” is now")
