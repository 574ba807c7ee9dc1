"""The sellers' side of the API: an aggregator's machine sees its rows, bids in bulk, polls and sends readings."""

from datetime import date
from typing import Any

import pytest

from markets.models import Asset, Bid, BidChange, Competition, Market
from markets.rules.confirmations import VERSION
from piclo_nged.dso.nged.api.readings import CsvReadings
from settlement.models import ReadingDay
from tests.conftest import close

from .conftest import Machine, World, problem_of

pytestmark = pytest.mark.django_db


def bids_of(market: Market, query: str = "") -> str:
    """The address at which bids are placed, the rules confirmed."""
    return f"/api/v1/bids?market={market.key}&confirms_rules={VERSION}{query}"


def bid_row(**more: Any) -> dict[str, Any]:
    return {
        "competition": "T9A-DYN-0001",
        "windows": ["Evening"],
        "capacity_kw": "50.5",
        "availability_gbp_per_mw_h": "100",
        "utilisation_gbp_per_mwh": 250,
        "assets": ["EV-1"],
    } | more


def test_open_competitions_come_with_their_windows(trader: Machine, market: Market, competition: Competition) -> None:
    [item] = trader.get("/api/v1/competitions").json()["items"]
    assert (item["reference"], item["market"], item["product"]) == ("T9A-DYN-0001", market.key, "Dynamic")
    assert item["utilisation_ceiling_gbp_per_mwh"] == "300.0000"
    [window] = item["windows"]
    assert (window["name"], window["weekdays"], window["local_start"]) == ("Evening", [1, 2, 3, 4, 5], "16:00:00")
    assert window["minimum_kw"] == "0.0000"
    for query in ("zone=CMZ_X", "product=Sustain"):
        assert trader.get(f"/api/v1/competitions?{query}").json()["items"] == []
    for query in (f"market={market.key}", "zone=cmz_t9a_em_0001", "product=dynamic"):
        assert len(trader.get(f"/api/v1/competitions?{query}").json()["items"]) == 1
    close(market, competition)
    assert trader.get("/api/v1/competitions").json()["items"] == []
    [closed] = trader.get("/api/v1/competitions?open=false").json()["items"]
    assert closed["status"] == "published"


def test_bids_are_placed_in_bulk_all_or_none(
    trader: Machine, market: Market, competition: Competition, asset: Asset
) -> None:
    address = bids_of(market)
    rows = [bid_row(seller_ref="a"), bid_row(seller_ref="b", capacity_kw="0.3996")]
    wrong = [*rows, bid_row(windows=["Morning"]), bid_row(utilisation_gbp_per_mwh="301"), bid_row(kw=3)]
    columns = {(e["line"], e["column"]) for e in problem_of(trader.post(address, wrong), 422)["errors"]}
    assert columns == {(3, "windows"), (4, "utilisation_gbp_per_mwh"), (5, "kw")}
    columns = {(e["line"], e["column"]) for e in problem_of(trader.post(address, wrong[:4]), 422)["errors"]}
    assert columns == {(3, "windows"), (4, "utilisation_gbp_per_mwh")}
    assert not Bid.objects.exists()
    placed = trader.post(address, rows)
    assert placed.status_code == 201
    assert [item["seller_ref"] for item in placed.json()["items"]] == ["a", "b"]
    again = trader.post(address, rows)
    assert again.json() == placed.json()
    assert (Bid.objects.count(), BidChange.objects.count()) == (2, 2)


def test_a_bid_after_gate_closure_is_refused(
    trader: Machine, market: Market, competition: Competition, asset: Asset
) -> None:
    close(market, competition)
    answer = trader.post(bids_of(market), [bid_row()])
    [error] = problem_of(answer, 422)["errors"]
    assert "Bidding closed on" in error["reason"]
    assert not Bid.objects.exists()


def test_bids_of_a_market_that_is_not_there(trader: Machine) -> None:
    problem_of(trader.post("/api/v1/bids?market=nowhere", [bid_row()]), 404)
    for listed in ("bids", "competitions", "contracts", "results"):
        assert "'nowhere'" in problem_of(trader.get(f"/api/v1/{listed}?market=nowhere"), 404)["detail"]
    slip = problem_of(trader.get("/api/v1/bids?markt=nowhere"), 400)
    assert "This call takes: before, limit, market, " in slip["errors"][0]["reason"]
    problem_of(trader.post("/api/v1/bids", [bid_row()]), 400)


def test_lists_page_back_in_time(trader: Machine, market: Market, competition: Competition, asset: Asset) -> None:
    trader.post(bids_of(market), [bid_row(seller_ref=str(n)) for n in range(5)])
    seen, query = [], ""
    while True:
        page = trader.get(f"/api/v1/bids?limit=2{query}").json()
        seen += [item["seller_ref"] for item in page["items"]]
        if page["next"] is None:
            break
        query = f"&before={page['next']}"
    assert seen == ["4", "3", "2", "1", "0"]


def test_queries_do_not_grow_with_rows(
    trader: Machine,
    market: Market,
    make_competition: Any,
    make_asset: Any,
    seller: Any,
    django_assert_num_queries: Any,
) -> None:
    make_competition("C-0")
    make_asset(seller, "EV-1")
    bids = bids_of(market)
    trader.post(bids, [bid_row(competition="C-0")])
    for n in range(1, 4):
        make_competition(f"C-{n}")
        make_asset(seller, f"EV-{n + 1}")
        trader.post(bids, [bid_row(competition=f"C-{n}")])
    for path, queries in [("assets", 3), ("competitions", 3), ("bids", 2), ("contracts", 2), ("instructions", 2)]:
        with django_assert_num_queries(queries):
            trader.get(f"/api/v1/{path}")


def test_results_contracts_instructions_and_statements(trader: Machine, world: World) -> None:
    [bid] = trader.get("/api/v1/bids").json()["items"]
    assert (bid["status"], bid["windows"], bid["capacity_kw"]) == ("accepted", ["Evening"], "50.5000")
    [contract] = trader.get("/api/v1/contracts").json()["items"]
    assert (contract["bid"], contract["accepted_kw"]) == (bid["reference"], "50.5000")
    [instruction] = trader.get("/api/v1/instructions").json()["items"]
    assert (instruction["trigger"], instruction["answer"]) == ("TR-1", "waiting")
    [told] = trader.get("/api/v1/statements").json()["items"]
    statement = trader.get(f"/api/v1/statements/{told['reference']}").json()
    assert (statement["total_gbp"], statement["month"]) == ("24.88", "2026-12-01")
    assert statement["lines"][0]["delivered_kwh"] == "99.5000"
    [asset] = trader.get("/api/v1/assets").json()["items"]
    assert asset["qualifications"] == {world.market.key: "qualified"}


def test_readings_are_stored_by_the_day_and_read_on_by_nged(trader: Machine, nged: Machine, world: World) -> None:
    day = {"asset": "EV-1", "day": "2026-12-07", "watts": [*[-7000] * 47, None]}
    assert trader.post("/api/v1/readings", [day]).json() == {"new": 1, "revised": 0, "unchanged": 0}
    assert trader.post("/api/v1/readings", [day]).json()["unchanged"] == 1
    revised = day | {"watts": [-7000] * 48}
    assert trader.post("/api/v1/readings", [revised]).json()["revised"] == 1
    assert [item["revision"] for item in trader.get("/api/v1/readings").json()["items"]] == [2, 1, 1]
    feed = f"/api/nged/v1/readings?market={world.market.key}"
    page = nged.get(feed).json()
    assert [(item["day"], len(item["half_hours"])) for item in page["items"]] == [
        ("2026-12-08", 48),
        ("2026-12-07", 47),
        ("2026-12-07", 48),
    ]
    first = page["items"][1]
    assert first["half_hours"][0] == {"end_utc": "2026-12-07T00:30:00Z", "kw": "-7"}
    assert page["items"][2]["half_hours"][-1]["end_utc"] == "2026-12-08T00:00:00Z"
    csv = nged.get(f"{feed}&format=csv&after=2")
    assert csv["Content-Type"].startswith("text/csv")
    assert csv["Next-Position"] == "3"
    lines = csv.content.decode().splitlines()
    assert lines[0] == "position,company,asset,ref,import_meter_id,export_meter_id,revision,end_utc,kw"
    assert lines[1].endswith("EV-1," + world.asset.import_meter_id + ",,2,2026-12-07T00:30:00Z,-7")
    assert len(lines) == 49
    problem_of(nged.get(f"{feed}&format=csv&after=x"), 400)
    problem_of(nged.get(f"{feed}&format=xml"), 400)


def test_bad_readings_are_named_by_row(trader: Machine, asset: Asset) -> None:
    good = {"asset": "EV-1", "day": "2026-12-07", "watts": [1] * 48}
    for wrong, column in [
        ({"asset": "EV-9"}, "asset"),
        ({"day": "07/12/2026"}, "day"),
        ({"watts": [1] * 46}, "watts"),
        ({"watts": [1.5] * 48}, "watts"),
        ({"watts": ["1"] * 48}, "watts"),
        ({"watts": [True] * 48}, "watts"),
        ({"watts": [2**31] * 48}, "watts"),
        ({"watts": None}, "watts"),
    ]:
        errors = problem_of(trader.post("/api/v1/readings", [good, good | {"day": "2026-12-08"} | wrong]), 422)[
            "errors"
        ]
        assert [(error["line"], error["column"]) for error in errors] == [(2, column)]
    assert not ReadingDay.objects.exists()


def test_readings_as_a_file(trader: Machine, asset: Asset) -> None:
    file = "asset,end_utc,kw\r\nEV-1,2026-12-07T00:30Z,1.5\r\nEV-1,2026-12-07T01:30Z,2.5\r\n"
    gap = trader.post("/api/v1/readings", file, content_type="text/csv")
    assert problem_of(gap, 422)["errors"][0]["line"]
    kept = trader.post("/api/v1/readings?keep_gaps=true", file, content_type="text/csv")
    assert kept.json() == {"new": 1, "revised": 0, "unchanged": 0}
    held = ReadingDay.objects.get()
    assert (held.day, held.watts[:4], held.source) == (date(2026, 12, 7), [1500, None, 2500, None], "api")
    problem_of(trader.post("/api/v1/readings", b"\xff\x00,\n", content_type="text/csv"), 422)


def test_no_sellers_name_runs_as_a_formula_in_nged_s_spreadsheet() -> None:
    day = dict.fromkeys(("position", "asset", "import_meter_id", "export_meter_id", "revision"), 1)
    day |= {"company": "=HYPERLINK(A1)", "ref": "@x", "half_hours": [{"end_utc": "2026-12-07T00:30:00Z", "kw": "-7"}]}
    [_, row] = CsvReadings().render({"items": [day]}).splitlines()
    assert row == "1,'=HYPERLINK(A1),1,'@x,1,1,1,2026-12-07T00:30:00Z,-7"
