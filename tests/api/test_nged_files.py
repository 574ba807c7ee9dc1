"""NGED's own files over the API: recognised by their header, taken in good part by part, reported row by row."""

import os
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from markets.models import Competition, Market, Product, ServiceWindow
from piclo_nged.dso.nged import wire
from piclo_nged.dso.nged.products import Direction
from piclo_nged.dso.nged.publication import notice_of
from tests.conftest import ZONE

from .conftest import Machine, problem_of
from .test_nged_bidding import V1

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)
PRICES = wire.Prices(Decimal(5), Decimal(300))
APRIL = wire.Window("April 2027", date(2027, 4, 1), date(2027, 4, 30), (1, 2, 3, 4, 5), time(8), time(19), Decimal(135))
TWINS = (
    wire.Window("May 2027", date(2027, 5, 1), date(2027, 5, 31), (1, 2), time(8), time(10), Decimal(135)),
    wire.Window("May 2027", date(2027, 5, 1), date(2027, 5, 31), (1, 2), time(16), time(20), Decimal(135)),
)


def offer(company: str, windows: tuple[wire.Window, ...], kw: str, outcome: str = "Accepted") -> wire.Offer:
    taken = outcome == "Accepted"
    return wire.Offer(
        reference="",
        company=company,
        windows=windows,
        capacity_kw=Decimal(kw),
        prices=PRICES,
        outcome=wire.Outcome(outcome),
        accepted_kw=Decimal(kw) if taken else Decimal(0),
        awarded=PRICES if taken else wire.NO_PRICES,
        technologies=(wire.Technology("EV charge point", 12, Decimal(84)),),
        for_restore=False,
        restore_price_gbp_per_mwh=Decimal(0),
        lines=(),
    )


def competition(
    name: str, *offers: wire.Offer, windows: Any = (APRIL,), silent: Any = (), **more: Any
) -> wire.Competition:
    """As a file of NGED tells it: gates are days, so today and tomorrow are open."""
    values = {
        "reference": "",
        "zone": ZONE,
        "product": "Dynamic",
        "first_day": date(2027, 4, 1),
        "last_day": date(2027, 5, 31),
        "opens_at": datetime(NOW.year, NOW.month, NOW.day, tzinfo=UTC),
        "closes_at": datetime(2027, 3, 1, tzinfo=UTC),
        "ceiling": wire.Prices(Decimal(8), Decimal(488)),
    }
    return wire.Competition(name=name, offers=offers, windows=windows, unanswered=silent, **values | more)


SEASON = [
    competition(
        "Testbridge, spring",
        offer("Voltwise Energy Ltd", (APRIL,), "1.37"),
        offer("Voltwise Energy Ltd", TWINS, "0.3996", "Rejected"),
        offer("Somebody Else Ltd", (APRIL,), "20"),
        offer("Voltwise Energy Ltd", (APRIL,), "0", "Rejected"),
        windows=(APRIL, *TWINS),
    ),
    competition("Nobody's", silent=(APRIL,)),
]


def results_file(*competitions: wire.Competition) -> str:
    return wire.write_results(wire.result_rows(wire.Season(competitions)))


def summary_file(*competitions: wire.Competition) -> str:
    return wire.write_summary(wire.summary_rows(wire.Season(competitions)))


def send(nged: Machine, market: Market, call: str, file: str | bytes) -> Any:
    # The client drops the first where the body is empty.
    told = {"content_type": "text/csv", "CONTENT_TYPE": "text/csv"}
    return nged.post(f"{V1}/{call}?market={market.key}", file, **told)


def test_trade_results_publish_every_window_once(nged: Machine, market: Market) -> None:
    answer = send(nged, market, "competitions/import", results_file(*SEASON))
    assert (answer.status_code, len(answer.json()["created"])) == (200, 2)
    spring = Competition.objects.get(name="Testbridge, spring")
    assert [window.name for window in spring.windows.all()] == [
        "April 2027",
        "May 2027 Mon-Tue 08:00-10:00",
        "May 2027 Mon-Tue 16:00-20:00",
    ]
    assert (spring.zone.code, spring.zone.licence_area, spring.zone.level) == (ZONE, "EM", "hv")
    again = send(nged, market, "competitions/import", results_file(*SEASON))
    assert (again.status_code, len(again.json()["unchanged"])) == (200, 2)


def test_a_summary_publishes_too(nged: Machine, market: Market) -> None:
    file = b"\xef\xbb\xbf" + summary_file(competition("Spring", offer("X", (APRIL,), "5"))).encode()
    assert send(nged, market, "competitions/import", file).json()["created"]
    assert ServiceWindow.objects.get().name == "April 2027"


def test_short_term_parameters_are_megawatts_in_london_time(nged: Machine, market: Market, operator: Any) -> None:
    Product.objects.create(
        operator=operator, key="su", name="Scheduled Utilisation", call="scheduled", pays_utilisation=True
    )
    header = (
        "CMZ Code,CMZ Name,Trade Opportunity Name,Maximum Connection Voltage,Trade Opening Date,Trade Closing Date,"
        "Licence Area,Flexibility Product,Flexibility Programme,Required Service,Availability Ceiling Price,"
        "Utilisation Ceiling Price,Delivery Date,Delivery Start Time,Delivery End Time,"
        "Minimum Trade Required Capacity,Maximum Trade Required Capacity"
    )
    row = (
        f"{ZONE},Testbridge,Week 23,11,03/06/2027 12:00:00,08/06/2027 23:59:00,EM,SU_HV,Short term,"
        "Demand Turn Down (DTD) / Generation Turn Up (GTU),0,240,14/06/2027,{},{},0,0.0235"
    )
    file = "\n".join([header, row.format("16:00", "16:30"), row.format("16:30", "17:00")])
    assert send(nged, market, "competitions/import", file).status_code == 200
    week = Competition.objects.get(name="Week 23")
    assert week.opens_at == datetime(2027, 6, 3, 11, tzinfo=UTC)
    assert [(w.local_start, w.local_end, str(w.required_kw)) for w in week.windows.all()] == [
        (time(16), time(17), "23.5000")
    ]


def test_what_asks_for_the_reverse_of_its_product_is_not_published(nged: Machine, market: Market) -> None:
    """It would be settled with the wrong sign."""
    row = wire.ParameterRow(
        zone=ZONE,
        zone_name="Testbridge",
        name="Week 23",
        voltage_kv=Decimal(11),
        opens_at=datetime(2027, 6, 3, 11, tzinfo=UTC),
        closes_at=datetime(2027, 6, 8, tzinfo=UTC),
        licence_area="EM",
        product="Dynamic",
        programme="Short term",
        direction=Direction.TURN_UP,
        ceiling_availability=Decimal(0),
        ceiling_utilisation=Decimal(240),
        delivery_date=date(2027, 6, 14),
        start_time=time(16),
        end_time=time(16, 30),
        minimum_kw=Decimal(0),
        required_kw=Decimal("23.5"),
    )
    answer = send(nged, market, "competitions/import", wire.write_short_term([row]))
    [problem] = problem_of(answer, 422)["errors"]
    assert (problem["line"], problem["column"]) == (2, "Required Service")
    assert "demand turn down" in problem["reason"]
    assert not Competition.objects.exists()


def test_a_competition_with_a_faulty_row_is_left_out_whole(nged: Machine, market: Market) -> None:
    lines = results_file(competition("Good"), *SEASON, competition("Also good", silent=(APRIL,))).splitlines()
    spoilt = next(place for place, line in enumerate(lines) if "16:00" in line)
    lines[spoilt] = lines[spoilt].replace("2027-05-31", "31.05.2027", 1)
    answer = send(nged, market, "competitions/import", "\r\n".join(lines))
    assert answer.status_code == 207
    [problem] = answer.json()["problems"]
    assert (problem["line"], problem["column"], problem["value"]) == (spoilt + 1, "Delivery End Date", "31.05.2027")
    assert set(Competition.objects.values_list("name", flat=True)) == {"Nobody's", "Also good"}


def test_an_unknown_product_is_named_by_nged_s_label(nged: Machine, market: Market) -> None:
    file = results_file(*SEASON, competition("Odd", silent=(APRIL,), product="Dynamo"))
    [problem] = send(nged, market, "competitions/import", file).json()["problems"]
    assert (problem["column"], problem["value"]) == ("Flexibility Product", "Dynamo")


@pytest.mark.parametrize(
    ("change", "column", "reason"),
    [
        (("Offered Capacity [kW]", "Offered Capacity [MW]"), "Offered Capacity [MW]", "wrong unit"),
        (("Company Name", "Firm"), "Firm", "unknown column"),
        (("CMZ Code,", ""), "CMZ Code", "missing"),
    ],
)
def test_a_header_that_is_not_nged_s(
    nged: Machine, market: Market, change: tuple[str, str], column: str, reason: str
) -> None:
    header, _, rows = results_file(*SEASON).partition("\r\n")
    answer = send(nged, market, "competitions/import", f"{header.replace(*change)}\r\n{rows}")
    errors = problem_of(answer, 422)["errors"]
    assert any(e["line"] == 1 and e["column"] == column and reason in e["reason"] for e in errors), errors
    assert not Competition.objects.exists()


@pytest.mark.parametrize("file", ["a,b\n1,2", b"\x00\xff\x00", 'CMZ Code,"unclosed'])
@pytest.mark.parametrize("call", ["competitions/import", "results"])
def test_what_is_no_file_of_nged(nged: Machine, market: Market, call: str, file: str | bytes) -> None:
    problem_of(send(nged, market, call, file), 422)


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        ("", "The file is empty."),
        (b"\xef\xbb\xbf\r\n \r\n", "The file is empty."),
        (wire.write_results([]), "has no row below them"),
        (wire.write_summary([]), "has no row below them"),
    ],
)
@pytest.mark.parametrize("call", ["competitions/import", "results"])
def test_a_file_without_a_row_is_no_success(
    nged: Machine, market: Market, call: str, file: str | bytes, sentence: str
) -> None:
    assert sentence in problem_of(send(nged, market, call, file), 400)["detail"]


def test_level_and_area_are_read_off_the_code() -> None:
    told = notice_of(competition("LV", zone="CMZ_LV_T7A_SWE_870594", product="SU_HV"))
    assert (told.zone_level, told.licence_area, told.product) == ("lv", "SWE", "Scheduled Utilisation")


@pytest.mark.skipif(not os.environ.get("NGED_RESULTS_FILE"), reason="NGED_RESULTS_FILE names no results file of NGED")
def test_nged_s_real_season_is_published_whole(nged: Machine, market: Market) -> None:
    content = Path(os.environ["NGED_RESULTS_FILE"]).read_bytes()
    told = {competition.reference for competition in wire.read_file(content).season.competitions}
    answer = send(nged, market, "competitions/import", content)
    assert (answer.status_code, answer.json()["problems"]) == (200, [])
    assert set(answer.json()["created"]) == told == set(Competition.objects.values_list("reference", flat=True))
    assert set(send(nged, market, "competitions/import", content).json()["unchanged"]) == told
