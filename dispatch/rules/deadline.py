"""By when an instruction must be matched: before the run of its month falls due, which pays what is matched. Pure.

NGED invoices on the 15th for the month before and takes the readings that it has by then. So the first run of a month
falls due when the 15th of the next one begins, in London; that is the deadline.
"""

from datetime import datetime, timedelta

from markets.rules.spans import LONDON, month_span

READINGS_UNTIL = timedelta(days=14)


def to_solve_by(takes_effect_at: datetime) -> datetime:
    """The instant, in UTC, at which the run of the month falls due in which an instruction takes effect."""
    return month_span(takes_effect_at.astimezone(LONDON).date())[1] + READINGS_UNTIL
