"""What a market will say of an asset, before anybody asks it: whether it can serve a place, and what to do if not.

The operator decides; this only spares a seller a refusal that is certain, and names what nobody knows yet. A certain no
is told before a doubt, and what can't be changed (where it stands) before what can.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from .mpan import AREA_NAMES

ZERO = Decimal(0)
LOWEST_KV = {"lv": Decimal(0), "hv": Decimal(1), "ehv": Decimal(33)}
HIGHEST_KV = {"lv": Decimal(1), "hv": Decimal(33)}
LEVELS = {
    "lv": "low voltage (below 1 kV)",
    "hv": "high voltage (1 kV to 33 kV)",
    "ehv": "extra high voltage (above 33 kV)",
}


class Kind(StrEnum):
    """What the market will say."""

    ELIGIBLE = "eligible"
    TOO_FAR = "too_far"
    TOO_SMALL = "too_small"
    WRONG_VOLTAGE = "wrong_voltage"
    ASK_PERSON = "ask_person"


@dataclass(frozen=True)
class AssetFacts:
    """What decides about an asset. `capacity_kw`: the most it offers one way; `zones`: codes, as far as we know them;
    `licence_area`: by its MPAN, empty for an independent network's."""

    capacity_kw: Decimal
    voltage_level: str
    zones: frozenset[str]
    licence_area: str


@dataclass(frozen=True)
class Place:
    """Where and what is bought. `zone_level` is hv or lv; `minimum_kw` the smallest offer taken (0: any);
    `max_connection_kv` the highest voltage at which an asset may be connected (None: any)."""

    zone: str
    licence_area: str = ""
    zone_level: str = "hv"
    minimum_kw: Decimal = ZERO
    max_connection_kv: Decimal | None = None


@dataclass(frozen=True)
class Verdict:
    """What the market will say, and a sentence that says what to do."""

    kind: Kind
    sentence: str


def verdict(asset: AssetFacts, place: Place) -> Verdict:
    """What `place` will say of `asset`."""
    checks = (
        (Kind.TOO_FAR, _why_too_far),
        (Kind.WRONG_VOLTAGE, _why_wrong_voltage),
        (Kind.TOO_SMALL, _why_too_small),
        (Kind.ASK_PERSON, _why_unknown),
    )
    for kind, why in checks:
        if sentence := why(asset, place):
            return Verdict(kind, sentence)
    return Verdict(Kind.ELIGIBLE, _eligible(asset, place))


def not_in(zones: Iterable[str]) -> Verdict:
    """What is said of an asset in these zones by all that buy elsewhere."""
    reason = f"It lies in {_listed(zones)}; they buy in other zones. "
    return Verdict(Kind.TOO_FAR, reason + "If that is not where it stands, correct its postcode or zone.")


def _why_too_far(asset: AssetFacts, place: Place) -> str:
    if asset.zones and place.zone not in asset.zones:
        return (
            f"It lies in {_listed(asset.zones)}; this buys in {place.zone} only. "
            "If that is not where it stands, correct its postcode or zone."
        )
    if not asset.zones and asset.licence_area and place.licence_area not in ("", asset.licence_area):
        return (
            f"By its MPAN it lies in {_area(asset.licence_area)}; this buys in {_area(place.licence_area)}. "
            "If the MPAN is mistyped, correct it."
        )
    return ""


def _why_wrong_voltage(asset: AssetFacts, place: Place) -> str:
    level = LEVELS[asset.voltage_level]
    if place.zone_level == "lv" and asset.voltage_level != "lv":
        return (
            f"{place.zone} is a low-voltage zone, and this asset is connected at {level}. "
            "If that is mistaken, correct the voltage; else offer it in its high-voltage zone."
        )
    highest = place.max_connection_kv
    if highest is not None and highest <= LOWEST_KV[asset.voltage_level]:
        return (
            f"Assets connected above {plain(highest)} kV can't take part, and this one is connected at {level}. "
            "If that is mistaken, correct the voltage."
        )
    return ""


def _why_too_small(asset: AssetFacts, place: Place) -> str:
    if asset.capacity_kw >= place.minimum_kw:
        return ""
    return (
        f"The smallest offer taken is {plain(place.minimum_kw)} kW, and this asset offers {plain(asset.capacity_kw)} kW. "
        "Bid it together with others of the same zone."
    )


def _why_unknown(asset: AssetFacts, place: Place) -> str:
    if not asset.licence_area:
        return (
            "Its MPAN is not of the operator's own network: an independent network lies between. "
            "Customer success asks which substation feeds it."
        )
    if not asset.zones:
        return "Nobody knows its zone yet. Add its postcode or its zone; else customer success asks the operator."
    if place.licence_area not in ("", asset.licence_area):
        return (
            f"Its zone lies in {_area(place.licence_area)}, but by its MPAN it is in {_area(asset.licence_area)}. "
            "Correct what is mistyped; if both are right, customer success asks the operator."
        )
    return ""


def _eligible(asset: AssetFacts, place: Place) -> str:
    highest = place.max_connection_kv
    if highest is not None and highest < HIGHEST_KV.get(asset.voltage_level, highest + 1):
        return f"It can take part if it is connected at {plain(highest)} kV or below."
    return "It can take part."


def plain(number: Decimal) -> str:
    """`50.5000` as `50.5`, `1200` as `1,200`."""
    text = f"{number:,.4f}".rstrip("0").rstrip(".")
    return text or "0"


def _listed(zones: Iterable[str]) -> str:
    return " and ".join(sorted(zones))


def _area(code: str) -> str:
    return AREA_NAMES.get(code, code)
