"""The operator's invoice: kept as it came, repeats accepted, contradictions refused, differences explained."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from dispatch.models import Instruction
from markets.models import Contract, Discrepancy, Market
from markets.problems import Contradiction, Refused
from settlement.models import InvoiceLine, Terms
from settlement.operations import (
    InvoiceEntry,
    InvoiceRecorded,
    check_run,
    compare_with_invoice,
    invoice_differences,
    record_invoice,
    start_run,
)
from settlement.rules.invoice import Cause
from sops.steps.settlement import runs_to_compare

from .world import JANUARY


def entry(contract: str, amount: str, reference: str = "INV-1", **more: object) -> InvoiceEntry:
    return InvoiceEntry(reference, JANUARY, contract, Decimal(amount), **more)  # type: ignore[arg-type]


def record(market: Market, *lines: InvoiceEntry) -> InvoiceRecorded:
    return record_invoice(market=market, lines=lines, by="tests")


def test_an_invoice_is_kept_and_a_repeat_changes_nothing(market: Market, january_contract: Contract) -> None:
    line = entry(january_contract.bid.reference, "41.10", delivered_kwh=Decimal("137.0"))
    assert record(market, line) == InvoiceRecorded(new=1, repeated=0)
    assert record(market, line, line) == InvoiceRecorded(new=0, repeated=2)
    other_word = entry(january_contract.reference, "41.10", delivered_kwh=Decimal("137.0"))
    assert record(market, other_word) == InvoiceRecorded(new=0, repeated=1)
    kept = InvoiceLine.objects.get()
    assert (kept.contract, kept.amount_gbp, kept.delivered_kwh) == (january_contract, Decimal("41.10"), Decimal(137))


def test_the_same_reference_with_other_content_is_a_contradiction(market: Market, january_contract: Contract) -> None:
    record(market, entry("C-1", "41.10"))
    with pytest.raises(Contradiction) as refusal:
        record(market, entry("C-1", "5.00", reference="INV-2"), entry("C-1", "41.11", line=2))
    assert [(row.line, row.value) for row in refusal.value.rows] == [(2, "INV-1")]
    assert "£41.10" in refusal.value.rows[0].reason
    assert InvoiceLine.objects.count() == 1


def test_what_contradicts_is_kept_once_for_a_person_to_settle(market: Market, january_contract: Contract) -> None:
    record(market, entry("C-1", "10.00"))
    for _ in range(2):
        with pytest.raises(Contradiction):
            record(market, entry("C-1", "11.00", delivered_kwh=Decimal(5)))
    [kept] = Discrepancy.objects.all()
    assert (kept.kind, kept.bid) == ("invoice_line", InvoiceLine.objects.get().reference)
    assert (kept.theirs, kept.ours) == (
        "January 2025, C-1, £11.00, delivered kWh 5",
        "January 2025, C-1, £10.00, no energy",
    )


def test_fractions_of_a_penny_are_refused(market: Market) -> None:
    with pytest.raises(Refused, match="1 line needs correcting"):
        record(market, entry("C-1", "41.105"))


def test_the_same_reference_may_mean_something_else_in_another_market(market: Market, other_market: Market) -> None:
    record(market, entry("C-1", "41.10"))
    assert record(other_market, entry("C-1", "5.00")).new == 1


def test_an_invoice_line_stands(market: Market) -> None:
    record(market, entry("C-1", "41.10"))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE settlement_invoiceline SET amount_gbp = 0")


def test_the_shadow_check_explains_each_difference(
    market: Market, january: Instruction, january_contract: Contract
) -> None:
    run = start_run(market=market, month=JANUARY, by="tests")
    assert invoice_differences(run=run) == []  # no invoice has come: nothing is lacking yet
    reference = january_contract.bid.reference
    record(market, entry(reference, "400.00", "INV-1"), entry(reference, "81.95", "INV-2"))
    assert invoice_differences(run=run) == []
    record(market, entry("B-404", "7.00", "INV-3"), entry(january_contract.reference, "-1.00", "INV-4"))
    assert [(d.contract, d.explanation) for d in invoice_differences(run=run)] == [
        ("B-404", "The invoice has this contract; our settlement has no event of it."),
        (january_contract.reference, "They pay £1.00 less: the energy is not stated on the invoice."),
    ]


def test_a_run_waits_to_be_compared_only_while_the_invoice_differs(
    market: Market, january: Instruction, january_contract: Contract
) -> None:
    run = check_run(run=start_run(market=market, month=JANUARY, by="tests"), by="tests")
    assert not runs_to_compare()
    record(market, entry(january_contract.reference, "480.95", "INV-1"))
    assert [due.pk for due in runs_to_compare()] == [run.pk]
    record(market, entry(january_contract.reference, "1.00", "INV-2"))
    assert not runs_to_compare()
    record(market, entry("C-404", "7.00", "INV-3"))
    again = start_run(market=market, month=JANUARY, by="tests", reason="Again")
    assert not runs_to_compare()  # a draft is compared at its check
    check_run(run=again, by="tests")
    assert [due.pk for due in runs_to_compare()] == [again.pk]


def test_how_far_both_sides_may_be_apart_is_a_setting_of_the_market(
    market: Market, january: Instruction, january_contract: Contract
) -> None:
    Terms.objects.create(market=market, from_month=JANUARY, invoice_tolerance_gbp="5", invoice_tolerance_kwh="10")
    run = start_run(market=market, month=JANUARY, by="tests")
    record(market, entry(january_contract.reference, "476.95", delivered_kwh=Decimal(100)))
    assert invoice_differences(run=run) == []
    [compared] = compare_with_invoice(run=run)
    assert (compared.difference_gbp, compared.is_within_tolerance) == (Decimal("-5.00"), True)
    record(market, entry(january_contract.reference, "-0.01", "INV-2", delivered_kwh=Decimal(0)))
    assert [difference.contract for difference in invoice_differences(run=run)] == [january_contract.reference]


def test_energy_is_compared_where_the_invoice_states_it(
    market: Market, january: Instruction, january_contract: Contract
) -> None:
    run = start_run(market=market, month=JANUARY, by="tests")
    record(market, entry(january_contract.reference, "484.20", delivered_kwh=Decimal(100)))
    [difference] = invoice_differences(run=run)
    assert "they count 9 kWh more" in difference.explanation


def test_readings_and_baseline_on_the_invoice_tell_the_cause(
    market: Market, january: Instruction, january_contract: Contract
) -> None:
    run = start_run(market=market, month=JANUARY, by="tests")
    ours = run.lines.exclude(metered_kwh=None).get()
    stated = {"delivered_kwh": Decimal(100), "metered_kwh": ours.metered_kwh, "baseline_kwh": ours.baseline_kwh - 9}
    record(market, entry(january_contract.reference, "484.20", price_gbp_per_mwh=Decimal(250), **stated))
    [difference] = invoice_differences(run=run)
    assert (difference.cause, difference.difference_gbp) == (Cause.BASELINE, Decimal("2.25"))
    with pytest.raises(Contradiction, match="1 contradict"):
        record(market, entry(january_contract.reference, "484.20", price_gbp_per_mwh=Decimal(251), **stated))


def test_a_month_is_its_first_day_whatever_day_is_sent(market: Market) -> None:
    record(market, InvoiceEntry("INV-9", date(2025, 1, 15), "C-1", Decimal(1)))
    assert InvoiceLine.objects.get().month == JANUARY
