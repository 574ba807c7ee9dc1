"""Market time: the one clock by which gates open and close.

The SQL function `market_time(offset)` is `clock_timestamp()` plus the market's clock offset. Only markets marked
as mock may have an offset (a check constraint). Nothing else fakes time; workers and retries use the real clock.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from .people import Seller
    from .token import Token


class MarketTime(models.Func):
    """The market's time at the moment the database evaluates it; takes the path to `clock_offset`."""

    function = "market_time"
    output_field = models.DateTimeField()

    def __init__(self, clock_offset: str = "clock_offset"):
        super().__init__(models.F(clock_offset))


class MarketQuerySet(models.QuerySet["Market"]):  # type: ignore[name-defined]
    """Markets: whom they are open to, which token reaches them, and their time."""

    def open_to(self, seller: "Seller") -> Self:
        """Those whose stage takes the seller in: open to everyone, or it was admitted with this wave or an earlier one."""
        admitted = models.Q(stage="invited") | models.Q(stage="pilot", admissions__wave="pilot")
        mine = self.model._default_manager.filter(admitted, admissions__seller=seller)
        return self.filter(models.Q(stage="open") | models.Q(pk__in=mine.values("pk")))

    def reached_by(self, token: "Token") -> Self:
        """Those of the token's operator: the live ones, or with a sandbox token the mock ones. A seller's reaches none."""
        return (
            self.none()
            if token.operator_id is None
            else self.filter(operator=token.operator_id, is_mock=token.is_sandbox)
        )

    def time_of(self, market_id: int) -> datetime:
        """The market's time now, as the database sees it."""
        now: datetime = self.filter(pk=market_id).values_list(MarketTime(), flat=True).get()
        return now
