"""Customer success takes in a seller's template for an asset; what is wrong with it is said beside the form."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from markets.models import Asset, JournalEntry, User
from settlement.models import AssetBaseline

WEEK = [f"{day},{hour:02}:{minute:02},-7.5" for day in range(1, 8) for hour in range(24) for minute in (0, 30)]


@pytest.fixture
def form(asset: Asset) -> dict[str, object]:
    return {"asset": asset.pk, "from_month": "15/03/2031", "method": "nominated", "devices": 1, "reason": ""}


def template(rows: list[str]) -> SimpleUploadedFile:
    return SimpleUploadedFile("week.csv", "\n".join(["day_of_week,local_time,power_kw", *rows]).encode())


def test_a_template_is_uploaded(console: Client, form: dict[str, object], colleague: User) -> None:
    add = reverse("admin:settlement_assetbaseline_add")
    assert console.get(add).status_code == 200
    assert console.post(add, form | {"file": template(WEEK)}).status_code == 302
    made = AssetBaseline.objects.get()
    assert (made.week_w, made.made_by, f"{made.from_month}") == ([-7500] * 336, colleague, "2031-03-01")
    assert JournalEntry.objects.filter(verb__contains="baseline").count() == 1
    page = console.get(reverse("admin:settlement_assetbaseline_change", args=[made.pk])).content.decode()
    assert "-7500 -7500" in page


def test_what_is_wrong_is_said_row_by_row(console: Client, form: dict[str, object]) -> None:
    add = reverse("admin:settlement_assetbaseline_add")
    page = console.post(add, form | {"file": template([*WEEK[1:], "Monday,00:10,1"])}).content.decode()
    assert "Line 337, local_time: Write the start of a half-hour in London time" in page
    assert (
        "has begun" in console.post(add, form | {"from_month": "01/03/2025", "file": template(WEEK)}).content.decode()
    )
    assert not AssetBaseline.objects.exists()
