"""The kinds of value that callers of the API send: figures, instants, days; read strictly, each with its sentence."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

FOUR_PLACES = Decimal("0.0001")
MOST = Decimal(10) ** 8  # 100 GW, or 100 million pounds: above it is a slip, and no column could hold it
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)
LARGEST_KEY = 2**63 - 1


@extend_schema_field(
    {"oneOf": [{"type": "string", "pattern": r"^-?\d{1,9}(\.\d+)?$"}, {"type": "number"}], "example": "1.37"}
)
class Figure(serializers.DecimalField):
    """Capacity, price or money: text or number, rounded to four decimals, since callers' floats carry noise."""

    default_error_messages = {"too_large": "Too large: the limit is {most:,}.", "negative": "Not below zero."}

    def __init__(self, *, may_be_negative: bool = False, **options: Any):
        self.may_be_negative = may_be_negative
        super().__init__(max_digits=None, decimal_places=None, **options)

    def to_internal_value(self, data: Any) -> Decimal:
        number = super().to_internal_value(data)
        if number < 0 and not self.may_be_negative:
            self.fail("negative")
        if abs(number) >= MOST:
            self.fail("too_large", most=MOST)
        return number.quantize(FOUR_PLACES)


class Instant(serializers.DateTimeField):
    """An instant that says its offset: a wall clock alone would be ambiguous twice a year."""

    default_error_messages = {
        "no_offset": "Say the offset from UTC, e.g. 2024-03-01T12:00:00Z.",
        "far": f"Not between {EARLIEST} and {LATEST}.",
    }

    def enforce_timezone(self, value: datetime) -> datetime:
        if timezone.is_naive(value):
            self.fail("no_offset")
        if not EARLIEST < value.date() < LATEST:
            self.fail("far")
        return value.astimezone(UTC)


class Day(serializers.DateField):
    """A day of the years in which anyone trades flexibility."""

    default_error_messages = {"far": f"Not between {EARLIEST} and {LATEST}."}

    def to_internal_value(self, value: Any) -> date:
        day: date = super().to_internal_value(value)
        if not EARLIEST <= day <= LATEST:
            self.fail("far")
        return day


class Fields(serializers.Serializer):
    """The fields of one object. A field that the documents do not know is a fault: it is mostly a slip of the pen."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        faults: dict[str, Any] = {}
        values: dict[str, Any] = {}
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as error:
            faults = dict(error.detail)  # type: ignore[arg-type]
        if isinstance(data, Mapping):
            faults |= {str(name)[:60]: ["There is no such field."] for name in data.keys() - self.fields.keys()}
        if faults:
            raise serializers.ValidationError(faults)
        return values
