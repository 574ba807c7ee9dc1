"""How machines sign in: `Authorization: Bearer piclo_...`. A token is an operator's, its sandbox's, or a seller's."""

from datetime import UTC, datetime
from typing import Any

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from ..models import Seller, Token
from ..models.token import token_sha256


def token_of(request: Request) -> Token | None:
    """The token of the caller, where one signed in with a token."""
    return request.auth if isinstance(request.auth, Token) else None


class Machine:
    """The caller behind a token, in the place where Django expects a user."""

    is_authenticated = True
    is_active = True
    pk = None

    def __init__(self, token: Token):
        self.token = token

    def __str__(self) -> str:
        return str(self.token)


class TokenAuthentication(BaseAuthentication):
    """Finds the token by its hash; says why it is not taken."""

    def authenticate(self, request: Request) -> tuple[Machine, Token] | None:
        words = get_authorization_header(request).decode("latin-1").split()
        if not words:
            return None
        if len(words) != 2 or words[0].lower() != "bearer":
            raise AuthenticationFailed("Send the token as 'Authorization: Bearer <token>'.")
        try:
            token = Token.objects.select_related("operator", "seller").get(sha256=token_sha256(words[1]))
        except Token.DoesNotExist:
            raise AuthenticationFailed("This token is not known. Ask customer success for a new one.") from None
        if token.revoked_at is not None:
            raise AuthenticationFailed(
                f"This token was revoked on {token.revoked_at:%d %B %Y}. Ask customer success for a new one."
            )
        _note_use(token)
        return Machine(token), token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def _note_use(token: Token) -> None:
    """Keeps the day of the last use, so that people see what may be revoked: one write a day, and none for other calls."""
    today = datetime.now(UTC).date()
    if token.last_used_on != today:
        Token.objects.filter(pk=token.pk).update(last_used_on=today)


class OperatorOnly(BasePermission):
    """Lets in an operator's tokens, and only for the operator named by the view's `operator_key`."""

    message = "This address is for the operator's token."

    def has_permission(self, request: Request, view: Any) -> bool:
        token = token_of(request)
        return token is not None and token.operator is not None and token.operator.key == view.operator_key


class SandboxOnly(OperatorOnly):
    """Lets in the sandbox tokens of that operator alone."""

    message = "This address is for the token of a sandbox: only a mock market's time can be moved."

    def has_permission(self, request: Request, view: Any) -> bool:
        token = token_of(request)
        return token is not None and token.is_sandbox and super().has_permission(request, view)


class SellerOnly(BasePermission):
    """Lets in sellers' tokens of sellers that are not suspended."""

    message = "This address is for the token of a seller that is not suspended."

    def has_permission(self, request: Request, view: Any) -> bool:
        token = token_of(request)
        return token is not None and token.seller is not None and token.seller.status != Seller.Status.SUSPENDED
