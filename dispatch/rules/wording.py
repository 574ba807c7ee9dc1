"""How an instant is written for people who must act: London time with its zone, and UTC beside it. Pure."""

from datetime import UTC, datetime

from markets.rules.spans import LONDON


def instant(at: datetime) -> str:
    """`Tuesday 3 November 2026, 17:00 GMT (17:00 UTC)`. Seconds only where there are some; the UTC day where it differs."""
    local, utc = at.astimezone(LONDON), at.astimezone(UTC)
    other_day = "" if utc.date() == local.date() else f"{utc.day} {utc:%b} "
    return f"{local:%A} {local.day} {local:%B %Y}, {_clock(local)} {local:%Z} ({other_day}{_clock(utc)} UTC)"


def brief_instant(at: datetime) -> str:
    """`Tue 3 Nov 17:00 GMT`, for a subject line."""
    local = at.astimezone(LONDON)
    return f"{local:%a} {local.day} {local:%b} {_clock(local)} {local:%Z}"


def _clock(at: datetime) -> str:
    return f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"
