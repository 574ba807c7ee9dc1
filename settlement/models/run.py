"""What is paid and why: the terms of a market, a run for one month, its lines, and the statements issued from it."""

import pgtrigger
from django.core.validators import MinValueValidator
from django.db import models

from dispatch.models import Instruction
from markets.models import Contract, Market, Seller, ServiceWindow, User
from markets.models.fields import Gbp, Kw, Price, Reference
from markets.models.guards import append_only, guarded_states


class Terms(models.Model):
    """How a market settles, from a month on. All of it is our assumption until the operator confirms it."""

    market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="terms")
    from_month = models.DateField(help_text="The first month to which they apply (its first day).")
    interval_minutes = models.PositiveSmallIntegerField(default=30, validators=[MinValueValidator(1)])
    grace = models.DecimalField(max_digits=5, decimal_places=4, default="0.05", help_text="Share that may be missing unpunished.")
    slope = models.DecimalField(max_digits=5, decimal_places=4, default="1", help_text="Pay lost per share missing beyond.")
    floor = models.DecimalField(max_digits=5, decimal_places=4, default="0", help_text="Least share of availability paid.")

    class Meta:
        verbose_name_plural = "terms"
        constraints = [models.UniqueConstraint(fields=["market", "from_month"], name="terms_once_per_month")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.market} from {self.from_month:%B %Y}"


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
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-month", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["market", "month", "version"], name="run_version_once"),
            models.CheckConstraint(condition=models.Q(month__day=1), name="run_month_is_its_first_day"),
            models.CheckConstraint(
                condition=models.Q(approved_by=None) | ~models.Q(approved_by=models.F("started_by")),
                name="run_is_approved_by_a_second_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.market} {self.month:%B %Y} version {self.version}"


class SettlementLine(models.Model):
    """One event of one contract: what was asked, what was delivered, what is paid."""

    run = models.ForeignKey(SettlementRun, on_delete=models.CASCADE, related_name="lines")
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="settlement_lines")
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="settlement_lines")
    window = models.ForeignKey(ServiceWindow, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    instruction = models.ForeignKey(
        Instruction, on_delete=models.PROTECT, null=True, blank=True, related_name="settlement_lines"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    instructed_kw = Kw()
    baseline_kwh = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    metered_kwh = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    delivered_kwh = models.DecimalField(max_digits=16, decimal_places=4)
    delivered_share = models.DecimalField(max_digits=7, decimal_places=4)
    availability_gbp = Gbp(default=0)
    utilisation_gbp = Gbp(default=0)
    sustain_gbp = Gbp(default=0)
    price_gbp_per_mwh = Price(default=0)
    explanation = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(starts_at__lt=models.F("ends_at")), name="line_starts_before_it_ends"),
        ]
        triggers = [pgtrigger.Protect(name="no_edit", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.contract} {self.starts_at:%d %B %Y %H:%M}"


class Statement(models.Model):
    """What one seller is told of one month. Versioned with its run; it cannot be edited or deleted."""

    reference = Reference("S")
    run = models.ForeignKey(SettlementRun, on_delete=models.PROTECT, related_name="statements")
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="statements")
    total_gbp = Gbp()
    issued_at = models.DateTimeField(db_default=models.functions.Now())

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["run", "seller"], name="statement_once_per_run")]
        triggers = append_only()

    def __str__(self) -> str:
        return self.reference


class InvoiceLine(models.Model):
    """A line of the operator's own invoice, against which ours is checked. As it came; it stands."""

    market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="invoice_lines")
    month = models.DateField(help_text="Its first day.")
    reference = models.CharField(max_length=100, help_text="The operator's reference of the line.")
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, null=True, blank=True, related_name="invoice_lines")
    contract_named = models.CharField(max_length=100, blank=True)
    amount_gbp = Gbp()
    delivered_kwh = models.DecimalField(max_digits=16, decimal_places=4, null=True, blank=True)
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["market", "reference"], name="invoice_line_once"),
            models.CheckConstraint(condition=models.Q(month__day=1), name="invoice_month_is_its_first_day"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return self.reference
