"""What every address of the API is made of: who is let in, which market or seller it is about, how bodies are read."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any, NoReturn

from django.http import HttpRequest
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from ..models import Market, Seller, Token
from ..problems import RowProblem
from .authentication import OperatorOnly, SellerOnly, token_of
from .bodies import JsonBody
from .faults import FaultsPlayed
from .fields import Fields
from .paging import BadQuery, read_query
from .rendering import JsonAnswer


class _MarketQuery(Fields):
    market = serializers.CharField(max_length=50, error_messages={"required": "Name the market: ?market=<its key>."})


class Negotiation(DefaultContentNegotiation):
    """A `?format=` that an address does not have is a slip in the query, and no missing row."""

    def filter_renderers(self, renderers: Iterable[BaseRenderer], format: str) -> list[BaseRenderer]:
        found = [renderer for renderer in renderers if renderer.format == format]
        if not found:
            reason = f"Say one of: {', '.join(str(renderer.format) for renderer in renderers)}; or leave it out."
            raise BadQuery(f"format: {reason}", [RowProblem(0, "format", format, reason)])
        return found


class Endpoint(APIView):
    """An address of the API: JSON in, JSON out; errors are problems."""

    content_negotiation_class = Negotiation
    parser_classes = [JsonBody]
    renderer_classes = [JsonAnswer]
    http_method_names = ["get", "head", "post", "put", "delete"]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Reads the body at once, since only that keeps the limit on its size (DATA_UPLOAD_MAX_MEMORY_SIZE).

        A reference that holds what the database cannot hold names nothing: 404.
        """
        super().initial(request, *args, **kwargs)
        request.body  # noqa: B018
        if any("\0" in str(reference) for reference in kwargs.values()):
            raise NotFound("No reference holds a null character.")

    @property
    def token(self) -> Token:
        """The caller's token: behind the permissions there is one."""
        token = token_of(self.request)
        assert token is not None
        return token

    def asked_market_key(self) -> str:
        """What `?market=` says. Raises BadQuery where it says nothing."""
        key: str = read_query(_MarketQuery(), self.request)["market"]
        return key


class OperatorEndpoint(FaultsPlayed, Endpoint):
    """An address for one operator's tokens. `market` is the only door to rows: another's market is a 404."""

    operator_key: str
    permission_classes = [OperatorOnly]

    @cached_property
    def market(self) -> Market:
        """The market that the query names, within the token's reach."""
        return self.market_called(self.asked_market_key())

    def market_called(self, key: str) -> Market:
        """The market of this key, within the token's reach. Where there is none, the 404 names those that there are."""
        own = Market.objects.reached_by(self.token)
        market = own.filter(key=key).first()
        if market is None:
            known = ", ".join(own.order_by("key").values_list("key", flat=True)) or "none"
            raise NotFound(f"There is no market '{key}' for this token. Its markets are: {known}.")
        return market


class SellerEndpoint(Endpoint):
    """An address for sellers' tokens. `seller` is the only door to rows: another's row is a 404."""

    permission_classes = [SellerOnly]

    @property
    def seller(self) -> Seller:
        """Whose token it is."""
        seller = self.token.seller
        assert seller is not None
        return seller


def reached[Row](row: Row | None, what: str, key: str) -> Row:
    """The row; where it is not there for this token, a 404 that does not tell whether it is there for another."""
    if row is None:
        raise NotFound(f"There is no {what} '{key}' for this token.")
    return row


class UnknownAddress(Endpoint):
    """Whatever is no address of the API."""

    authentication_classes = []
    permission_classes = []
    schema = None

    def http_method_not_allowed(self, request: Request | HttpRequest, *args: object, **kwargs: object) -> NoReturn:
        raise NotFound(f"There is no address {request.path[:200]}. The addresses stand at /api/docs/.")
