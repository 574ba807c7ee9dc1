"""Readings on to NGED in its convention: UTC at the end of each half-hour, + export, - import."""

import csv
import io
from collections.abc import Mapping
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from markets.rest.openapi import AFTER, LIMIT, MARKET, call
from markets.rest.paging import feed_page, stretch
from markets.rest.rendering import JsonAnswer
from markets.rules.sheets import harmless
from settlement.models import ReadingDay
from settlement.operations.feed import read_reading_days
from settlement.rules.readings_file import end_stamped

from ..serializers.settlement import ReadingFeed
from .base import TAG_PREFIX, NgedEndpoint

NEXT = "Next-Position"
_OF_DAY = ("position", "company", "asset", "ref", "import_meter_id", "export_meter_id", "revision")
_FORMAT = OpenApiParameter("format", str, enum=["json", "csv"], description="Or ask by the Accept header.")


class CsvReadings(BaseRenderer):
    """A row per half-hour; where the feed goes on stands in the header `Next-Position`."""

    media_type = "text/csv"
    format = "csv"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> str:
        text = io.StringIO()
        rows = csv.writer(text)
        rows.writerow([*_OF_DAY, "end_utc", "kw"])
        for day in data["items"]:
            told = [harmless(day[name]) for name in _OF_DAY]
            rows.writerows([*told, half["end_utc"], half["kw"]] for half in day["half_hours"])
        return text.getvalue()


class ReadingsView(NgedEndpoint):
    """The feed of readings."""

    renderer_classes = [JsonAnswer, CsvReadings]

    @call(
        "nged_read_readings",
        "Read half-hourly readings",
        tag=TAG_PREFIX + "settlement",
        parameters=[MARKET, AFTER, LIMIT, _FORMAT],
        answers={(200, "application/json"): ReadingFeed, (200, "text/csv"): OpenApiTypes.STR},
    )
    def get(self, request: Request) -> Response:
        """Days in the order in which they came, each revision once. Go on with the last answer's `next`."""
        wanted = stretch(request)
        days = read_reading_days(market=self.market, after=wanted.after, limit=wanted.limit)
        page = feed_page([_day(day) for day in days], wanted)
        return Response(page, headers={NEXT: str(page["next"])})


def _day(reading: ReadingDay) -> dict[str, Any]:
    asset = reading.asset
    return {
        "position": reading.position,
        "company": asset.seller.name,
        "asset": asset.pk,
        "ref": asset.ref,
        "import_meter_id": asset.import_meter_id,
        "export_meter_id": asset.export_meter_id,
        "day": reading.day,
        "revision": reading.revision,
        "half_hours": [
            {"end_utc": f"{end:%Y-%m-%dT%H:%M:%SZ}", "kw": f"{kw:f}"}
            for end, kw in end_stamped(reading.day, reading.watts)
        ],
    }
