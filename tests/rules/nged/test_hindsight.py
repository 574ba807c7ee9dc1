"""A test party held against what really happened: pure figures."""

from decimal import Decimal

from piclo_nged.dso.nged.clearing import REFUSED, Award
from piclo_nged.dso.nged.hindsight import Compared, PlayedBid, compare, totals
from piclo_nged.dso.nged.wire import Prices, read_summary

from .conftest import FileOf

DEAR = {
    "company": "Tidewick Storage Limited",
    "offered_kw": "40.0",
    "offered_utilisation": "5200.0",
    "outcome": "Rejected",
    "accepted_kw": "0.0",
    "awarded_availability": "0.0",
    "awarded_utilisation": "0.0",
}
REAL = Prices(Decimal("88.2"), Decimal(5292))


def as_it_was(season: object) -> dict[str, list[PlayedBid]]:
    return {
        competition.reference: [
            PlayedBid(offer.company, offer.capacity_kw, Award(offer.accepted_kw, offer.awarded), offer.reference)
            for offer in competition.offers
        ]
        for competition in season.competitions  # type: ignore[attr-defined]
    }


def only(text: str, bids: list[PlayedBid], aside: tuple[str, ...] = ()) -> Compared:
    season = read_summary(text).refuse_errors().season
    [competition] = season.competitions
    [compared] = compare(season, {competition.reference: bids}, aside)
    return compared


def test_what_is_repeated_does_not_differ(summary_of: FileOf) -> None:
    season = read_summary(summary_of({}, DEAR)).refuse_errors().season
    [compared] = compare(season, as_it_was(season))
    assert not compared.differs
    assert (compared.repeated.offers, compared.repeated.outcome_matches, compared.repeated.price_matches) == (2, 2, 2)
    assert compared.really == compared.party
    assert compared.really.winners == {"Lanternfield Energy Ltd"}


def test_a_new_winner_shows_and_whom_it_cost_the_contract(summary_of: FileOf) -> None:
    text = summary_of({}, DEAR)
    newcomer = PlayedBid("Voltwise", Decimal(30), Award(Decimal(30), Prices(Decimal(80), Decimal(4000))))
    lost = PlayedBid("Lanternfield Energy Ltd", Decimal("1.45"), REFUSED, "x")
    compared = only(text, [newcomer, lost])
    assert (compared.newly, compared.lost) == (["Voltwise"], ["Lanternfield Energy Ltd"])
    assert compared.differs
    assert (compared.more_kw, compared.dearer_by) == (Decimal("28.55"), Decimal(-1292))


def test_another_price_alone_differs(summary_of: FileOf) -> None:
    season = read_summary(summary_of({})).refuse_errors().season
    [offer] = season.offers
    cheaper = PlayedBid(
        offer.company, offer.capacity_kw, Award(offer.accepted_kw, Prices(utilisation_gbp_per_mwh=Decimal(1)))
    )
    compared = only(summary_of({}), [cheaper])
    assert compared.differs
    assert (compared.newly, compared.lost, compared.more_kw) == ([], [], 0)


def test_an_offer_that_could_not_be_placed_counts_as_not_taken(summary_of: FileOf) -> None:
    accepted, refused = {}, DEAR
    compared = only(summary_of(accepted, refused), [])
    assert (compared.repeated.offers, compared.repeated.outcome_matches) == (2, 1)


def test_an_offer_that_nobody_made_again_is_not_counted(summary_of: FileOf) -> None:
    season = read_summary(summary_of({}, DEAR)).refuse_errors().season
    first, _ = season.offers
    compared = only(summary_of({}, DEAR), [], (first.reference,))
    assert (compared.repeated.offers, compared.repeated.outcome_matches) == (1, 1)


def test_offers_of_0_kw_are_no_offers(summary_of: FileOf) -> None:
    compared = only(summary_of({}, DEAR | {"offered_kw": "0.0", "offered_utilisation": "0.0"}), [])
    assert compared.really.offers == 1


def test_totals_are_by_product_and_their_prices_weighed(summary_of: FileOf) -> None:
    small = {"offered_kw": "1.0", "accepted_kw": "1.0", "awarded_utilisation": "1000.0", "awarded_availability": "10.0"}
    large = small | {"name": "Another", "offered_kw": "3.0", "accepted_kw": "3.0", "awarded_utilisation": "2000.0"}
    silent = {
        "product": "Secure",
        "name": "Nobody",
        "company": "0",
        "outcome": "No response received",
        "offered_kw": "0.0",
        "accepted_kw": "0.0",
        "assets": "0",
    }
    season = read_summary(summary_of(small, large, silent)).refuse_errors().season
    dynamic, secure, everything = totals(compare(season, as_it_was(season)))
    assert [total.name for total in (dynamic, secure, everything)] == ["Dynamic", "Secure", "All"]
    assert dynamic.really.prices == Prices(Decimal("10.00"), Decimal("1750.00"))
    assert (dynamic.competitions, dynamic.really.accepted_kw, dynamic.share) == (2, 4, 1)
    assert (secure.competitions, secure.really.winners, secure.share) == (1, frozenset(), None)
    assert (everything.competitions, everything.really.accepted_kw) == (3, 4)
