"""Assets on offer and decisions about them in NGED's JSON."""

from rest_framework import serializers

from markets.models import Asset, Qualification
from markets.rest.fields import LARGEST_KEY, Fields, Figure

DECISIONS = (Qualification.Status.QUALIFIED, Qualification.Status.REFUSED)


class AssetFacts(serializers.Serializer):
    """What a seller says of its asset. Minutes are whole; what it does not know is null or empty."""

    ref = serializers.CharField(help_text="The seller's own reference.")
    name = serializers.CharField()
    category = serializers.ChoiceField([("", ""), *Asset.Category.choices])
    scale = serializers.ChoiceField([("", ""), *Asset.Scale.choices])
    technology = serializers.CharField()
    device_count = serializers.IntegerField()
    voltage_level = serializers.ChoiceField(Asset.Voltage.choices)
    connection_status = serializers.ChoiceField(Asset.Connection.choices)
    operational_date = serializers.DateField(allow_null=True)
    retired_at = serializers.DateTimeField(allow_null=True, help_text="Since then it stands behind no new bid.")
    postcode = serializers.CharField()
    latitude = serializers.DecimalField(9, 6, allow_null=True)
    longitude = serializers.DecimalField(9, 6, allow_null=True)
    import_meter_id = serializers.CharField(help_text="MPAN.")
    export_meter_id = serializers.CharField(help_text="MPAN.")
    licence_area = serializers.CharField(help_text="By the MPAN; empty for an independent network's.")
    zones = serializers.ListField(child=serializers.CharField(), help_text="CMZ codes.")
    max_import_capacity_kw = Figure()
    max_export_capacity_kw = Figure()
    active_import_kw = Figure(allow_null=True, help_text="What of the import it can offer.")
    active_export_kw = Figure(allow_null=True, help_text="What of the export it can offer.")
    reactive_import_kvar = Figure(allow_null=True)
    reactive_export_kvar = Figure(allow_null=True)
    response_time_minutes = serializers.IntegerField(allow_null=True)
    min_runtime_minutes = serializers.IntegerField(allow_null=True)
    max_runtime_minutes = serializers.IntegerField(allow_null=True)
    recovery_time_minutes = serializers.IntegerField(allow_null=True)
    metering_point = serializers.ChoiceField(Asset.MeteringPoint.choices)
    meter_interval_minutes = serializers.IntegerField()


class OfferedAsset(AssetFacts):
    """An asset that a seller offers to the market."""

    position = serializers.IntegerField()
    asset = serializers.IntegerField(help_text="Our number of the asset, for the decision.")
    status = serializers.ChoiceField(Qualification.Status.choices, help_text="As it stands now.")
    reason = serializers.CharField()
    offered_at = serializers.DateTimeField()
    company = serializers.CharField()


class OfferedAssets(serializers.Serializer):
    """A page of assets on offer."""

    items = OfferedAsset(many=True)
    next = serializers.IntegerField()


class DecisionFields(Fields):
    """A decision about an asset on offer."""

    asset = serializers.IntegerField(min_value=1, max_value=LARGEST_KEY, source="asset_id")
    status = serializers.ChoiceField([(status.value, status.label) for status in DECISIONS])
    reason = serializers.CharField(max_length=500, allow_blank=True, default="")
