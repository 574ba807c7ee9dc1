"""Trade Results: the same nouns, from a file that has a row per window."""

from datetime import date
from decimal import Decimal

from piclo_nged.dso.nged.wire import Outcome, read_results, result_rows, write_results

from .conftest import FileOf

JANUARY = {
    "window": "January 2027",
    "first_day": "2027-01-01",
    "last_day": "2027-01-31",
    "required_kw": "90.0",
    "start_time": "07:00:00",
}
BATTERY = {"technology": "Battery, compressed air system", "installed_kw": "5.0"}


def test_rows_of_several_windows_and_technologies_are_one_offer(results_of: FileOf) -> None:
    (competition,) = read_results(results_of({}, JANUARY, BATTERY, JANUARY | BATTERY)).season.competitions
    (offer,) = competition.offers
    assert len(offer.technologies) == 2
    assert offer.lines == (2, 3, 4, 5)
    assert [(window.name, window.required_kw) for window in offer.windows] == [
        ("December 2026", Decimal(135)),
        ("January 2027", Decimal(90)),
    ]


def test_a_competition_lasts_from_its_first_window_to_its_last(results_of: FileOf) -> None:
    (competition,) = read_results(results_of(JANUARY, {})).season.competitions
    assert (competition.first_day, competition.last_day) == (date(2026, 12, 1), date(2027, 1, 31))


def test_windows_decided_otherwise_are_another_offer(results_of: FileOf) -> None:
    decisions = read_results(results_of({}, JANUARY | {"outcome": "Rejected", "accepted_kw": "0.0"})).season.offers
    assert [(offer.outcome, len(offer.windows)) for offer in decisions] == [
        (Outcome.ACCEPTED, 1),
        (Outcome.REJECTED, 1),
    ]


def test_nobody_responded_in_one_window_of_two(results_of: FileOf, nobody: dict[str, str]) -> None:
    (competition,) = read_results(results_of({}, nobody | JANUARY)).season.competitions
    assert [window.name for window in competition.unanswered] == ["January 2027"]
    assert len(competition.offers) == 1


def test_a_season_written_reads_the_same(results_of: FileOf, nobody: dict[str, str]) -> None:
    season = read_results(results_of({}, BATTERY, JANUARY, JANUARY | BATTERY)).season
    assert read_results(write_results(result_rows(season))).refuse_errors().season == season
