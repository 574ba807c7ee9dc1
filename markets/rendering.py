"""How answers are written: numbers of the database as text, so that no decimal is lost on the way."""

from decimal import Decimal
from typing import Any

from rest_framework.renderers import JSONRenderer
from rest_framework.utils.encoders import JSONEncoder


class _Encoder(JSONEncoder):
    def default(self, value: Any) -> Any:
        return f"{value:f}" if isinstance(value, Decimal) else super().default(value)


class JsonAnswer(JSONRenderer):
    """JSON; the framework's own would make floats of decimals."""

    encoder_class = _Encoder
