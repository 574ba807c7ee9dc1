"""One meter of two sellers at the console: both are named here, and nowhere else; it is resolved with a reason."""

from dataclasses import replace
from typing import Any

from django.test import Client
from django.urls import reverse

from markets.models import Asset, JournalEntry, MpanClash
from markets.operations.assets import entry_of, register_assets


def test_a_clash_names_both_and_is_resolved_with_a_reason(
    console: Client, asset: Asset, other_seller: Any, colleague: Any
) -> None:
    register_assets(seller=other_seller, entries=[replace(entry_of(asset), ref="GB-1")], by="tests")
    clash = MpanClash.objects.get()
    page = console.get(reverse("admin:markets_mpanclash_changelist")).content.decode()
    assert "Voltwise Energy Ltd: EV-1" in page
    assert "Gridbeam Limited: GB-1" in page
    button = reverse("admin:markets_mpanclash_resolve", args=[clash.pk])
    console.post(button, {"_form_submitted": "True", "reason": "The customer signed with Gridbeam on 3 May."})
    clash.refresh_from_db()
    assert clash.resolution == "The customer signed with Gridbeam on 3 May."
    assert JournalEntry.objects.get(verb="resolve_clash").user == colleague


def test_an_asset_is_retired_with_a_reason(console: Client, asset: Asset) -> None:
    button = reverse("admin:markets_asset_retire", args=[asset.pk])
    console.post(button, {"_form_submitted": "True", "reason": "Another seller's meter."})
    asset.refresh_from_db()
    assert asset.retired_at is not None
    assert JournalEntry.objects.get(verb="retire_asset").reason == "Another seller's meter."
