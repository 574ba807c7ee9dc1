"""Tokens of machines: an operator's, an operator's sandbox's, or a seller's. Only the hash is kept."""

import hashlib

from django.db import models

from .guards import written_once
from .operator import Operator
from .people import Seller, User


def token_sha256(whole: str) -> str:
    """The hash under which a token is kept. A long random token needs no slow hash."""
    return hashlib.sha256(whole.encode()).hexdigest()


class Token(models.Model):
    """A bearer token. `prefix` is what people see; the whole is shown once, when it is made."""

    operator = models.ForeignKey(Operator, on_delete=models.CASCADE, null=True, blank=True, related_name="tokens")
    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, null=True, blank=True, related_name="tokens")
    is_sandbox = models.BooleanField(default=False, help_text="Reaches mock markets only.")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=12)
    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_on = models.DateField(null=True, blank=True, help_text="UTC. Only the day is kept.")
    revoked_at = models.DateTimeField(null=True, blank=True)

    has_fault_waiting = False
    """Not stored. True on the caller's token where a fault of its sandbox may have to be played."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(operator__isnull=False, seller__isnull=True)
                | models.Q(operator__isnull=True, seller__isnull=False, is_sandbox=False),
                name="token_of_an_operator_or_of_a_seller",
            )
        ]
        triggers = [written_once("revoked_at")]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class IdempotentCall(models.Model):
    """What a write with an `Idempotency-Key` was answered: the same key again gets the same answer."""

    token = models.ForeignKey(Token, on_delete=models.CASCADE, related_name="idempotent_calls")
    key = models.CharField(max_length=200)
    request_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    answer = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="idempotency_key_once")]

    def __str__(self) -> str:
        return f"{self.key} → {self.status}"
