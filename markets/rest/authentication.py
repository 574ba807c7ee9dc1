"""How machines sign in: `Authorization: Bearer piclo_...`. A token is an operator's, its sandbox's, or a seller's."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from django.db import InterfaceError, OperationalError, connection, models
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from ..models import Operator, Seller, Token
from ..models.token import token_sha256


def _columns(model: type[models.Model], name: str) -> str:
    return ", ".join(f'{name}."{field.column}"' for field in model._meta.concrete_fields)


# Written by hand: to compose it anew for each call would take longer than to run it.
TOKEN_SQL = f"""
    SELECT {_columns(Token, "token")}, {_columns(Operator, "operator")}, {_columns(Seller, "seller")},
        token.is_sandbox AND EXISTS (SELECT FROM markets_sandboxfault fault WHERE fault.operator_id = token.operator_id)
    FROM markets_token token LEFT JOIN markets_operator operator ON operator.id = token.operator_id
    LEFT JOIN markets_seller seller ON seller.id = token.seller_id WHERE token.sha256 = %s
"""


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
        token = _find(token_sha256(words[1]))
        if token is None:
            raise AuthenticationFailed("This token is not known. Ask customer success for a new one.")
        if token.revoked_at is not None:
            raise AuthenticationFailed(
                f"This token was revoked on {token.revoked_at:%d %B %Y}. Ask customer success for a new one."
            )
        _note_use(token)
        return Machine(token), token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def _find(sha256: str) -> Token | None:
    """The token with its operator or seller, and whether a fault of the sandbox waits for it.

    It is the first question of every call, so it is also what shows whether a kept connection still lives: to ask for
    that before would be one more round trip.
    """
    connection.health_check_done = True  # type: ignore[attr-defined]  # the stubs do not know it
    try:
        row = _ask(sha256)
    except (OperationalError, InterfaceError):
        connection.close()  # the next question opens another
        row = _ask(sha256)
    if row is None:
        return None
    columns = iter(row)
    token = _row(Token, columns)
    assert token is not None
    token.operator, token.seller = _row(Operator, columns), _row(Seller, columns)
    token.has_fault_waiting = next(columns)
    return token


def _ask(sha256: str) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(TOKEN_SQL, [sha256])
        row: tuple[Any, ...] | None = cursor.fetchone()
        return row


def _row[M: models.Model](model: type[M], columns: Iterator[Any]) -> M | None:
    """The next columns as a row; None where the outer join found none."""
    fields = [field.attname for field in model._meta.concrete_fields]
    values = list(islice(columns, len(fields)))
    return None if values[0] is None else model.from_db(connection.alias, fields, values)


def _note_use(token: Token) -> None:
    """Keeps the day of the last use, so that people see what may be revoked: one write a day, and none for other calls."""
    today = datetime.now(UTC).date()
    if token.last_used_on != today:
        Token.objects.filter(pk=token.pk).update(last_used_on=today)


class OperatorOnly(BasePermission):
    """Lets in an operator's tokens, and only for the operator named by the view's `operator_key`."""

    message = "This address is for the operator's token: send the one that customer success gave to the operator."

    def has_permission(self, request: Request, view: Any) -> bool:
        token = token_of(request)
        return token is not None and token.operator is not None and token.operator.key == view.operator_key


class SandboxOnly(OperatorOnly):
    """Lets in the sandbox tokens of that operator alone."""

    message = "This address is for the token of a sandbox: send that one. Time is moved and faults are played in mock markets alone."

    def has_permission(self, request: Request, view: Any) -> bool:
        token = token_of(request)
        return token is not None and token.is_sandbox and super().has_permission(request, view)


class SellerOnly(BasePermission):
    """Lets in sellers' tokens of sellers that are not suspended."""

    message = "This address is for the token of a seller that is not suspended."

    def has_permission(self, request: Request, view: Any) -> bool:
        token = token_of(request)
        return token is not None and token.seller is not None and token.seller.status != Seller.Status.SUSPENDED
