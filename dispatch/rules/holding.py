"""Whether the windows of a contract hold what a trigger asks, and in which of them it begins. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from markets.rules.spans import LONDON, Window, window_spans

ONE_DAY = timedelta(days=1)


def held(
    windows: Sequence[Window], starts_at: datetime | None, ends_at: datetime | None, *, needs_terms: bool
) -> tuple[bool, int | None]:
    """Whether they hold it, and the key of the one in which it begins. Windows that adjoin count as one.

    Without `needs_terms` (a stop) it is an instant, which may lie on the very end of a window. `ends_at` None: until a
    stop. Without any time it is held by every window.
    """
    if not needs_terms:
        starts_at = ends_at = ends_at or starts_at
    if starts_at is None:
        return True, windows[0].id if len(windows) == 1 else None
    reached, begun_in = starts_at, None
    for start, end, window_id in sorted(_spans_about(starts_at, ends_at or starts_at, windows)):
        if start <= reached < end or (not needs_terms and reached == end):
            begun_in = begun_in or window_id
            reached = max(reached, end)
    return begun_in is not None and (ends_at is None or ends_at <= reached), begun_in


def _spans_about(
    starts_at: datetime, ends_at: datetime, windows: Sequence[Window]
) -> Iterator[tuple[datetime, datetime, int]]:
    """The windows' spans on the days around an instruction: a season has hundreds."""
    from_day, to_day = starts_at.astimezone(LONDON).date() - ONE_DAY, ends_at.astimezone(LONDON).date() + ONE_DAY
    for window in windows:
        first, last = max(window.first_day, from_day), min(window.last_day, to_day)
        for start, end in window_spans(first, last, window.weekdays, window.local_start, window.local_end):
            yield start, end, window.id
