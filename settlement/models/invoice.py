"""The operator's own invoice, as it came: what is paid, and what our settlement is checked against."""

from django.db import models

from markets.models import Contract, Market
from markets.models.fields import Gbp, Price
from markets.models.guards import append_only


class InvoiceLine(models.Model):
    """A line of the operator's own invoice, against which ours is checked. As it came; it stands."""

    market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="invoice_lines")
    month = models.DateField(help_text="Its first day.")
    reference = models.CharField(max_length=100, help_text="The operator's reference of the line.")
    contract = models.ForeignKey(
        Contract, on_delete=models.PROTECT, null=True, blank=True, related_name="invoice_lines"
    )
    contract_named = models.CharField(max_length=100, blank=True)
    amount_gbp = Gbp()
    delivered_kwh = models.DecimalField(max_digits=16, decimal_places=4, null=True, blank=True)
    metered_kwh = models.DecimalField(
        max_digits=16, decimal_places=4, null=True, blank=True, help_text="+ export, - import."
    )
    baseline_kwh = models.DecimalField(
        max_digits=16, decimal_places=4, null=True, blank=True, help_text="+ export, - import."
    )
    price_gbp_per_mwh = Price(null=True, blank=True)
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
