"""Assets by file: the template, the preview with every error, all or none, and the same again changes nothing."""

import csv
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from markets.models import Asset, AssetUpload, JournalEntry
from markets.rules.assets_file import COLUMNS

from ..conftest import mpan
from .markup import faults
from .test_asset_pages import said

pytestmark = pytest.mark.django_db
HEADER = ("ref", "name", "asset_type", "postcode", "zones", "import_meter_id", "max_import_capacity [kW]")


def rows(count: int) -> list[list[str]]:
    return [[f"EV-{n}", "Depot", "EV charge point", "NG1 1AA", "", mpan(n), "84"] for n in range(count)]


def send(browser: Client, *lines: list[str], header: tuple[str, ...] = HEADER) -> str:
    """Uploads a file; returns the address of its preview."""
    text = io.StringIO()
    csv.writer(text).writerows([header, *lines])
    file = SimpleUploadedFile("assets.csv", text.getvalue().encode())
    response = browser.post("/assets/import/", {"file": file})
    assert response.status_code == 302, said(response)
    return str(response.headers["Location"])


def table(browser: Client, address: str) -> list[list[str]]:
    text = b"".join(browser.get(address).streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_the_template_is_the_header_that_is_read(browser_of_member: Client):
    assert table(browser_of_member, "/assets/import/template.csv") == [[column.label for column in COLUMNS]]
    explained = said(browser_of_member.get("/assets/import/"))
    assert all(column.label in explained and column.says in explained for column in COLUMNS)


def test_all_is_registered_once_it_was_looked_at(browser_of_member: Client, seller: Any, zone: Any):
    preview = send(browser_of_member, *[[*row[:4], zone.code, *row[5:]] for row in rows(3)])
    page = browser_of_member.get(preview)
    assert faults(page) == []
    assert "New 3 Here already, unchanged 0" in said(page)
    assert not Asset.objects.exists()
    assert browser_of_member.post(preview).headers["Location"] == "/assets/"
    assert seller.assets.filter(zones=zone).count() == 3
    assert "3 assets are registered." in said(browser_of_member.get("/assets/"))
    assert "3 assets of this file were registered" in said(browser_of_member.get(preview))


def test_every_error_is_told_with_line_column_and_value_and_nothing_is_kept(browser_of_member: Client, asset: Asset):
    good, bad_meter, bad_number, repeated, ours = rows(5)
    bad_meter[5], bad_number[6], repeated[0], ours[5] = "123", "lots", "EV-0", asset.import_meter_id
    good[5] = mpan(70)
    bad_meter[0], ours[0] = "EV-10", "EV-50"
    preview = send(browser_of_member, good, bad_meter, bad_number, repeated, ours)
    page = said(browser_of_member.get(preview))
    for told in (
        "4 things to correct",
        "3 import_meter_id 123 An MPAN has 13 digits",
        "4 max_import_capacity [kW] lots Write a plain number",
        "5 ref EV-0 This reference stands twice.",
        f"6 import_meter_id {asset.import_meter_id} Your asset EV-1 has this MPAN already.",
    ):
        assert told in page, told
    assert browser_of_member.post(preview).status_code == 422
    assert Asset.objects.count() == 1


def test_what_went_wrong_since_the_preview_is_told_then(browser_of_member: Client, seller: Any, make_asset: Any):
    preview = send(browser_of_member, *rows(1))
    make_asset(seller, "EV-0")
    response = browser_of_member.post(preview)
    assert response.status_code == 422
    assert "You already have an asset with this reference" in said(response)


def test_the_same_again_changes_nothing(browser_of_member: Client):
    browser_of_member.post(send(browser_of_member, *rows(2)))
    twice = send(browser_of_member, *rows(2))
    assert "New 0 Here already, unchanged 2" in said(browser_of_member.get(twice))
    for _ in range(2):
        browser_of_member.post(twice)
    assert Asset.objects.count() == 2
    assert JournalEntry.objects.filter(verb="register_assets").count() == 1


def test_ones_own_assets_as_a_file_are_read_as_they_stand(browser_of_member: Client, asset: Asset):
    header, row = table(browser_of_member, "/assets/assets.csv")
    assert row[0] == asset.ref
    again = send(browser_of_member, row, header=tuple(header))
    assert "New 0 Here already, unchanged 1" in said(browser_of_member.get(again))


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "The file is empty"), (None, "Choose a file.")],
)
def test_no_file_is_told(content: bytes | None, says: str, browser_of_member: Client):
    sent = {} if content is None else {"file": SimpleUploadedFile("assets.csv", content)}
    response = browser_of_member.post("/assets/import/", sent)
    assert (response.status_code, AssetUpload.objects.count()) == (422, 0)
    assert says in said(response)


def test_a_longer_file_takes_no_more_queries(browser_of_member: Client):
    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert browser_of_member.get(address).status_code == 200
        return len(asked)

    few, many = send(browser_of_member, *rows(2)), send(browser_of_member, *rows(200))
    assert queries(few) == queries(many) <= 14
