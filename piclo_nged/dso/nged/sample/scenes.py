"""Auctions of the sample that are written by hand, one for each thing that can happen in one."""

from collections.abc import Iterator

from piclo_nged.dso.nged.sample.opportunity import (
    BATTERY,
    COPPERBECK,
    ENGINE,
    EV,
    HARROWMERE,
    HEAT_PUMP,
    HOME,
    LANTERNFIELD,
    MOSSGATE,
    PENBROOK,
    SALTERN,
    TIDEWICK,
    WINTER,
    Asked,
    Opportunity,
    ceiling,
)

_MIXED = (
    (HEAT_PUMP, 2, "5.840000152587891"),
    (BATTERY, 5, "23.399999618530273"),
    (EV, 11, "15.760000228881836"),
)
_DECEMBER = WINTER[:1]


def scenes() -> Iterator[Opportunity]:
    """The auctions, most telling first."""
    yield from _met_and_unmet()
    yield from _larger_than_the_requirement()
    yield from _parts_of_a_window()
    yield from _odd_prices()


def _met_and_unmet() -> Iterator[Opportunity]:
    # the cheaper offer meets the requirement and keeps its price; the dearer one spans three rows
    met = (
        Asked(COPPERBECK, "25.0", "0.75", ((EV, 20, "148.0"),)),
        Asked(LANTERNFIELD, "25.0", "1", _MIXED),
    )
    yield Opportunity("Secure", 25, ceiling("2105.5", "2947.7"), met)
    # never met: all are paid the ceiling
    unmet = (
        Asked(COPPERBECK, "10.0", "0.95", ((EV, 12, "87.0"),)),
        Asked(TIDEWICK, "64.0", "0.8", ((BATTERY, 26, "78.0"),)),
        Asked(LANTERNFIELD, "45.0", "1", _MIXED),
    )
    yield Opportunity("Dynamic", 1500, ceiling("88.2", "5292.0"), unmet, hours=(15, 41))


def _larger_than_the_requirement() -> Iterator[Opportunity]:
    # taken where nobody else serves ...
    alone = (Asked(LANTERNFIELD, "136.4", "1", _MIXED),)
    yield Opportunity("Secure", 50, ceiling("2105.5", "2947.7"), alone, _DECEMBER, (1, 2, 7))
    # ... and refused beside another
    beside = (
        Asked(MOSSGATE, "12.0", "0.95", ((HEAT_PUMP, 8, "23.36"),)),
        Asked(LANTERNFIELD, "96.0", "1", _MIXED),
    )
    yield Opportunity("Secure", 40, ceiling("1988.0", "2783.2"), beside)
    # as large as the requirement: fits, and overshoots
    overshoot = (
        Asked(COPPERBECK, "29.4", "0.75", ((EV, 23, "161.6999969482422"),)),
        Asked(HARROWMERE, "5.0", "0.5", ((HOME, 40, "14.0"),)),
        Asked(LANTERNFIELD, "70.0", "1", _MIXED),
    )
    yield Opportunity("Secure", 70, ceiling("2105.5", "2947.7"), overshoot, _DECEMBER, (3,))


def _parts_of_a_window() -> Iterator[Opportunity]:
    # nothing to offer before 08:00: a row of 0 kW at no price stands beside the real one
    for product, limit in (("Dynamic", ceiling("2.9", "174.0")), ("Secure", ceiling("66.0", "92.4"))):
        early = (
            Asked(PENBROOK, "450.0", "0.9", ((ENGINE, 1, "4100.0"),)),
            Asked(LANTERNFIELD, "58.3", "1", _MIXED, hours=(16, 40)),
            Asked(LANTERNFIELD, "0", "0", _MIXED, hours=(13, 16)),
        )
        yield Opportunity(product, 800, limit, early, hours=(13, 40))
    # one name over several periods: some ask for some of the months only
    months = (
        Asked(COPPERBECK, "16.6", "0.95", ((EV, 13, "96.19999694824219"),)),
        Asked(SALTERN, "120.0", "0.9", ((BATTERY, 40, "160.0"),), slice(1, 3)),
        Asked(LANTERNFIELD, "59.5", "1", _MIXED, slice(2, 4)),
    )
    yield Opportunity("Dynamic", 210, ceiling("75.0", "4500.0"), months, hours=(14, 27))
    # two sellers share one window: each covers other half-hours of it
    halves = (
        Asked(PENBROOK, "230.0", "1", ((ENGINE, 1, "9700.0"),), hours=(34, 35)),
        Asked(TIDEWICK, "230.0", "1", ((BATTERY, 60, "272.6000061035156"),), hours=(33, 34)),
        Asked(HARROWMERE, "11.0", "0.5", ((HOME, 48, "15.84"),)),
    )
    yield Opportunity("Secure", 230, ceiling("2105.5", "2947.7"), halves, _DECEMBER, (4,), (33, 35))


def _odd_prices() -> Iterator[Opportunity]:
    # asks nothing, and is paid what the dearest asked
    free = (
        Asked(MOSSGATE, "18.0", "0", ((HEAT_PUMP, 12, "35.04"),)),
        Asked(TIDEWICK, "45.0", "0.8", ((BATTERY, 14, "63.28"),)),
    )
    yield Opportunity("Secure", 60, ceiling("184.0", "257.6"), free)
    # above the ceiling
    dear = (
        Asked(SALTERN, "90.0", "1.2", ((BATTERY, 30, "120.0"),)),
        Asked(COPPERBECK, "19.0", "0.95", ((EV, 15, "105.0"),)),
    )
    yield Opportunity("Dynamic", 300, ceiling("21.5", "1290.0"), dear)
    # a summer, so that not all is one winter
    summer = (
        Asked(SALTERN, "800.0", "0.87", ((BATTERY, 1, "5000.0"),)),
        Asked(COPPERBECK, "0.8", "0.95", ((EV, 1, "7.4"),)),
    )
    months = ("June 2027", "July 2027", "September 2027")
    yield Opportunity("Dynamic", 1000, ceiling("16.8", "1008.0"), summer, months, hours=(18, 36))
