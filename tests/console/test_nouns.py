"""Every noun of the story stands in the console, is found and listed in few queries, and changes only by operations."""

from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from markets.admin.noun import EditableNoun
from markets.models import JournalEntry, User

from .crowd import crowd

APPS = ("markets", "dispatch", "settlement", "sops")
NOUNS = [model for app in APPS for model in apps.get_app_config(app).get_models()]
EDITABLE = {"auctioncalendar", "operator", "market", "product", "zone", "step", "article"}
STANDING = {"terms", "assetbaseline"}  # added in a form, and never changed: another one is a further row
ADDABLE = EDITABLE - {"step", "article"} | STANDING
MOST_QUERIES = 15

noun = pytest.mark.parametrize("model", NOUNS, ids=lambda model: model._meta.model_name)


def address(model: type[Model], page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@noun
def test_every_noun_is_in_the_console(model: type[Model]) -> None:
    assert admin.site.is_registered(model)
    shown = admin.site._registry[model]
    assert shown.search_fields, "customer success cannot look it up"
    assert "__str__" not in shown.list_display


def test_nothing_else_is_in_the_console() -> None:
    assert {model._meta.app_label for model in admin.site._registry} == set(APPS)


def queries_of(console: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert console.get(url).status_code == 200
    return len(queries)


@pytest.fixture
def lists_of_three_and_thirty(console: Client) -> dict[str, tuple[int, int]]:
    """Queries of each list with 3 and with 30 rows."""
    crowd(3)
    few = {model: queries_of(console, address(model, "changelist")) for model in NOUNS}
    crowd(27, since=3)
    many = {model: queries_of(console, address(model, "changelist")) for model in NOUNS}
    return {model._meta.label: (few[model], many[model]) for model in NOUNS}


def test_no_list_grows_with_its_rows(lists_of_three_and_thirty: dict[str, tuple[int, int]]) -> None:
    grown = {name: counts for name, counts in lists_of_three_and_thirty.items() if counts[1] > counts[0]}
    heavy = {name: counts for name, counts in lists_of_three_and_thirty.items() if max(counts) > MOST_QUERIES}
    assert not grown
    assert not heavy


def test_each_record_and_each_search_opens(console: Client) -> None:
    crowd(2)
    for model in NOUNS:
        record = model._default_manager.order_by("pk").first()
        page = console.get(address(model, "change", record.pk))
        assert page.status_code == 200, model
        found = console.get(address(model, "changelist"), {"q": "zzz no such thing"})
        assert found.status_code == 200, model
        assert found.context["cl"].result_count == 0, f"{model}: the search finds what it should not"


@noun
def test_nobody_deletes_and_only_reference_data_is_edited(model: type[Model], rf: Any, customer_success: Any) -> None:
    """Even a superuser: the journal, raw triggers, bids and statements are not for editing."""
    request = rf.get("/")
    request.user = customer_success
    shown = admin.site._registry[model]
    name = model._meta.model_name
    assert not shown.has_delete_permission(request)
    assert shown.has_change_permission(request) == (name in EDITABLE | {"user"})
    assert shown.has_add_permission(request) == (name in ADDABLE | {"user"})
    assert isinstance(shown, EditableNoun) == (name in EDITABLE | STANDING | {"user"})


@pytest.mark.parametrize("act", ["add", "delete"])
def test_a_bid_is_neither_added_nor_deleted_by_hand(console: Client, bid: Any, act: str) -> None:
    args = [bid.pk] if act == "delete" else []
    assert console.get(address(type(bid), act, *args)).status_code == 403
    assert console.post(address(type(bid), "change", bid.pk), {"capacity_kw": "9999"}).status_code == 403


def test_states_are_no_fields(rf: Any, customer_success: Any) -> None:
    request = rf.get("/")
    request.user = customer_success
    for model, shown in admin.site._registry.items():
        guarded = {"status", "answer"} & {field.name for field in model._meta.fields if hasattr(model, "MOVES")}
        record = model(pk=1)
        fixed = set(shown.get_readonly_fields(request, record))
        assert guarded <= fixed, f"{model}: a state can be typed in"


def test_an_edit_of_reference_data_stands_in_the_journal(console: Client, zone: Any, colleague: Any) -> None:
    form = {"operator": zone.operator_id, "code": zone.code, "name": "Newbridge", "licence_area": "EM", "level": "hv"}
    console.post(address(type(zone), "change", zone.pk), form)
    zone.refresh_from_db()
    assert zone.name == "Newbridge"
    entry = JournalEntry.objects.get(verb="edit_zone")
    assert (entry.user, entry.subject_id) == (colleague, zone.pk)


def test_strangers_are_sent_to_sign_in(client: Client, member: Any) -> None:
    for who in (None, member):
        if who:
            client.force_login(who)
        answer = client.get(reverse("admin:index"))
        assert answer.status_code == 302
        assert "/console/login/" in answer["Location"]


class TestColleagues:
    """Accounts of customer success: superusers make them, everybody else looks."""

    NEW = {
        "email": "new@piclo.example",
        "is_staff": "on",
        "usable_password": "true",
        "password1": "a-long-password-7",
        "password2": "a-long-password-7",
        "memberships-TOTAL_FORMS": "0",
        "memberships-INITIAL_FORMS": "0",
    }

    def test_a_superuser_makes_an_account_that_can_sign_in(self, client: Client, customer_success: Any) -> None:
        client.force_login(customer_success)
        client.post(reverse("admin:markets_user_add"), self.NEW)
        assert JournalEntry.objects.get(verb="add_user").user == customer_success
        client.logout()
        signed_in = {"login": "new@piclo.example", "password": "a-long-password-7"}
        door = client.get(reverse("admin:index"), follow=True).redirect_chain[-1][0]
        answer = client.post(door, signed_in)
        assert answer.headers["Location"] == reverse("admin:index")
        assert client.get(reverse("admin:index")).status_code == 200

    def test_nobody_else_makes_or_raises_one(self, console: Client, colleague: Any) -> None:
        assert console.post(reverse("admin:markets_user_add"), self.NEW).status_code == 403
        raised = {"email": colleague.email, "is_active": "on", "is_staff": "on", "is_superuser": "on"}
        assert console.post(address(User, "change", colleague.pk), raised).status_code == 403
        colleague.refresh_from_db()
        assert not colleague.is_superuser


@pytest.mark.parametrize("place", ["app_list", "password_change", "jsi18n"])
def test_the_sites_own_pages_open(console: Client, place: str) -> None:
    for app in APPS if place == "app_list" else [None]:
        url = reverse(f"admin:{place}", kwargs={"app_label": app} if app else None)
        assert console.get(url).status_code == 200


def test_every_link_of_the_sidebar_opens(console: Client) -> None:
    groups = console.get(reverse("admin:index")).context["sidebar_navigation"]
    links = [item["link"] for group in groups for item in group["items"]]
    assert len(links) > 30
    for link in links:
        assert console.get(str(link)).status_code == 200, link
