"""A seller's whole season by keyboard alone: joins, imports assets, bids by form and by file, revises, reads the result."""

import csv
import io
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from playwright.sync_api import expect

from markets.models import Asset, Bid, Competition, Mail, Market, Seller
from markets.operations import admissions, assets, people, results
from markets.rules.assets_file import COLUMNS
from markets.rules.notices import BidResult, QualificationDecision
from tests.conftest import ZONE, close, mpan

from .conftest import Visit
from .keys import Keys

OWNER, CONTROL_ROOM = "owner@turbine.example", "control-room@turbine.example"


def link_in_mail(recipient: str) -> str:
    """The path of the link in the last mail to somebody."""
    text = Mail.objects.filter(recipient=recipient).latest("pk").text
    found = re.search(r"https?://[^/\s]+(/\S+)", text)
    assert found, text
    return found[1]


def assets_file(folder: Path, *rows: dict[str, str]) -> Path:
    """A file of assets as a spreadsheet would save it."""
    labels = {column.field: column.label for column in COLUMNS}
    text = io.StringIO()
    writer = csv.DictWriter(text, labels.values())
    writer.writeheader()
    writer.writerows({labels[field]: cell for field, cell in row.items()} for row in rows)
    path = folder / "assets.csv"
    path.write_text(text.getvalue())
    return path


def depot(number: int) -> dict[str, str]:
    return {
        "ref": f"EV-{number}",
        "name": f"Depot {number}",
        "technology": "EV charge point",
        "zones": ZONE,
        "import_meter_id": mpan(number),
        "max_import_capacity_kw": "84",
    }


def filled_in(template: Path) -> Path:
    """The template of bids with a capacity and prices in its first row."""
    rows = list(csv.reader(template.read_text(encoding="utf-8-sig").splitlines()))
    wanted = {"Offered": "20", "Availability": "90", "Utilisation": "210", "Your reference": "by-file"}
    for i, label in enumerate(rows[0]):
        for start, cell in wanted.items():
            if label.startswith(start):
                rows[1][i] = cell
    path = template.with_name("filled.csv")
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def test_a_seller_joins_bids_and_reads_the_result_without_a_mouse(
    visit: Callable[..., Visit], market: Market, competition: Competition, tmp_path: Path
):
    here = visit()
    page, keys = here.page, Keys(here.page)
    invited = people.invite_seller(name="Turbine Ltd", email=OWNER, by="tests")
    admissions.admit(market=market, sellers=[invited], by="tests")
    _joins(here, keys)
    seller = Seller.objects.get(name="Turbine Ltd")
    people.verify_seller(seller=seller, by="tests")

    keys.follow("Assets")
    keys.follow("Send a file")
    keys.hand_over("CSV file", assets_file(tmp_path, depot(1), {**depot(2), "import_meter_id": "1234567890123"}))
    keys.follow("Check the file")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Not registered")
    here.check()
    keys.follow("Send the corrected file")
    keys.hand_over("CSV file", assets_file(tmp_path, depot(1), depot(2)))
    keys.follow("Check the file")
    keys.follow("Register 2 assets")
    here.check()
    _qualify(market, seller)

    keys.follow("Competitions")
    keys.follow(competition.name, starts=True)
    keys.tick("Evening", starts=True)
    keys.write("Capacity", "50.5", starts=True)
    keys.write("Availability price", "100", starts=True)
    keys.write("Utilisation price", "250", starts=True)
    keys.tick("EV-1", starts=True)
    keys.tick("All of this is true of this bid.")
    keys.follow("Place bid")
    here.check()
    by_form = Bid.objects.get(seller=seller)

    keys.follow("Bids")
    keys.follow("Upload", starts=True)
    keys.to("Template for", starts=True)
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    template = tmp_path / "template.csv"
    download.value.save_as(template)
    keys.hand_over("CSV file", filled_in(template), starts=True)
    keys.follow("Check this file")
    here.check()
    keys.tick("All of this is true of these bids.")
    keys.follow("Place bids")
    here.check()
    by_file = Bid.objects.get(seller=seller, seller_ref="by-file")
    assert by_file.capacity_kw == 20

    keys.follow("Bids")
    keys.follow(by_form.reference, starts=True)
    keys.follow("Revise", starts=True)
    keys.write("Capacity", "60", starts=True)
    keys.follow("Keep these terms")
    here.check()
    by_form.refresh_from_db()
    assert (by_form.capacity_kw, by_form.revision) == (Decimal(60), 2)

    close(market, competition)
    decided = [
        BidResult(by_form.reference, True, Decimal(60), Decimal(100), Decimal(250)),
        BidResult(by_file.reference, False, reason="The requirement was met by cheaper offers."),
    ]
    results.record_results(market=market, results=decided, by="tests")
    keys.follow("Bids")
    keys.follow(by_file.reference, starts=True)
    expect(page.get_by_role("main")).to_contain_text("The requirement was met by cheaper offers.")
    here.check()
    keys.follow("Contracts")
    expect(page.get_by_role("main")).to_contain_text(by_form.contract.reference)
    here.check()


def _joins(here: Visit, keys: Keys) -> None:
    """From the mailed link to a signed agreement and a mailbox that is read."""
    here.go(link_in_mail(OWNER))
    keys.write("Your name", "Tina Turner")
    keys.write("Password", "a long sentence to remember")
    keys.follow("Accept and sign in")
    here.check()
    keys.follow("Company")
    keys.follow("Take part", starts=True)
    keys.write("Email", CONTROL_ROOM)
    keys.follow("Add it and send the test message")
    here.check()
    keys.follow("Agreement")
    keys.write("Name of the signatory", "Tina Turner")
    keys.write("Position in the company", "Director")
    keys.tick("I may sign for the company", starts=True)
    keys.follow("Sign the agreement")
    here.check()
    here.go(link_in_mail(CONTROL_ROOM))
    keys.follow("We read this mailbox")
    expect(here.page.get_by_role("heading", level=1)).to_have_text("This mailbox is confirmed")


def _qualify(market: Market, seller: Seller) -> None:
    """What customer success and NGED do in between."""
    registered = list(Asset.objects.filter(seller=seller))
    assets.offer_assets(market=market, assets=registered, by="tests")
    decisions = [QualificationDecision(asset.pk, "qualified") for asset in registered]
    assets.decide_qualifications(market=market, decisions=decisions, by="tests")
