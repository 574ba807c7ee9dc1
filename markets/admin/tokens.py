"""Tokens of machines, and the answers kept for their repeated calls. A whole token is shown once, when it is issued."""

from django.contrib import admin
from unfold.decorators import display
from unfold.enums import ActionVariant

from ..models import IdempotentCall, Token, User
from ..operations.tokens import revoke_token
from .acting import WithReason, operation
from .noun import Noun

TOKEN_ONCE = "The token is {} - it is shown this once; only its hash is kept."


@admin.register(Token)
class TokenAdmin(Noun):
    list_display = ("name", "prefix", "holder", "is_sandbox", "created_at", "revoked_at")
    list_select_related = ("operator", "seller")
    list_filter = ("operator", "is_sandbox", ("revoked_at", admin.EmptyFieldListFilter))
    search_fields = ("name", "prefix", "operator__name", "seller__name")
    date_hierarchy = "created_at"
    hidden_fields = ("sha256",)
    never_looked_up = ("sha256",)
    actions_detail = ("revoke",)

    @display(description="Of")
    def holder(self, token: Token) -> str:
        return str(token.operator or token.seller)

    @operation(
        "Revoke token",
        consequence="From now on every call with this token is refused. This cannot be undone.",
        form=WithReason,
        when=lambda token: token.revoked_at is None,
        icon="key_off",
        variant=ActionVariant.DANGER,
    )
    def revoke(self, by: User, token: Token, reason: str) -> str:
        revoke_token(token=token, by=by, reason=reason)
        return f"{token} is revoked."


@admin.register(IdempotentCall)
class IdempotentCallAdmin(Noun):
    """Its answer may hold prices of sealed bids, so that it is not shown at all."""

    list_display = ("key", "token", "status", "created_at")
    list_select_related = ("token",)
    list_filter = ("status",)
    search_fields = ("key", "token__name")
    date_hierarchy = "created_at"
    hidden_fields = ("answer", "request_sha256")
    never_looked_up = ("answer", "request_sha256")
