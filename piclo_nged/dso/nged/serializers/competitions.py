"""Competitions as NGED publishes them in JSON."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from markets.models import Competition, Product, Zone
from markets.rest.fields import Day, Fields, Figure, Instant
from markets.rest.openapi import ErrorEntry
from markets.rules.notices import CompetitionNotice, WindowNotice


class WindowFields(Fields):
    """A service window. An end at or before the start is the next day's."""

    name = serializers.CharField(max_length=200)
    first_day = Day()
    last_day = Day()
    weekdays = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=7),
        min_length=1,
        max_length=7,
        help_text="ISO: Monday is 1.",
    )
    local_start = serializers.TimeField(help_text="London time.")
    local_end = serializers.TimeField(help_text="London time, not included.")
    required_kw = Figure()
    minimum_kw = Figure(default=0, help_text="The smallest offer that NGED takes; 0: any.")


class CompetitionFields(Fields):
    """A competition with its windows; its reference stands in the address."""

    name = serializers.CharField(max_length=300)
    product = serializers.CharField(max_length=100, help_text="As NGED writes it.")
    zone = serializers.RegexField(
        r"^\S+$",
        max_length=60,
        source="zone_code",
        help_text="CMZ code.",
        error_messages={"invalid": "This value does not match the required pattern: a code such as CMZ_T7B_SWA_0012."},
    )
    zone_name = serializers.CharField(max_length=200, allow_blank=True, default="")
    licence_area = serializers.CharField(max_length=10, allow_blank=True, default="")
    zone_level = serializers.ChoiceField(Zone.Level.choices, default=Zone.Level.HV)
    opens_at = Instant()
    closes_at = Instant(help_text="Gate closure: bids are taken before this instant.")
    first_day = Day(help_text="First day of delivery.")
    last_day = Day(help_text="Last day of delivery.")
    required_kw = Figure(help_text="The peak over all windows.")
    availability_ceiling_gbp_per_mw_h = Figure(default=0)
    utilisation_ceiling_gbp_per_mwh = Figure(default=0)
    sustain_ceiling_gbp_per_kw = Figure(default=0)
    max_connection_kv = serializers.DecimalField(
        max_digits=7,
        decimal_places=3,
        min_value=Decimal("0.001"),
        max_value=Decimal(1000),
        allow_null=True,
        default=None,
        help_text="Assets connected above this voltage can't take part; null: no limit.",
    )
    direction = serializers.ChoiceField(
        Product.Direction.choices,
        allow_blank=True,
        default="",
        help_text="Left out: the product's. Another than the product's is refused.",
    )
    windows = WindowFields(many=True)


class ListedCompetitionFields(CompetitionFields):
    """A competition in a list, with its reference."""

    reference = serializers.RegexField(
        r"^(?!(import|\.\.?)$)[^/\x00-\x1f\x7f]+$",
        max_length=100,
        error_messages={"invalid": "A reference is one line without '/', and not 'import', '.' or '..'."},
    )


class Preview(serializers.Serializer):
    """A competition that waits for approval: no seller sees it yet."""

    reference = serializers.CharField()
    revision = serializers.IntegerField(help_text="To be named in the approval.")
    url = serializers.CharField(help_text="Signed: whoever holds it may look and approve, without an account.")


class PublishedFields(serializers.Serializer):
    """References by what became of them; a competition with a fault was left out whole."""

    created = serializers.ListField(child=serializers.CharField())
    revised = serializers.ListField(child=serializers.CharField())
    unchanged = serializers.ListField(child=serializers.CharField())
    previews = Preview(many=True, help_text="Those of them that wait for your approval.")
    notes = ErrorEntry(many=True, help_text="Kept as it was sent, though it is unusual.")
    problems = ErrorEntry(many=True)


class ApprovalFields(Fields):
    """What was looked at."""

    revision = serializers.IntegerField(
        required=False, min_value=1, max_value=2**31 - 1, help_text="Left out: whatever stands now."
    )


class WithdrawalFields(Fields):
    """Why."""

    reason = serializers.CharField(max_length=500, help_text="Sellers read it.")


class CompetitionState(serializers.Serializer):
    """Where a competition stands."""

    reference = serializers.CharField()
    status = serializers.ChoiceField(Competition.Status.choices)
    revision = serializers.IntegerField()
    published_at = serializers.DateTimeField(
        allow_null=True, help_text="Market time at which sellers could see it first."
    )
    preview = serializers.CharField(help_text="A signed link while it is a preview, else empty.")


def notice_of(values: dict[str, Any], line: int = 0) -> CompetitionNotice:
    """Checked fields, the reference included, as the operations take them."""
    windows = tuple(WindowNotice(**window | {"weekdays": tuple(window["weekdays"])}) for window in values["windows"])
    return CompetitionNotice(**values | {"windows": windows, "line": line})
