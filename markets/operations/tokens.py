"""Tokens: made, shown once, revoked; and the answers kept under their idempotency keys, forgotten in time."""

import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from ..models import IdempotentCall, Operator, Seller, Token
from ..models.token import token_sha256
from ..problems import Refused, RowProblem
from .journal import By, record, user_of

REMEMBERED = timedelta(days=30)
"""Nobody repeats a call later than this; past it a key may be used again."""
MOST_TOKENS = 20


@transaction.atomic
def issue_token(
    *, name: str, by: By, operator: Operator | None = None, seller: Seller | None = None, is_sandbox: bool = False
) -> tuple[Token, str]:
    """Makes a token of an operator (or its sandbox) or of a seller. Returns it and the whole secret, never shown again."""
    whole = f"piclo_{secrets.token_urlsafe(32)}"
    token = Token.objects.create(
        operator=operator,
        seller=seller,
        is_sandbox=is_sandbox,
        name=name,
        prefix=whole[:12],
        sha256=token_sha256(whole),
        created_by=user_of(by),
    )
    record(by=by, verb="issue_token", subject=token)
    return token, whole


@transaction.atomic
def make_sellers_token(*, seller: Seller, name: str, by: By) -> tuple[Token, str]:
    """A seller's owner makes a token for its own system. Returns it and the whole secret, never shown again.

    Raises Refused for a name that stands already (so that the form sent twice makes one), and for too many.
    """
    Seller.objects.select_for_update(no_key=True).get(pk=seller.pk)  # one at a time
    standing = Token.objects.filter(seller=seller, revoked_at=None)
    if standing.filter(name__iexact=name).exists():
        reason = f"There is a token '{name}' already. Give this one another name, or revoke that one first."
        raise Refused(reason, [RowProblem(0, "name", name, reason)])
    if standing.count() >= MOST_TOKENS:
        raise Refused(f"Your company has {MOST_TOKENS} tokens. Revoke one that nothing uses any more.")
    return issue_token(name=name, seller=seller, by=by)


@transaction.atomic
def revoke_token(*, token: Token, by: By, reason: str) -> None:
    """From now on the token is refused. To revoke twice changes nothing."""
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        record(by=by, verb="revoke_token", subject=token, reason=reason)


@transaction.atomic
def forget_idempotent_calls(*, by: By) -> int:
    """Deletes the kept answers that are older than `REMEMBERED`. Returns how many."""
    forgotten, _ = IdempotentCall.objects.filter(created_at__lt=timezone.now() - REMEMBERED).delete()
    if forgotten:
        record(by=by, verb="forget_idempotent_calls", count=forgotten)
    return forgotten
