"""The doors: landing, sign-in, joining, today, the help centre, and what is said where something is not there."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import get_resolver

from dispatch.models import Instruction
from markets.models import Bid, Competition, User
from markets.rules.confirmations import RULES
from markets.templatetags.here import article_and_section
from sops.help import sections
from sops.models import Article

from .markup import faults

pytestmark = pytest.mark.django_db
ACCOUNT_PAGES = ["login", "signup", "password/reset", "password/reset/done", "inactive"]
MEMBER_PAGES = ["password/change", "logout", "email", "2fa", "reauthenticate"]


@pytest.mark.parametrize("path", ACCOUNT_PAGES)
def test_account_pages_are_ours_and_sound(path: str):
    response = Client().get(f"/accounts/{path}/")
    assert response.status_code == 200
    assert faults(response) == []
    assert 'class="skip"' in response.content.decode()


@pytest.mark.parametrize("path", MEMBER_PAGES)
def test_account_pages_of_a_member_are_ours_and_sound(path: str, member: User):
    browser_of_member = Client()
    browser_of_member.post("/accounts/login/", {"login": member.email, "password": "a-long-password"})
    response = browser_of_member.get(f"/accounts/{path}/")
    assert response.status_code == 200
    assert faults(response) == []
    assert "Voltwise" in response.content.decode()


def test_two_step_sign_in_is_offered_after_the_password_once_more(browser_of_member: Client):
    asked = browser_of_member.get("/accounts/2fa/totp/activate/")
    offered = browser_of_member.post(asked.headers["Location"], {"password": "a-long-password"}, follow=True)
    assert offered.request["PATH_INFO"] == "/accounts/2fa/totp/activate/"
    assert 'src="data:image/svg+xml' in offered.content.decode()
    assert faults(offered) == []


def test_a_member_signs_in_by_email_and_lands_on_today(member: User):
    browser = Client()
    answer = browser.post("/accounts/login/", {"login": "OWNER@voltwise.example", "password": "a-long-password"})
    assert answer.headers["Location"] == "/"
    assert "Today at Voltwise Energy Ltd" in browser.get("/").content.decode()


def test_a_wrong_password_is_said_without_saying_who_is_known(member: User):
    said = []
    for email in (member.email, "nobody@voltwise.example"):
        response = Client().post("/accounts/login/", {"login": email, "password": "wrong-password"})
        assert faults(response) == []
        said.append(re.findall(r"<li>(.*?)</li>", response.content.decode()))
    assert said[0] == said[1] != []


def test_nobody_signs_up_alone():
    response = Client().post(
        "/accounts/signup/", {"email": "x@y.example", "password1": "a-long-pass", "password2": "a-long-pass"}
    )
    assert "Sellers join by invitation" in response.content.decode()
    assert not User.objects.exists()


def test_an_invited_person_chooses_a_password_by_the_link(member: User):
    member.set_unusable_password()
    member.save()
    browser = Client()
    browser.post("/accounts/password/reset/", {"email": member.email})
    [message] = mail.outbox
    link = re.search(r"http\S+(/accounts/password/reset/key/\S+)", message.body)
    assert link, message.body
    form = browser.get(link[1], follow=True)
    assert faults(form) == []
    chosen = {"password1": "quite-a-long-one", "password2": "quite-a-long-one"}
    assert browser.post(form.request["PATH_INFO"], chosen).status_code == 302
    assert Client().login(email=member.email, password="quite-a-long-one")


def test_the_landing_page_is_for_strangers():
    response = Client().get("/")
    assert faults(response) == []
    assert "Sell flexibility to NGED" in response.content.decode()


def test_today_shows_what_waits(
    instruction: Instruction, competition: Competition, bid: Bid, browser_of_member: Client
):
    response = browser_of_member.get("/")
    page = response.content.decode()
    assert faults(response) == []
    assert "Instructions that wait for your answer" in page
    assert f"/instructions/{instruction}/" in page
    assert f"/bids/{bid}/" in page  # its result


def test_today_shows_what_closes_next(bid: Bid, browser_of_member: Client):
    page = browser_of_member.get("/").content.decode()
    assert "No instruction waits" in page
    assert f"/competitions/{bid.competition_id}/" in page
    assert ">1 bid<" in page


@pytest.mark.parametrize("address", ["/nothing/", "/competitions/999999/", "/help/nothing/", "/bids/B-999999/"])
def test_what_is_not_there_is_said_kindly(address: str, browser_of_member: Client):
    response = browser_of_member.get(address)
    assert response.status_code == 404
    assert "There is nothing at this address" in response.content.decode()
    assert faults(response) == []


def test_the_page_for_our_own_faults_needs_nothing(settings):
    page = (Path(settings.BASE_DIR) / "templates" / "500.html").read_text()
    assert "{{" not in page
    assert "{% url" not in page


def test_the_help_centre_finds_articles_by_their_words():
    assert "Nothing found" in Client().get("/help/?q=zebra").content.decode()
    found = Client().get("/help/?q=gate+closure")
    assert faults(found) == []
    assert "/help/bidding/" in found.content.decode()


def test_an_article_that_is_retired_is_not_there():
    assert Client().get("/help/bidding/").status_code == 200
    Article.objects.filter(slug="bidding").update(status="retired")
    assert Client().get("/help/bidding/").status_code == 404
    assert "/help/bidding/" not in Client().get("/help/").content.decode()


def test_an_article_cannot_run_anything():
    Article.objects.filter(slug="bidding").update(
        body="## Hello\n\n<script>alert(1)</script>\n\n**bold** [x](javascript:alert(1))"
    )
    response = Client().get("/help/bidding/")
    assert faults(response) == []
    page = response.content.decode()
    assert '<h2 id="hello">Hello</h2>' in page
    assert "<strong>bold</strong>" in page
    assert 'href="javascript' not in page


def test_every_help_link_of_a_template_and_of_a_rule_leads_somewhere():
    there = {(a.slug, s.anchor) for a in Article.objects.all() for s in sections(a.body)}
    there |= {(slug, "") for slug, _ in there}
    linked = {article_and_section(rule.help) for rule in RULES} | {
        pair
        for path in (settings.BASE_DIR / "templates").rglob("*.html")
        for pair in re.findall(r"""{% url 'sops:article' '([\w-]+)' %}#([\w-]+)""", path.read_text())
    }
    assert linked
    assert linked <= there


def test_every_page_view_names_its_help():
    resolver = get_resolver()
    without = []
    for namespace in ("markets", "dispatch", "settlement"):
        _, inner = resolver.namespace_dict[namespace]
        for pattern in inner.url_patterns:
            view = pattern.callback.view_class
            if getattr(view, "template_name", None) and not view.help:
                without.append(view.__name__)
    assert without == []
