"""Whether a notice may be published, and whether it may revise what is known: every fault, with its line and column."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from ...models import Competition, Product, ServiceWindow
from ...problems import RowProblem
from ...rules import words
from ...rules.notices import ZERO, CompetitionNotice, WindowNotice
from ...rules.revisions import COMPETITION_FIELDS, Change
from ...rules.spans import is_on_half_hour, london, service_days
from ..gate import why_closed

CEILINGS = [name for name in COMPETITION_FIELDS if "ceiling" in name]
MOST_KV = 1000
LONGEST = {"reference": 100, "name": 300, "zone_name": 200, "licence_area": 10}
LONGEST_WINDOW_NAME = 200


def notice_problems(notice: CompetitionNotice, products: Mapping[str, Product]) -> list[RowProblem]:
    """What is wrong with the notice in itself. `products` are the operator's, by casefolded name."""

    def wrong(column: str, value: object, reason: str) -> None:
        problems.append(RowProblem(notice.line, column, str(value), reason))

    problems: list[RowProblem] = []
    if not re.fullmatch(r"\S{1,60}", notice.zone_code):
        wrong("zone", notice.zone_code, "Say the zone's code: at most 60 characters, without spaces.")
    for column, longest in LONGEST.items():
        if len(getattr(notice, column)) > longest:
            wrong(column, getattr(notice, column), f"At most {longest} characters are kept of this.")
    if not notice.name.strip():
        wrong("name", notice.name, "Give the competition a name: sellers find it by that.")
    product = products.get(notice.product.casefold())
    if product is None:
        wrong("product", notice.product, f"Unknown product. Known are: {', '.join(p.name for p in products.values())}.")
    elif notice.direction not in ("", product.direction):
        reason = f"{product.name} is {product.get_direction_display().lower()}, and is settled so."
        wrong("direction", notice.direction, f"{reason} Ask Piclo for a product of this direction.")
    if notice.opens_at >= notice.closes_at:
        wrong("closes_at", notice.closes_at.isoformat(), "Bidding must close after it opens.")
    if notice.first_day > notice.last_day:
        wrong("last_day", notice.last_day, "Delivery must end after it begins.")
    if notice.required_kw < 0 or any(getattr(notice, ceiling) < 0 for ceiling in CEILINGS):
        wrong("required_kw", notice.required_kw, "Capacity and ceilings are not negative.")
    if notice.max_connection_kv is not None and not 0 < notice.max_connection_kv <= MOST_KV:
        reason = f"A connection voltage is above 0 and at most {MOST_KV:,} kV."
        wrong("max_connection_kv", notice.max_connection_kv, reason)
    return problems + _window_problems(notice)


def _window_problems(notice: CompetitionNotice) -> list[RowProblem]:
    problems = []
    if not notice.windows:
        problems.append(("", "A competition needs at least one service window."))
    if len({w.name for w in notice.windows}) < len(notice.windows):
        problems.append(("", "Two windows have the same name."))
    for asked in notice.windows:
        if not 0 < len(asked.name.strip()) <= LONGEST_WINDOW_NAME:
            problems.append((asked.name, f"A window has a name of at most {LONGEST_WINDOW_NAME} characters."))
        if asked.first_day > asked.last_day or asked.required_kw < 0 or not asked.weekdays:
            reason = "A window needs days in order, at least one weekday and no negative capacity."
            problems.append((asked.name, reason))
        else:
            problems += [(asked.name, reason) for reason in _timing_problems(asked, notice)]
        if not 0 <= asked.minimum_kw <= max(asked.required_kw, ZERO):
            reason = "The smallest offer taken lies between 0 and what the window requires."
            problems.append((asked.name, reason))
    return [RowProblem(notice.line, "windows", value, reason) for value, reason in problems]


def _timing_problems(asked: WindowNotice, notice: CompetitionNotice) -> list[str]:
    """Why nobody could deliver, or be settled, in the days and times of a window."""
    problems = []
    if not notice.first_day <= asked.first_day <= asked.last_day <= notice.last_day:
        own, whole = words.days(asked.first_day, asked.last_day), words.days(notice.first_day, notice.last_day)
        problems.append(f"Its days ({own}) do not lie within the competition's ({whole}).")
    first = next(service_days(asked.first_day, asked.last_day, asked.weekdays), None)
    if first and (starts_at := london(first, asked.local_start)) < notice.closes_at:
        begins, closes = words.moment(starts_at), words.moment(notice.closes_at)
        problems.append(f"It would deliver from {begins}, before bidding closes on {closes}: nobody could be chosen.")
    if len(set(asked.weekdays)) < len(asked.weekdays):
        problems.append("A weekday stands twice: name each once.")
    if not any(service_days(asked.first_day, asked.last_day, asked.weekdays)):
        named, days = words.weekdays(asked.weekdays), words.days(asked.first_day, asked.last_day)
        problems.append(f"None of its weekdays ({named}) falls within {days}: nothing would ever be delivered.")
    if odd := [str(at) for at in (asked.local_start, asked.local_end) if not is_on_half_hour(at)]:
        problems.append(f"A window begins and ends on a half-hour, such as 16:00 or 16:30, not at {' and '.join(odd)}.")
    return problems


def revision_problems(
    old: Competition, notice: CompetitionNotice, changed: Sequence[Change], now: datetime
) -> list[RowProblem]:
    """Why the notice may not revise what is known. Nothing may change of what sellers bid on once the gate has closed."""

    def wrong(column: str, value: str, reason: str) -> list[RowProblem]:
        return [RowProblem(notice.line, column, value, reason)]

    columns = {change.column for change in changed}
    if (old.product.name.casefold(), old.zone.code) != (notice.product.casefold(), notice.zone_code):
        reason = "This reference belongs to another product or zone; use a new one."
        return wrong("reference", notice.reference, reason)
    if old.status == Competition.Status.PREVIEW:
        return []  # no seller has seen it
    if old.status != Competition.Status.PUBLISHED and changed:
        reason = f"It is {old.get_status_display().lower()}: it can't be revised."
        return wrong("reference", notice.reference, reason)
    if "closes_at" in columns and notice.closes_at <= now < old.closes_at:
        reason = "Bidding is open: it can be made to close earlier, but not in the past, for that would open the bids."
        return wrong("closes_at", notice.closes_at.isoformat(), reason)
    if "closes_at" in columns and old.closes_at <= now:
        # The operator has read the bids, and the proof of completeness says that there are no more.
        reason = f"{why_closed(old, now)} It does not open again: publish a new competition."
        return wrong("closes_at", notice.closes_at.isoformat(), reason)
    if "opens_at" in columns and old.opens_at <= now < notice.opens_at and old.bids.exists():
        reason = "Bidding is open and there are bids: it can't open later. Withdraw the competition instead."
        return wrong("opens_at", notice.opens_at.isoformat(), reason)
    if old.closes_at <= now and columns - {"name"}:
        what = ", ".join(dict.fromkeys(change.column for change in changed))
        reason = f"{why_closed(old, now)} Sellers bid on what it asked for then: {what} can't change."
        return wrong("reference", notice.reference, reason)
    reason = "It has bids and can't be left out; withdraw the competition instead."
    bid_on = _left_out(old, notice) if "windows" in columns else []
    return [RowProblem(notice.line, "windows", name, reason) for name in bid_on]


def _left_out(old: Competition, notice: CompetitionNotice) -> list[str]:
    """Names of the windows with bids that the notice does not name any more."""
    rest = ServiceWindow.objects.filter(competition=old).exclude(name__in=[w.name for w in notice.windows])
    return list(rest.filter(bid_lines__isnull=False).distinct().values_list("name", flat=True))
