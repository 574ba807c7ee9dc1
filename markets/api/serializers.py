"""What sellers' systems send and are answered."""

from rest_framework import serializers

from ..api_fields import Fields, Figure
from ..models import Asset, Bid
from ..rules.notices import ZERO


class SellerAsset(serializers.Serializer):
    """An asset of the seller, and what each market decided about it."""

    ref = serializers.CharField()
    name = serializers.CharField()
    technology = serializers.CharField()
    device_count = serializers.IntegerField()
    voltage_level = serializers.ChoiceField(Asset.Voltage.choices)
    connection_status = serializers.ChoiceField(Asset.Connection.choices)
    postcode = serializers.CharField()
    import_meter_id = serializers.CharField(help_text="MPAN.")
    export_meter_id = serializers.CharField(help_text="MPAN.")
    max_import_capacity_kw = Figure()
    max_export_capacity_kw = Figure()
    meter_interval_minutes = serializers.IntegerField()
    qualifications = serializers.DictField(
        child=serializers.CharField(), help_text="Market key to offered, qualified or refused."
    )


class OpenWindow(serializers.Serializer):
    """A service window. Times are London's; an end at or before the start is the next day's."""

    name = serializers.CharField()
    first_day = serializers.DateField()
    last_day = serializers.DateField()
    weekdays = serializers.ListField(child=serializers.IntegerField(), help_text="ISO: Monday is 1.")
    local_start = serializers.TimeField()
    local_end = serializers.TimeField()
    required_kw = Figure()


class OpenCompetition(serializers.Serializer):
    """A competition that takes bids now, in market time."""

    market = serializers.CharField()
    reference = serializers.CharField()
    name = serializers.CharField()
    product = serializers.CharField()
    zone = serializers.CharField()
    revision = serializers.IntegerField()
    opens_at = serializers.DateTimeField()
    closes_at = serializers.DateTimeField(help_text="Gate closure: bids are taken before this instant.")
    first_day = serializers.DateField()
    last_day = serializers.DateField()
    required_kw = Figure()
    availability_ceiling_gbp_per_mw_h = Figure()
    utilisation_ceiling_gbp_per_mwh = Figure()
    sustain_ceiling_gbp_per_kw = Figure()
    windows = OpenWindow(many=True)


class OfferFields(Fields):
    """A bid: one capacity and one set of prices for windows of a competition, and the assets behind it."""

    competition = serializers.CharField(max_length=100)
    windows = serializers.ListField(child=serializers.CharField(max_length=200), min_length=1, max_length=500)
    capacity_kw = Figure()
    availability_gbp_per_mw_h = Figure(default=ZERO)
    utilisation_gbp_per_mwh = Figure(default=ZERO)
    sustain_gbp_per_kw = Figure(default=ZERO)
    max_runtime_minutes = serializers.IntegerField(min_value=1, max_value=2**31 - 1, allow_null=True, default=None)
    assets = serializers.ListField(child=serializers.CharField(max_length=60), max_length=5000, help_text="Your refs.")
    seller_ref = serializers.CharField(
        max_length=100, allow_blank=True, default="", help_text="Yours, used once: the same bid again is a repeat."
    )


class PlacedBid(serializers.Serializer):
    """A bid as it was placed, in the order of what was sent."""

    reference = serializers.CharField()
    seller_ref = serializers.CharField()
    status = serializers.ChoiceField(Bid.Status.choices)
    revision = serializers.IntegerField()


class PlacedBids(serializers.Serializer):
    """All of them: none is placed where one is refused."""

    items = PlacedBid(many=True)


class SellerBid(serializers.Serializer):
    """A bid as it stands, with its result where there is one."""

    reference = serializers.CharField()
    seller_ref = serializers.CharField()
    market = serializers.CharField()
    competition = serializers.CharField()
    status = serializers.ChoiceField(Bid.Status.choices)
    revision = serializers.IntegerField()
    windows = serializers.ListField(child=serializers.CharField())
    capacity_kw = Figure()
    availability_gbp_per_mw_h = Figure()
    utilisation_gbp_per_mwh = Figure()
    sustain_gbp_per_kw = Figure()
    max_runtime_minutes = serializers.IntegerField(allow_null=True)
    placed_at = serializers.DateTimeField(help_text="Market time.")
    changed_at = serializers.DateTimeField(help_text="Market time.")
    result_reason = serializers.CharField()


class SellerContract(serializers.Serializer):
    """An accepted bid."""

    reference = serializers.CharField()
    bid = serializers.CharField()
    market = serializers.CharField()
    competition = serializers.CharField()
    accepted_kw = Figure()
    availability_gbp_per_mw_h = Figure()
    utilisation_gbp_per_mwh = Figure()
    sustain_gbp_per_kw = Figure()
    awarded_at = serializers.DateTimeField(help_text="Market time.")
