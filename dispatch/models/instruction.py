"""What one seller is told to do because of a trigger, the mails that tell it, and the seller's answer."""

from datetime import datetime, timedelta
from typing import Self

import pgtrigger
from django.db import models
from django.db.models.functions import Now

from markets.models import DispatchContact, Mail, Market, Seller
from markets.models.fields import Kw, Reference
from markets.models.guards import append_only, guarded_states

from . import owed
from .canary import Notices, WithoutCanary
from .trigger import Kind, Trigger


class InstructionQuerySet(WithoutCanary["Instruction"]):
    """Instructions by what is still owed."""

    operator_path = "market__operator"

    def unanswered(self) -> Self:
        """Nobody owes an answer to the canary."""
        return self.not_canary().filter(answer=Instruction.Answer.WAITING)

    def told(self) -> Self:
        """Those that their seller may know of: none that is held until its contract is clear."""
        return self.filter(is_held=False)

    def standing(self) -> Self:
        """Those that no later instruction has replaced or undone."""
        return self.exclude(owed.idle(self.model._default_manager.all()))

    def owing(self) -> Self:
        """Those whose seller owes an answer now, each with `told_at` and `answer_due_at`: NULL while nobody was reached."""
        return self.filter(owed.owing()).standing().with_due()

    def with_owing(self) -> Self:
        """Each with `is_owing`, `told_at` and `answer_due_at`."""
        is_owed = owed.owing() & ~owed.idle(self.model._default_manager.all())
        return self.annotate(is_owing=models.ExpressionWrapper(is_owed, models.BooleanField())).with_due()

    def with_due(self) -> Self:
        """Each with `told_at` and `answer_due_at`."""
        return self.annotate(told_at=owed.told_at(Notice.objects.all())).annotate(answer_due_at=owed.answer_due_at())

    def without_answer(self) -> Self:
        """Those whose seller was told, and let the time of the market pass."""
        return self.owing().filter(answer_due_at__lte=Now())


TOLD = (
    *("trigger", "market", "kind", "seller_named", "contract_named", "asset_named"),
    *("product_named", "zone_named", "capacity_kw", "starts_at", "ends_at"),
)
"""What a seller was told cannot be changed afterwards: a correction is a further instruction."""


def held_until_matched() -> list[pgtrigger.Trigger]:
    """Whose it is, is found with its contract where nobody was told yet; and what was told is never unsaid."""
    unknown = pgtrigger.Q(old__is_held=True, old__seller__isnull=True)
    return [
        pgtrigger.Protect(
            name="seller_for_ever",
            operation=pgtrigger.Update,
            condition=pgtrigger.Q(old__seller__df=pgtrigger.F("new__seller")) & ~unknown,
        ),
        pgtrigger.Protect(
            name="never_held_again",
            operation=pgtrigger.Update,
            condition=pgtrigger.Q(old__is_held=False, new__is_held=True),
        ),
    ]


@guarded_states("answer")
class Instruction(models.Model):
    """Made before any matching: it holds only what stood in the trigger. `seller` is empty where it was not known.

    `is_held`: its market matches first, and its contract is not clear yet. Nobody was told of it.
    """

    class Answer(models.TextChoices):
        WAITING = "waiting", "Waiting for an answer"
        CONFIRMED = "confirmed", "Confirmed"
        DECLINED = "declined", "Declined"

    MOVES = (
        (Answer.WAITING, Answer.CONFIRMED),
        (Answer.WAITING, Answer.DECLINED),
        (Answer.CONFIRMED, Answer.DECLINED),
        (Answer.DECLINED, Answer.CONFIRMED),
    )

    reference = Reference("I")
    trigger = models.ForeignKey(Trigger, on_delete=models.PROTECT, related_name="instructions")
    market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="instructions")
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, null=True, blank=True, related_name="instructions")
    kind = models.CharField(max_length=20, choices=Kind)
    seller_named = models.CharField(max_length=200, blank=True, help_text="As the operator named the seller.")
    contract_named = models.CharField(max_length=100, blank=True, help_text="As the operator named the contract.")
    asset_named = models.CharField(
        max_length=100, blank=True, help_text="As the operator named the asset. Empty: all of the contract's."
    )
    product_named = models.CharField(max_length=100, blank=True)
    zone_named = models.CharField(max_length=100, blank=True)
    capacity_kw = Kw(null=True, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True, help_text="Empty: until the stop.")
    is_held = models.BooleanField("held", default=False, help_text="Nobody is told before its contract is clear.")
    answer = models.CharField(max_length=20, choices=Answer, default=Answer.WAITING)
    created_at = models.DateTimeField(db_default=models.functions.Now())

    objects = InstructionQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["seller", "-id"]),
            models.Index(fields=["market", "starts_at"]),
            models.Index(
                fields=["created_at"],
                condition=models.Q(answer="waiting", kind__in=owed.ANSWERED_KINDS),
                name="instruction_unanswered",
            ),
            models.Index(
                fields=["seller", "market"], condition=models.Q(kind__in=owed.ENDS), name="instruction_ends_another"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at=None)
                | models.Q(starts_at=None)
                | models.Q(starts_at__lt=models.F("ends_at")),
                name="instruction_starts_before_it_ends",
            ),
            models.CheckConstraint(
                condition=models.Q(capacity_kw=None) | models.Q(capacity_kw__gte=0), name="instruction_not_negative"
            ),
        ]
        triggers = [pgtrigger.ReadOnly(name="told_for_ever", fields=list(TOLD)), *held_until_matched()]

    def __str__(self) -> str:
        return self.reference

    @property
    def stops_at(self) -> datetime | None:
        """When a stop takes effect: its end, else its start; neither: at once."""
        return self.ends_at or self.starts_at

    @property
    def asks_for_answer(self) -> bool:
        """Whether its kind and its market ask the seller for an answer at all."""
        return self.kind in owed.ANSWERED_KINDS and self.market.answer_within > timedelta()


class Notice(models.Model):
    """One mail of an instruction: to a dispatch contact of the seller, or to the market's on-call address."""

    instruction = models.ForeignKey(Instruction, on_delete=models.PROTECT, related_name="notices")
    mail = models.OneToOneField(Mail, on_delete=models.PROTECT, related_name="notice")
    contact = models.ForeignKey(
        DispatchContact, on_delete=models.SET_NULL, null=True, blank=True, related_name="notices"
    )

    objects = Notices.as_manager()

    def __str__(self) -> str:
        return f"{self.instruction} → {self.mail.recipient}"


class Acknowledgement(models.Model):
    """What the seller answered, when, and why not. A later answer is a further row."""

    instruction = models.ForeignKey(Instruction, on_delete=models.PROTECT, related_name="acknowledgements")
    answer = models.CharField(max_length=20, choices=Instruction.Answer)
    reason = models.CharField(max_length=500, blank=True)
    given_by = models.CharField(max_length=200, help_text="The person, or the mailbox whose link was used.")
    given_at = models.DateTimeField(db_default=models.functions.Now())

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(answer="waiting"), name="acknowledgement_is_an_answer"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.instruction}: {self.get_answer_display()}"
