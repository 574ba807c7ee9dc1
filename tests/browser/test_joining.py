"""A company joins on a phone without script: from asking to a confirmed mailbox, nothing wider than the window."""

import re
from collections.abc import Callable
from typing import Any

from markets.models import JoiningRequest, Mail, Market, Seller
from markets.operations.joining import invite_asked

from .conftest import PHONE, Visit


def link_to(recipient: str) -> str:
    """The path of the link in the last mail to a person."""
    found = re.search(
        r"http://[^/\s]+(/(?:invitation|contact-test)/\S+)", Mail.objects.filter(recipient=recipient).latest("pk").text
    )
    assert found
    return found[1]


def test_a_company_joins_on_a_phone_without_script(visit: Callable[..., Visit], market: Market):
    here = visit(PHONE, java_script_enabled=False)
    page: Any = here.page
    here.go("/")
    page.get_by_role("link", name="Ask to join").click()
    page.get_by_role("button", name="Send the request").click()
    assert page.get_by_role("alert").is_visible()
    here.check()
    page.get_by_label("Company", exact=True).fill("Turbine Ltd")
    page.get_by_label("Your name").fill("Tina Turner")
    page.get_by_label("Your email").fill("tina@turbine.example")
    page.get_by_role("button", name="Send the request").click()
    here.check()
    invite_asked(request=JoiningRequest.objects.get(), by="casey@piclo.example")

    here.go(link_to("tina@turbine.example"))
    page.get_by_label("Your name").fill("Tina Turner")
    page.get_by_label("Password").fill("a long sentence to remember")
    page.get_by_role("button", name="Accept and sign in").click()
    here.check()
    page.get_by_role("button", name=f"Take part in {market}").click()
    page.get_by_label("Email").fill("dispatch@turbine.example")
    page.get_by_role("button", name="Add it and send the test message").click()
    assert page.get_by_text("Waiting", exact=True).is_visible()
    here.check()

    reader = visit(PHONE, java_script_enabled=False)
    reader.go(link_to("dispatch@turbine.example"))
    reader.page.get_by_role("button", name="We read this mailbox").click()
    reader.check()
    page.reload()
    assert page.get_by_text("Confirmed", exact=True).is_visible()
    assert Seller.objects.get().dispatch_contacts.get().verified_at
