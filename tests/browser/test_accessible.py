"""Every page of sellers is read by axe (WCAG 2.2 AA and good practice) at desktop and phone width: it finds nothing.

The addresses are those of the URL conf, with the values that `tests/pages/places.py` gives each of them: a new
address needs its case there, and so it comes here too.
"""

from collections.abc import Callable, Iterator
from typing import Any

from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Page, expect

from markets.models import Asset, Competition, User
from tests.pages.conftest import statement  # noqa: F401 - the same fixture
from tests.pages.places import SHOWN, Things
from tests.pages.test_reach import things  # noqa: F401

from .conftest import DESKTOP, PHONE, Visit

AXE = AXE_FILE_PATH.read_text()
RULES = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
ACCOUNT = ("/accounts/password/change/", "/accounts/2fa/", "/accounts/logout/")
SIGNED_OUT = ("/", "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/help/", "/help/bidding/")


def found(page: Page) -> Iterator[str]:
    """What axe finds at both widths, with everything unfolded, as sentences."""
    page.evaluate("document.querySelectorAll('main details').forEach((folded) => { folded.open = true })")
    page.evaluate(AXE)
    for window in (DESKTOP, PHONE):
        page.set_viewport_size(window)  # type: ignore[arg-type]
        for fault in page.evaluate("(rules) => axe.run(document, rules)", RULES)["violations"]:
            where = ", ".join(node["html"][:150] for node in fault["nodes"][:3])
            yield f"{page.url} at {window['width']} px: {fault['help']} ({fault['id']}): {where}"
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]


def test_axe_sees_what_is_wrong(visit: Callable[..., Visit], member: User):
    here = visit()
    here.go("/accounts/login/")
    here.page.evaluate(
        "document.querySelector('main h1').className = 'text-warning'; document.documentElement.lang = ''"
    )
    seen = " ".join(found(here.page))
    assert "(html-has-lang)" in seen
    assert "(color-contrast)" in seen


def test_axe_finds_nothing_on_any_page_of_sellers(
    visit: Callable[..., Visit],
    member: User,
    things: Things,  # noqa: F811
):
    here = visit()
    here.sign_in(member)
    faults = []
    for address in [*map(things.address, SHOWN), *ACCOUNT]:
        if address.endswith((".csv", ".pdf", "/file/")):
            continue
        here.go(address)
        expect(here.page.get_by_role("heading", level=1)).to_be_visible()
        faults += found(here.page)
    assert faults == []


def test_axe_finds_nothing_on_what_strangers_see(visit: Callable[..., Visit], member: User):
    here = visit()
    faults = []
    for address in SIGNED_OUT:
        here.go(address)
        faults += found(here.page)
    assert faults == []


def test_axe_finds_nothing_while_one_bids(
    visit: Callable[..., Visit],
    member: User,
    make_competition: Callable[..., Competition],
    make_asset: Callable[..., Asset],
    asset: Asset,
):
    """The form as it is found, with every error beside its field, with an estimate; the bid, its revision, its end."""
    competition = make_competition()
    away = make_asset(asset.seller, "AWAY-1")
    away.zones.clear()
    here = visit()
    page = here.page
    here.sign_in(member)
    here.go(f"/competitions/{competition.pk}/")
    faults: list[Any] = [*found(page)]
    page.get_by_role("button", name="Place bid").click()
    expect(page.get_by_role("alert")).to_be_visible()
    faults += found(page)
    page.get_by_label("Evening", exact=True).check()
    page.get_by_label("Capacity").fill("50.5")
    page.get_by_label("Availability price").fill("100")
    page.get_by_label("Utilisation price").fill("250")
    expect(page.get_by_text("This is no promise.")).to_be_visible()
    page.get_by_label("All of this is true of this bid.").check()
    faults += found(page)
    page.get_by_role("button", name="Place bid").click()
    expect(page.get_by_role("status")).to_contain_text("is placed")
    faults += found(page)
    for link in ("Revise", "Withdraw"):
        page.get_by_role("link", name=link).click()
        faults += found(page)
        page.get_by_role("link", name="Leave it as it is").click()
    here.go("/bids/")
    faults += found(page)
    assert faults == []
    here.check()
