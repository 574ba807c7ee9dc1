"""How lists are read in pages by keyset, so that a late page costs what the first one does.

Feeds go forward by position (`after`) and may be remembered for ever. Lists go back in time (`before`): their first
page always holds the newest, whatever order rows were committed in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from .bodies import NotAsDescribed, read_object
from .fields import LARGEST_KEY, Fields
from .rendering import NEXT

MOST_ITEMS = 5000
USUAL_ITEMS = 500


class BadQuery(NotAsDescribed):
    """A question mark followed by what the documents do not know."""

    status = 400
    title = "Bad query"


class _Limit(Fields):
    limit = serializers.IntegerField(min_value=1, max_value=MOST_ITEMS, default=USUAL_ITEMS)


class _After(_Limit):
    after = serializers.IntegerField(min_value=0, max_value=LARGEST_KEY, default=0)


class _Before(_Limit):
    before = serializers.IntegerField(min_value=1, max_value=LARGEST_KEY, default=LARGEST_KEY)


@dataclass(frozen=True)
class Stretch:
    """Which part of a feed is wanted: `limit` entries after position `after`."""

    after: int
    limit: int


def read_query(fields: Fields, request: Request) -> dict[str, Any]:
    """The checked query parameters that `fields` knows; the others are not its business."""
    given = {name: value for name, value in request.query_params.items() if name in fields.fields}
    try:
        return read_object(fields, given)
    except NotAsDescribed as error:
        raise BadQuery(str(error), error.rows) from error


def stretch(request: Request) -> Stretch:
    """What `?after=` and `?limit=` ask for."""
    return Stretch(**read_query(_After(), request))


def feed_page(items: list[dict[str, Any]], wanted: Stretch) -> dict[str, Any]:
    """The answer of a feed: `next` is always there, to go on now or tomorrow."""
    return {"items": items, "next": items[-1]["position"] if items else wanted.after}


@dataclass(frozen=True)
class Page:
    """Items of a list, newest first; `keys` are their rows'. `next` is None on the last page."""

    keys: list[int]
    items: list[dict[str, Any]]
    next: int | None

    def answer(self) -> dict[str, Any]:
        return {"items": self.items, "next": self.next}

    def response(self) -> Response:
        """The answer; for CSV, which has no place for it, `next` stands in a header."""
        return Response(self.answer(), headers={} if self.next is None else {NEXT: str(self.next)})


def newest(rows: QuerySet[Any], columns: Mapping[str, Any], request: Request) -> Page:
    """The rows that `?before=` and `?limit=` ask for. `columns` says of each name in the answer where it stands."""
    query = read_query(_Before(), request)
    limit = query["limit"]
    found = rows.filter(pk__lt=query["before"]).order_by("-pk").values_list("pk", *columns.values())[: limit + 1]
    keys, items = [], []
    for key, *values in found:
        keys.append(key)
        items.append(dict(zip(columns, values, strict=True)))
    return Page(keys[:limit], items[:limit], keys[limit - 1] if len(keys) > limit else None)


def page_of(item: type[serializers.Serializer]) -> serializers.Serializer:
    """Describes a page of a list in the OpenAPI document."""
    name = f"{item.__name__.removesuffix('Fields')}Page"
    return inline_serializer(name, {"items": item(many=True), "next": serializers.IntegerField(allow_null=True)})
