"""What an aggregator's program does with bids: many at once, the good ones of them, one changed, results as they come."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from markets.api.offers import _NotPlain, _offer, _plain, read_offers
from markets.api.serializers import OfferFields
from markets.models import Asset, Bid, BidChange, Competition, Confirmation, Contract, Market
from markets.operations.results import record_results
from markets.rest.bodies import read_rows
from markets.rules.bids_file import write_bids_file
from markets.rules.confirmations import RULES, VERSION
from markets.rules.notices import BidResult
from tests.conftest import close

from .conftest import Machine, problem_of
from .test_sellers import bid_row, bids_of


@pytest.mark.django_db
def test_nobody_bids_without_confirming_the_rules(
    trader: Machine, market: Market, competition: Competition, asset: Asset
) -> None:
    told = trader.get("/api/v1/rules").json()
    assert [rule["sentence"] for rule in told["rules"]] == [rule.sentence for rule in RULES]
    address = f"/api/v1/bids?market={market.key}"
    for query in ("", "&confirms_rules=2020-1"):
        refused = problem_of(trader.post(address + query, [bid_row()]), 422)
        assert [error["reason"] for error in refused["errors"]] == [rule.sentence for rule in RULES]
        assert f"confirms_rules={told['version']}" in refused["detail"]
    assert not Bid.objects.exists()
    assert trader.post(f"{address}&confirms_rules={told['version']}", [bid_row(), bid_row()]).status_code == 201
    confirmed = Confirmation.objects.get()
    assert (confirmed.version, confirmed.bid_count) == (VERSION, 2)
    assert confirmed.confirmed_by.startswith("token Voltwise")


@pytest.mark.django_db
def test_the_good_ones_are_kept_where_that_is_asked(
    trader: Machine, market: Market, competition: Competition, asset: Asset
) -> None:
    rows = [
        bid_row(seller_ref="a"),
        bid_row(capacity_kw="much"),
        bid_row(windows=["Morning"]),
        bid_row(seller_ref="d"),
        bid_row(competition="NONE"),
    ]
    problem_of(trader.post(bids_of(market), rows), 422)
    assert not Bid.objects.exists()
    answer = trader.post(bids_of(market, "&keep_good=true"), rows)
    assert answer.status_code == 207
    assert [(item["line"], item["seller_ref"]) for item in answer.json()["items"]] == [(1, "a"), (4, "d")]
    problems = answer.json()["problems"]
    assert [(p["line"], p["column"]) for p in problems] == [(2, "capacity_kw"), (3, "windows"), (5, "competition")]
    assert all(p["reason"] for p in problems)
    assert Bid.objects.count() == 2
    none_good = trader.post(bids_of(market, "&keep_good=true"), rows[1:3])
    assert len(problem_of(none_good, 422)["errors"]) == 2
    all_good = trader.post(bids_of(market, "&keep_good=true"), rows[:1])
    assert (all_good.status_code, all_good.json()["problems"]) == (201, [])


@pytest.mark.django_db
def test_what_stands_already_is_a_repeat_among_new_ones(
    trader: Machine, market: Market, competition: Competition, asset: Asset
) -> None:
    first, _ = trader.post(bids_of(market), [bid_row(seller_ref="a"), bid_row(seller_ref="c")]).json()["items"]
    rows = [bid_row(seller_ref="b"), bid_row(seller_ref="a"), bid_row(seller_ref="c", capacity_kw=1), bid_row()]
    answer = trader.post(bids_of(market, "&keep_good=true"), rows)
    items = answer.json()["items"]
    assert [item["line"] for item in items] == [1, 2, 4]
    assert items[1]["reference"] == first["reference"]
    assert [problem["line"] for problem in answer.json()["problems"]] == [3]
    assert Bid.objects.count() == 4


@pytest.mark.django_db
def test_the_file_of_the_upload_page_is_taken_too(
    trader: Machine, market: Market, competition: Competition, asset: Asset
) -> None:
    row = {
        "competition": "T9A-DYN-0001",
        "windows": "Evening",
        "capacity_kw": "50.5",
        "utilisation_gbp_per_mwh": "250",
        "assets": "EV-1",
    }
    file = "".join(write_bids_file([row | {"seller_ref": "a"}, row | {"capacity_kw": "50,5"}, row | {"windows": "X"}]))
    refused = problem_of(trader.post(bids_of(market), file, content_type="text/csv"), 422)
    told = [(error["line"], error["column"]) for error in refused["errors"]]
    assert told == [(3, "Offered capacity [kW]"), (4, "Service Window Name")]
    kept = trader.post(bids_of(market, "&keep_good=true"), file, content_type="text/csv")
    assert (kept.status_code, [item["line"] for item in kept.json()["items"]]) == (207, [2])
    assert Bid.objects.get().seller_ref == "a"
    problem_of(trader.post(bids_of(market), b"PK\x03\x04", content_type="text/csv"), 422)


@pytest.mark.django_db
def test_a_key_brings_the_first_answer_and_no_second_bid(
    trader: Machine, market: Market, competition: Competition, asset: Asset
) -> None:
    first, again = [trader.post(bids_of(market), [bid_row()], HTTP_IDEMPOTENCY_KEY="k") for _ in range(2)]
    assert (first.json(), again["Idempotency-Replayed"]) == (again.json(), "true")
    assert Bid.objects.count() == 1


@pytest.mark.django_db
def test_too_many_for_one_call(trader: Machine, market: Market, competition: Competition) -> None:
    answer = trader.post(bids_of(market), [{}] * 30_001)
    assert "at most 30,000" in problem_of(answer, 422)["detail"]


@pytest.mark.django_db
def test_a_bid_is_read_revised_and_withdrawn_until_gate_closure(
    trader: Machine, market: Market, competition: Competition, bid: Bid, make_seller: Any, token_of: Any
) -> None:
    address = f"/api/v1/bids/{bid.reference}"
    assert trader.get(address).json()["capacity_kw"] == "50.5000"
    terms = {"capacity_kw": "45", "availability_gbp_per_mw_h": "99", "utilisation_gbp_per_mwh": "280"}
    revised = trader.put(address, terms).json()
    assert (revised["revision"], revised["capacity_kw"], revised["utilisation_gbp_per_mwh"]) == (
        2,
        "45.0000",
        "280.0000",
    )
    assert trader.put(address, terms).json()["revision"] == 2
    [error] = problem_of(trader.put(address, terms | {"utilisation_gbp_per_mwh": "301"}), 422)["errors"]
    assert error["column"] == "utilisation_gbp_per_mwh"
    problem_of(trader.put(address, terms | {"windows": ["Evening"]}), 422)
    stranger = token_of(seller=make_seller("Gridbeam Limited", "owner@gridbeam.example"))
    for method, body in [("GET", None), ("PUT", terms), ("DELETE", None)]:
        problem_of(stranger.call(method, address, body), 404)
    assert trader.call("DELETE", address).json()["status"] == "withdrawn"
    assert trader.call("DELETE", address).json()["revision"] == 3  # whose answer was lost asks once more
    assert "withdrawn" in problem_of(trader.put(address, terms), 422)["detail"]
    assert list(BidChange.objects.order_by("pk").values_list("kind", flat=True)) == ["placed", "revised", "withdrawn"]


@pytest.mark.django_db
def test_after_gate_closure_a_bid_stands(trader: Machine, market: Market, competition: Competition, bid: Bid) -> None:
    close(market, competition)
    address = f"/api/v1/bids/{bid.reference}"
    for answer in (trader.put(address, {"capacity_kw": 1}), trader.call("DELETE", address)):
        assert "Bidding closed on" in problem_of(answer, 422)["detail"]
    assert trader.get(address).json()["status"] == "placed"


@pytest.mark.django_db
def test_results_with_their_reasons_since_a_moment(
    trader: Machine, market: Market, competition: Competition, asset: Asset
) -> None:
    placed = trader.post(bids_of(market), [bid_row(seller_ref="a"), bid_row(seller_ref="b")]).json()["items"]
    assert trader.get("/api/v1/results").json()["items"] == []
    close(market, competition)
    first, second = [item["reference"] for item in placed]
    award = BidResult(first, True, Decimal(40), Decimal(120), Decimal(290))
    record_results(market=market, results=[award], by="tests")
    between = market.now().isoformat().replace("+00:00", "Z")
    record_results(market=market, results=[BidResult(second, False, reason="Above the need.")], by="tests")
    rejected, accepted = trader.get("/api/v1/results").json()["items"]
    assert (rejected["bid"], rejected["status"], rejected["reason"]) == (second, "rejected", "Above the need.")
    assert rejected["contract"] is rejected["accepted_kw"] is None
    contract = Contract.objects.get()
    assert (accepted["bid"], accepted["contract"], accepted["accepted_kw"]) == (first, contract.reference, "40.0000")
    assert [item["bid"] for item in trader.get(f"/api/v1/results?decided_since={between}").json()["items"]] == [second]
    assert len(trader.get(f"/api/v1/results?competition={competition.reference}").json()["items"]) == 2
    assert "nged-long-term-mock" in problem_of(trader.get("/api/v1/results?market=other"), 404)["detail"]
    problem_of(trader.get("/api/v1/results?decided_since=yesterday"), 400)


@pytest.mark.django_db
def test_bids_by_status_competition_and_change(
    trader: Machine, market: Market, make_competition: Any, asset: Asset
) -> None:
    make_competition("C-1")
    make_competition("C-2")
    trader.post(bids_of(market), [bid_row(competition=c, seller_ref=c) for c in ("C-1", "C-2")])
    between = market.now().isoformat().replace("+00:00", "Z")
    second = Bid.objects.get(seller_ref="C-2")
    trader.call("DELETE", f"/api/v1/bids/{second.reference}")
    for query, found in [
        ("status=placed", ["C-1"]),
        ("status=withdrawn", ["C-2"]),
        ("competition=C-1", ["C-1"]),
        (f"changed_since={between}", ["C-2"]),
        (f"market={market.key}", ["C-2", "C-1"]),
    ]:
        assert [item["seller_ref"] for item in trader.get(f"/api/v1/bids?{query}").json()["items"]] == found
    problem_of(trader.get("/api/v1/bids?status=lost"), 400)


@pytest.mark.django_db
def test_lists_as_csv_have_the_same_values_and_no_formula(
    trader: Machine, market: Market, competition: Competition, asset: Asset
) -> None:
    trader.post(bids_of(market), [bid_row(seller_ref=ref) for ref in ("a", "=1+1")])
    answer = trader.get("/api/v1/bids?format=csv&limit=1")
    header, row = answer.content.decode().splitlines()
    item, older = trader.get("/api/v1/bids").json()["items"]
    assert header.split(",") == list(item)
    cells = dict(zip(header.split(","), row.split(","), strict=True))
    assert cells["seller_ref"] == "'=1+1"
    assert (cells["reference"], cells["capacity_kw"], cells["placed_at"]) == (
        item["reference"],
        item["capacity_kw"],
        item["placed_at"],
    )
    rest = trader.get(f"/api/v1/bids?format=csv&before={answer['Next-Before']}")
    assert older["reference"] in rest.content.decode()
    assert "Next-Before" not in rest
    for name in ("results", "contracts"):
        assert trader.get(f"/api/v1/{name}?format=csv").content.decode().count("\n") == 1


@pytest.mark.django_db
def test_a_market_that_is_not_open_to_the_seller_is_not_there(
    trader: Machine, market: Market, competition: Competition, asset: Asset, seller: Any
) -> None:
    Market.objects.update(stage="pilot")
    seller.admissions.all().delete()
    assert trader.get("/api/v1/competitions").json()["items"] == []
    problem_of(trader.post(bids_of(market), [bid_row()]), 404)


ROWS = st.fixed_dictionaries(
    {
        "competition": st.sampled_from(["T9A-1", " T9A-1", "", "a\x00b", "x" * 101, 7, None, "é"]),
        "windows": st.sampled_from([["Evening"], ["A, B", "C"], [], [""], "Evening", [7], ["x" * 201], ["a\n"], None]),
        "capacity_kw": st.sampled_from(
            ["50.5", 50.5, 50, "0.39961", "1e3", 1e30, "-1", True, None, "", " 5", "5 ", "100000000", "٣", 0.1 + 0.2]
        ),
        "assets": st.sampled_from([["EV-1"], ["EV-1", "EV-2"], [], ["x" * 61], "EV-1", [None]]),
    },
    optional={
        "availability_gbp_per_mw_h": st.sampled_from(["5", 5, "5.00001", None, "x"]),
        "utilisation_gbp_per_mwh": st.sampled_from([300, "300.25"]),
        "sustain_gbp_per_kw": st.sampled_from([0, "0.0"]),
        "max_runtime_minutes": st.sampled_from([None, 60, 0, -1, 2**31, "60", 1.5, True]),
        "seller_ref": st.sampled_from(["", "a", " a ", "x" * 101, None, "a\tb"]),
        "kw": st.just(3),
    },
)


@settings(max_examples=400, derandomize=True, deadline=None)
@given(row=ROWS)
def test_the_short_way_says_what_the_fields_say(row: dict[str, Any]) -> None:
    row = json.loads(json.dumps(row))
    try:
        short = _plain(row, 1)
    except _NotPlain:
        return
    [(line, values)], problems = read_rows(OfferFields(), [row])
    assert problems == []
    assert short == _offer(values, line)
    assert str(short.capacity_kw) == str(_offer(values, line).capacity_kw)


def test_the_usual_row_takes_the_short_way_and_lines_stay_in_order() -> None:
    assert _plain(bid_row(seller_ref="spring-17", max_runtime_minutes=60), 1).line == 1
    sent = read_offers([bid_row(), bid_row(seller_ref=" b "), bid_row(kw=1), bid_row()])
    assert [(offer.line, offer.seller_ref) for offer in sent.offers] == [(1, ""), (2, "b"), (4, "")]
    assert [(problem.line, problem.column) for problem in sent.problems] == [(3, "kw")]
