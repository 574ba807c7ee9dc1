"""Triggers in NGED's JSON, described. They are read by `triggers.py`, byte for byte, not by these fields."""

from rest_framework import serializers

from dispatch.models import Instruction, Kind
from markets.models import Mail
from markets.rest.fields import Figure


class CallFields(serializers.Serializer):
    """What one seller is asked. Name the seller by whatever you have; a start or change needs capacity and start."""

    company = serializers.CharField(required=False, max_length=200)
    account = serializers.CharField(required=False, max_length=100)
    contract = serializers.CharField(required=False, max_length=100)
    asset = serializers.CharField(
        required=False,
        max_length=100,
        help_text="The seller's reference of one asset, or our number of it; without it all of the contract's are called.",
    )
    capacity_kw = Figure(required=False)
    starts_at = serializers.DateTimeField(required=False)
    ends_at = serializers.DateTimeField(required=False, help_text="Without it: until the stop.")


class TriggerFields(serializers.Serializer):
    """A call of contracts."""

    market = serializers.CharField(max_length=50)
    reference = serializers.CharField(max_length=100)
    revision = serializers.IntegerField(min_value=1, max_value=2**31 - 1, default=1)
    kind = serializers.ChoiceField(Kind.choices)
    product = serializers.CharField(max_length=100, required=False, help_text="Needed by start and change.")
    zone = serializers.CharField(max_length=100, required=False, help_text="Needed by start and change.")
    issued_at = serializers.DateTimeField()
    calls = CallFields(many=True)


class InstructedFields(serializers.Serializer):
    """One instruction that a trigger led to."""

    reference = serializers.CharField()
    company = serializers.CharField(help_text="As the trigger named it.")
    contract = serializers.CharField(help_text="As the trigger named it.")
    asset = serializers.CharField(help_text="As the trigger named it.")
    seller_known = serializers.BooleanField(help_text="No: our people on call have it and call the seller.")
    is_held = serializers.BooleanField(
        help_text="Yes: this market matches first and the contract is not clear. Nobody is told until a person decides."
    )


class TriggerReceipt(serializers.Serializer):
    """The trigger is kept, and the mails are ready to leave."""

    market = serializers.CharField()
    reference = serializers.CharField()
    revision = serializers.IntegerField()
    kind = serializers.ChoiceField(Kind.choices)
    received_at = serializers.DateTimeField()
    is_repeat = serializers.BooleanField()
    instructions = InstructedFields(many=True)


class MailFields(serializers.Serializer):
    """One mail of an instruction."""

    status = serializers.ChoiceField(Mail.Status.choices)
    sent_at = serializers.DateTimeField(allow_null=True, help_text="When the mail server accepted it.")


class FollowedFields(InstructedFields):
    """One instruction, its mails and its answer."""

    capacity_kw = Figure(allow_null=True)
    starts_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True)
    mails = MailFields(many=True)
    answer = serializers.ChoiceField(Instruction.Answer.choices)
    answered_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField(help_text="Why it was declined.")


class TriggerState(serializers.Serializer):
    """What became of the latest revision of a trigger."""

    market = serializers.CharField()
    reference = serializers.CharField()
    revision = serializers.IntegerField()
    kind = serializers.ChoiceField(Kind.choices)
    received_at = serializers.DateTimeField()
    instructions = FollowedFields(many=True)
