"""Matching rules, without a database: what agrees matches by itself, what does not is said."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.rules.comparing import Asked, Candidate
from dispatch.rules.matching import judge
from dispatch.rules.standing import BidAsset
from markets.rules.spans import Window, window_spans

ALL_DAYS = (1, 2, 3, 4, 5, 6, 7)
EVENING = Window(1, date(2026, 11, 1), date(2027, 2, 28), (1, 2, 3, 4, 5), time(16), time(20))
NIGHT = Window(2, date(2026, 11, 1), date(2027, 2, 28), (1, 2, 3, 4, 5), time(20), time(0))
CONTRACT = Candidate(1, ("C-1", "B-7"), 1, "Voltwise", ("Dynamic", "dynamic"), "Z1", Decimal("50.5"), (EVENING,))
OTHER = replace(CONTRACT, contract_id=2, names=("C-2", "B-8"), windows=(NIGHT,))
ASKED = Asked(
    kind="start",
    seller_id=1,
    seller_named="Voltwise",
    contract_named="",
    asset_named="",
    product="Dynamic",
    zone="Z1",
    capacity_kw=Decimal("50.5"),
    starts_at=datetime(2026, 11, 3, 17, tzinfo=UTC),
    ends_at=datetime(2026, 11, 3, 19, tzinfo=UTC),
)


def test_the_one_contract_that_agrees_in_everything_is_chosen_with_its_window() -> None:
    verdict = judge(ASKED, [OTHER, CONTRACT])
    assert verdict.chosen is not None
    assert (verdict.chosen.candidate, verdict.chosen.window_id, verdict.discrepancies) == (CONTRACT, 1, ())
    assert [judged.candidate for judged in verdict.ranked] == [CONTRACT, OTHER]


@pytest.mark.parametrize("named", ["C-1", "B-7", "b-7"])
def test_a_contract_named_by_either_reference_is_found_among_equals(named: str) -> None:
    twin = replace(CONTRACT, contract_id=3, names=("C-3", "B-9"))
    verdict = judge(replace(ASKED, contract_named=named), [twin, CONTRACT])
    assert verdict.chosen is not None
    assert verdict.chosen.candidate == CONTRACT


def test_two_contracts_that_both_agree_are_for_a_person() -> None:
    twin = replace(CONTRACT, contract_id=3, names=("C-3", "B-9"))
    verdict = judge(ASKED, [twin, CONTRACT])
    assert verdict.chosen is None
    assert verdict.discrepancies == ("More than one contract agrees with it in everything: C-1, C-3.",)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"contract_named": "X-99"}, "No contract of this market is known as X-99."),
        ({"capacity_kw": Decimal(51)}, "The trigger asks 51 kW; contract C-1 is for 50.5 kW."),
        ({"zone": "Z2"}, "Contract C-1 is in zone Z1; the trigger names Z2."),
        ({"product": "Secure"}, "Contract C-1 is for Dynamic; the trigger names Secure."),
        ({"seller_id": 2, "seller_named": "Gridbeam"}, "Contract C-1 belongs to Voltwise; the trigger names Gridbeam."),
        (
            {"seller_id": None, "seller_named": ""},
            "Contract C-1 belongs to Voltwise; the trigger names no seller that we know.",
        ),
        (
            {"starts_at": datetime(2026, 11, 3, 15, tzinfo=UTC)},
            "Contract C-1 has no service window that holds Tuesday 3 November 2026, 15:00 GMT (15:00 UTC)"
            " to Tuesday 3 November 2026, 19:00 GMT (19:00 UTC); it has Mon–Fri 16:00–20:00 London,"
            " 1\u00a0Nov\u00a02026 – 28\u00a0Feb\u00a02027.",
        ),
    ],
)
def test_each_discrepancy_leaves_it_open_and_is_said(change: dict[str, object], sentence: str) -> None:
    verdict = judge(replace(ASKED, **change), [CONTRACT])  # type: ignore[arg-type]
    assert verdict.chosen is None
    assert sentence in verdict.discrepancies


def test_without_any_candidate_that_is_said() -> None:
    assert judge(ASKED, []).discrepancies == ("No contract of Voltwise was found in zone Z1.",)


def test_the_named_contract_ranks_before_one_that_agrees_better_otherwise() -> None:
    named = replace(OTHER, zone="Z2", windows=())
    assert judge(replace(ASKED, contract_named="C-2"), [CONTRACT, named]).ranked[0].candidate == named


def test_what_the_trigger_left_out_does_not_disagree() -> None:
    asked = replace(ASKED, kind="emergency_stop", product="", zone="", capacity_kw=None, starts_at=None, ends_at=None)
    verdict = judge(asked, [CONTRACT])
    assert verdict.chosen is not None
    assert verdict.chosen.window_id == 1


def test_a_call_across_two_windows_that_adjoin_is_held_by_both() -> None:
    both = replace(CONTRACT, windows=(NIGHT, EVENING))
    late = replace(ASKED, ends_at=datetime(2026, 11, 3, 22, tzinfo=UTC))
    verdict = judge(late, [both])
    assert verdict.chosen is not None
    assert verdict.chosen.window_id == EVENING.id
    gap = replace(CONTRACT, windows=(EVENING, replace(NIGHT, local_start=time(21))))
    assert judge(late, [gap]).chosen is None


@pytest.mark.parametrize(
    ("kind", "ends_at", "is_held"),
    [
        ("stop", datetime(2026, 11, 3, 20, tzinfo=UTC), True),  # at the very end
        ("stop", datetime(2026, 11, 3, 20, 30, tzinfo=UTC), False),
        ("cancel", datetime(2026, 11, 3, 16, tzinfo=UTC), True),
        ("start", None, True),
    ],
)
def test_stops_and_open_starts_are_instants(kind: str, ends_at: datetime | None, is_held: bool) -> None:
    verdict = judge(replace(ASKED, kind=kind, ends_at=ends_at), [CONTRACT])
    assert (verdict.chosen is not None) is is_held


def test_a_stop_asks_for_no_capacity() -> None:
    assert judge(replace(ASKED, kind="stop", capacity_kw=Decimal(500)), [CONTRACT]).chosen is not None


def test_windows_are_london_time_on_both_sides_of_the_clock_change() -> None:
    window = Window(1, date(2026, 10, 24), date(2026, 10, 26), ALL_DAYS, time(17), time(18))
    contract = replace(CONTRACT, windows=(window,))
    for start in (datetime(2026, 10, 24, 16, tzinfo=UTC), datetime(2026, 10, 25, 17, tzinfo=UTC)):
        end = start + timedelta(hours=1)
        assert judge(replace(ASKED, starts_at=start, ends_at=end), [contract]).chosen is not None
        assert judge(replace(ASKED, starts_at=start + timedelta(minutes=1), ends_at=end), [contract]).chosen is not None
        assert judge(replace(ASKED, starts_at=start - timedelta(minutes=1), ends_at=end), [contract]).chosen is None


@given(
    st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    st.integers(0, 40),
    st.sets(st.integers(1, 7), min_size=1),
    st.integers(0, 47),
    st.integers(0, 47),
    st.integers(0, 60 * 24 * 400),
    st.integers(1, 60 * 30),
)
def test_a_call_is_held_exactly_where_spans_of_the_window_hold_it(
    first: date, days: int, weekdays: set[int], start: int, end: int, after: int, minutes: int
) -> None:
    """Against the plain definition: each minute asked lies in a span of the season."""
    window = Window(
        9,
        first,
        first + timedelta(days=days),
        tuple(weekdays),
        time(start // 2, start % 2 * 30),
        time(end // 2, end % 2 * 30),
    )
    starts_at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=after)
    asked = replace(ASKED, starts_at=starts_at, ends_at=starts_at + timedelta(minutes=minutes))
    spans = list(window_spans(window.first_day, window.last_day, window.weekdays, window.local_start, window.local_end))
    instants = [starts_at + timedelta(minutes=m) for m in {*range(0, minutes, 30), minutes - 1}]
    is_held = all(any(s <= at < e for s, e in spans) for at in instants)
    assert (judge(asked, [replace(CONTRACT, windows=(window,))]).chosen is not None) is is_held


@given(st.decimals(0, 200, places=4), st.decimals("0.0001", 200, places=4))
def test_capacity_agrees_up_to_the_contract(asked_kw: Decimal, accepted_kw: Decimal) -> None:
    verdict = judge(replace(ASKED, capacity_kw=asked_kw), [replace(CONTRACT, accepted_kw=accepted_kw)])
    assert (verdict.chosen is not None) is (asked_kw <= accepted_kw)


@given(
    st.permutations(
        [CONTRACT, OTHER, replace(OTHER, contract_id=3, seller_id=2), replace(CONTRACT, contract_id=4, zone="Z2")]
    )
)
def test_the_order_in_which_candidates_come_does_not_matter(candidates: list[Candidate]) -> None:
    verdict = judge(ASKED, candidates)
    assert verdict.chosen is not None
    assert [judged.candidate.contract_id for judged in verdict.ranked] == [1, 2, 4, 3]


FACTS: dict[str, dict[str, object]] = {
    "contract": {"contract_named": "C-404"},
    "seller": {"seller_id": 2, "seller_named": "Gridbeam"},
    "zone": {"zone": "Z2"},
    "window": {"starts_at": datetime(2026, 11, 3, 9, tzinfo=UTC)},
    "product": {"product": "Secure"},
    "capacity": {"capacity_kw": Decimal(51)},
}
RETIRED = BidAsset(1, "EV-1", "Depot", "qualified", datetime(2026, 10, 1, tzinfo=UTC))
OURS: list[dict[str, object]] = [
    {},
    {"seller_id": 2, "seller": "Gridbeam"},
    {"zone": "Z2"},
    {"windows": (NIGHT,)},
    {"windows": (NIGHT, EVENING)},
    {"products": ("Secure", "secure")},
    {"accepted_kw": Decimal(20)},
    {"accepted_kw": Decimal(80)},
    {"is_scheduled": True},
    {"assets": (RETIRED,)},
]


@st.composite
def crowds(draw: st.DrawFn) -> list[Candidate]:
    """Contracts that differ from the one asked in some things or none."""
    changes = draw(st.lists(st.lists(st.sampled_from(OURS), max_size=3), max_size=6))
    return [
        replace(CONTRACT, contract_id=n, names=(f"C-{n}", f"B-{n}"), **{k: v for one in each for k, v in one.items()})  # type: ignore[arg-type]
        for n, each in enumerate(changes, start=1)
    ]


ASKS = st.lists(st.sampled_from([{}, {"contract_named": "C-2"}, {"product": ""}, *FACTS.values()]), max_size=2)


@given(crowds(), ASKS, st.randoms())
def test_whatever_the_candidates_nothing_is_matched_with_a_discrepancy_or_a_rival(
    crowd: list[Candidate], asks: list[dict[str, object]], random: random.Random
) -> None:
    asked = replace(ASKED, **{k: v for one in asks for k, v in one.items()})  # type: ignore[arg-type]
    verdict = judge(asked, crowd)
    shuffled = [replace(c, windows=tuple(reversed(c.windows))) for c in random.sample(crowd, len(crowd))]
    other = judge(asked, shuffled)
    assert [j.candidate.contract_id for j in other.ranked] == [j.candidate.contract_id for j in verdict.ranked]
    assert (other.discrepancies, other.chosen is None) == (verdict.discrepancies, verdict.chosen is None)
    perfect = [judged for judged in verdict.ranked if not judged.discrepancies]
    assert list(verdict.ranked[: len(perfect)]) == perfect, (
        "one that agrees in everything stands behind one that does not"
    )
    assert verdict.chosen == (perfect[0] if len(perfect) == 1 else None)
    assert (verdict.chosen is None) == bool(verdict.discrepancies), "it is open, and nobody is told why"


@pytest.mark.parametrize("key", FACTS)
def test_a_differing_fact_says_both_values(key: str) -> None:
    asked = replace(ASKED, **FACTS[key])  # type: ignore[arg-type]
    [judged] = judge(asked, [CONTRACT]).ranked
    [differing] = [fact for fact in judged.facts if fact.agrees is False]
    shown = differing.ours.removesuffix(" (bid B-7)")
    assert differing.key == key
    assert differing.asked in differing.sentence
    assert shown in differing.sentence


def test_what_is_delivered_by_schedule_is_not_called_by_trigger() -> None:
    verdict = judge(ASKED, [replace(CONTRACT, is_scheduled=True)])
    assert verdict.chosen is None
    assert "Dynamic, which is delivered by schedule" in verdict.discrepancies[0]


def test_less_than_is_contracted_is_a_remark() -> None:
    verdict = judge(replace(ASKED, capacity_kw=Decimal(20)), [CONTRACT])
    assert verdict.chosen is not None
    assert verdict.remarks == ("The trigger asks 20 kW of the 50.5 kW of contract C-1.",)


def test_an_asset_that_stands_no_more_is_told_and_none_left_is_for_a_person() -> None:
    good, again = BidAsset(2, "EV-2", "Yard", "qualified"), BidAsset(3, "EV-3", "Gate", "offered")
    verdict = judge(ASKED, [replace(CONTRACT, assets=(RETIRED, good, again))])
    assert verdict.chosen is not None
    assert verdict.remarks == (
        "Asset EV-1 of contract C-1 was retired on Thu 1 Oct 2026, 01:00 BST.",
        "Asset EV-3 of contract C-1 waits for the operator's decision, after it changed or was offered anew.",
    )
    [sentence] = judge(ASKED, [replace(CONTRACT, assets=(RETIRED, again))]).discrepancies
    assert "none can deliver" in sentence
    later = replace(RETIRED, retired_at=datetime(2026, 12, 1, tzinfo=UTC))
    assert judge(ASKED, [replace(CONTRACT, assets=(later,))]).remarks == ()


@pytest.mark.parametrize("named", ["EV-2", "ev-2", "2"])
def test_an_asset_that_is_named_tells_two_contracts_apart(named: str) -> None:
    depot, yard = BidAsset(1, "EV-1", "Depot", "qualified"), BidAsset(2, "EV-2", "Yard", "qualified")
    twin = replace(CONTRACT, contract_id=3, names=("C-3", "B-9"), assets=(yard, depot))
    verdict = judge(replace(ASKED, asset_named=named), [replace(CONTRACT, assets=(depot,)), twin])
    assert verdict.chosen is not None
    assert verdict.chosen.candidate == twin
    assert next(fact for fact in verdict.chosen.facts if fact.key == "assets").asked == named


def test_an_asset_that_no_contract_has_is_for_a_person() -> None:
    verdict = judge(
        replace(ASKED, asset_named="EV-9"), [replace(CONTRACT, assets=(BidAsset(1, "EV-1", "Depot", "qualified"),))]
    )
    assert verdict.chosen is None
    assert verdict.discrepancies == ("The trigger calls asset EV-9; behind contract C-1 stands EV-1 Depot.",)


def test_a_retired_asset_that_is_not_the_one_named_says_nothing() -> None:
    both = replace(CONTRACT, assets=(RETIRED, BidAsset(2, "EV-2", "Yard", "qualified")))
    verdict = judge(replace(ASKED, asset_named="EV-2"), [both])
    assert verdict.chosen is not None
    assert verdict.remarks == ()
    assert judge(replace(ASKED, asset_named="EV-1"), [both]).chosen is None
