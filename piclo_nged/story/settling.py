"""Settlement in the story: readings go up, a month is settled, checked against NGED's invoice, approved and issued."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import batched

from markets.models import Asset, Market, User
from piclo_nged.dso.nged.rehearsal import NgedSide
from settlement.models import ReadingDay, SettlementLine, SettlementRun
from settlement.operations import DayOfReadings, approve_run, check_run, issue_run, start_run, store_readings
from sops.models import Case
from sops.operations import conduct

AT_ONCE = 2000
type MeteredDay = tuple[Asset, date, Sequence[int]]


def upload(days: Iterator[MeteredDay], progress: Callable[[int], None]) -> int:
    """Stores the days as sellers upload them. Returns the number of half-hourly readings."""
    count = 0
    for batch in batched(days, AT_ONCE):
        stored = [DayOfReadings(asset, day, tuple(watts)) for asset, day, watts in batch]
        store_readings(days=stored, source=ReadingDay.Source.UPLOAD, by="demo")
        count += sum(len(watts) for _, _, watts in batch)
        progress(len(batch))
    return count


def settle(market: Market, month: date, nged: NgedSide, approver: User, progress: Callable[[int], None]) -> int:
    """Runs the month, takes in NGED's invoice, has a second person approve, and issues. Returns the statements."""
    run = start_run(market=market, month=month, by="demo")
    progress(1)
    run = check_run(run=run, by="demo")
    _invoice(nged, run)
    progress(1)
    reason = "Rehearsal: what is still unmatched is settled by hand afterwards."
    run = approve_run(run=run, by=approver, reason=reason)
    progress(1)
    statements = issue_run(run=run, by=approver)
    progress(1)
    return len(statements)


def _invoice(nged: NgedSide, run: SettlementRun) -> None:
    """NGED's invoice of the month: as ours, but for one line, so that the comparison has something to find."""
    amounts: dict[str, Decimal] = {}
    lines = SettlementLine.objects.filter(run=run).values_list(
        "contract__bid__reference", "availability_gbp", "utilisation_gbp", "sustain_gbp"
    )
    for contract, *paid in lines:
        amounts[contract] = amounts.get(contract, Decimal(0)) + sum(paid)
    if amounts:
        amounts[min(amounts)] += Decimal("10.00")
    nged.invoice(
        [
            {
                "reference": f"INV-{run.month:%Y-%m}-{contract}",
                "month": f"{run.month:%Y-%m}",
                "contract": contract,
                "amount_gbp": f"{amount:.2f}",
            }
            for contract, amount in sorted(amounts.items())
        ]
    )


def open_cases() -> int:
    """Lets the blueprint find what a person has to do now, and counts it."""
    conduct(by="demo")
    return Case.objects.open().count()
