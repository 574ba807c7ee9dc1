"""A seller's system sends readings: JSON by the day, or CSV by the half-hour."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from markets.models import Asset
from markets.problems import RowProblem
from markets.rest.bodies import CsvBody, JsonBody, NotAsDescribed, file_in, read_all_rows
from markets.rest.endpoints import SellerEndpoint
from markets.rest.fields import Day, Fields
from markets.rest.idempotency import idempotent
from markets.rest.openapi import BEFORE, LIMIT, call
from markets.rest.paging import newest, page_of, read_query
from markets.rules.words import to_correct

from ..models import ReadingDay
from ..operations.readings import DayOfReadings, Stored, store_readings, upload_readings
from ..rules.readings import LENGTHS

TAG = "Sellers: settlement"
DAY = {name: name for name in ("day", "revision", "watts", "source", "received_at")} | {"asset": "asset__ref"}
A_DAY = OpenApiExample(
    "A day of 7 kW import",
    {"asset": "EV-1", "day": "2027-04-08", "watts": [-7000] * 48},
    request_only=True,
    media_type="application/json",
)
KEEP_GAPS = OpenApiParameter("keep_gaps", bool, description="CSV: take a file in which half-hours are missing.")


@extend_schema_field({"type": "array", "items": {"type": "integer", "nullable": True}, "maxItems": max(LENGTHS)})
class WattsField(serializers.Field):
    """A day of readings, checked in one go: the framework's lists take microseconds a number, and a month has millions."""

    default_error_messages = {"invalid": "Send whole watts, or null where nothing was read: [ 1200, null, ... ]."}

    def to_internal_value(self, data: Any) -> list[int | None]:
        if not isinstance(data, list) or any(power is not None and type(power) is not int for power in data):
            self.fail("invalid")
        return data

    def to_representation(self, value: list[int | None]) -> list[int | None]:
        return value


class DayFields(Fields):
    """One asset and UTC day: mean watts of 48 half-hours or 1,440 minutes, + export and - import, null: not read."""

    asset = serializers.CharField(max_length=60, help_text="Your reference of the asset.")
    day = Day(help_text="UTC.")
    watts = WattsField()


class ReadingFields(DayFields):
    """A day as it is held. A correction is a further revision."""

    revision = serializers.IntegerField()
    source = serializers.ChoiceField(ReadingDay.Source.choices)  # type: ignore[assignment]
    received_at = serializers.DateTimeField()


class StoredCounts(serializers.Serializer):
    """Days that were new, that changed what was held, and that said what was held already."""

    new = serializers.IntegerField()
    revised = serializers.IntegerField()
    unchanged = serializers.IntegerField()


class _Query(Fields):
    keep_gaps = serializers.BooleanField(default=False)


class ReadingsView(SellerEndpoint):
    """The seller's readings."""

    parser_classes = [JsonBody, CsvBody]

    @call(
        "seller_readings", "Your readings", tag=TAG, parameters=[BEFORE, LIMIT], answers={200: page_of(ReadingFields)}
    )
    def get(self, request: Request) -> Response:
        """Newest first, every revision of a day."""
        return Response(newest(ReadingDay.objects.filter(asset__seller=self.seller), DAY, request).answer())

    @call(
        "seller_send_readings",
        "Send readings",
        tag=TAG,
        parameters=[KEEP_GAPS],
        request={"application/json": DayFields(many=True), "text/csv": OpenApiTypes.STR},
        answers={200: StoredCounts},
        examples=[A_DAY],
        is_write=True,
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """All or none. A day that differs from what is held adds a revision; the same again changes nothing.

        CSV: a row per reading, or a row per day, half-hourly or by minute; the header says what the columns are, such as
        `asset,start_utc,kw`. What it leaves open (unit, clock, start or end) is refused with what to add.
        """
        return Response(vars(self._store(request)))

    def _store(self, request: Request) -> Stored:
        if (file := file_in(request)) is not None:
            keep_gaps = read_query(_Query(), request)["keep_gaps"]
            return upload_readings(
                seller=self.seller,
                file=file,
                source=ReadingDay.Source.API,
                by=self.token,
                keep_gaps=keep_gaps,
            )
        rows = read_all_rows(DayFields(), request.data)
        owned = {asset.ref: asset for asset in Asset.objects.filter(seller=self.seller)}
        strangers = [
            RowProblem(line, "asset", row["asset"], "You have no asset with this reference.")
            for line, row in rows
            if row["asset"] not in owned
        ]
        if strangers:
            raise NotAsDescribed(f"No readings were stored: {to_correct(len(strangers), 'row')}.", strangers)
        days = [DayOfReadings(owned[row["asset"]], row["day"], row["watts"], line) for line, row in rows]
        return store_readings(days=days, source=ReadingDay.Source.API, by=self.token)
