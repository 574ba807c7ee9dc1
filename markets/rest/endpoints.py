"""What every address of the API is made of: who is let in, which market or seller it is about, how bodies are read."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any, NoReturn

from django.db.models import QuerySet
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
from .openapi import FORMAT
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
    takes_any_query = False

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Reads the body at once, since only that keeps the limit on its size (DATA_UPLOAD_MAX_MEMORY_SIZE).

        A query parameter that the documents do not name is refused: it is mostly a slip of the pen, and to leave it out
        would answer another question. A reference that holds what the database cannot hold names nothing: 404.
        """
        super().initial(request, *args, **kwargs)
        request.body  # noqa: B018
        if not self.takes_any_query:
            self._refuse_unknown_query(request)
        if any("\0" in str(reference) for reference in kwargs.values()):
            raise NotFound("No reference holds a null character.")

    def _refuse_unknown_query(self, request: Request) -> None:
        known = getattr(getattr(self, str(request.method).lower(), None), "query_names", None)
        if known is None or request.query_params.keys() <= {*known, FORMAT.name}:  # a format was negotiated already
            return
        takes = f"This call takes: {', '.join(known)}." if known else "This call takes none."
        reason = f"There is no such query parameter. {takes}"
        rows = [RowProblem(0, n[:60], str(v), reason) for n, v in request.query_params.items() if n not in known]
        raise BadQuery(f"{', '.join(row.column for row in rows)}: {reason}", rows)

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
        return _market_among(Market.objects.reached_by(self.token), key)


class SellerEndpoint(Endpoint):
    """An address for sellers' tokens. `seller` is the only door to rows: another's row is a 404."""

    permission_classes = [SellerOnly]

    @property
    def seller(self) -> Seller:
        """Whose token it is."""
        seller = self.token.seller
        assert seller is not None
        return seller

    def market_called(self, key: str) -> Market:
        """The market of this key, open to the seller. Where there is none, the 404 names those that there are."""
        return _market_among(Market.objects.open_to(self.seller), key)

    def refuse_unknown_market(self) -> None:
        """An empty list for a market that is misspelt would say that nothing is there."""
        if key := self.request.query_params.get("market"):
            self.market_called(key)


def _market_among(own: QuerySet[Market], key: str) -> Market:
    market = own.filter(key=key).first() if "\0" not in key else None
    if market is None:
        known = ", ".join(own.order_by("key").values_list("key", flat=True)) or "none"
        raise NotFound(f"There is no market '{key}' for this token. Its markets are: {known}.")
    return market


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
