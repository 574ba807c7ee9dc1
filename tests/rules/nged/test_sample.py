"""The sample season shows every trap of NGED's files, and nothing of the real ones."""

import csv
import os
import re
from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from piclo_nged.dso.nged.comparison import rehearse
from piclo_nged.dso.nged.sample import sample_season
from piclo_nged.dso.nged.wire import Competition, Fate, Outcome, Reading, SummaryRow, read_summary

ROWS = list(csv.DictReader(sample_season().splitlines()))
TRIGGERED = ("Secure", "Dynamic")


@pytest.fixture(scope="module")
def reading() -> Reading[SummaryRow]:
    return read_summary(sample_season()).refuse_errors()


@pytest.fixture(scope="module")
def competitions(reading: Reading[SummaryRow]) -> tuple[Competition, ...]:
    return reading.season.competitions


def test_it_is_always_the_same_and_about_sixty_opportunities(competitions: tuple[Competition, ...]) -> None:
    assert sample_season() == sample_season()
    assert len({competition.name for competition in competitions}) == 60
    assert {competition.product for competition in competitions} == {"Sustain", "Secure", "Dynamic"}
    assert {competition.zone.split("_")[-2] for competition in competitions} == {"EM", "WM", "SWA", "SWE"}
    assert 6 <= len({row["Company Name"] for row in ROWS} - {"0"}) <= 8


def test_all_outcomes_and_nobody_is_called_0() -> None:
    assert {row["Trade Outcome"] for row in ROWS} == set(Outcome)
    assert {row["Company Name"] for row in ROWS if row["Trade Outcome"] == Outcome.NO_RESPONSE} == {"0"}


def test_rejected_rows_of_no_capacity(reading: Reading[SummaryRow]) -> None:
    empty = [row for row in ROWS if row["Trade Outcome"] == "Rejected" and row["Offered Capacity [kW]"] == "0.0"]
    assert len(empty) >= 2
    assert {account.fate for account in reading.season.accounts} == {Fate.OFFER, Fate.NO_RESPONSE, Fate.SKIPPED}


def test_offers_over_several_rows_and_over_several_windows(competitions: tuple[Competition, ...]) -> None:
    offers = [offer for competition in competitions for offer in competition.offers]
    assert {len(offer.lines) for offer in offers} == {1, 2, 3}
    assert {len(offer.windows) for offer in offers} >= {1, 2, 4}


def test_capacities_with_fifteen_places_and_their_twins() -> None:
    written = defaultdict(set)
    for row in ROWS:
        written[round(Decimal(row["Offered Capacity [kW]"]), 4)].add(row["Offered Capacity [kW]"])
    twins = [texts for texts in written.values() if len(texts) > 1]
    assert any(len(text.partition(".")[2]) == 15 for texts in twins for text in texts)
    assert any(0 < capacity < Decimal("0.5") for capacity in written)


def test_window_names_quoted_with_commas_and_spaces() -> None:
    fields = {row["Trade Windows"] for row in ROWS}
    assert '"Evenings, December to February"' in fields
    assert any(field.endswith(' "') for field in fields)
    assert any(field.count('","') == 3 for field in fields)


def test_one_name_over_several_periods(competitions: tuple[Competition, ...]) -> None:
    periods = Counter(competition.name for competition in competitions)
    assert max(periods.values()) == 3


def test_prices_of_zero_and_two_equal_offers(competitions: tuple[Competition, ...]) -> None:
    for competition in competitions:
        assert bool(competition.ceiling.sustain_gbp_per_kw) == (competition.product == "Sustain")
    offers = [offer for competition in competitions for offer in competition.offers if offer.capacity_kw]
    assert any(not any(offer.prices) and offer.outcome is Outcome.ACCEPTED for offer in offers)
    assert any(len(set(pair)) < len(pair) for pair in _equal_offers(competitions))


def _equal_offers(competitions: tuple[Competition, ...]) -> list[list[tuple[object, ...]]]:
    return [[(o.company, o.capacity_kw, o.prices) for o in competition.offers] for competition in competitions]


def test_auctions_of_every_kind(competitions: tuple[Competition, ...]) -> None:
    accepted = [
        (competition, offer)
        for competition in competitions
        for offer in competition.offers
        if offer.outcome is Outcome.ACCEPTED and competition.product in TRIGGERED
    ]
    rejected = [
        (competition, offer)
        for competition in competitions
        for offer in competition.offers
        if offer.outcome is Outcome.REJECTED and offer.capacity_kw
    ]
    assert any(offer.capacity_kw > competition.peak_required_kw for competition, offer in accepted)
    assert any(offer.capacity_kw > competition.peak_required_kw for competition, offer in rejected)
    assert any(offer.awarded == competition.ceiling != offer.prices for competition, offer in accepted)
    assert any(offer.awarded == offer.prices != competition.ceiling for competition, offer in accepted)
    assert any(
        offer.prices.utilisation_gbp_per_mwh > competition.ceiling.utilisation_gbp_per_mwh
        for competition, offer in rejected
    )


def test_its_outcomes_are_those_of_the_rule(reading: Reading[SummaryRow]) -> None:
    total = rehearse(reading).total
    assert total.offers == total.outcome_matches == total.price_matches > 60


def test_a_month_can_be_dispatched_after_the_gate_closed(competitions: tuple[Competition, ...]) -> None:
    december = date(2026, 12, 1)
    assert {(competition.opens_at.date(), competition.closes_at.date()) for competition in competitions} == {
        (date(2026, 10, 4), date(2026, 10, 31))
    }
    assert min(competition.first_day for competition in competitions) == december
    for product in TRIGGERED:
        windows = [
            window
            for competition in competitions
            if competition.product == product
            for offer in competition.offers
            if offer.outcome is Outcome.ACCEPTED
            for window in offer.windows
        ]
        assert sum(window.first_day == december and window.last_day.month == 12 for window in windows) >= 5


@pytest.mark.skipif(
    not os.environ.get("NGED_RESULTS_FILE"), reason="NGED_RESULTS_FILE does not name NGED's Trade Results Summary"
)
def test_nothing_is_copied_from_the_real_file() -> None:
    real = list(csv.DictReader(Path(os.environ["NGED_RESULTS_FILE"]).read_text().splitlines()))
    for column in ("CMZ Code", "Trade Opportunity Name"):
        assert not {row[column] for row in ROWS} & {row[column] for row in real}
    assert {row["Company Name"] for row in ROWS} & {row["Company Name"] for row in real} == {"0"}
    places = {re.split(r" - | ", row["Trade Opportunity Name"])[-1].removesuffix(" Road") for row in ROWS} - {"Road"}
    names = " ".join(row["Trade Opportunity Name"] for row in real)
    assert [place for place in places if place in names] == []
