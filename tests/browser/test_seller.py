"""A seller in a real browser: signs in, finds a competition, bids, revises; answers an instruction from the mailbox."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from dispatch.models import Instruction
from dispatch.operations import answer_token
from markets.models import Asset, Bid, Competition, User

from .conftest import DESKTOP, PHONE, WINDOWS, Visit

PAGES = (
    *("/", "/competitions/", "/bids/", "/contracts/", "/assets/", "/assets/register/", "/instructions/"),
    *("/statements/", "/help/", "/help/bidding/"),
)


@pytest.mark.parametrize(("window", "options"), WINDOWS)
def test_a_seller_finds_a_competition_bids_and_revises(
    window: dict[str, int],
    options: dict[str, Any],
    visit: Callable[..., Visit],
    member: User,
    competition: Competition,
    asset: Asset,
):
    here = visit(window, **options)
    page = here.page
    here.sign_in(member)
    here.section("Competitions")
    page.get_by_label("Search").fill("testbridge")
    page.get_by_role("button", name="Filter").click()
    expect(page).to_have_url(re.compile("q=testbridge"))
    here.check()
    page.get_by_role("link", name=competition.name).click()
    expect(page.get_by_text("Mock market – market time:")).to_be_visible()
    expect(page.get_by_label("All windows")).to_be_visible(visible=options.get("java_script_enabled", True))
    here.check()

    page.get_by_role("button", name="Place bid").click()
    problems = page.get_by_role("alert")
    expect(problems).to_contain_text("No bid was placed yet")
    expect(problems).to_contain_text("Choose at least one service window.")
    if options.get("java_script_enabled", True):
        expect(problems).to_be_focused()
    here.check()

    page.get_by_label("Evening", exact=True).check()
    page.get_by_label("Capacity").fill("50.5")
    page.get_by_label("Availability price").fill("100")
    page.get_by_label("Utilisation price").fill("250.25")
    expect(page.get_by_label(asset.ref)).to_be_checked()  # it is eligible here
    page.get_by_label("All of this is true of this bid.").check()
    page.get_by_role("button", name="Place bid").click()

    expect(page.get_by_role("status")).to_contain_text("is placed")
    bid = Bid.objects.get()
    expect(page.get_by_role("heading", level=1)).to_contain_text(bid.reference)
    here.check()
    page.get_by_role("link", name="Revise").click()
    page.get_by_label("Capacity").fill("61.25")
    page.get_by_role("button", name="Keep these terms").click()
    expect(page.get_by_role("status")).to_contain_text("revision 2")
    here.section("Bids")
    row = page.get_by_role("row").filter(has_text=bid.reference)
    expect(row).to_contain_text("61.25 kW")
    expect(row).to_contain_text("£250.25")
    here.check()


@pytest.mark.parametrize("window", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_no_page_hangs_over_the_edge(
    window: dict[str, int], visit: Callable[..., Visit], member: User, bid: Bid, instruction: Instruction
):
    here = visit(window)
    here.sign_in(member)
    for address in PAGES:
        here.go(address)
        expect(here.page.get_by_role("heading", level=1)).to_be_visible()
        here.check()


def test_by_keyboard_alone_the_first_stop_skips_to_the_content(visit: Callable[..., Visit], member: User):
    here = visit()
    here.sign_in(member)
    here.go("/bids/")
    here.page.keyboard.press("Tab")
    skip = here.page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    here.page.keyboard.press("Enter")
    expect(here.page.get_by_role("main")).to_be_focused()


def test_the_menu_of_a_phone_opens_and_closes_by_keyboard(visit: Callable[..., Visit], member: User):
    here = visit(PHONE)
    here.sign_in(member)
    link = here.page.get_by_role("banner").get_by_role("link", name="Statements")
    expect(link).not_to_be_visible()
    here.page.get_by_text("Menu", exact=True).press("Enter")
    expect(link).to_be_visible()
    here.page.keyboard.press("Escape")
    expect(link).not_to_be_visible()


def test_the_list_filters_while_one_types_and_the_address_keeps_it(
    visit: Callable[..., Visit], member: User, make_competition: Callable[..., Competition]
):
    make_competition("A-1", "Dynamic")
    make_competition("B-1", "Sustain")
    here = visit()
    here.sign_in(member)
    here.go("/competitions/")
    rows = here.page.locator("#rows tbody tr")
    expect(rows).to_have_count(2)
    here.page.get_by_label("Search").press_sequentially("sustain")
    expect(rows).to_have_count(1)
    expect(here.page.get_by_role("status")).to_have_text("1 competition")
    expect(here.page).to_have_url(re.compile("q=sustain"))
    here.page.reload()
    expect(rows).to_have_count(1)
    expect(here.page.get_by_label("Search")).to_have_value("sustain")
    here.check()


def test_all_windows_are_ticked_at_once(
    visit: Callable[..., Visit], member: User, competition: Competition, asset: Asset
):
    window = competition.windows.get()
    for name in ("Morning", "Night"):
        window.pk, window.name = None, name
        window.save()
    here = visit()
    here.sign_in(member)
    here.go(f"/competitions/{competition.pk}/")
    here.page.get_by_label("All windows").check()
    for name in ("Evening", "Morning", "Night"):
        expect(here.page.get_by_label(name, exact=True)).to_be_checked()
    here.page.get_by_label("Night", exact=True).uncheck()
    expect(here.page.get_by_label("All windows")).not_to_be_checked()


def test_the_countdown_to_gate_closure_runs(
    visit: Callable[..., Visit], member: User, make_competition: Callable[..., Competition], asset: Asset
):
    competition = make_competition("SOON", closes_at=timezone.now() + timedelta(minutes=5))
    here = visit()
    here.sign_in(member)
    here.go(f"/competitions/{competition.pk}/")
    countdown = here.page.locator(".facts [data-seconds-left]")
    expect(countdown).to_contain_text(re.compile(r"^4 min \d+ s$"))
    said = countdown.inner_text()
    expect(countdown).not_to_have_text(said)


def test_an_instruction_is_answered_from_the_mailbox_on_a_phone(visit: Callable[..., Visit], instruction: Instruction):
    token = answer_token(instruction_id=instruction.pk, mailbox="dispatch+owner@voltwise.example")
    here = visit(PHONE)
    here.go(f"/answer/{token}/")
    here.check()
    page = here.page
    page.get_by_role("button", name="Decline").click()
    expect(page.get_by_role("alert")).to_contain_text("Say why you decline")
    page.get_by_label("Reason").fill("Charger 4 is out of order.")
    page.get_by_role("button", name="Decline").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Declined")
    expect(page.get_by_text("Charger 4 is out of order.")).to_be_visible()
    here.check()


def test_a_phone_shows_the_half_hours_that_are_asked_for(
    visit: Callable[..., Visit], member: User, competition: Competition
):
    here = visit(PHONE)
    here.sign_in(member)
    here.go(f"/competitions/{competition.pk}/")
    here.page.get_by_role("heading", name="What is needed, and when").evaluate("it => it.scrollIntoView()")
    expect(here.page.locator(".asked rect:not(.missing)").first).to_be_in_viewport(ratio=0.9)
