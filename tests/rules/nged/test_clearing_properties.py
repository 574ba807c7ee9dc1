"""What holds in every auction, whatever is asked and offered."""

import random
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from piclo_nged.dso.nged.clearing import Award, HalfHour, Offered, Requirement, clear
from piclo_nged.dso.nged.wire import NO_PRICES, Prices

CEILING = Prices(Decimal(100), Decimal(1000))
SEASON = Prices(sustain_gbp_per_kw=Decimal(20))
HALF_HOURS: list[HalfHour] = [("december", 1, minute) for minute in (960, 990, 1020)]

quantities = st.integers(0, 60).map(Decimal)


@st.composite
def auctions(draw: st.DrawFn, ceiling: Prices = CEILING) -> tuple[dict[str, Requirement], list[Offered]]:
    windows = draw(
        st.lists(st.builds(Requirement, st.frozensets(st.sampled_from(HALF_HOURS), min_size=1), quantities), min_size=1)
    )
    requirement = {f"w{number}": window for number, window in enumerate(windows)}
    asked = st.tuples(*(st.integers(0, int(limit + 3)).map(Decimal) if limit else st.just(limit) for limit in ceiling))
    covered = st.frozensets(st.sampled_from(list(requirement)), min_size=1)
    parts = st.lists(st.tuples(st.sampled_from("ABC"), quantities, asked, covered, st.integers(0, 3)), max_size=8)
    offers = [
        Offered(f"o{number}", seller, kw, Prices(*prices), windows, assets)
        for number, (seller, kw, prices, windows, assets) in enumerate(draw(parts))
    ]
    return requirement, offers


def within(offer: Offered, ceiling: Prices) -> bool:
    return all(asked <= limit for asked, limit in zip(offer.prices, ceiling, strict=True))


def covered(requirement: dict[str, Requirement], offer: Offered) -> frozenset[HalfHour]:
    return frozenset().union(*(requirement[window].half_hours for window in offer.windows))


@given(auctions())
def test_whole_or_nothing_and_never_above_the_ceiling(auction: tuple[dict[str, Requirement], list[Offered]]) -> None:
    requirement, offers = auction
    awards = clear(requirement, CEILING, offers)
    assert set(awards) == {offer.reference for offer in offers}
    for offer in offers:
        award = awards[offer.reference]
        if award.is_accepted:
            assert award.accepted_kw == offer.capacity_kw
            assert within(offer, award.prices)
            assert within(offer, CEILING)
        else:
            assert award == Award()


@given(auctions())
def test_one_price_for_all_that_are_taken(auction: tuple[dict[str, Requirement], list[Offered]]) -> None:
    awards = clear(auction[0], CEILING, auction[1])
    prices = {award.prices for award in awards.values() if award.is_accepted}
    assert len(prices) <= 1
    assert all(paid <= limit for price in prices for paid, limit in zip(price, CEILING, strict=True))


@given(auctions(), st.randoms(use_true_random=False))
def test_the_sequence_of_offers_changes_nothing(
    auction: tuple[dict[str, Requirement], list[Offered]], chance: random.Random
) -> None:
    requirement, offers = auction
    shuffled = list(offers)
    chance.shuffle(shuffled)
    windows = list(requirement.items())
    chance.shuffle(windows)
    assert clear(dict(windows), CEILING, shuffled) == clear(requirement, CEILING, offers)


@given(auctions())
def test_who_fits_and_is_refused_is_not_needed(auction: tuple[dict[str, Requirement], list[Offered]]) -> None:
    requirement, offers = auction
    awards = clear(requirement, CEILING, offers)
    held = {
        half_hour: sum(
            awards[offer.reference].accepted_kw for offer in offers if half_hour in covered(requirement, offer)
        )
        for half_hour in HALF_HOURS
    }
    for offer in offers:
        fits = offer.capacity_kw <= max(requirement[window].required_kw for window in offer.windows)
        if fits and offer.capacity_kw and within(offer, CEILING) and not awards[offer.reference].is_accepted:
            for half_hour in covered(requirement, offer):
                lowest = min(w.required_kw for w in requirement.values() if half_hour in w.half_hours)
                assert held[half_hour] >= lowest


@given(auctions())
def test_where_the_requirement_stays_short_the_ceiling_is_paid(
    auction: tuple[dict[str, Requirement], list[Offered]],
) -> None:
    requirement, offers = auction
    awards = clear(requirement, CEILING, offers)
    total = sum(award.accepted_kw for award in awards.values())
    lowest = min(window.required_kw for window in requirement.values())
    if 0 < total < lowest:
        assert {award.prices for award in awards.values() if award.is_accepted} == {CEILING}


@given(auctions(ceiling=SEASON))
def test_a_price_for_the_season_is_the_ceiling_for_all(
    auction: tuple[dict[str, Requirement], list[Offered]],
) -> None:
    requirement, offers = auction
    awards = clear(requirement, SEASON, offers)
    for offer in offers:
        is_eligible = offer.capacity_kw > 0 and within(offer, SEASON)
        assert awards[offer.reference].prices == (SEASON if is_eligible else NO_PRICES)
