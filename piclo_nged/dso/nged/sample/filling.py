"""The bulk of the sample, drawn with a fixed seed: auctions in which nothing special happens."""

import random
from collections.abc import Iterator
from decimal import Decimal

from piclo_nged.dso.nged.sample.opportunity import (
    BATTERY,
    COPPERBECK,
    EV,
    HARROWMERE,
    HEAT_PUMP,
    HOME,
    LANTERNFIELD,
    MOSSGATE,
    TIDEWICK,
    WINTER,
    Asked,
    Opportunity,
)
from piclo_nged.dso.nged.wire import Prices

_SELLERS = ((COPPERBECK, EV), (TIDEWICK, BATTERY), (MOSSGATE, HEAT_PUMP), (HARROWMERE, HOME))
_SEASONS = ("2026/2027", "Dec 2026 - Feb 2027 ", "Evenings, December to February")
_CHARGER = ((EV, 1, "1.4500000476837158"),)

# What is asked in the opportunities of Sustain that anybody answers, in turn.
_HOUSEHOLDS = (
    # noise of floats: one capacity, written in two ways
    (Asked(LANTERNFIELD, "1.45", "1", _CHARGER),),
    (Asked(COPPERBECK, "1.450000047683716", "0.97", _CHARGER),),
    # far below any minimum that one might think of
    (Asked(HARROWMERE, "0.421799987554550", "1", ((HOME, 2, "0.42179998755455017"),)),),
    # one offer of two technologies, hence two rows
    (Asked(HARROWMERE, "1.6623", "1", ((EV, 1, "1.4500000476837158"), (HOME, 1, "0.21230000257492065"))),),
    (
        Asked(MOSSGATE, "5.84", "1", ((HEAT_PUMP, 2, "5.840000152587891"),)),
        Asked(LANTERNFIELD, "2.9", "1", ((EV, 2, "2.9000000953674316"),)),
    ),
    # two equal offers of one company
    (Asked(LANTERNFIELD, "1.45", "1", _CHARGER), Asked(LANTERNFIELD, "1.45", "1", _CHARGER)),
)


def filling() -> Iterator[Opportunity]:
    """48 opportunities, always the same ones."""
    chance = random.Random(2026)
    for _ in range(10):
        yield _under_a_large_requirement("Secure", chance)
        yield _under_a_large_requirement("Dynamic", chance)
    for number in range(28):
        yield _behind_one_feeder(number, chance)


def _under_a_large_requirement(product: str, chance: random.Random) -> Opportunity:
    """Secure and Dynamic as they mostly are: up to three small offers, or nobody."""
    utilisation = Decimal(chance.randint(1500, 600000)) / 100
    availability = utilisation / (Decimal("1.4") if product == "Secure" else 60)
    begins = chance.choice((15, 16, 32, 33, 34))
    asked = tuple(
        _some(company, technology, chance) for company, technology in chance.sample(_SELLERS, chance.randint(0, 3))
    )
    return Opportunity(
        product=product,
        required_kw=chance.randint(2, 30) * 100,
        ceiling=Prices(availability.quantize(Decimal("0.01")), utilisation),
        asked=asked,
        windows=WINTER[: chance.randint(1, 4)],
        weekdays=tuple(sorted(chance.sample(range(1, 8), chance.randint(1, 5)))),
        hours=(begins, begins + chance.randint(3, 8)),
    )


def _some(company: str, technology: str, chance: random.Random) -> Asked:
    assets = chance.randint(2, 40)
    kw = Decimal(assets * chance.randint(8, 28)) / 10
    share = chance.choice(("0.75", "0.8", "0.95", "1"))
    return Asked(company, f"{kw}", share, ((technology, assets, f"{kw * 3}"),))


def _behind_one_feeder(number: int, chance: random.Random) -> Opportunity:
    """Sustain: single chargers and households; in every second opportunity nobody asks."""
    return Opportunity(
        product="Sustain",
        required_kw=Decimal(chance.randint(4, 90)) * 3 / 2,
        ceiling=Prices(sustain_gbp_per_kw=Decimal(chance.randint(1400, 21000)) / 100),
        asked=_HOUSEHOLDS[number // 2 % len(_HOUSEHOLDS)] if number % 2 else (),
        windows=(_SEASONS[number % len(_SEASONS)],),
        hours=(32, 40),
    )
