"""Whether an offer may stand as a bid: pure checks, each with a sentence that says what to do."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from .checksum import FOUR_PLACES
from .notices import ZERO, Offer


@dataclass(frozen=True)
class Ground:
    """What an offer is checked against: the competition's windows, product and ceilings, and the seller's assets.

    `windows` gives each window's smallest offer in kW.
    """

    windows: Mapping[str, Decimal]
    pays_availability: bool
    pays_utilisation: bool
    pays_sustain: bool
    availability_ceiling_gbp_per_mw_h: Decimal
    utilisation_ceiling_gbp_per_mwh: Decimal
    sustain_ceiling_gbp_per_kw: Decimal
    usable_assets: Collection[str]


PRICES = (
    ("availability_gbp_per_mw_h", "pays_availability", "availability_ceiling_gbp_per_mw_h", "GBP/MW/h"),
    ("utilisation_gbp_per_mwh", "pays_utilisation", "utilisation_ceiling_gbp_per_mwh", "GBP/MWh"),
    ("sustain_gbp_per_kw", "pays_sustain", "sustain_ceiling_gbp_per_kw", "GBP/kW"),
)
LARGEST_KW = Decimal(10) ** 8
LONGEST_MINUTES = 2**31 - 1
LONGEST_REF = 100


def offer_problems(offer: Offer, ground: Ground) -> list[tuple[str, str, str]]:
    """Everything wrong with the offer, as (column, value, what to do); empty where it may stand."""
    problems = _window_problems(offer, ground)
    if not 0 < offer.capacity_kw < LARGEST_KW:
        reason = "Offer more than 0 kW." if offer.capacity_kw < LARGEST_KW else f"Offer less than {LARGEST_KW:,} kW."
        problems.append(("capacity_kw", str(offer.capacity_kw), reason))
    elif too_small := [name for name in offer.windows if offer.capacity_kw < ground.windows.get(name, 0)]:
        least = max(ground.windows[name] for name in too_small).normalize()
        reason = f"The operator takes no less than {least:f} kW here: {', '.join(too_small)}."
        problems.append(("capacity_kw", str(offer.capacity_kw), reason))
    problems += _price_problems(offer, ground)
    minutes = offer.max_runtime_minutes
    if minutes is not None and not 0 < minutes <= LONGEST_MINUTES:
        reason = "Give whole minutes, at least 1, or leave it empty where there is no limit."
        problems.append(("max_runtime_minutes", str(minutes), reason))
    if len(offer.seller_ref) > LONGEST_REF:
        problems.append(("seller_ref", offer.seller_ref, f"Give at most {LONGEST_REF} characters."))
    return problems + _asset_problems(offer, ground)


def _window_problems(offer: Offer, ground: Ground) -> list[tuple[str, str, str]]:
    if not offer.windows:
        return [("windows", "", "Choose at least one service window.")]
    problems = [
        ("windows", name, f"This competition has no such window. It has: {', '.join(ground.windows)}.")
        for name in offer.windows
        if name not in ground.windows
    ]
    return problems + [("windows", name, "This window stands twice in the bid.") for name in _twice(offer.windows)]


def _asset_problems(offer: Offer, ground: Ground) -> list[tuple[str, str, str]]:
    if not offer.assets:
        return [("assets", "", "Name the assets behind the bid.")]
    problems = [
        ("assets", ref, "You have no asset with this reference that is qualified for this market.")
        for ref in offer.assets
        if ref not in ground.usable_assets
    ]
    return problems + [("assets", ref, "This asset stands twice in the bid.") for ref in _twice(offer.assets)]


def _twice(names: tuple[str, ...]) -> list[str]:
    return [] if len(set(names)) == len(names) else sorted({name for name in names if names.count(name) > 1})


def _price_problems(offer: Offer, ground: Ground) -> list[tuple[str, str, str]]:
    problems = []
    for price_name, pays, ceiling_name, unit in PRICES:
        price, ceiling = getattr(offer, price_name), getattr(ground, ceiling_name)
        if price < 0:
            problems.append((price_name, str(price), "A price is not negative."))
        elif price and not getattr(ground, pays):
            problems.append((price_name, str(price), "This product does not pay such a price; leave it empty."))
        elif price > ceiling and getattr(ground, pays):
            problems.append((price_name, str(price), f"Above the ceiling of {ceiling.normalize():f} {unit}."))
    return problems


@dataclass(frozen=True)
class Overbooked:
    """An asset that stands behind more than it can do in one window, over several bids."""

    competition: str
    window: str
    asset: str
    offered_kw: Decimal
    installed_kw: Decimal
    bids: int


def overbooked(offers: Iterable[Offer], installed_kw: Mapping[str, Decimal]) -> list[Overbooked]:
    """Where one asset is offered with more than its capacity in one window.

    A bid's capacity is shared over its assets as they are installed. It is worth a warning and no refusal: of bids
    at several prices some may be meant as alternatives, and how a group shares its capacity only its seller knows.
    """
    shares: dict[tuple[str, str, str], list[Decimal]] = defaultdict(list)
    for offer in offers:
        whole = sum((installed_kw.get(ref, ZERO) for ref in offer.assets), ZERO)
        for ref in offer.assets if whole else ():
            share = offer.capacity_kw * installed_kw.get(ref, ZERO) / whole
            for window in offer.windows:
                shares[offer.competition, window, ref].append(share)
    return [
        Overbooked(competition, window, ref, total.quantize(FOUR_PLACES), installed_kw[ref], len(shared))
        for (competition, window, ref), shared in shares.items()
        if (total := sum(shared, ZERO)) > installed_kw.get(ref, ZERO) + FOUR_PLACES
    ]
