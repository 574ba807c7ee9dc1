"""The terms by which a month is settled."""

from datetime import date

from markets.models import Market

from ..models import Terms
from ..rules.baseline import MID_8_OF_10, Historical
from ..rules.lines import Rules
from ..rules.pay import Scale


def terms_of(*, market: Market, month: date) -> Terms:
    """The latest terms that apply to the month; where the market has none yet, its first, with our assumptions."""
    terms = standing_terms(market=market, month=month)
    if terms is None:
        terms, _ = Terms.objects.get_or_create(market=market, from_month=month)
        terms.refresh_from_db()  # the defaults as Decimal
    return terms


def standing_terms(*, market: Market, month: date) -> Terms | None:
    """The latest terms that apply to the month; None where the market has none yet."""
    return Terms.objects.filter(market=market, from_month__lte=month).order_by("-from_month").first()


def historical_of(terms: Terms | None) -> Historical:
    """Which variant of the historical baseline; mid 8 of 10 where the market has no terms yet."""
    if terms is None:
        return MID_8_OF_10
    return Historical(terms.like_days, terms.lowest_dropped, terms.highest_dropped, terms.fewest_like_days)


def rules_of(terms: Terms) -> Rules:
    """The terms as the rules know them."""
    scale = Scale(terms.grace, terms.slope, terms.floor)
    return Rules(terms.interval_minutes, scale, terms.sustain_is_scaled, historical_of(terms))
