"""Words of the operator that a decision taught, and the deadline of a match: rules, without a database."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from dispatch.rules.aliases import Learned, understood
from dispatch.rules.deadline import to_solve_by
from dispatch.rules.matching import judge

from .test_matching import ASKED, CONTRACT


def learned(means: str, key: int, kind: str = "zone", word: str = "Bridge", **more: object) -> Learned:
    return Learned(f"AL-{key}", kind, word, means, key, "Casey decided so", **more)  # type: ignore[arg-type]


def test_a_learned_word_is_read_as_what_it_means_and_said() -> None:
    asked = understood(replace(ASKED, zone="BRIDGE"), {"zone": "BRIDGE"}, [learned("Z1", 1)])
    verdict = judge(asked, [CONTRACT])
    assert verdict.chosen is not None
    assert verdict.remarks == ("The zone 'BRIDGE' means Z1: Casey decided so (AL-1).",)


@pytest.mark.parametrize("aliases", [[learned("Z1", 1), learned("Z2", 2)], [learned("Z1", 1, clashes=True)]])
def test_a_word_that_means_two_things_matches_nothing(aliases: list[Learned]) -> None:
    asked = understood(replace(ASKED, zone="Bridge"), {"zone": "Bridge"}, aliases)
    verdict = judge(asked, [CONTRACT, replace(CONTRACT, contract_id=2, zone="Bridge")])
    assert verdict.chosen is None
    assert "'Bridge'" in verdict.discrepancies[0]


def test_a_learned_name_gives_a_seller_only_where_none_is_known() -> None:
    voltwise = learned("Voltwise", 1, "company", "VW")
    unknown = replace(ASKED, seller_id=None, seller_named="VW")
    assert understood(unknown, {"company": "VW"}, [voltwise]).seller_id == 1
    assert understood(replace(unknown, seller_id=7), {"company": "VW"}, [voltwise]).seller_id == 7
    account = learned("Gridbeam", 2, "account", "A-1")
    both = understood(unknown, {"company": "VW", "account": "A-1"}, [voltwise, account])
    assert both.seller_id is None
    assert both.doubts == ("Two sellers are named: 'VW' means Voltwise and 'A-1' means Gridbeam, as it was learned.",)


@pytest.mark.parametrize(
    ("at", "by"),
    [
        (datetime(2026, 11, 3, 17, tzinfo=UTC), datetime(2026, 12, 15, tzinfo=UTC)),
        (datetime(2026, 5, 31, 22, 59, tzinfo=UTC), datetime(2026, 6, 14, 23, tzinfo=UTC)),
        (datetime(2026, 5, 31, 23, tzinfo=UTC), datetime(2026, 7, 14, 23, tzinfo=UTC)),  # in London it is June
    ],
)
def test_it_is_to_be_solved_by_the_fifteenth_of_the_next_month_in_london(at: datetime, by: datetime) -> None:
    assert to_solve_by(at) == by
