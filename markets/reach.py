"""What a token is kept as, and which markets it reaches."""

import hashlib

from django.db.models import QuerySet

from .models import Market, Token


def token_sha256(whole: str) -> str:
    """The hash under which a token is kept. A long random token needs no slow hash."""
    return hashlib.sha256(whole.encode()).hexdigest()


def markets_of(token: Token) -> QuerySet[Market]:
    """The markets that a token reaches: its operator's live ones, or with a sandbox token its mock ones."""
    if token.operator_id is None:
        return Market.objects.none()
    return Market.objects.filter(operator=token.operator_id, is_mock=token.is_sandbox)
