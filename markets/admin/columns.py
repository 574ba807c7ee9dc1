"""Columns that many lists of the console share: numbers without needless zeros, states with a colour."""

from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from functools import cache, reduce
from typing import Any

from django.db.models import Model
from django.utils.formats import number_format
from unfold.decorators import display

# The colours of all states, so that one colour means one thing in every list.
COLOURS = {
    "good": (
        "verified",
        "qualified",
        "published",
        "accepted",
        "sent",
        "confirmed",
        "linked",
        "matched",
        "approved",
        "issued",
        "done",
        "delivered",
        "opened",
        "clicked",
    ),
    "waiting": (
        "invited",
        "asked",
        "offered",
        "placed",
        "ready",
        "waiting",
        "open",
        "draft",
        "checked",
        "claimed",
        "deferred",
    ),
    "bad": ("suspended", "refused", "rejected", "failed", "declined", "bounced", "complained"),
}
_VARIANT = {"good": "success", "waiting": "info", "bad": "danger"}
_BY_STATE: defaultdict[str, str | None] = defaultdict(
    lambda: None, {state: _VARIANT[kind] for kind, states in COLOURS.items() for state in states}
)


def plain(number: Decimal | None) -> str:
    """A decimal as people write it: 1,250 and 2.7 rather than 1,250.0000."""
    if number is None:
        return "-"
    whole = number == number.to_integral_value()
    return number_format(
        number.quantize(Decimal(1)) if whole else number.normalize(), use_l10n=True, force_grouping=True
    )


def follow(row: Any, path: str) -> Any:
    """The value at a path such as `bid__capacity_kw`; None where something on the way is empty."""
    return reduce(lambda found, name: getattr(found, name) if found is not None else None, path.split("__"), row)


def number(path: str, label: str) -> Callable[..., str]:
    """A column of a Decimal, sortable."""

    @display(description=label, ordering=path)
    def shown(self: Any, row: Model) -> str:
        return plain(follow(row, path))

    return shown


_UNITS = {
    "gbp_per_mw_h": "GBP/MW/h",
    "gbp_per_mwh": "GBP/MWh",
    "gbp_per_kw": "GBP/kW",
    "gbp": "GBP",
    "kwh": "kWh",
    "kw": "kW",
}


def worded(name: str) -> str:
    """A field's name with its unit as people write it: `required_kw` is "Required kW"."""
    unit = next((unit for unit in _UNITS if name.endswith(f"_{unit}")), None)
    words = name.removesuffix(f"_{unit}").replace("_", " ").capitalize()
    return f"{words} {_UNITS[unit]}" if unit else words


@cache
def amount(name: str) -> Callable[[Any], str]:
    """A Decimal of a record, read only, under its name and unit."""

    @display(description=worded(name))
    def shown(row: Any) -> str:
        return plain(getattr(row, name))

    return shown


def state(path: str = "status", label: str = "Status") -> Callable[..., tuple[str, str]]:
    """A column of a state, coloured, in the words of its choices."""
    *way, name = path.split("__")

    @display(description=label, ordering=path, label=_BY_STATE)
    def shown(self: Any, row: Model) -> tuple[str, str]:
        owner = follow(row, "__".join(way)) if way else row
        return getattr(owner, name), getattr(owner, f"get_{name}_display")()

    return shown
