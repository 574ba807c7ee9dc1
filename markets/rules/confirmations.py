"""Rules that software cannot check: the seller confirms them when it bids. Help articles explain each.

The wording is versioned: `VERSION` is kept with what was placed, so change it whenever a sentence changes.
"""

from dataclasses import dataclass

VERSION = "2026-1"


@dataclass(frozen=True)
class Rule:
    """One sentence that the seller confirms; `help` is the article and section that explains it."""

    sentence: str
    help: str


RULES = (
    Rule("This capacity is not sold to anyone else for the same half-hours.", "stacking#not-the-same-half-hour-twice"),
    Rule("No other seller trades with the same MPANs.", "assets#one-seller-per-mpan"),
    Rule("The assets are fed by the substation of this zone.", "assets#fed-by-the-zones-substation"),
    Rule("Every customer behind the assets has consented.", "assets#the-customers-consent"),
    Rule("The capacity can be kept up for as long as each window lasts.", "capacity#what-to-offer"),
    Rule("Connection agreement and network limits allow the delivery.", "capacity#limits-of-your-connection"),
    Rule("If an asset becomes unavailable, we say so at once.", "dispatch#when-an-asset-is-unavailable"),
)
