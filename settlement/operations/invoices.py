"""The operator's invoice: kept as it came, and compared with our settlement."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Max, Q, Sum

from markets.models import Contract, Discrepancy, Market
from markets.operations.discrepancies import keep_discrepancies
from markets.operations.journal import By, record
from markets.problems import Contradiction, Refused, RowProblem
from markets.rules.words import to_correct

from ..models import InvoiceLine, SettlementRun
from ..rules.invoice import Amount, ComparedContract, Tolerance, compare_invoice, total
from ..rules.pay import PENNY
from .versions import TOTAL

ENERGY = ("delivered_kwh", "metered_kwh", "baseline_kwh")
FIGURES = {
    "delivered_kwh": "delivered kWh",
    "metered_kwh": "metered kWh",
    "baseline_kwh": "baseline kWh",
    "price_gbp_per_mwh": "GBP/MWh",
}
"""What a line may state beside its money, and how it is called; in the order of `Amount`."""


@dataclass(frozen=True)
class InvoiceEntry:
    """A line of the operator's invoice. `contract`: our reference of the bid (B-12) or of the contract (C-7)."""

    reference: str
    month: date
    contract: str
    amount_gbp: Decimal
    delivered_kwh: Decimal | None = None
    metered_kwh: Decimal | None = None
    baseline_kwh: Decimal | None = None
    price_gbp_per_mwh: Decimal | None = None
    line: int = 0


@dataclass(frozen=True)
class InvoiceRecorded:
    """How many lines were new, and how many we held already."""

    new: int
    repeated: int


def record_invoice(*, market: Market, lines: Sequence[InvoiceEntry], by: By) -> InvoiceRecorded:
    """Keeps the lines, all or none. The same reference with the same content is a repeat.

    A contract we do not know is kept by its name: the comparison shows it. Raises Refused for amounts that are no whole
    pence, and Contradiction where a reference comes with other content than before: that is kept as a `Discrepancy`,
    although the lines are not; whoever catches the refusal keeps it so.
    """
    disputed: list[Discrepancy] = []
    try:
        return _record(market, lines, by, disputed)
    except Refused:
        keep_discrepancies(market=market, found=disputed, by=by)
        raise


@transaction.atomic
def _record(market: Market, lines: Sequence[InvoiceEntry], by: By, disputed: list[Discrepancy]) -> InvoiceRecorded:
    if problems := [
        RowProblem(entry.line, "amount_gbp", str(entry.amount_gbp), "Send whole pence: at most two decimals.")
        for entry in lines
        if entry.amount_gbp != entry.amount_gbp.quantize(PENNY)
    ]:
        raise Refused(f"No invoice line was kept: {to_correct(len(problems), 'line')}.", problems)
    runs = _newest_runs(market, {entry.month.replace(day=1) for entry in lines})
    contracts = _contracts(market, {entry.contract for entry in lines})
    held = {
        kept.reference: kept
        for kept in InvoiceLine.objects.filter(market=market, reference__in=[entry.reference for entry in lines])
    }
    fresh: dict[str, InvoiceLine] = {}
    contradictions = []
    for entry in lines:
        made = _made(market, entry, contracts.get(entry.contract))
        before = held.get(entry.reference) or fresh.setdefault(entry.reference, made)
        if _content(before) != _content(made):
            reason = f"{entry.reference} came before with {_told(before)}. Send a correction under a new reference."
            contradictions.append(RowProblem(entry.line, "reference", entry.reference, reason))
            said = {"bid": entry.reference, "theirs": _told(made), "ours": _told(before)}
            disputed.append(Discrepancy(market=market, kind=Discrepancy.Kind.INVOICE_LINE, **said))
    if contradictions:
        raise Contradiction(f"No invoice line was kept: {len(contradictions)} contradict earlier ones.", contradictions)
    InvoiceLine.objects.bulk_create(fresh.values())
    if fresh:
        record(by=by, verb="record_invoice", subject=market, new=len(fresh))
    for run in runs:
        if run.status != SettlementRun.Status.DRAFT:  # a draft is compared at its check
            run.invoice_differences = count_differences(run)
            run.save(update_fields=["invoice_differences"])
    return InvoiceRecorded(len(fresh), len(lines) - len(fresh))


def invoice_differences(*, run: SettlementRun) -> list[ComparedContract]:
    """The contracts on which both sides differ by more than the tolerance of the run's terms, each explained."""
    return [compared for compared in compare_with_invoice(run=run) if not compared.is_within_tolerance]


def compare_with_invoice(*, run: SettlementRun) -> list[ComparedContract]:
    """The operator's invoice of the month beside the run: every contract of either side, differing or not.

    Empty while no line of the invoice has come: nothing can be said to be lacking of it yet.
    """
    invoice = InvoiceLine.objects.filter(market=run.market, month=run.month).select_related("contract")
    if not invoice:
        return []
    ours = {
        contract: Amount(*figures)
        for contract, *figures in run.lines.order_by("contract__reference")
        .values_list("contract__reference")
        .annotate(gbp=Sum(TOTAL), **{f"total_{name}": Sum(name) for name in ENERGY}, price=Max("price_gbp_per_mwh"))
    }
    theirs: dict[str, list[Amount]] = defaultdict(list)
    for line in invoice:
        named = line.contract.reference if line.contract else line.contract_named or line.reference
        theirs[named].append(Amount(line.amount_gbp, *(getattr(line, name) for name in FIGURES)))
    tolerance = Tolerance(run.terms.invoice_tolerance_gbp, run.terms.invoice_tolerance_kwh)
    return compare_invoice(ours, {contract: total(amounts) for contract, amounts in theirs.items()}, tolerance)


def count_differences(run: SettlementRun) -> int | None:
    """How many differences a person should look at; None while no line of the month's invoice has come."""
    if not InvoiceLine.objects.filter(market=run.market, month=run.month).exists():
        return None
    return len(invoice_differences(run=run))


def _newest_runs(market: Market, months: Iterable[date]) -> list[SettlementRun]:
    """Locked before the lines are kept: so a check at the same moment sees them, or is seen here."""
    runs = SettlementRun.objects.newest().filter(market=market, month__in=months)
    return list(runs.select_for_update(of=("self",)).select_related("market", "terms").order_by("pk"))


def _contracts(market: Market, named: Iterable[str]) -> dict[str, Contract]:
    found = Contract.objects.filter(Q(reference__in=named) | Q(bid__reference__in=named), market=market)
    by_name = {}
    for contract in found.select_related("bid"):
        by_name[contract.reference] = by_name[contract.bid.reference] = contract
    return by_name


def _made(market: Market, entry: InvoiceEntry, contract: Contract | None) -> InvoiceLine:
    return InvoiceLine(
        market=market,
        month=entry.month.replace(day=1),
        reference=entry.reference,
        contract=contract,
        contract_named=entry.contract,
        amount_gbp=entry.amount_gbp,
        **{name: _four_places(getattr(entry, name)) for name in FIGURES},
    )


def _four_places(figure: Decimal | None) -> Decimal | None:
    return None if figure is None else figure.quantize(Decimal("0.0001"))


def _content(line: InvoiceLine) -> tuple[object, ...]:
    """What makes two lines the same: that the operator's word for one contract changed (B-12, C-7) is no other content."""
    return (
        line.month,
        line.contract_id or line.contract_named,
        line.amount_gbp,
        *(getattr(line, name) for name in FIGURES),
    )


def _told(line: InvoiceLine) -> str:
    figures = [(worded, getattr(line, name)) for name, worded in FIGURES.items()]
    told = [f"{worded} {figure.normalize():f}" for worded, figure in figures if figure is not None]
    named = line.contract_named or "no contract"
    return ", ".join([f"{line.month:%B %Y}", named, f"£{line.amount_gbp:,.2f}", *(told or ["no energy"])])
