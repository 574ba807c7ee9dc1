"""A month that is settled: what the tests of pages, calls and mails show of it."""

from datetime import UTC, date, datetime, timedelta

from markets.models import Contract, User
from settlement.models import SettlementLine, SettlementRun, Terms


def approved_run(contract: Contract, approver: User, version: int = 1, reason: str = "") -> SettlementRun:
    """December 2026 with one line of £24.88 of the contract, approved."""
    terms, _ = Terms.objects.get_or_create(market=contract.market, from_month=date(2026, 1, 1))
    run = SettlementRun.objects.create(
        market=contract.market, terms=terms, month=date(2026, 12, 1), version=version, reason=reason
    )
    starts_at = datetime(2026, 12, 7, 16, tzinfo=UTC)
    SettlementLine.objects.create(
        run=run,
        seller=contract.seller,
        contract=contract,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        instructed_kw="50.5",
        baseline_kwh="-120",
        metered_kwh="-20.5",
        delivered_kwh="99.5",
        delivered_share="0.985",
        utilisation_gbp="24.88",
        explanation="Utilisation: 98.5 % was delivered.",
    )
    for status in ("checked", "approved"):
        SettlementRun.objects.filter(pk=run.pk).update(status=status, approved_by=approver)
    return run
