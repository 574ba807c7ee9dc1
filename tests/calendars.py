"""Two calendars of repeating auctions: a daily one, and the week-ahead one that NGED gives as its example."""

from datetime import date, time

from markets.rules.calendar import CalendarTerms

DAILY = CalendarTerms(
    delivery_weekdays=(1, 2, 3, 4, 5, 6, 7),
    delivery_days=1,
    published_days_before=2,
    published_local=time(9),
    opens_days_before=2,
    opens_local=time(10),
    closes_days_before=1,
    closes_local=time(10),
    results_days_before=1,
    results_local=time(15),
    first_day=date(2026, 1, 1),
)
# Opens Thursday 12:00, closes Tuesday 23:59, delivery from the following Monday for a week.
WEEK_AHEAD = CalendarTerms(
    delivery_weekdays=(1,),
    delivery_days=7,
    published_days_before=11,
    published_local=time(11),
    opens_days_before=11,
    opens_local=time(12),
    closes_days_before=6,
    closes_local=time(23, 59),
    results_days_before=4,
    results_local=time(17),
    first_day=date(2026, 1, 1),
)
