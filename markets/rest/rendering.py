"""How answers are written: numbers of the database as text, so that no decimal is lost on the way."""

import csv
import io
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.utils.encoders import JSONEncoder

from ..rules.sheets import harmless

NEXT = "Next-Before"
"""The header in which the CSV of a list says where its next page begins."""


class _Encoder(JSONEncoder):
    def default(self, value: Any) -> Any:
        return f"{value:f}" if isinstance(value, Decimal) else super().default(value)


class JsonAnswer(JSONRenderer):
    """JSON; the framework's own would make floats of decimals."""

    encoder_class = _Encoder


class CsvAnswer(BaseRenderer):
    """A page of a list as CSV: the same names and values as in JSON, in the order of the view's `columns`."""

    media_type = "text/csv"
    format = "csv"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> str:
        assert renderer_context is not None, "the framework always tells the view"
        columns = tuple(renderer_context["view"].columns)
        text = io.StringIO()
        rows = csv.writer(text)
        rows.writerow(columns)
        rows.writerows([_cell(item[name]) for name in columns] for item in data["items"])
        return text.getvalue()


def _cell(value: Any) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, list):
        return harmless("; ".join(map(str, value)))
    return f"{value:f}" if isinstance(value, Decimal) else harmless(value)
