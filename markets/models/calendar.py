"""Short-term auctions repeat: the calendar of a market, and each auction it gives."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from .clock import MarketTime
from .competition import Competition
from .operator import Market


class AuctionCalendar(models.Model):
    """When the auctions of a market are published, open, close and are decided, in London time.

    A calendar is a day of delivery (or the first of several) and how many days before it everything happens. The
    week-ahead example: delivery begins on Mondays and lasts 7 days; opens 11 days before at 12:00 (Thursday), closes
    6 days before at 23:59 (Tuesday). NGED publishes no times for daily auctions: they are settings (an assumption).
    """

    market = models.ForeignKey(Market, on_delete=models.CASCADE, related_name="calendars")
    name = models.CharField(max_length=100)
    delivery_weekdays = ArrayField(
        models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(7)]),
        help_text="ISO weekdays on which a delivery begins: Monday is 1.",
    )
    delivery_days = models.PositiveSmallIntegerField(default=1, help_text="How many days a delivery lasts.")
    published_days_before = models.PositiveSmallIntegerField()
    published_local = models.TimeField()
    opens_days_before = models.PositiveSmallIntegerField()
    opens_local = models.TimeField()
    closes_days_before = models.PositiveSmallIntegerField()
    closes_local = models.TimeField()
    results_days_before = models.PositiveSmallIntegerField()
    results_local = models.TimeField()
    first_day = models.DateField(help_text="The first day of delivery that it covers.")
    last_day = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["market", "name"]
        constraints = [models.UniqueConstraint(fields=["market", "name"], name="calendar_name_once_per_market")]

    def __str__(self) -> str:
        return f"{self.name} ({self.market})"


def competitions_of_auction() -> models.QuerySet[Competition]:
    """For a subquery: the competitions of the outer auction, which deliver in its days and close when it closes."""
    return Competition.objects.exclude(status=Competition.Status.WITHDRAWN).filter(
        market=models.OuterRef("calendar__market"),
        closes_at=models.OuterRef("closes_at"),
        first_day__gte=models.OuterRef("first_day"),
        last_day__lte=models.OuterRef("last_day"),
    )


class AuctionQuerySet(models.QuerySet["Auction"]):
    """Auctions by where their market's time stands. Annotate or filter the market as `calendar__market`."""

    def coming(self) -> Self:
        """Those whose gate has not closed yet."""
        return self.filter(closes_at__gt=MarketTime("calendar__market__clock_offset"))

    def passed(self, instant: str) -> Self:
        """Those whose `published_by`, `closes_at` or `results_by` has passed."""
        return self.filter(**{f"{instant}__lte": MarketTime("calendar__market__clock_offset")})


class Auction(models.Model):
    """One turn of a calendar. Competitions that deliver in its days belong to it; what is missing becomes a case."""

    calendar = models.ForeignKey(AuctionCalendar, on_delete=models.CASCADE, related_name="auctions")
    first_day = models.DateField(help_text="First day of delivery.")
    last_day = models.DateField(help_text="Last day of delivery.")
    published_by = models.DateTimeField(help_text="When its competitions should be known.")
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    results_by = models.DateTimeField(help_text="When its results should be known.")

    objects = AuctionQuerySet.as_manager()

    class Meta:
        ordering = ["first_day"]
        constraints = [models.UniqueConstraint(fields=["calendar", "first_day"], name="auction_once_per_delivery")]

    def __str__(self) -> str:
        return f"{self.calendar.name}, delivery from {self.first_day:%-d %B %Y}"
