"""What is paid and why: the terms of a market, a run for one month, its lines, and the statements issued from it."""

from typing import Self

import pgtrigger
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from dispatch.models import Instruction
from markets.models import Contract, Market, Seller, ServiceWindow, User
from markets.models.fields import Gbp, Kw, Price, Reference
from markets.models.guards import append_only, guarded_states

from .guards import added_only_while_run_is, deleted_only_while_run_is

MOST_LIKE_DAYS = 30
"""Twice as many are looked at, and history is looked through no further than 200 days back."""


class Terms(models.Model):
    """How a market settles, from a month on. All of it is our assumption until the operator confirms it."""

    market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="terms")
    from_month = models.DateField(help_text="The first month to which they apply (its first day).")
    interval_minutes = models.PositiveSmallIntegerField(
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
        help_text="Delivery is averaged over this before it is capped. It divides the hour.",
    )
    grace = models.DecimalField(
        max_digits=5, decimal_places=4, default="0.05", help_text="Share that may be missing unpunished."
    )
    slope = models.DecimalField(
        max_digits=5, decimal_places=4, default="1", help_text="Pay lost per share missing beyond."
    )
    floor = models.DecimalField(
        max_digits=5, decimal_places=4, default="0", help_text="Least share of availability paid."
    )
    like_days = models.PositiveSmallIntegerField(
        default=10, help_text="Of a historical baseline: how many are wanted, without a gap."
    )
    lowest_dropped = models.PositiveSmallIntegerField(default=1, help_text="Like days with the least energy.")
    highest_dropped = models.PositiveSmallIntegerField(default=1, help_text="Like days with the most energy.")
    fewest_like_days = models.PositiveSmallIntegerField(default=5, help_text="With fewer there is no baseline.")
    same_day_adjustment = models.BooleanField(default=True, help_text="Of baselines; never for batteries.")
    sustain_is_scaled = models.BooleanField(
        default=False, help_text="Whether Sustain pay, too, falls with the delivered share (grace, slope, floor)."
    )
    invoice_tolerance_gbp = models.DecimalField(
        max_digits=8,
        decimal_places=2,
        default="0.01",
        help_text="How far the operator's invoice of a contract may be from ours without a question.",
    )
    invoice_tolerance_kwh = models.DecimalField(
        max_digits=10, decimal_places=3, default="0.001", help_text="The same for its energy."
    )

    class Meta:
        verbose_name_plural = "terms"
        constraints = [
            models.UniqueConstraint(fields=["market", "from_month"], name="terms_once_per_month"),
            models.CheckConstraint(
                condition=models.Q(interval_minutes__in=(1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60)),
                name="terms_interval_divides_the_hour",
            ),
            models.CheckConstraint(
                condition=models.Q(grace__range=(0, 1), floor__range=(0, 1), slope__gte=0), name="terms_are_shares"
            ),
            models.CheckConstraint(
                condition=models.Q(invoice_tolerance_gbp__gte=0, invoice_tolerance_kwh__gte=0),
                name="terms_tolerate_no_less_than_nothing",
            ),
            models.CheckConstraint(
                condition=models.Q(fewest_like_days__gt=models.F("lowest_dropped") + models.F("highest_dropped"))
                & models.Q(like_days__gte=models.F("fewest_like_days"), like_days__lte=MOST_LIKE_DAYS),
                name="terms_leave_a_like_day",
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.market} from {self.from_month:%B %Y}"


class SettlementRunQuerySet(models.QuerySet["SettlementRun"]):
    """Runs by whether a later version has taken their place."""

    def newest(self) -> Self:
        """The latest version of each market and month."""
        later = SettlementRun.objects.filter(
            market=models.OuterRef("market"), month=models.OuterRef("month"), version__gt=models.OuterRef("version")
        )
        return self.filter(~models.Exists(later))


MADE_ONCE = (
    *("market", "terms", "month", "version", "reason", "last_reading_id", "last_baseline_id", "findings", "started_by"),
)
"""What a run was made of: it stands for ever."""


@guarded_states()
class SettlementRun(models.Model):
    """One market's month. A rerun is a further version; what was issued stands."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        CHECKED = "checked", "Checked"
        APPROVED = "approved", "Approved"
        ISSUED = "issued", "Issued"

    MOVES = (
        (Status.DRAFT, Status.CHECKED),
        (Status.CHECKED, Status.APPROVED),
        (Status.APPROVED, Status.ISSUED),
    )

    reference = Reference("R")
    market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="settlement_runs")
    terms = models.ForeignKey(Terms, on_delete=models.PROTECT, related_name="runs")
    month = models.DateField(help_text="Its first day.")
    version = models.PositiveIntegerField(default=1)
    status = models.CharField(max_length=20, choices=Status, default=Status.DRAFT)
    reason = models.CharField(max_length=500, blank=True, help_text="Why this version was made.")
    last_reading_id = models.BigIntegerField(
        default=0, editable=False, help_text="The newest reading looked at: what came later is for a rerun."
    )
    last_baseline_id = models.BigIntegerField(
        default=0,
        editable=False,
        help_text="The newest baseline of an asset's own looked at: what came later is for a rerun.",
    )
    findings = models.JSONField(
        default=list, editable=False, help_text="Sentences: what could not be settled when the lines were made."
    )
    invoice_differences = models.PositiveIntegerField(
        null=True,
        editable=False,
        help_text="How often the operator's invoice differs, counted at the check and as it comes. Empty: none has come.",
    )
    is_being_made = models.BooleanField(
        default=False, editable=False, help_text="While any of its parts waits: its lines are not all there."
    )
    started_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="Empty: a job."
    )
    checked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    override_reason = models.CharField(
        max_length=500, blank=True, help_text="Why it was approved although something was open."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SettlementRunQuerySet.as_manager()

    class Meta:
        ordering = ["-month", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["market", "month", "version"], name="run_version_once"),
            models.UniqueConstraint(
                fields=["market", "month"], condition=models.Q(is_being_made=True), name="one_run_of_a_month_at_a_time"
            ),
            models.CheckConstraint(
                condition=models.Q(is_being_made=False) | models.Q(status="draft"), name="run_is_made_before_its_check"
            ),
            models.CheckConstraint(condition=models.Q(month__day=1), name="run_month_is_its_first_day"),
            models.CheckConstraint(
                condition=models.Q(approved_by=None)
                | models.Q(started_by__isnull=False) & ~models.Q(approved_by=models.F("started_by"))
                | models.Q(started_by=None)
                & (models.Q(checked_by=None) | ~models.Q(approved_by=models.F("checked_by"))),
                name="run_is_approved_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=("draft", "checked")) | models.Q(approved_by__isnull=False),
                name="run_is_approved_by_a_person",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="made_for_ever", fields=list(MADE_ONCE)),
            pgtrigger.Protect(
                name="made_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__is_being_made=False, new__is_being_made=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.market} {self.month:%B %Y} version {self.version}"


@guarded_states()
class RunPart(models.Model):
    """One seller's part of a run: what a job makes at a time, with all its lines or none."""

    class Status(models.TextChoices):
        WAITING = "waiting", "Waiting"
        DONE = "done", "Done"

    MOVES = ((Status.WAITING, Status.DONE),)

    run = models.ForeignKey(SettlementRun, on_delete=models.CASCADE, related_name="parts")
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=20, choices=Status, default=Status.WAITING)
    assets = models.PositiveIntegerField(help_text="How many stand behind the seller's contracts of the month.")
    lines = models.PositiveIntegerField(default=0)
    problem = models.TextField(blank=True, help_text="What the last attempt failed with. It is tried again.")
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["run", "seller"], name="run_part_once_per_seller")]

    def __str__(self) -> str:
        return f"{self.run}: {self.seller}"


class SettlementLine(models.Model):
    """One event of one contract: what was asked, what was delivered, what is paid.

    A product called by trigger has a line per instruction and, where it pays for being available, one per window and
    service day. A scheduled product has a line per window and service day. Energy: + export, - import.
    """

    run = models.ForeignKey(SettlementRun, on_delete=models.CASCADE, related_name="lines")
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="settlement_lines")
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="settlement_lines")
    window = models.ForeignKey(ServiceWindow, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    instruction = models.ForeignKey(
        Instruction, on_delete=models.PROTECT, null=True, blank=True, related_name="settlement_lines"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    instructed_kw = Kw(help_text="What was asked; 0 where a window only had to be kept available.")
    baseline_kwh = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    metered_kwh = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    delivered_kwh = models.DecimalField(max_digits=16, decimal_places=4)
    delivered_share = models.DecimalField(max_digits=7, decimal_places=4)
    availability_gbp = Gbp(default=0)
    utilisation_gbp = Gbp(default=0)
    sustain_gbp = Gbp(default=0)
    price_gbp_per_mwh = Price(default=0)
    assets_without_readings = models.PositiveIntegerField(
        default=0, help_text="Assets that count as having delivered nothing, since something was not read."
    )
    explanation = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["run", "seller"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(starts_at__lt=models.F("ends_at")), name="line_starts_before_it_ends"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="no_edit", operation=pgtrigger.Update),
            added_only_while_run_is("draft"),
            deleted_only_while_run_is("draft"),
        ]

    def __str__(self) -> str:
        return f"{self.contract} {self.starts_at:%d %B %Y %H:%M}"


class Statement(models.Model):
    """What one seller is told of one month. Versioned with its run; it cannot be edited or deleted."""

    reference = Reference("S")
    run = models.ForeignKey(SettlementRun, on_delete=models.PROTECT, related_name="statements")
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="statements")
    total_gbp = Gbp()
    issued_at = models.DateTimeField(db_default=models.functions.Now(), help_text="Market time.")

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["run", "seller"], name="statement_once_per_run")]
        triggers = [*append_only(), added_only_while_run_is("approved")]

    def __str__(self) -> str:
        return self.reference
