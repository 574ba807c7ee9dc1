"""Times and capacities as people read them, also on the days when the clocks change."""

from datetime import UTC, datetime

import pytest

from dispatch.rules.wording import brief_instant, instant


@pytest.mark.parametrize(
    ("at", "written"),
    [
        (datetime(2026, 11, 3, 17, tzinfo=UTC), "Tuesday 3 November 2026, 17:00 GMT (17:00 UTC)"),
        (datetime(2026, 7, 3, 17, 0, 30, tzinfo=UTC), "Friday 3 July 2026, 18:00:30 BST (17:00:30 UTC)"),
        (datetime(2026, 6, 30, 23, 15, tzinfo=UTC), "Wednesday 1 July 2026, 00:15 BST (30 Jun 23:15 UTC)"),
        # The hour that comes twice: only the zone tells the two apart.
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "Sunday 25 October 2026, 01:30 BST (00:30 UTC)"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "Sunday 25 October 2026, 01:30 GMT (01:30 UTC)"),
    ],
)
def test_an_instant_is_written_in_london_time_and_utc(at: datetime, written: str) -> None:
    assert instant(at) == written


def test_a_subject_has_the_short_form() -> None:
    assert brief_instant(datetime(2026, 7, 3, 17, tzinfo=UTC)) == "Fri 3 Jul 18:00 BST"
