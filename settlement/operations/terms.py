"""The terms by which a month is settled."""

from datetime import date

from markets.models import Market

from ..models import Terms


def terms_of(*, market: Market, month: date) -> Terms:
    """The latest terms that apply to the month; where the market has none yet, its first, with our assumptions."""
    terms = Terms.objects.filter(market=market, from_month__lte=month).order_by("-from_month").first()
    if terms is None:
        terms, _ = Terms.objects.get_or_create(market=market, from_month=month)
        terms.refresh_from_db()  # the defaults as Decimal
    return terms
