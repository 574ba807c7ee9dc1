"""Every email that we send, as a mailbox shows it: by day and by night, on a desktop and on a small phone."""

from typing import Literal

import pytest
from playwright.sync_api import Page, ViewportSize

from piclo_nged.console.email_examples import EXAMPLES

from .test_accessible import AXE

RULES = {"resultTypes": ["violations"], "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
SMALL_PHONE, DESKTOP = ViewportSize(width=320, height=640), ViewportSize(width=1000, height=800)
Light = Literal["light", "dark"]


def faults(page: Page, light: Light) -> list[str]:
    """What axe finds, and what a reader would have to scroll to the side for."""
    page.emulate_media(color_scheme=light)
    found = []
    for window in (DESKTOP, SMALL_PHONE):
        page.set_viewport_size(window)
        page.evaluate(AXE)
        for fault in page.evaluate("(rules) => axe.run(document, rules)", RULES)["violations"]:
            found += [f"{light}: {fault['id']}: {node['html'][:150]}" for node in fault["nodes"]]
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            found.append(f"{light}: wider than {window['width']} px")
    return found


@pytest.mark.parametrize("light", ["light", "dark"])
def test_every_email_is_read_by_day_and_by_night(page: Page, light: Light) -> None:
    found = []
    for key, example in EXAMPLES.items():
        for mail in example.write():
            if mail.html:
                page.set_content(mail.html)
                found += [f"{key}: {fault}" for fault in faults(page, light)]
    assert found == []


def test_pale_words_would_be_seen(page: Page) -> None:
    [mail, *_] = EXAMPLES["start"].write()
    page.set_content(mail.html.replace("color:#55606c", "color:#bbbbbb"))
    assert any("color-contrast" in fault for fault in faults(page, "light"))
