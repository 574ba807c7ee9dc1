"""Debian's Chromium against a live server: at desktop and phone width, with and without script."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request

from markets.models import User
from tests.pages.conftest import _articles, instruction  # noqa: F401 - the same fixtures

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
HERE = Path(__file__).parent
# Playwright's loop stays in this thread to the end of the session, and Django would take every query for one of a server's.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
WINDOWS = [
    pytest.param(DESKTOP, {}, id="desktop"),
    pytest.param(PHONE, {"has_touch": True}, id="phone", marks=pytest.mark.slow),
    pytest.param(PHONE, {"java_script_enabled": False}, id="phone-without-script"),
]
"""A story is walked in each; the default run leaves out the one between the other two."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="no Chromium is installed (apt-get install chromium)"))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return browser_type_launch_args | {"executable_path": CHROMIUM, "args": QUIET.split()}


@dataclass
class Visit:
    """A person in front of a browser; what went wrong on the way is kept."""

    page: Page
    site: str
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(10_000)
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._stays_home)

    def _listen(self, message: Any) -> None:
        if message.type in ("error", "warning") and "status of 422" not in message.text:
            self.complaints.append(message.text)

    def _stays_home(self, request: Request) -> None:
        if not request.url.startswith((self.site, "data:")):
            self.complaints.append(f"asked another site: {request.url}")

    def go(self, address: str) -> None:
        self.page.goto(f"{self.site}{address}")

    def sign_in(self, user: User) -> None:
        self.go("/accounts/login/")
        self.page.get_by_label("Email").fill(user.email)
        self.page.get_by_label("Password").fill("a-long-password")
        self.page.get_by_role("main").get_by_role("button", name="Sign in").click()
        self.page.get_by_role("heading", name="Today at").wait_for()

    def section(self, name: str) -> None:
        """Follows the navigation, through the menu where the window is narrow."""
        menu = self.page.get_by_text("Menu", exact=True)
        if menu.is_visible():
            menu.click()
        self.page.get_by_role("banner").get_by_role("link", name=name, exact=True).click()
        self.page.get_by_role("heading", level=1).wait_for()

    def check(self) -> None:
        """Nothing hangs over the edge of the window, and nobody complained."""
        wide = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{self.page.url} is {wide} px wider than the window"
        assert self.complaints == []


@pytest.fixture
def visit(browser: Browser, live_server: Any, request: pytest.FixtureRequest) -> Iterator[Callable[..., Visit]]:
    """Opens a window: `visit(PHONE, java_script_enabled=False)`."""
    contexts = []

    def open_window(viewport: dict[str, int] = DESKTOP, **options: Any) -> Visit:
        context = browser.new_context(viewport=viewport, locale="en-GB", **options)  # type: ignore[arg-type]
        contexts.append(context)
        return Visit(context.new_page(), live_server.url)

    yield open_window
    for context in contexts:
        if folder := os.environ.get("PAGE_SHOTS"):
            context.pages[0].screenshot(path=f"{folder}/{request.node.name}.png", full_page=True)
        context.close()
