"""NGED's files at the console: out in its columns, in by the same check and operation as its API."""

import csv
import io
from collections.abc import Callable
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from markets.models import Bid, Competition, Contract, JournalEntry, Postcode, ServiceWindow
from markets.operations.bids import place_bids
from markets.operations.competitions import publish_competitions
from piclo_nged.dso.nged.columns import POSTCODES, RESULTS_SUMMARY, label_of
from piclo_nged.dso.nged.sample import sample_season
from piclo_nged.dso.nged.wire import Outcome, SummaryRow, write_short_term, write_summary
from tests.conftest import close, notice, offer


def file_of(console: Client, noun: str, file: str = "0", **query: str) -> str:
    """The exported file; `file` is its place among those to choose from."""
    address = f"{reverse(f'admin:markets_{noun}_export')}?{urlencode(query)}"
    answer = console.post(address, {"resource": file, "format": "0"})
    assert answer["Content-Type"].startswith("text/csv"), answer.context["form"].errors
    return answer.content.decode()


def rows_of(console: Client, noun: str, file: str = "0", **query: str) -> list[dict[str, str]]:
    """The exported file, row by row."""
    return list(csv.DictReader(io.StringIO(file_of(console, noun, file, **query))))


class TestOut:
    def test_bids_leave_in_the_columns_of_trade_results_summary(self, console: Client, bid: Bid) -> None:
        [row] = rows_of(console, "bid")
        assert list(row) == [column.label for column in RESULTS_SUMMARY]
        assert (row["Company Name"], row["Offered Capacity [kW]"]) == ("Voltwise Energy Ltd", "50.5")
        assert (row["Technology Type"], row["Number of Assets"]) == ("EV charge point", "12")
        assert row["Trade Outcome"] == row["Accepted Capacity [kW]"] == row["Offered Utilisation Price"] == ""

    def test_decided_bids_and_contracts_tell_outcome_and_prices(self, console: Client, contract: Contract) -> None:
        told = rows_of(console, "bid")
        assert told == rows_of(console, "contract")
        assert (told[0]["Trade Outcome"], told[0]["Accepted Capacity [kW]"]) == ("Accepted", "50.5")
        assert told[0]["Offered Utilisation Price"] == told[0]["Awarded Utilisation Price"] == "250.0"

    def test_a_bid_of_two_technologies_has_two_rows(
        self, console: Client, make_asset: Callable[..., Any], seller: Any, market: Any, competition: Competition
    ) -> None:
        battery = make_asset(seller, "BAT-1")
        type(battery).objects.filter(pk=battery.pk).update(technology="Battery", device_count=1)
        make_asset(seller, "EV-1")
        place_bids(seller=seller, market=market, offers=[offer(assets=("EV-1", "BAT-1"))], by="tests")
        told = rows_of(console, "bid")
        assert {(row["Technology Type"], row["Number of Assets"]) for row in told} == {
            ("Battery", "1"),
            ("EV charge point", "12"),
        }

    def test_competitions_leave_a_row_per_window(self, console: Client, competition: Competition) -> None:
        [row] = rows_of(console, "competition")
        assert (row["Trade Window Name"], row["Tendered Capacity [kW]"]) == ("Evening", "500.0")
        assert "Company Name" not in row

    def test_the_file_holds_what_the_list_shows(self, console: Client, bid: Bid) -> None:
        assert rows_of(console, "bid", q="no such bid") == []
        assert len(rows_of(console, "bid", q=bid.reference)) == 1

    @pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+44", "-1+1", "@SUM(A1)", "\tx"])
    def test_no_spreadsheet_runs_what_a_seller_calls_itself(self, console: Client, bid: Bid, name: str) -> None:
        type(bid.seller).objects.filter(pk=bid.seller_id).update(name=name)
        [row] = rows_of(console, "bid")
        assert row["Company Name"] == f"'{name}"

    def test_the_file_of_many_bids_takes_the_queries_of_one(
        self, console: Client, seller: Any, market: Any, bid: Bid
    ) -> None:
        with CaptureQueriesContext(connection) as one:
            assert len(rows_of(console, "bid")) == 1
        offers = [offer(capacity_kw=Decimal(number)) for number in range(1, 61)]
        place_bids(seller=seller, market=market, offers=offers, by="tests")
        with CaptureQueriesContext(connection) as many:
            assert len(rows_of(console, "bid")) == 61
        assert len(many) == len(one) <= 15


def upload(console: Client, market: Any, text: str, kind: str = "competitions", keep: str = "") -> Any:
    file = SimpleUploadedFile("nged.csv", text.encode())
    form = {"kind": kind, "market": market.pk, "file": file, **({"keep": keep} if keep else {})}
    return console.post(reverse("admin:nged_file"), form)


def season_of_today(**changes: Any) -> str:
    """A Trade Results Summary of one opportunity whose gate is open until tomorrow."""
    today, first = timezone.localdate(), date(2030, 1, 1)
    row = SummaryRow(
        zone="CMZ_T9A_EM_0001",
        product="Dynamic",
        name="Winter, evenings",
        windows=("January 2030",),
        first_day=first,
        last_day=first + timedelta(days=30),
        weekdays=(1, 2, 3),
        start_time=time(16),
        end_time=time(20),
        required_kw=Decimal(100),
        ceiling_availability=Decimal(125),
        ceiling_utilisation=Decimal(300),
        ceiling_sustain=Decimal(0),
        opens_on=today - timedelta(days=1),
        closes_on=today + timedelta(days=1),
        company="Voltwise Energy Ltd",
        offered_kw=Decimal("50.5"),
        offered_availability=Decimal(100),
        offered_utilisation=Decimal(250),
        offered_sustain=Decimal(0),
        outcome=Outcome.REJECTED,
        accepted_kw=Decimal(0),
        awarded_availability=Decimal(0),
        awarded_utilisation=Decimal(0),
        awarded_sustain=Decimal(0),
        technology="EV charge point",
        assets=12,
        installed_kw=Decimal(84),
        for_restore=False,
        restore_price=Decimal(0),
    )
    return write_summary([row]).replace(*changes["replaced"]) if changes else write_summary([row])


class TestIn:
    def test_a_check_keeps_nothing_and_says_what_would_be_kept(
        self, console: Client, market: Any, products: Any
    ) -> None:
        entries = JournalEntry.objects.count()
        page = upload(console, market, sample_season())
        assert page.context["outcome"].told["created"] > 50
        assert "would be kept as" in page.content.decode()
        assert not Competition.objects.exists()
        assert JournalEntry.objects.count() == entries

    def test_what_was_checked_is_kept_once(self, console: Client, market: Any, colleague: Any) -> None:
        text = sample_season()
        checked = upload(console, market, text)
        kept = upload(console, market, text, keep=checked.context["digest"])
        assert kept.url == reverse("admin:markets_competition_changelist")
        assert Competition.objects.count() == checked.context["outcome"].told["created"]
        assert JournalEntry.objects.get(verb="publish_competitions").user == colleague
        again = upload(console, market, text)
        assert again.context["outcome"].told["unchanged"] == Competition.objects.count()

    def test_another_file_than_the_checked_one_is_not_kept(self, console: Client, market: Any) -> None:
        checked = upload(console, market, season_of_today())
        upload(console, market, sample_season(), keep=checked.context["digest"])
        assert not Competition.objects.exists()

    @pytest.mark.parametrize(
        ("replaced", "column", "reason"),
        [
            (("2030-01-31", "31/31/2030"), "Trade Opportunity Delivery End Date", "no such day"),
            (("Offered Capacity [kW]", "Offered Capacity [MW]"), "Offered Capacity [MW]", "wrong unit"),
            (("Technology Type", "Colour"), "Colour", "unknown column"),
            (("125.0", "cheap"), "Tendered Ceiling Availability Price", "not a number"),
            (("Dynamic", "Turbo"), label_of(RESULTS_SUMMARY, "product"), "Unknown product"),
        ],
    )
    def test_a_bad_file_is_told_by_line_column_and_reason(
        self, console: Client, market: Any, replaced: tuple[str, str], column: str, reason: str
    ) -> None:
        page = upload(console, market, season_of_today(replaced=replaced))
        problems = [row for row in page.context["outcome"].problems if row.column == column]
        assert problems, page.context["outcome"]
        assert reason in problems[0].reason
        assert problems[0].line in (1, 2)
        assert column in page.content.decode()
        upload(console, market, season_of_today(replaced=replaced), keep=page.context["digest"])
        assert not Competition.objects.exists()

    def test_what_is_no_file_of_nged_is_said_to_be_none(self, console: Client, market: Any) -> None:
        page = upload(console, market, "a,b,c\n1,2,3\n")
        assert "none of NGED's files" in page.context["outcome"].stops

    def test_a_file_that_only_asks_for_capacity_holds_no_results(self, console: Client, market: Any) -> None:
        page = upload(console, market, write_short_term([]), "results")
        assert "it has no results" in page.context["outcome"].stops

    def test_results_come_back_in_the_file_that_left(
        self, console: Client, market: Any, seller: Any, asset: Any
    ) -> None:
        """Bids go out as Trade Results Summary; NGED fills in the outcome; the file comes in as results."""
        text = season_of_today()
        upload(console, market, text, keep=upload(console, market, text).context["digest"])
        competition = Competition.objects.get()
        window = ServiceWindow.objects.get().name
        terms = offer(competition.reference, windows=(window,))
        [bid] = place_bids(seller=seller, market=market, offers=[terms], by="tests")
        assert upload(console, market, text, "results").context["outcome"].stops, "results before gate closure"
        close(market, competition)
        [row] = rows_of(console, "bid")
        row |= {"Trade Outcome": "Accepted", "Accepted Capacity [kW]": "50.5"}
        row |= {
            "Awarded Availability Price": "110.0",
            "Awarded Utilisation Price": "260.0",
            "Awarded Sustain Price": "0.0",
        }
        out = io.StringIO()
        csv.DictWriter(out, row).writeheader()
        csv.DictWriter(out, row).writerow(row)
        checked = upload(console, market, out.getvalue(), "results")
        assert checked.context["outcome"].told["accepted"] == 1
        assert not Contract.objects.exists()
        upload(console, market, out.getvalue(), "results", keep=checked.context["digest"])
        contract = Contract.objects.get(bid=bid)
        assert (contract.accepted_kw, contract.utilisation_gbp_per_mwh) == (Decimal("50.5"), Decimal(260))

    def test_the_page_is_for_customer_success_alone(self, client: Client, member: Any, market: Any) -> None:
        client.force_login(member)
        publish_competitions(market=market, notices=[notice()], by="tests")
        assert upload(client, market, sample_season()).status_code == 302
        assert Competition.objects.count() == 1


def postcodes(*rows: str) -> str:
    """WHERE All Postcodes."""
    labels = ",".join(column.label for column in POSTCODES)
    return "\r\n".join([labels, *(f"{row},Main Street,940017,Berkswell" for row in rows)])


def test_the_table_of_postcodes_is_checked_and_kept_for_all_markets_of_the_operator(
    console: Client, market: Any, zone: Any
) -> None:
    text = postcodes(f"NG1 1AA,{zone.code},Testbridge,,", "NG1,,,,", "NG1 1AB,CMZ_T9A_EM_0002,Newbridge,,")
    checked = upload(console, market, text, kind="postcodes")
    assert checked.context["told"].startswith("2 new postcodes, 0 changed, 0 unchanged, 1 new zones")
    assert [(row.line, row.value) for row in checked.context["outcome"].problems] == [(3, "NG1")]
    assert not Postcode.objects.exists()
    upload(console, market, text, kind="postcodes", keep=checked.context["digest"])
    assert set(Postcode.objects.values_list("code", "hv_zone__code")) == {
        ("NG11AA", zone.code),
        ("NG11AB", "CMZ_T9A_EM_0002"),
    }
    assert JournalEntry.objects.get(verb="take_postcodes").details["new"] == 2
    again = upload(console, market, text, kind="postcodes")
    assert "2 unchanged" in again.context["told"]


def test_a_file_that_is_no_table_of_postcodes_stops(console: Client, market: Any) -> None:
    page = upload(console, market, "Post Code,Zone\r\nNG1 1AA,CMZ_1\r\n", kind="postcodes")
    assert page.context["outcome"].stops == "No postcode of this file can be kept."
