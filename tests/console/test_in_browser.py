"""Customer success in a real browser: the look needs scripts and styles that its own policy has to let through."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from dispatch.models import Instruction, Match, Trigger
from markets.models import Competition, Market, Seller, Token
from markets.operations.people import invite_seller
from piclo_nged.dso.nged.sample import sample_season
from tests.browser.conftest import CHROMIUM, DESKTOP, PHONE, Visit, browser_type_launch_args, visit  # noqa: F401

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed (apt-get install chromium)"),
]
WIDTHS = pytest.mark.parametrize("window", [pytest.param(DESKTOP, id="desktop"), pytest.param(PHONE, id="phone")])


@pytest.fixture
def at_console(visit: Callable[..., Visit], colleague: Any) -> Callable[..., Visit]:  # noqa: F811
    """Asks for the console and signs in at the one door that there is."""

    def sign_in(window: dict[str, int] = DESKTOP) -> Visit:
        here = visit(window)
        here.go("/console/")
        here.page.get_by_label("Email").fill(colleague.email)
        here.page.get_by_label("Password").fill("a-long-password")
        here.page.get_by_role("main").get_by_role("button", name="Sign in").click()
        expect(here.page.get_by_role("search")).to_be_visible()
        here.page.wait_for_load_state()
        return here

    return sign_in


def open_match(market: Market) -> Match:
    """An instruction to a seller that nobody knows: a person must find its contract."""
    now = timezone.now()
    trigger = Trigger.objects.create(
        operator=market.operator, market=market, reference="T-1", kind="start", raw=b"{}", received_at=now
    )
    told = {"seller_named": "VW Energy", "zone_named": "CMZ_T9A_EM_0001", "starts_at": now, "capacity_kw": 20}
    return Match.objects.create(
        instruction=Instruction.objects.create(trigger=trigger, market=market, kind="start", **told)
    )


@WIDTHS
def test_every_kind_of_page_fits_the_window_and_the_browser_has_no_complaint(
    at_console: Any, window: dict[str, int], bid: Any, market: Any
) -> None:
    here = at_console(window)
    match = open_match(market)
    here.check()
    for address in (
        reverse("admin:markets_bid_changelist"),
        reverse("admin:markets_bid_change", args=[bid.pk]),
        reverse("admin:markets_market_change", args=[bid.competition.market_id]),
        reverse("admin:find") + "?q=voltwise",
        reverse("admin:nged_file"),
        reverse("admin:dispatch_match_change", args=[match.pk]),
    ):
        here.go(address)
        here.check()


def test_a_seller_is_verified_in_a_dialog(at_console: Any) -> None:
    seller = invite_seller(name="Tidewatt", email="a@tidewatt.example", by="tests")
    here = at_console()
    here.go(reverse("admin:markets_seller_change", args=[seller.pk]))
    here.page.get_by_role("link", name="Verify seller").click()
    expect(here.page.get_by_text("You have checked that the company is who it claims to be")).to_be_visible()
    here.page.get_by_role("button", name="Verify seller").click()
    expect(here.page.get_by_text("Tidewatt is verified.")).to_be_visible()
    here.check()
    assert Seller.objects.get(pk=seller.pk).status == "verified"


def test_a_dialog_says_what_is_missing_and_a_token_is_shown_once(at_console: Any, seller: Any) -> None:
    here = at_console()
    here.go(reverse("admin:markets_seller_change", args=[seller.pk]))
    here.page.get_by_role("link", name="Issue token").click()
    here.page.get_by_role("button", name="Issue token").click()
    expect(here.page.get_by_text("Fill this in: it can't stay empty.")).to_be_visible()
    here.page.get_by_label("Name").fill("Trading desk")
    here.page.get_by_role("button", name="Issue token").click()
    expect(here.page.get_by_text("it is shown this once")).to_be_visible()
    assert Token.objects.get(name="Trading desk").prefix in here.page.content()
    here.page.reload()
    expect(here.page.get_by_text("it is shown this once")).not_to_be_visible()
    here.check()


def test_a_file_of_nged_is_checked_and_kept_without_choosing_it_twice(at_console: Any, market: Any) -> None:
    here = at_console()
    here.go(reverse("admin:nged_file"))
    here.page.get_by_label("Market").select_option(label=market.name)
    file = {"name": "season.csv", "mimeType": "text/csv", "buffer": sample_season().encode()}
    here.page.locator("input[type=file]").set_input_files([file])  # type: ignore[list-item]
    here.page.get_by_role("button", name="Check the file").click()
    expect(here.page.get_by_text("This file would be kept as")).to_be_visible()
    assert not Competition.objects.exists()
    here.check()
    here.page.get_by_role("button", name="Keep it").click()
    expect(here.page.get_by_text(f"Kept in {market}")).to_be_visible()
    assert Competition.objects.count() > 50


def test_the_palette_finds_a_reference_from_the_keyboard(at_console: Any, bid: Any) -> None:
    here = at_console()
    here.page.keyboard.press("Control+k")
    typed = here.page.locator("#search-input-command")
    expect(typed).to_be_focused()
    typed.press_sequentially(bid.reference)
    expect(here.page.locator("#command-results").get_by_role("link", name=bid.reference)).to_be_visible()
    typed.press("ArrowDown")
    typed.press("Enter")
    here.page.wait_for_url(f"**{reverse('admin:markets_bid_change', args=[bid.pk])}")
    here.check()


def test_other_pages_keep_the_strict_policy(client: Any, console: Any) -> None:
    strict = client.get("/accounts/login/")["Content-Security-Policy"]
    assert "unsafe" not in strict
    for address in (reverse("admin:index"), reverse("admin:nged_file")):
        relaxed = console.get(address)["Content-Security-Policy"]
        assert "script-src 'self' 'unsafe-eval';" in relaxed
        assert "default-src 'self'" in relaxed
