"""Tokens: made, shown once, revoked."""

import secrets

from django.db import transaction
from django.utils import timezone

from ..models import Operator, Seller, Token
from ..reach import token_sha256
from .journal import By, record, user_of


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
def revoke_token(*, token: Token, by: By, reason: str) -> None:
    """From now on the token is refused. To revoke twice changes nothing."""
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        record(by=by, verb="revoke_token", subject=token, reason=reason)
