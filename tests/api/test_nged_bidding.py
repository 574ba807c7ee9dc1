"""NGED's side of registration and bidding, over the API: published, qualified, collected, decided, compared."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from markets.models import Bid, Competition, Contract, Discrepancy, Market, Receipt, ServiceWindow
from markets.operations.feeds import read_bid_changes
from tests.conftest import ZONE, close

from .conftest import Machine, problem_of

pytestmark = pytest.mark.django_db
V1 = "/api/nged/v1"


def published(**more: Any) -> dict[str, Any]:
    """A competition in NGED's JSON, open now."""
    now = timezone.now()
    window = {
        "name": "January 2027",
        "first_day": "2027-01-01",
        "last_day": "2027-01-31",
        "weekdays": [1, 2, 3, 4, 5],
        "local_start": "16:00",
        "local_end": "20:00",
        "required_kw": 135.000000004768,
    }
    return {
        "name": "Winter evenings",
        "product": "Dynamic",
        "zone": ZONE,
        "opens_at": (now - timedelta(hours=1)).isoformat(),
        "closes_at": (now + timedelta(days=1)).isoformat(),
        "first_day": "2027-01-01",
        "last_day": "2027-01-31",
        "required_kw": "135.0",
        "utilisation_ceiling_gbp_per_mwh": "488",
        "windows": [window],
    } | more


def test_a_competition_is_published_once_and_revised(nged: Machine, market: Market) -> None:
    body = published()
    address = f"{V1}/competitions/T9A-1?market={market.key}"
    first = nged.put(address, body)
    assert (first.status_code, first.json()["created"]) == (201, ["T9A-1"])
    again = nged.put(address, body)
    assert (again.status_code, again.json()["unchanged"]) == (200, ["T9A-1"])
    revised = nged.put(address, body | {"required_kw": 200})
    assert (revised.status_code, revised.json()["revised"]) == (200, ["T9A-1"])
    window = ServiceWindow.objects.get(competition__reference="T9A-1")
    assert str(window.required_kw) == "135.0000"
    assert Competition.objects.get(reference="T9A-1").revision == 2


def test_every_fault_of_a_competition_is_named(nged: Machine, market: Market) -> None:
    for reference in ("a%0Ab", "%2E%2E"):
        [error] = problem_of(nged.put(f"{V1}/competitions/{reference}?market={market.key}", published()), 422)["errors"]
        assert error["reason"].startswith("A reference is one line")
    late = published(opens_at="2026-12-02T00:00:00+01:00", closes_at="2026-12-01T23:00:00Z")
    [error] = problem_of(nged.put(f"{V1}/competitions/T9A-1?market={market.key}", late), 422)["errors"]
    assert error["value"] == "2026-12-01T23:00:00+00:00"
    body = published(opens_at="2026-11-01T00:00:00", required_mw=3, required_kw="1,35")
    body["windows"][0]["weekdays"] = [8]
    errors = problem_of(nged.put(f"{V1}/competitions/T9A-1?market={market.key}", body), 422)["errors"]
    assert {error["column"] for error in errors} == {"opens_at", "required_mw", "required_kw", "windows[0].weekdays[0]"}
    assert {error["column"]: error["value"] for error in errors}["required_kw"] == "1,35"
    assert not Competition.objects.exists()


def test_of_a_list_the_good_ones_are_kept(nged: Machine, market: Market) -> None:
    rows = [
        published(reference="A"),
        published(reference="B", product="Dynamo"),
        published(reference="C", first_day="31/01/2027"),
        published(reference="A"),
    ]
    answer = nged.post(f"{V1}/competitions/import?market={market.key}", rows)
    assert answer.status_code == 207
    assert answer.json()["created"] == ["A"]
    assert [(p["line"], p["column"], p["value"]) for p in answer.json()["problems"]] == [
        (2, "product", "Dynamo"),
        (3, "first_day", "31/01/2027"),
        (4, "reference", "A"),
    ]


def test_a_list_without_any_good_row_is_refused(nged: Machine, market: Market) -> None:
    answer = nged.post(f"{V1}/competitions/import?market={market.key}", [published(reference="B", product="?")])
    assert problem_of(answer, 422)["errors"][0]["line"] == 1


def test_assets_on_offer_are_read_by_position_and_decided(nged: Machine, market: Market, asset: Any) -> None:
    page = nged.get(f"{V1}/assets?market={market.key}").json()
    assert page["items"][0] | {"offered_at": None} == {
        "position": 1,
        "asset": asset.pk,
        "status": "qualified",
        "reason": "",
        "offered_at": None,
        "company": "Voltwise Energy Ltd",
        "zones": [ZONE],
        "ref": "EV-1",
        "name": asset.name,
        "category": "",
        "scale": "",
        "technology": "EV charge point",
        "device_count": 12,
        "voltage_level": "lv",
        "connection_status": "operational",
        "operational_date": None,
        "retired_at": None,
        "postcode": "NG1 1AA",
        "latitude": None,
        "longitude": None,
        "import_meter_id": asset.import_meter_id,
        "export_meter_id": "",
        "licence_area": "EM",
        "max_import_capacity_kw": "84.0000",
        "max_export_capacity_kw": "84.0000",
        **dict.fromkeys(["active_import_kw", "active_export_kw", "reactive_import_kvar", "reactive_export_kvar"]),
        **{f"{name}_minutes": None for name in ("response_time", "min_runtime", "max_runtime", "recovery_time")},
        "metering_point": "boundary",
        "meter_interval_minutes": 30,
    }
    assert nged.get(f"{V1}/assets?market={market.key}&after={page['next']}").json() == {"items": [], "next": 1}
    decisions = [{"asset": asset.pk, "status": "refused", "reason": "Not fed by this substation."}]
    assert nged.post(f"{V1}/qualifications?market={market.key}", decisions).json() == {"changed": 1}
    assert asset.qualifications.get().reason == "Not fed by this substation."
    wrong = [{"asset": asset.pk, "status": "qualified"}, {"asset": 999_999, "status": "qualified"}]
    [error] = problem_of(nged.post(f"{V1}/qualifications?market={market.key}", wrong), 422)["errors"]
    assert (error["line"], error["value"]) == (2, "999999")
    assert asset.qualifications.get().status == "refused"


def test_sealed_bids_are_not_in_the_feed_before_gate_closure(nged: Machine, market: Market, bid: Bid) -> None:
    answer = nged.get(f"{V1}/bids?market={market.key}")
    assert answer.json() == {"items": [], "next": 0}
    close(market, bid.competition)
    items = nged.get(f"{V1}/bids?market={market.key}").json()["items"]
    assert [item["kind"] for item in items] == ["placed", "closed"]
    assert items[0]["capacity_kw"] == "50.5000"
    assert items[1]["count"] == 1


def test_the_feed_pages_by_position_and_takes_receipts(nged: Machine, market: Market, bid: Bid) -> None:
    close(market, bid.competition)
    first = nged.get(f"{V1}/bids?market={market.key}&after=0&limit=1").json()
    assert (len(first["items"]), first["next"]) == (1, 1)
    second = nged.get(f"{V1}/bids?market={market.key}&after=1&limit=1").json()
    assert (second["items"][0]["position"], second["items"][0]["kind"]) == (2, "closed")
    receipt = {"bid": bid.reference, "revision": 1}
    assert nged.post(f"{V1}/bids/receipts?market={market.key}", [receipt]).json() == {"changed": 1}
    assert nged.post(f"{V1}/bids/receipts?market={market.key}", [receipt]).json() == {"changed": 0}
    unsent = nged.post(f"{V1}/bids/receipts?market={market.key}", [receipt, receipt | {"revision": 7}])
    assert problem_of(unsent, 422)["errors"][0]["line"] == 2
    assert Receipt.objects.count() == 1


def test_results_make_contracts_and_repeats_succeed(nged: Machine, market: Market, bid: Bid) -> None:
    close(market, bid.competition)
    prices = {"availability_gbp_per_mw_h": 100, "utilisation_gbp_per_mwh": "250.00000000001"}
    result = {"bid": bid.reference, "accepted": True, "accepted_kw": "50.5", **prices}
    answer = nged.post(f"{V1}/results?market={market.key}", {"results": [result]})
    assert answer.json() == {"accepted": 1, "rejected": 0, "repeated": 0, "no_response": 0, "not_ours": 0}
    again = nged.post(f"{V1}/results?market={market.key}", {"results": [result]})
    assert again.json()["repeated"] == 1
    other = nged.post(f"{V1}/results?market={market.key}", {"results": [result | {"accepted_kw": "12"}]})
    assert problem_of(other, 409)["errors"][0]["value"] == bid.reference
    assert Discrepancy.objects.get().theirs == "12.0000"
    assert str(Contract.objects.get().utilisation_gbp_per_mwh) == "250.0000"


def test_what_is_refused_under_a_key_is_kept_once_for_our_people(nged: Machine, market: Market, bid: Bid) -> None:
    """The answer is kept with its key, and so is what NGED said of a bid that we do not know."""
    close(market, bid.competition)
    results = {"results": [{"bid": "B-777777", "accepted": False}, {"bid": bid.reference, "accepted": False}]}
    address = f"{V1}/results?market={market.key}"
    first = nged.post(address, results, headers={"Idempotency-Key": "r-1"})
    assert [error["value"] for error in problem_of(first, 422)["errors"]] == ["B-777777"]
    again = nged.post(address, results, headers={"Idempotency-Key": "r-1"})
    assert again["Idempotency-Replayed"] == "true"
    problem_of(nged.post(address, results), 422)
    assert [(d.kind, d.bid) for d in Discrepancy.objects.all()] == [("unknown_bid", "B-777777")]
    assert Bid.objects.get(pk=bid.pk).status == "placed"


def test_results_before_gate_closure_are_refused(nged: Machine, market: Market, bid: Bid) -> None:
    answer = nged.post(f"{V1}/results?market={market.key}", {"results": [{"bid": bid.reference, "accepted": False}]})
    assert "still open" in problem_of(answer, 422)["errors"][0]["reason"]


def test_a_result_that_accepts_and_rejects_is_refused(nged: Machine, market: Market, bid: Bid) -> None:
    """To take it for a rejection would be for good."""
    close(market, bid.competition)
    odd = [{"bid": bid.reference, "accepted": False, "accepted_kw": "1"}]
    [error] = problem_of(nged.post(f"{V1}/results?market={market.key}", {"results": odd}), 422)["errors"]
    assert (error["line"], error["column"]) == (1, "accepted_kw")
    assert Bid.objects.get(pk=bid.pk).status == "placed"


def test_a_window_that_nobody_bid_in(nged: Machine, market: Market, competition: Competition) -> None:
    close(market, competition)
    silent = [{"competition": competition.reference, "window": "Evening"}]
    assert nged.post(f"{V1}/results?market={market.key}", {"no_responses": silent}).json()["no_response"] == 1
    assert competition.windows.get().no_response_at is not None


def test_reconciliation_answers_the_difference(nged: Machine, market: Market, contract: Contract) -> None:
    ours = {
        "bid": contract.bid.reference,
        "accepted_kw": "50.5",
        "availability_gbp_per_mw_h": "100",
        "utilisation_gbp_per_mwh": "250",
    }
    agreed = nged.post(f"{V1}/reconciliations?market={market.key}", [ours])
    assert agreed.json() == {"differences": []}
    other = nged.post(f"{V1}/reconciliations?market={market.key}", [ours | {"utilisation_gbp_per_mwh": 251}])
    assert other.json()["differences"] == [
        {"bid": contract.bid.reference, "field": "utilisation_gbp_per_mwh", "theirs": "251.0000", "ours": "250.0000"}
    ]
    assert Discrepancy.objects.get().field == "utilisation_gbp_per_mwh"


def test_the_sandbox_moves_market_time_forward_only(nged: Machine, market: Market, bid: Bid) -> None:
    to = bid.competition.closes_at + timedelta(minutes=1)
    moved = nged.post(f"{V1}/sandbox/clock", {"market": market.key, "forward_to": to.isoformat()})
    assert moved.status_code == 200
    assert len(read_bid_changes(market=Market.objects.get(), after=0, limit=9)) == 2
    assert nged.post(f"{V1}/sandbox/clock", {"market": market.key, "forward_seconds": 60}).status_code == 200
    back = nged.post(f"{V1}/sandbox/clock", {"market": market.key, "forward_to": timezone.now().isoformat()})
    assert "only moves forward" in problem_of(back, 422)["detail"]
    both = {"market": market.key, "forward_to": to.isoformat(), "forward_seconds": 1}
    problem_of(nged.post(f"{V1}/sandbox/clock", both), 422)
