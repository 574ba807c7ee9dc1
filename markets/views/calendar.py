"""When the repeating auctions of the markets open to a seller are published, open, close and are decided."""

from itertools import groupby
from typing import Any

from django.views.generic import TemplateView

from ..models import Auction, Market
from ..operations.calendars import timetable
from ..web.access import SellerPage

SHOWN = 14
"""Auctions per calendar: two weeks of a daily one."""


class CalendarPage(SellerPage, TemplateView):
    """The next auctions of each calendar, in the order of their gates."""

    section = "competitions"
    help = "bidding#auctions-that-repeat"
    template_name = "markets/calendar.html"
    market_path = "calendar.market"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        auctions = timetable(Market.objects.open_to(self.seller))
        calendars = [list(rows)[:SHOWN] for _, rows in groupby(sorted(auctions, key=_calendar), _calendar)]
        shown = [auction for rows in calendars for auction in rows]
        context = super().get_context_data(calendars=calendars, **kwargs)
        return context | {"mock_markets": self.mock_markets(shown)}


def _calendar(auction: Auction) -> tuple[str, str, int]:
    calendar = auction.calendar
    return calendar.market.name, calendar.name, calendar.pk
