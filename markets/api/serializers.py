"""What sellers' systems send and are answered."""

from rest_framework import serializers

from ..models import Bid, Competition
from ..rest.fields import Fields, Figure
from ..rest.openapi import ErrorEntry
from ..rules.notices import ZERO


class OpenWindow(serializers.Serializer):
    """A service window. Times are London's; an end at or before the start is the next day's."""

    name = serializers.CharField()
    first_day = serializers.DateField()
    last_day = serializers.DateField()
    weekdays = serializers.ListField(child=serializers.IntegerField(), help_text="ISO: Monday is 1.")
    local_start = serializers.TimeField()
    local_end = serializers.TimeField()
    required_kw = Figure()
    minimum_kw = Figure(help_text="The smallest bid that the operator takes here; 0: any.")


class ListedCompetition(serializers.Serializer):
    """A competition of a market that is open to the seller."""

    market = serializers.CharField()
    reference = serializers.CharField()
    name = serializers.CharField()
    status = serializers.ChoiceField(Competition.Status.choices)
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
    max_connection_kv = Figure(allow_null=True, help_text="Assets connected above it can't take part.")
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


class TermFields(Fields):
    """The terms of a bid. A price that is left out is zero: this product has no such price."""

    capacity_kw = Figure()
    availability_gbp_per_mw_h = Figure(default=ZERO)
    utilisation_gbp_per_mwh = Figure(default=ZERO)
    sustain_gbp_per_kw = Figure(default=ZERO)
    max_runtime_minutes = serializers.IntegerField(min_value=1, max_value=2**31 - 1, allow_null=True, default=None)


class PlacedBid(serializers.Serializer):
    """A bid as it was placed, in the order of what was sent."""

    line = serializers.IntegerField(help_text="From 1: row of the list, or line of the file, its header included.")
    reference = serializers.CharField()
    seller_ref = serializers.CharField()
    status = serializers.ChoiceField(Bid.Status.choices)
    revision = serializers.IntegerField()


class PlacedBids(serializers.Serializer):
    """What was placed; with `keep_good`, what is wrong with the others."""

    items = PlacedBid(many=True)
    problems = ErrorEntry(many=True)


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
    decided_at = serializers.DateTimeField(allow_null=True, help_text="Market time; null while there is no result.")
    result_reason = serializers.CharField()


class SellerResult(serializers.Serializer):
    """What the operator decided of a bid."""

    bid = serializers.CharField()
    seller_ref = serializers.CharField()
    market = serializers.CharField()
    competition = serializers.CharField()
    status = serializers.ChoiceField([(s.value, s.label) for s in (Bid.Status.ACCEPTED, Bid.Status.REJECTED)])
    reason = serializers.CharField()
    decided_at = serializers.DateTimeField(help_text="Market time.")
    contract = serializers.CharField(allow_null=True)
    accepted_kw = Figure(allow_null=True)
    availability_gbp_per_mw_h = Figure(allow_null=True, help_text="Awarded; null where it is rejected.")
    utilisation_gbp_per_mwh = Figure(allow_null=True)
    sustain_gbp_per_kw = Figure(allow_null=True)


class RuleSentence(serializers.Serializer):
    """A rule that software cannot check."""

    sentence = serializers.CharField()
    help = serializers.CharField(help_text="The article of the help centre that explains it.")


class RulesToConfirm(serializers.Serializer):
    """What a seller confirms whenever it places bids, by `confirms_rules=<version>`."""

    version = serializers.CharField()
    rules = RuleSentence(many=True)


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
