"""Opportunities of the sample as rows of NGED's file, not yet decided, under invented zones and places."""

import random
from calendar import month_name, monthrange
from collections.abc import Iterable, Iterator
from datetime import date, time
from decimal import Decimal

from piclo_nged.dso.nged.sample.opportunity import COPPERBECK, PENBROOK, Asked, Opportunity
from piclo_nged.dso.nged.wire import Outcome, SummaryRow
from piclo_nged.dso.nged.wire.season import ZERO

_OPENS, _CLOSES = date(2026, 10, 5), date(2026, 10, 30)
_FOR_RESTORE = (COPPERBECK, PENBROOK)
_RESTORE_PRICE = Decimal(1150)
_AREAS = ("EM", "WM", "SWA", "SWE")
_BEGINNINGS = ("Wether", "Ashel", "Brindle", "Corven", "Dunsel", "Elmar", "Farrin", "Gallan", "Ivers")
_ENDINGS = ("holt", "thwaite", "combe", "stow", "garth", "mere", "leigh", "wick")
_LOW_VOLTAGE = 3  # every third zone of Sustain lies behind a substation of the low-voltage network


def rows_of(opportunities: Iterable[Opportunity]) -> list[SummaryRow]:
    """Rows in the order of the opportunities, all offers still rejected."""
    places = [beginning + ending for beginning in _BEGINNINGS for ending in _ENDINGS]
    random.Random(2026).shuffle(places)
    rows: list[SummaryRow] = []
    for number, (opportunity, place) in enumerate(zip(opportunities, places, strict=False), start=1):
        rows += _rows(opportunity, *_zone_and_name(number, opportunity, place))
    return rows


def _zone_and_name(number: int, opportunity: Opportunity, place: str) -> tuple[str, str]:
    area = _AREAS[number % len(_AREAS)]
    season = "Summer 2027" if opportunity.windows[0].startswith("June") else "Winter 2026/27"
    if opportunity.product == "Sustain" and number % _LOW_VOLTAGE == 0:
        substation = 990000 + number
        return f"CMZ_LV_T9A_{area}_{substation}", f"{season} - Sustain - {substation} {place} Road"
    return f"CMZ_T9A_{area}_{9000 + number}", f"T9A - {season} - {opportunity.product} - {place}"


def _rows(opportunity: Opportunity, zone: str, name: str) -> Iterator[SummaryRow]:
    for asked in opportunity.asked:
        for technology, assets, installed_kw in asked.technologies:
            yield _row(opportunity, zone, name, asked, (technology, assets, Decimal(installed_kw)))
    if not opportunity.asked:
        nobody = Asked("0", "0", "0", ())
        yield _row(opportunity, zone, name, nobody, ("", 0, ZERO))


def _row(
    opportunity: Opportunity, zone: str, name: str, asked: Asked, technology: tuple[str, int, Decimal]
) -> SummaryRow:
    windows = opportunity.windows[asked.windows]
    first_day, last_day = _period(windows)
    begins, ends = asked.hours or opportunity.hours
    limit = opportunity.ceiling
    availability, utilisation, sustain = ((price * Decimal(asked.share)).quantize(Decimal("0.01")) for price in limit)
    return SummaryRow(
        zone=zone,
        product=opportunity.product,
        name=name,
        windows=windows,
        first_day=first_day,
        last_day=last_day,
        weekdays=opportunity.weekdays,
        start_time=_clock(begins),
        end_time=_clock(ends),
        required_kw=Decimal(opportunity.required_kw),
        ceiling_availability=limit.availability_gbp_per_mw_h,
        ceiling_utilisation=limit.utilisation_gbp_per_mwh,
        ceiling_sustain=limit.sustain_gbp_per_kw,
        opens_on=_OPENS,
        closes_on=_CLOSES,
        company=asked.company,
        offered_kw=Decimal(asked.kw),
        offered_availability=availability,
        offered_utilisation=utilisation,
        offered_sustain=sustain,
        outcome=Outcome.REJECTED if asked.technologies else Outcome.NO_RESPONSE,
        accepted_kw=ZERO,
        awarded_availability=ZERO,
        awarded_utilisation=ZERO,
        awarded_sustain=ZERO,
        technology=technology[0],
        assets=technology[1],
        installed_kw=technology[2],
        for_restore=asked.company in _FOR_RESTORE,
        restore_price=_RESTORE_PRICE,
    )


def _period(windows: tuple[str, ...]) -> tuple[date, date]:
    """The months that the windows name; a season is the winter's three months."""
    months = [_month(window) for window in windows if window.split()[0] in month_name]
    if not months:
        return date(2026, 12, 1), date(2027, 2, 28)
    last = months[-1]
    return months[0], last.replace(day=monthrange(last.year, last.month)[1])


def _month(window: str) -> date:
    month, year = window.split()
    return date(int(year), list(month_name).index(month), 1)


def _clock(half_hour: int) -> time:
    return time(half_hour // 2, half_hour % 2 * 30)
