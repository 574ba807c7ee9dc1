"""Instants and months of market time inside due-queries, so that one query serves markets with different clocks."""

from typing import Any

from django.db.models import DateField, DateTimeField, ExpressionWrapper, F, Func

from markets.models import MarketTime


class LastMonth(Func):
    """First day of the calendar month before the market's current one, in London."""

    template = "(date_trunc('month', %(expressions)s AT TIME ZONE 'Europe/London') - interval '1 month')::date"
    output_field = DateField()

    def __init__(self, clock_offset: str = "clock_offset", **extra: Any):
        super().__init__(MarketTime(clock_offset), **extra)


class ThisMonth(Func):
    """First day of the market's current calendar month, in London."""

    template = "date_trunc('month', %(expressions)s AT TIME ZONE 'Europe/London')::date"
    output_field = DateField()

    def __init__(self, clock_offset: str = "clock_offset", **extra: Any):
        super().__init__(MarketTime(clock_offset), **extra)


class MonthBegan(Func):
    """The instant, in market time, at which the market's current month began."""

    template = "(date_trunc('month', %(expressions)s AT TIME ZONE 'Europe/London') AT TIME ZONE 'Europe/London')"
    output_field = DateTimeField()

    def __init__(self, clock_offset: str = "clock_offset", **extra: Any):
        super().__init__(MarketTime(clock_offset), **extra)


def real(instant: Any, clock_offset: str = "clock_offset") -> ExpressionWrapper:
    """An instant of market time as real time: cases and people live by the real clock."""
    return ExpressionWrapper(instant - F(clock_offset), output_field=DateTimeField())
