"""Trade Results Summary as the field's nouns: what its rows are, and that none is lost."""

from datetime import UTC, date, datetime
from decimal import Decimal

from piclo_nged.dso.nged.wire import Fate, Outcome, read_summary, summary_rows, write_summary
from piclo_nged.dso.nged.wire.naming import competition_reference

from .conftest import FileOf

HOUSEHOLD = {"technology": "Household demand", "assets": "2", "installed_kw": "0.2"}


def test_rows_that_differ_in_technology_are_one_offer(summary_of: FileOf) -> None:
    (offer,) = read_summary(summary_of({}, HOUSEHOLD)).season.offers
    assert [technology.name for technology in offer.technologies] == ["EV charge point", "Household demand"]
    assert (offer.assets, offer.lines) == (3, (2, 3))


def test_a_technology_that_comes_again_is_a_second_equal_offer(summary_of: FileOf) -> None:
    first, second = read_summary(summary_of({}, {}, HOUSEHOLD)).season.offers
    assert (first.lines, second.lines) == ((2,), (3, 4))
    assert first.reference != second.reference


def test_noise_of_floats_does_not_make_two_offers(summary_of: FileOf) -> None:
    (offer,) = read_summary(summary_of({}, HOUSEHOLD | {"offered_kw": "1.45"})).season.offers
    assert offer.capacity_kw == Decimal("1.4500")


def test_another_price_or_window_or_decision_is_another_offer(summary_of: FileOf) -> None:
    changes = ({"offered_utilisation": "4000.0"}, {"windows": '"December 2026"'}, {"outcome": "Rejected"})
    assert len(list(read_summary(summary_of({}, *(HOUSEHOLD | change for change in changes))).season.offers)) == 4


def test_nobody_responded_is_a_fact_of_the_windows(summary_of: FileOf, nobody: dict[str, str]) -> None:
    reading = read_summary(summary_of(nobody)).refuse_errors()
    (competition,) = reading.season.competitions
    assert not competition.offers
    assert [window.name for window in competition.unanswered] == ["December 2026", "January 2027"]
    assert [account.fate for account in reading.season.accounts] == [Fate.NO_RESPONSE]


def test_no_capacity_is_no_bid_but_accounted_for(summary_of: FileOf) -> None:
    season = read_summary(summary_of({}, {"offered_kw": "0.0", "outcome": "Rejected"})).season
    assert [(account.line, account.fate) for account in season.accounts] == [(2, Fate.OFFER), (3, Fate.SKIPPED)]
    assert [(account.line, account.reason) for account in season.skipped] == [(3, "offered 0 kW, so there is no bid")]


def test_windows_named_by_month_have_that_month(summary_of: FileOf) -> None:
    named = {"windows": '"December 2026","January 2027","Evenings, all winter"', "last_day": "2027-01-15"}
    (competition,) = read_summary(summary_of(named)).season.competitions
    assert [(window.name, window.first_day, window.last_day) for window in competition.windows] == [
        ("December 2026", date(2026, 12, 1), date(2026, 12, 31)),
        ("January 2027", date(2027, 1, 1), date(2027, 1, 15)),
        ("Evenings, all winter", date(2026, 12, 1), date(2027, 1, 15)),
    ]


def test_a_name_may_stand_for_windows_of_other_hours(summary_of: FileOf) -> None:
    (competition,) = read_summary(summary_of({}, {"start_time": "17:00:00"})).season.competitions
    assert [window.label for window in competition.windows] == [
        "December 2026 Mon-Tue Fri 16:30-19:30",
        "January 2027 Mon-Tue Fri 16:30-19:30",
        "December 2026 Mon-Tue Fri 17:00-19:30",
        "January 2027 Mon-Tue Fri 17:00-19:30",
    ]


def test_a_window_told_with_two_peaks_has_the_lower(summary_of: FileOf) -> None:
    season = read_summary(summary_of({}, {"company": "B", "required_kw": "90.0"}, {"company": "C"})).season
    (competition,) = season.competitions
    assert {window.required_kw for window in competition.windows} == {Decimal(90)}
    assert all(set(offer.windows) == set(competition.windows) for offer in competition.offers)


def test_a_name_used_for_several_periods_is_several_competitions(summary_of: FileOf) -> None:
    first, second = read_summary(summary_of({}, {"last_day": "2026-12-31"})).season.competitions
    assert first.reference != second.reference
    assert first.opportunity == second.opportunity


def test_references_are_stable_readable_and_short() -> None:
    period = date(2026, 12, 1), date(2027, 1, 31)
    facts = ("CMZ_LV_T9A_EM_990001", "Sustain", "Winter 2026/27 - Sustain - 990001 Corvenstow Road", *period)
    assert competition_reference(*facts) == "CMZ_LV_T9A_EM_990001-Sustain-20261201-20270131-b06b7a81bd"
    longest = competition_reference("CMZ_" + "X" * 40, "Scheduled / Utilisation", "n" * 300, *period)
    assert len(longest) <= 60
    assert "/" not in longest


def test_the_gate_is_open_for_whole_days_of_london(summary_of: FileOf) -> None:
    (competition,) = read_summary(summary_of({})).season.competitions
    assert competition.opens_at == datetime(2026, 10, 4, 23, tzinfo=UTC)
    assert competition.closes_at == datetime(2026, 10, 31, tzinfo=UTC)


def test_rows_that_contradict_their_competition_leave_it_out_whole(summary_of: FileOf) -> None:
    other = {"name": "Another", "company": "Mossgate Heat Ltd"}
    reading = read_summary(summary_of({}, {"ceiling_utilisation": "9.0", "company": "B"}, other))
    assert [(error.line, error.column, error.value) for error in reading.errors] == [
        (3, "Tendered Ceiling Utilisation Price", "9.0000")
    ]
    assert [competition.name for competition in reading.season.competitions] == ["Another"]
    left_out, kept = reading.season.accounts
    assert (left_out.line, left_out.reason) == (2, "line 3 is in error and is, or may be, of the same competition")
    assert (kept.line, kept.fate) == (4, Fate.OFFER)


def test_a_row_that_may_belong_to_any_competition_leaves_all_out(summary_of: FileOf) -> None:
    reading = read_summary(summary_of({}, {"name": "Another", "company": "Mossgate Heat Ltd"}) + "one,cell,too,few\n")
    assert [error.line for error in reading.errors] == [4]
    assert reading.season.competitions == ()
    assert [account.fate for account in reading.season.accounts] == [Fate.SKIPPED, Fate.SKIPPED]


def test_rows_that_contradict_themselves(summary_of: FileOf, nobody: dict[str, str]) -> None:
    text = summary_of(
        {"outcome": "No response received"},
        nobody | {"outcome": "Rejected", "offered_kw": "2"},
        {"last_day": "2026-11-30", "closes_on": "2026-10-01"},
    )
    assert [(error.line, error.column) for error in read_summary(text).errors] == [
        (2, "Company Name"),
        (3, "Company Name"),
        (3, "Offered Capacity [kW]"),
        (4, "Trade Opportunity Delivery End Date"),
        (4, "Trade Close Date"),
    ]


def test_a_season_written_reads_the_same(summary_of: FileOf, nobody: dict[str, str]) -> None:
    nobodys = nobody | {"name": "Nobody's", "restore_price": "0"}
    season = read_summary(summary_of({}, HOUSEHOLD, {"company": "B", "outcome": "Rejected"}, nobodys)).season
    again = read_summary(write_summary(summary_rows(season))).refuse_errors().season
    assert again == season
    assert [offer.outcome for offer in again.offers] == [Outcome.ACCEPTED, Outcome.REJECTED]
