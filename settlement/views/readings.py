"""What was metered: per asset and month the days that are there, those that are missing, and what looks wrong."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.views.generic import DetailView, ListView

from dispatch.rules.deadline import READINGS_UNTIL
from markets.models import Asset
from markets.rules.spans import LONDON, next_month
from markets.web.access import SellerPage
from markets.web.lists import Paged

from ..models import ReadingDay
from ..operations.reading_month import reading_month

REVISIONS_SHOWN = 50
FIRST_MONTH = date(2000, 1, 1)


class OfAMonth(SellerPage):
    """A page of the month in the address (`?month=2026-10`); without one, of the month whose readings are due next."""

    section = "readings"
    help = "readings#before-the-15th"
    market_path = ""

    @property
    def today(self) -> date:
        return timezone.now().astimezone(LONDON).date()

    @property
    def month(self) -> date:
        this = self.today.replace(day=1)
        try:
            asked = datetime.strptime(self.request.GET.get("month", ""), "%Y-%m").date()
        except ValueError:
            is_due = self.today < this + READINGS_UNTIL
            return (this - timedelta(days=1)).replace(day=1) if is_due else this
        return min(max(asked, FIRST_MONTH), this)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        month = self.month
        return super().get_context_data(
            month=month,
            before=(month - timedelta(days=1)).replace(day=1),
            after=next_month(month) if next_month(month) <= self.today else None,
            due_on=next_month(month) + READINGS_UNTIL,
            is_late=self.today >= next_month(month) + READINGS_UNTIL,
            **kwargs,
        )


class ReadingMonth(Paged, OfAMonth, ListView):
    """The seller's assets, and how much of the month was read of each."""

    template_name = "settlement/readings.html"
    paginate_by = 25

    def get_queryset(self) -> QuerySet[Asset]:
        return self.own(Asset.objects.order_by("ref"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        assets = list(context["object_list"])
        return context | {"rows": reading_month(assets=assets, month=self.month, today=self.today)}


class AssetReadings(OfAMonth, DetailView):
    """One asset's month, day by day, with what came when and from whom."""

    template_name = "settlement/asset_readings.html"
    object: Asset

    def get_queryset(self) -> QuerySet[Asset]:
        return self.own(Asset.objects.all())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        month = self.month
        [row] = reading_month(assets=[self.object], month=month, today=self.today)
        came = ReadingDay.objects.filter(
            asset=self.object, day__gte=month - timedelta(days=1), day__lt=next_month(month)
        )
        return super().get_context_data(
            row=row,
            came=came.defer("watts").select_related("received_by").order_by("-pk")[:REVISIONS_SHOWN],
            came_count=came.count(),
            revisions_shown=REVISIONS_SHOWN,
            **kwargs,
        )
