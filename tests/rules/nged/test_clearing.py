"""The auction rule, case by case."""

from decimal import Decimal

import pytest

from piclo_nged.dso.nged.clearing import REFUSED, Award, Offered, Requirement, clear
from piclo_nged.dso.nged.wire import NO_PRICES, Prices

CEILING = Prices(Decimal(100), Decimal(1000))
EARLY, LATE = ("december", 1, 990), ("december", 1, 1020)
EVENING = {
    "both": Requirement(frozenset({EARLY, LATE}), Decimal(50)),
    "early": Requirement(frozenset({EARLY}), Decimal(50)),
    "late": Requirement(frozenset({LATE}), Decimal(50)),
}


def offer(reference: str, kw: str, share: str, window: str = "both", seller: str = "", assets: int = 1) -> Offered:
    prices = Prices(*(price * Decimal(share) for price in CEILING))
    return Offered(reference, seller or reference, Decimal(kw), prices, frozenset({window}), assets)


def taken(*offers: Offered) -> set[str]:
    return {reference for reference, award in clear(EVENING, CEILING, offers).items() if award.is_accepted}


def paid(*offers: Offered) -> set[Prices]:
    return {award.prices for award in clear(EVENING, CEILING, offers).values() if award.is_accepted}


def test_the_cheapest_come_first_and_the_dearest_of_them_sets_the_price() -> None:
    offers = offer("a", "30", "0.5"), offer("b", "20", "0.8"), offer("c", "20", "0.9")
    assert taken(*offers) == {"a", "b"}
    assert paid(*offers) == {Prices(Decimal(80), Decimal(800))}


def test_the_last_may_overshoot() -> None:
    assert taken(offer("a", "49", "0.5"), offer("b", "50", "0.8")) == {"a", "b"}


def test_an_unmet_requirement_pays_the_ceiling() -> None:
    assert paid(offer("a", "30", "0.5")) == {CEILING}


def test_nothing_above_the_ceiling_and_nothing_of_nothing() -> None:
    awards = clear(EVENING, CEILING, [offer("dear", "10", "1.01"), offer("empty", "0", "0.1")])
    assert awards == {"dear": REFUSED, "empty": REFUSED}


def test_half_hours_are_met_one_by_one() -> None:
    offers = offer("a", "50", "0.5", "early"), offer("b", "50", "0.6"), offer("c", "50", "0.7", "early")
    assert taken(*offers) == {"a", "b"}


def test_windows_that_overlap_bound_each_other_by_the_lower_requirement() -> None:
    requirement = EVENING | {"lower": Requirement(frozenset({EARLY}), Decimal(10))}
    offers = offer("a", "10", "0.5", "early"), offer("b", "5", "0.9", "early")
    assert not clear(requirement, CEILING, offers)["b"].is_accepted


def test_more_than_the_whole_requirement_is_taken_only_where_nobody_else_serves() -> None:
    large = offer("large", "51", "0.1")
    assert taken(large) == {"large"}
    assert taken(large, offer("small", "5", "0.9")) == {"small"}
    assert taken(offer("large", "51", "0.1", "late"), offer("small", "5", "0.9", "early")) == {"large", "small"}


def test_equal_prices_are_spread_over_sellers() -> None:
    pairs = [
        offer(f"{seller}-{window}", "50", "1", window, seller, assets)
        for seller, assets in (("one engine", 1), ("many chargers", 90))
        for window in ("early", "late")
    ]
    won = taken(*pairs)
    assert len(won) == 2
    assert {reference.partition("-")[0] for reference in won} == {"one engine", "many chargers"}


def test_of_equal_offers_the_longer_and_then_the_one_with_more_assets_comes_first() -> None:
    assert taken(offer("short", "50", "1", "early", assets=9), offer("long", "50", "1")) == {"long"}
    assert taken(offer("a", "50", "1"), offer("b", "50", "1", assets=2)) == {"b"}


def test_a_price_for_the_season_takes_all_at_the_ceiling() -> None:
    ceiling = Prices(sustain_gbp_per_kw=Decimal(20))
    offers = [
        Offered(name, name, Decimal(500), Prices(sustain_gbp_per_kw=Decimal(price)), frozenset({"both"}), 1)
        for name, price in (("a", 20), ("b", 5), ("dear", 21))
    ]
    awards = clear(EVENING, ceiling, offers)
    assert awards == {"a": Award(Decimal(500), ceiling), "b": Award(Decimal(500), ceiling), "dear": REFUSED}


def test_who_is_refused_is_paid_nothing() -> None:
    assert Award() == Award(Decimal(0), NO_PRICES)


def test_a_window_that_nobody_asked_for_is_an_error() -> None:
    with pytest.raises(KeyError, match="march"):
        clear(EVENING, CEILING, [offer("a", "1", "0.5", "march")])
