"""How the console keeps the seal: what is hidden must not be felt for either.

Sealed prices are no columns to sort by, and no filter typed into an address reaches them (`Noun.never_looked_up`).
"""

from collections.abc import Callable
from typing import Any

from unfold.decorators import display

from .columns import plain

SEALED = "sealed"


def price(field: str, label: str) -> Callable[..., str]:
    """A column of a price that stays closed while the row is sealed. Not sortable: the order would tell."""

    @display(description=label)
    def shown(self: Any, row: Any) -> str:
        return SEALED if row.is_sealed else plain(getattr(row, field))

    return shown
