"""Assets as sellers' systems send them and are answered."""

from rest_framework import serializers

from ..models import Asset
from ..rest.fields import Day, Fields, Figure
from ..rules.notices import ZERO
from ..rules.registering import INTERVALS

MOST_MINUTES = 2**31 - 1


def _minutes(help_text: str) -> serializers.IntegerField:
    return serializers.IntegerField(
        min_value=0, max_value=MOST_MINUTES, allow_null=True, default=None, help_text=help_text
    )


def _part(help_text: str) -> Figure:
    return Figure(allow_null=True, default=None, help_text=help_text)


class AssetFields(Fields):
    """An asset, or a group of like devices, as its seller states it. Only what has no default is needed."""

    ref = serializers.CharField(max_length=60, help_text="Yours, used once: the same asset again is a repeat.")
    name = serializers.CharField(max_length=200)
    technology = serializers.CharField(max_length=80, help_text="For example EV charge point.")
    category = serializers.ChoiceField(Asset.Category.choices, allow_blank=True, default="")
    scale = serializers.ChoiceField(Asset.Scale.choices, allow_blank=True, default="")
    device_count = serializers.IntegerField(min_value=1, max_value=1_000_000, default=1)
    voltage_level = serializers.ChoiceField(Asset.Voltage.choices, default=Asset.Voltage.LV)
    connection_status = serializers.ChoiceField(Asset.Connection.choices, default=Asset.Connection.OPERATIONAL)
    operational_date = Day(allow_null=True, default=None, help_text="Needed where it is planned.")
    postcode = serializers.CharField(max_length=10, allow_blank=True, default="", help_text="It decides the zones.")
    latitude = serializers.DecimalField(9, 6, allow_null=True, default=None)
    longitude = serializers.DecimalField(9, 6, allow_null=True, default=None)
    import_meter_id = serializers.CharField(
        max_length=30, allow_blank=True, default="", help_text="MPAN; one of the two is needed."
    )
    export_meter_id = serializers.CharField(max_length=30, allow_blank=True, default="", help_text="MPAN.")
    zones = serializers.ListField(
        child=serializers.CharField(max_length=60),
        max_length=10,
        default=list,
        help_text="Codes, only where we do not know the postcode.",
    )
    max_import_capacity_kw = Figure(default=ZERO)
    max_export_capacity_kw = Figure(default=ZERO)
    active_import_kw = _part("What of the import it can offer; null: all.")
    active_export_kw = _part("What of the export it can offer; null: all.")
    reactive_import_kvar = _part("")
    reactive_export_kvar = _part("")
    response_time_minutes = _minutes("From the instruction to full delivery.")
    min_runtime_minutes = _minutes("The shortest run.")
    max_runtime_minutes = _minutes("The longest run.")
    recovery_time_minutes = _minutes("The rest before it can run again.")
    metering_point = serializers.ChoiceField(Asset.MeteringPoint.choices, default=Asset.MeteringPoint.BOUNDARY)
    meter_interval_minutes = serializers.ChoiceField([*INTERVALS.items()], default=30)
    supplier = serializers.CharField(max_length=100, allow_blank=True, default="")


class SellerAsset(AssetFields):
    """An asset of the seller, where we hold that it stands, and what each market decided about it."""

    licence_area = serializers.CharField(help_text="By the MPAN; empty for an independent network's.")
    qualifications = serializers.DictField(
        child=serializers.CharField(), help_text="Market key to offered, qualified or refused."
    )


class RegisteredAsset(serializers.Serializer):
    """An asset as it stands now, in the order of what was sent."""

    ref = serializers.CharField()
    zones = serializers.ListField(child=serializers.CharField())
    licence_area = serializers.CharField()
    registered_at = serializers.DateTimeField(help_text="Of a repeat: when it was registered first.")


class RegisteredAssets(serializers.Serializer):
    """All of them: none is registered where one is refused."""

    items = RegisteredAsset(many=True)
