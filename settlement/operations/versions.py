"""What a rerun changed, against the version that sellers hold."""

from collections import defaultdict

from django.db.models import F

from ..models import SettlementRun
from ..rules.changes import Change, LineKey, Outcome, changes

TOTAL = F("availability_gbp") + F("utilisation_gbp") + F("sustain_gbp")


def version_before(run: SettlementRun) -> SettlementRun | None:
    """The latest earlier version that was issued; where none was, the one before; None for the first."""
    earlier = SettlementRun.objects.filter(market=run.market, month=run.month, version__lt=run.version)
    return earlier.filter(status=SettlementRun.Status.ISSUED).first() or earlier.first()


def changes_of(run: SettlementRun) -> list[Change]:
    """Every line in which the run differs from the version before; empty for a first version."""
    before = version_before(run)
    return changes(_outcomes(before), _outcomes(run)) if before else []


def changes_by_seller(run: SettlementRun) -> dict[int, list[Change]]:
    """The same, by key of the seller."""
    found: dict[int, list[Change]] = defaultdict(list)
    for change in changes_of(run):
        found[change.seller_id].append(change)
    return found


def _outcomes(run: SettlementRun) -> dict[LineKey, Outcome]:
    rows = run.lines.order_by().values_list(
        "contract", "window", "instruction", "starts_at", "seller", "delivered_kwh", TOTAL
    )
    return {
        (contract, window or 0, instruction or 0, starts_at): Outcome(seller, delivered_kwh, total)
        for contract, window, instruction, starts_at, seller, delivered_kwh, total in rows
    }
