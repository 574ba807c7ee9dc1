"""Bids, results and contracts in NGED's JSON."""

from typing import Any

from rest_framework import serializers

from markets.models import BidChange
from markets.rest.fields import Fields, Figure
from markets.rules import notices


class BidAsset(serializers.Serializer):
    """An asset behind a bid."""

    ref = serializers.CharField()
    technology = serializers.CharField()
    device_count = serializers.IntegerField()
    installed_kw = Figure()


class BidEntry(serializers.Serializer):
    """One change of a bid as it then stood; or `closed`, with the proof that all of a competition was read."""

    position = serializers.IntegerField()
    kind = serializers.ChoiceField(BidChange.Kind.choices)
    changed_at = serializers.DateTimeField(help_text="Market time.")
    competition = serializers.CharField()
    bid = serializers.CharField(required=False)
    revision = serializers.IntegerField(required=False)
    company = serializers.CharField(required=False)
    windows = serializers.ListField(child=serializers.CharField(), required=False)
    capacity_kw = Figure(required=False)
    availability_gbp_per_mw_h = Figure(required=False)
    utilisation_gbp_per_mwh = Figure(required=False)
    sustain_gbp_per_kw = Figure(required=False)
    max_runtime_minutes = serializers.IntegerField(required=False, allow_null=True)
    assets = BidAsset(many=True, required=False)
    count = serializers.IntegerField(required=False, help_text="Only in `closed`: bids that stand.")
    total_kw = Figure(required=False, help_text="Only in `closed`.")
    sha256 = serializers.CharField(required=False, help_text="Only in `closed`: over the bids that stand.")


class BidFeed(serializers.Serializer):
    """A page of bid changes."""

    items = BidEntry(many=True)
    next = serializers.IntegerField()


class ReceiptFields(Fields):
    """NGED holds this revision of a bid."""

    bid = serializers.CharField(max_length=30)
    revision = serializers.IntegerField(min_value=1, max_value=2**31 - 1)


class AwardFields(Fields):
    """What NGED gives for a bid."""

    bid = serializers.CharField(max_length=30)
    accepted_kw = Figure(default=notices.ZERO)
    availability_gbp_per_mw_h = Figure(default=notices.ZERO)
    utilisation_gbp_per_mwh = Figure(default=notices.ZERO)
    sustain_gbp_per_kw = Figure(default=notices.ZERO)


class ResultFields(AwardFields):
    """NGED's decision on one bid; capacity and prices only where it is accepted."""

    accepted = serializers.BooleanField()
    reason = serializers.CharField(max_length=300, allow_blank=True, default="")

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        """A bid that is rejected stays so: what speaks of both is not guessed."""
        if values["accepted_kw"] and not values["accepted"]:
            reason = "This bid is not accepted, yet a capacity is. Say accepted: true, or leave the capacity out."
            raise serializers.ValidationError({"accepted_kw": reason})
        return values


class NoResponseFields(Fields):
    """Nobody bid in this window."""

    competition = serializers.CharField(max_length=100)
    window = serializers.CharField(max_length=200)


class ResultsFields(Fields):
    """Decisions on bids, and windows without any."""

    results = serializers.ListField(default=list)
    no_responses = serializers.ListField(default=list)


class ResultsDescription(serializers.Serializer):
    """Decisions on bids, and windows without any."""

    results = ResultFields(many=True, required=False)
    no_responses = NoResponseFields(many=True, required=False)


class RecordedCounts(serializers.Serializer):
    """How many results were new, by outcome; how many were repeats; windows that nobody bid in."""

    accepted = serializers.IntegerField()
    rejected = serializers.IntegerField()
    repeated = serializers.IntegerField()
    no_response = serializers.IntegerField()
    not_ours = serializers.IntegerField(help_text="Offers in a file of companies or competitions that are not here.")


class DifferenceFields(serializers.Serializer):
    """One field of one contract; `field` is "contract" where one side lacks the whole."""

    bid = serializers.CharField()
    field = serializers.CharField()
    theirs = serializers.CharField()
    ours = serializers.CharField()


class Differences(serializers.Serializer):
    """Empty where both lists agree."""

    differences = DifferenceFields(many=True)


class Changed(serializers.Serializer):
    """How many rows changed something; a repeat changes nothing."""

    changed = serializers.IntegerField()
