"""What every page about one competition shows, whoever looks: a seller, or its operator in the preview."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator

from ..models import Competition, ServiceWindow
from ..rules.confirmations import RULES, VERSION
from .charts import charts_of
from .gates import gate_of

WINDOWS_SHOWN = 200
"""As many windows as one can choose from by hand; the address says which part."""
REVISIONS_SHOWN = 10


def page_context(
    competition: Competition, windows: Sequence[ServiceWindow], market_time: datetime, part: str | None
) -> dict[str, Any]:
    """What the template `markets/competition.html` draws on, beside the seller's own assets and bids."""
    return {
        "windows": Paginator(windows, WINDOWS_SHOWN).get_page(part),
        "has_minimum": any(window.minimum_kw for window in windows),
        "charts": charts_of(windows),
        "gate": gate_of(competition, market_time),
        "rules": RULES,
        "rules_version": VERSION,
        "revisions": list(competition.revisions.all()[:REVISIONS_SHOWN]),
        "operator_words": f"operators/{competition.market.operator.key}/competition.html",
    }
