"""January 2025 worked by hand: every figure below can be computed with pencil and paper."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from dispatch.models import Instruction
from markets.models import Asset, Contract, Market
from settlement.models import SettlementLine, SettlementRun, Terms
from settlement.operations import start_run
from sops.help.files import read_articles

from .world import JANUARY, at, instruct, meter


def money(run: SettlementRun) -> Decimal:
    return sum(
        (line.availability_gbp + line.utilisation_gbp + line.sustain_gbp for line in run.lines.all()), Decimal(0)
    )


def test_a_call_is_settled_against_its_baseline(market: Market, january: Instruction) -> None:
    """Ten like days: 40, 50, 55, 60, 62, 58, 61, 64, 66, 80 kW. Without 40 and 80 their mean is 476 / 8 = 59.5 kW.

    From 15:00 to 16:00 the depot drew 62 kW: the baseline rises by 2.5 kW to 62 kW. In the event it drew 30, 10, 12 and
    0 kW, so it delivered 32, 52, 50 and 62 kW, of which 50 were asked: (32 + 50 + 50 + 50) / 2 = 91 of 100 kWh.
    """
    run = start_run(market=market, month=JANUARY, by="tests")
    line = run.lines.get(instruction=january)
    assert line.baseline_kwh == Decimal(-124)
    assert line.metered_kwh == Decimal(-26)
    assert line.delivered_kwh == Decimal(91)
    assert line.delivered_share == Decimal("0.91")
    assert line.utilisation_gbp == Decimal("22.75")  # 250 GBP/MWh x 0.091 MWh
    assert line.availability_gbp == 0
    assert "mean of 8 like days between 31 Dec 2024 and 14 Jan 2025" in line.explanation
    assert "without the two extremes 31 Dec 2024 and 14 Jan 2025" not in line.explanation  # lowest energy comes first
    assert "without the two extremes 14 Jan 2025 and 31 Dec 2024" in line.explanation
    assert "left out (holiday): 1 Jan 2025" in line.explanation
    assert "adjusted by 2.5 kW towards import" in line.explanation


def test_the_article_for_sellers_has_the_figures_of_the_run(market: Market, january: Instruction) -> None:
    article = next(article.body for article in read_articles() if article.slug == "month-by-hand")
    run = start_run(market=market, month=JANUARY, by="tests")
    line, day = run.lines.get(instruction=january), run.lines.get(instruction=None, starts_at=at(15, 16))
    assert f"**{line.delivered_kwh:.0f} kWh** of the 100 kWh that were asked: {line.delivered_share:.0%}".replace(
        "%", " %"
    ) in " ".join(article.split())
    for figure in (line.utilisation_gbp, day.availability_gbp, money(run)):
        assert f"**£{figure}**" in article
    half_hours = [row.split(" | ")[-1] for row in article.splitlines() if row.startswith(("| 17:", "| 18:"))]
    assert sum(Decimal(energy.removesuffix(" kWh |")) for energy in half_hours) == line.delivered_kwh
    loads = [Decimal(row.split(" | ")[1].removesuffix(" kW")) for row in article.splitlines() if "used |" in row]
    assert (sum(loads), sum(loads) / 8 + Decimal("2.5"), len(loads)) == (476, -line.baseline_kwh / 2, 8)


def test_availability_is_paid_per_service_day_by_the_performance_of_its_calls(
    market: Market, january: Instruction
) -> None:
    """4 h x 0.05 MW x 100 GBP = 20 GBP a day on 23 working days; on the 15th 91 % was delivered.

    5 % may be missing; the other 4 % are lost: 96 % of 20 GBP.
    """
    run = start_run(market=market, month=JANUARY, by="tests")
    days = run.lines.filter(instruction=None)
    assert days.count() == 23
    called = days.get(starts_at=at(15, 16))
    assert called.availability_gbp == Decimal("19.20")
    assert "91 % was delivered" in called.explanation
    assert "96 % is paid" in called.explanation
    assert set(days.exclude(pk=called.pk).values_list("availability_gbp", flat=True)) == {Decimal(20)}
    assert money(run) == 22 * 20 + Decimal("19.20") + Decimal("22.75") == Decimal("481.95")


def test_a_season_of_sustain_adds_up_to_its_price(
    market: Market, sustain: Callable[..., Contract], asset: Asset
) -> None:
    """2.74 kW x 22.48 GBP/kW = 61.60 GBP over 85 service days from November to February, to the penny.

    Every working day of the season has an event, so its like days lie in October, when the depot drew 10 kW.
    """
    sustain(first_day=date(2024, 11, 4), last_day=date(2025, 2, 28))
    meter(asset, date(2024, 10, 7), date(2025, 2, 28), lambda day: 10 if day < date(2024, 11, 4) else 7)
    months = [date(2024, 11, 1), date(2024, 12, 1), date(2025, 1, 1), date(2025, 2, 1)]
    runs = [start_run(market=market, month=month, by="tests") for month in months]
    assert [run.lines.count() for run in runs] == [20, 22, 23, 20]
    assert {line.sustain_gbp for run in runs for line in run.lines.all()} == {Decimal("0.72"), Decimal("0.73")}
    assert sum(money(run) for run in runs) == Decimal("61.60")
    line = runs[2].lines.get(starts_at=at(2, 16))
    assert (line.baseline_kwh, line.metered_kwh) == (Decimal(-40), Decimal(-28))
    assert (line.delivered_kwh, line.delivered_share) == (Decimal("10.96"), Decimal(1))  # 3 kW, capped at 2.74 for 4 h
    assert "left out (event): 40 days from 4 Nov 2024 to 31 Dec 2024" in line.explanation
    assert "left out (holiday): 25 Dec 2024, 26 Dec 2024, 1 Jan 2025" in line.explanation
    assert "4 of 340 contracted service hours" in line.explanation


def test_sustain_is_not_scaled_unless_terms_say_so_and_later_terms_leave_january_alone(
    market: Market, sustain: Callable[..., Contract], asset: Asset
) -> None:
    sustain()
    meter(asset, date(2024, 12, 9), date(2025, 1, 31), lambda day: 10 if day < JANUARY else 8.63)
    unscaled = start_run(market=market, month=JANUARY, by="tests")
    assert money(unscaled) == Decimal("61.60")
    Terms.objects.create(market=market, from_month=date(2025, 2, 1), sustain_is_scaled=True)
    assert start_run(market=market, month=JANUARY, by="tests", reason="Later terms").terms == unscaled.terms


def test_scaled_sustain_pays_the_part_that_performance_earns(
    market: Market, sustain: Callable[..., Contract], asset: Asset
) -> None:
    """10 kW of baseline and 8.63 kW metered deliver half of 2.74 kW: 55 % of 61.60 / 23 = 2.68 GBP is paid a day."""
    Terms.objects.create(market=market, from_month=date(2024, 12, 1), sustain_is_scaled=True)
    sustain()
    meter(asset, date(2024, 12, 9), date(2025, 1, 31), lambda day: 10 if day < JANUARY else 8.63)
    line = start_run(market=market, month=JANUARY, by="tests").lines.get(starts_at=at(2, 16))
    assert line.delivered_share == Decimal("0.5")
    assert line.sustain_gbp == Decimal("1.47")
    assert "55 % is paid" in line.explanation


def test_a_stop_ends_an_open_call(market: Market, january_contract: Contract, asset: Asset) -> None:
    """Called from 17:00 until the stop at 18:00: two half-hours of 30 and 10 kW against 59.5 kW."""
    meter(asset, date(2024, 12, 9), date(2025, 1, 31), lambda day: 59.5, {at(15, 17): 30.0, at(15, 17, 30): 10.0})
    called = instruct(market, january_contract, at(15, 17), capacity_kw=Decimal(50))
    instruct(market, january_contract, at(15, 18), kind="stop")
    line = start_run(market=market, month=JANUARY, by="tests").lines.get(instruction=called)
    assert line.ends_at == at(15, 18)
    assert line.delivered_kwh == Decimal("39.5")  # (29.5 + 49.5) / 2


def test_the_local_clock_rules_over_a_clock_change(
    market: Market, sustain: Callable[..., Contract], asset: Asset
) -> None:
    """A window of 16:00 to 20:00 in London is 15:00 to 19:00 UTC from 30 March on; its like days lie in winter time."""
    sustain(first_day=date(2025, 3, 31), last_day=date(2025, 4, 30))
    evening = {at(day, hour, minute, 3): 100.0 for day in range(3, 29) for hour in range(16, 20) for minute in (0, 30)}
    meter(asset, date(2025, 3, 3), date(2025, 4, 30), lambda day: 5, evening)
    march = start_run(market=market, month=date(2025, 3, 1), by="tests")
    line = march.lines.get()
    assert (line.starts_at, line.ends_at) == (at(31, 15, month=3), at(31, 19, month=3))
    assert line.baseline_kwh == Decimal(-400)
    assert SettlementLine.objects.count() == 1
