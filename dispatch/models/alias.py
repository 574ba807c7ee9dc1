"""What a person's decision taught: a word of the operator and what it means. Later triggers are read by it until it ends."""

from typing import Self

import pgtrigger
from django.db import models
from django.db.models.functions import Lower

from markets.models import Contract, Operator, Product, Seller, User, Zone
from markets.models.fields import Reference
from markets.models.guards import written_once

from .match import Match

TAUGHT = ("operator", "is_mock", "kind", "word", "seller", "contract", "zone", "product", "learned_from", "learned_by")
"""What was taught stands as it was; a correction is a further alias."""
MEANINGS = ("seller", "contract", "zone", "product")


class AliasQuerySet(models.QuerySet["Alias"]):
    """Aliases by whether they still count."""

    def standing(self) -> Self:
        return self.filter(ended_at=None)


class Alias(models.Model):
    """A word as the operator wrote it, and the seller, contract, zone or product that it means.

    A name that customer success gave on purpose is a `SellerIdentity`. An alias is only learned, so it yields: it sends
    no instruction where anything else names another seller, and a word with two meanings means nobody.
    """

    class Kind(models.TextChoices):
        COMPANY = "company", "Company name"
        ACCOUNT = "account", "Account on the operator's platform"
        CONTRACT = "contract", "Contract"
        ZONE = "zone", "Zone"
        PRODUCT = "product", "Product"

    reference = Reference("AL")
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="aliases")
    is_mock = models.BooleanField(help_text="Learned in a rehearsal: it counts in mock markets only.")
    kind = models.CharField(max_length=20, choices=Kind)
    word = models.CharField(max_length=200, help_text="As the operator writes it.")
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, null=True, blank=True, related_name="aliases")
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, null=True, blank=True, related_name="aliases")
    zone = models.ForeignKey(Zone, on_delete=models.PROTECT, null=True, blank=True, related_name="aliases")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, blank=True, related_name="aliases")
    learned_from = models.ForeignKey(Match, on_delete=models.PROTECT, related_name="taught")
    learned_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    learned_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    end_reason = models.CharField(max_length=500, blank=True)

    objects = AliasQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "aliases"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                "operator",
                "kind",
                "is_mock",
                Lower("word"),
                *MEANINGS,
                condition=models.Q(ended_at=None),
                nulls_distinct=False,
                name="alias_stands_once",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["company", "account"], seller__isnull=False)
                & models.Q(contract=None, zone=None, product=None)
                | models.Q(kind="contract", contract__isnull=False) & models.Q(seller=None, zone=None, product=None)
                | models.Q(kind="zone", zone__isnull=False) & models.Q(seller=None, contract=None, product=None)
                | models.Q(kind="product", product__isnull=False) & models.Q(seller=None, contract=None, zone=None),
                name="alias_means_what_its_kind_says",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None, ended_by=None, end_reason="")
                | models.Q(ended_at__isnull=False, ended_by__isnull=False) & ~models.Q(end_reason=""),
                name="alias_ended_by_somebody_for_a_reason",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="taught_for_ever", fields=list(TAUGHT)),
            written_once("ended_at"),
        ]

    def __str__(self) -> str:
        return f"{self.reference}: {self.get_kind_display().lower()} '{self.word}' means {self.meaning}"

    @property
    def meaning(self) -> Seller | Contract | Zone | Product:
        """What the word means."""
        meaning = self.seller or self.contract or self.zone or self.product
        assert meaning is not None, "the database holds that it means something"
        return meaning
