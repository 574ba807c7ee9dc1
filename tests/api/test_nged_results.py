"""NGED's results files over the API: what they decide of our bids, and what of them is told, row by row, and kept to be settled."""

from dataclasses import replace
from decimal import Decimal

import pytest

from markets.models import Asset, Bid, Competition, Discrepancy, Market, Seller
from markets.operations.bids import place_bids
from markets.rules.notices import Offer
from piclo_nged.dso.nged import wire
from piclo_nged.dso.nged.publication import window_names
from tests.conftest import close

from .conftest import Machine, problem_of
from .test_nged_files import APRIL, PRICES, SEASON, TWINS, competition, offer, results_file, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def bids(nged: Machine, market: Market, seller: Seller, asset: Asset) -> list[Bid]:
    """Voltwise's offers of the season, placed, and the gate closed."""
    assert send(nged, market, "competitions/import", results_file(*SEASON)).status_code == 200
    spring = Competition.objects.get(name="Testbridge, spring")
    names = window_names(SEASON[0])
    offers = [
        Offer(
            spring.reference,
            tuple(names[window] for window in told.windows),
            told.capacity_kw,
            told.prices.availability_gbp_per_mw_h,
            told.prices.utilisation_gbp_per_mwh,
            assets=(asset.ref,),
        )
        for told in SEASON[0].offers
        if told.company == seller.name and told.capacity_kw
    ]
    placed = place_bids(seller=seller, market=market, offers=offers, by="tests")
    close(market, spring)
    return placed


def test_a_results_file_decides_our_bids_and_leaves_others_alone(
    nged: Machine, market: Market, bids: list[Bid]
) -> None:
    answer = send(nged, market, "results", results_file(*SEASON))
    assert answer.json() == {"accepted": 1, "rejected": 1, "repeated": 0, "no_response": 1, "not_ours": 1}
    for bid in bids:
        bid.refresh_from_db()
    assert [bid.status for bid in bids] == ["accepted", "rejected"]
    assert str(bids[0].contract.accepted_kw) == "1.3700"
    assert send(nged, market, "results", results_file(*SEASON)).json()["repeated"] == 2


def test_an_offer_of_ours_that_we_do_not_have_stops_the_file(nged: Machine, market: Market, bids: list[Bid]) -> None:
    spring = competition("Testbridge, spring", offer("VOLTWISE ENERGY LTD", (APRIL,), "9"), windows=(APRIL, *TWINS))
    answer = send(nged, market, "results", results_file(SEASON[1], spring, *SEASON[:1]))
    [error] = problem_of(answer, 422)["errors"]
    assert (error["line"], error["column"], error["value"]) == (3, "Company Name", "VOLTWISE ENERGY LTD")
    assert {bid.status for bid in Bid.objects.all()} == {"placed"}
    [waits] = Discrepancy.objects.filter(resolved_at=None)
    assert (waits.kind, waits.field, waits.ours) == ("unknown_bid", "offer", "not here")
    assert waits.bid == f"VOLTWISE ENERGY LTD in {bids[0].competition.reference}"[:100]
    assert waits.theirs.startswith("accepted: 9.0000 kW in April 2027 at 5.0000 / 300.0000 / 0.0000 ")


def test_a_file_tells_unreadable_unknown_and_contradicting_rows_at_once_and_keeps_what_is_to_be_settled(
    nged: Machine, market: Market, bids: list[Bid]
) -> None:
    assert send(nged, market, "results", results_file(*SEASON)).status_code == 200
    mine = SEASON[0].offers[0]
    otherwise = replace(mine, outcome=wire.Outcome.REJECTED, accepted_kw=Decimal(0), awarded=wire.NO_PRICES)
    unknown = offer("Voltwise Energy Ltd", (APRIL,), "9")
    lines = results_file(
        replace(SEASON[0], offers=(otherwise, unknown, SEASON[0].offers[1])), competition("Torn", mine)
    ).splitlines()
    lines[-1] = lines[-1].replace("Accepted", "Perhaps", 1)
    for repeat in range(2):
        answer = send(nged, market, "results", "\r\n".join(lines))
        told = [(e["line"], e["column"]) for e in problem_of(answer, 422)["errors"]]
        assert told == [(3, "Company Name"), (6, "Trade Outcome"), (2, "bid")], repeat
        waits = Discrepancy.objects.filter(resolved_at=None).order_by("kind")
        assert [(d.kind, d.field) for d in waits] == [("contradiction", "status"), ("unknown_bid", "offer")]
    assert [bid.status for bid in Bid.objects.order_by("pk")] == ["accepted", "rejected"]


def test_a_file_that_accepts_what_was_withdrawn_is_told_so(nged: Machine, market: Market, bids: list[Bid]) -> None:
    Bid.objects.filter(pk=bids[0].pk).update(status="withdrawn")
    [error] = problem_of(send(nged, market, "results", results_file(*SEASON)), 422)["errors"]
    assert "withdrew this bid" in error["reason"]
    assert [(d.kind, d.bid) for d in Discrepancy.objects.all()] == [("contradiction", bids[0].reference)]


def test_a_results_file_is_no_way_to_guess_the_price_of_a_sealed_bid(
    nged: Machine, market: Market, seller: Seller, asset: Asset
) -> None:
    """The right guess and a wrong one are refused in the same words while the gate is open."""
    send(nged, market, "competitions/import", results_file(*SEASON))
    spring = Competition.objects.get(name="Testbridge, spring")
    terms = (window_names(SEASON[0])[APRIL],), Decimal("1.37"), PRICES.availability_gbp_per_mw_h
    sealed = Offer(spring.reference, *terms, PRICES.utilisation_gbp_per_mwh, assets=(asset.ref,))
    place_bids(seller=seller, market=market, offers=[sealed], by="tests")
    guesses = [
        replace(SEASON[0], offers=(offer(seller.name, (APRIL,), kw), *SEASON[0].offers[1:])) for kw in ("1.37", "9")
    ]
    answers = [problem_of(send(nged, market, "results", results_file(guess)), 422) for guess in guesses]
    assert answers[0] == answers[1]
    assert "still open" in answers[0]["errors"][0]["reason"]


def test_parameters_are_no_results(nged: Machine, market: Market, bids: list[Bid]) -> None:
    header = (
        "CMZ Code,CMZ Name,Trade Opportunity Name,Maximum Connection Voltage,Trade Opening Date,Trade Closing Date,"
    )
    header += "Licence Area,Flexibility Product,Flexibility Programme,Required Service"
    problem_of(send(nged, market, "results", header), 422)
