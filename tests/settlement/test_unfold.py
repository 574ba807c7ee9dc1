"""A line is unfolded to the readings it came from: January by hand, with every like day."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from dispatch.models import Instruction
from markets.models import Asset, Contract, Market, User
from markets.problems import Refused
from settlement.models import SettlementLine
from settlement.operations import approve_run, check_run, issue_run, start_run, unfold
from tests.pages.markup import faults

from .world import JANUARY, at, instruct, meter


def test_a_call_unfolds_to_its_half_hours_and_like_days(market: Market, january: Instruction, asset: Asset) -> None:
    line = start_run(market=market, month=JANUARY, by="tests").lines.get(instruction=january)
    meter(asset, date(2025, 1, 2), date(2025, 1, 15), lambda day: 1)  # a later revision: not what the line was made of
    found = unfold(line)
    assert found.is_as_stored
    assert [interval.metered_kw for interval in found.intervals] == [-30, -10, -12, 0]
    assert {interval.baseline_kw for interval in found.intervals} == {Decimal(-62)}
    assert [interval.delivered_kw for interval in found.intervals] == [32, 50, 50, 50]
    assert found.intervals[-1].ends_at == at(15, 19)
    assert sum(interval.delivered_dwmin for interval in found.intervals) == line.delivered_kwh * 600_000
    [of_asset] = found.assets
    assert (of_asset.ref, of_asset.fault) == (asset.ref, "")
    loads = {like.day: like.wmin[0] // -30_000 for like in of_asset.like_days}
    assert list(loads.values()) == [40, 50, 55, 60, 62, 58, 61, 64, 66, 80]
    roles = {like.day: like.role for like in of_asset.like_days if like.role != "used"}
    assert roles == {date(2025, 1, 14): "lowest", date(2024, 12, 31): "highest"}
    assert [(out.day, out.reason) for out in of_asset.left_out] == [(date(2025, 1, 1), "holiday")]


def test_a_window_kept_available_unfolds_to_its_calls(market: Market, january: Instruction) -> None:
    run = start_run(market=market, month=JANUARY, by="tests")
    called = unfold(run.lines.get(instruction=None, starts_at=at(15, 16)))
    assert called.is_as_stored
    assert (called.intervals, called.assets) == ((), ())
    [call] = called.within
    assert (call.instruction_id, call.delivered_kwh, call.instructed_kwh) == (january.pk, 91, 100)
    assert unfold(run.lines.get(instruction=None, starts_at=at(16, 16))).within == ()


def test_every_line_of_a_run_unfolds_to_itself(
    market: Market, january: Instruction, sustain: Callable[..., Contract]
) -> None:
    sustain()
    lines = SettlementLine.objects.filter(run=start_run(market=market, month=JANUARY, by="tests"))
    assert lines.count() == 47
    assert [line for line in lines if not unfold(line).is_as_stored] == []


def test_what_was_not_read_and_what_was_too_little_is_told(
    market: Market, january_contract: Contract, asset: Asset
) -> None:
    meter(asset, date(2025, 1, 10), date(2025, 1, 15), lambda day: 60)
    short = instruct(market, january_contract, at(15, 17), at(15, 19))
    unread = instruct(market, january_contract, at(16, 17), at(16, 19))
    run = start_run(market=market, month=JANUARY, by="tests")
    found = unfold(run.lines.get(instruction=short))
    assert (found.intervals[0].metered_kw, found.intervals[0].delivered_kw) == (None, 0)
    assert "fewer than 5 like days" in found.assets[0].fault
    assert [(like.day.day, like.role) for like in found.assets[0].like_days] == [
        (10, "too few"),
        (13, "too few"),
        (14, "too few"),
    ]
    assert date(2025, 1, 9) in {out.day for out in found.assets[0].left_out}
    assert "readings are missing" in unfold(run.lines.get(instruction=unread)).assets[0].fault


def test_a_line_whose_event_is_gone_says_so(market: Market, january_contract: Contract, asset: Asset) -> None:
    instruct(market, january_contract, at(15, 17), at(15, 19))
    line = start_run(market=market, month=JANUARY, by="tests").lines.get(instruction__isnull=False)
    instruct(market, january_contract, at(15, 17, 30), at(15, 19))  # a later call takes over from the first
    with pytest.raises(Refused, match="changed after its run"):
        unfold(line)


def test_the_page_of_a_line_shows_its_half_hours_and_like_days(
    market: Market, january: Instruction, member: User, approver: User, client: Client
) -> None:
    run = check_run(run=start_run(market=market, month=JANUARY, by="tests"), by="tests")
    [statement] = issue_run(run=approve_run(run=run, by=approver, reason="Tests"), by="tests")
    client.force_login(member)
    line, window = run.lines.get(instruction=january), run.lines.get(instruction=None, starts_at=at(15, 16))
    shown = client.get(reverse("settlement:line", args=[statement.reference, line.pk]))
    assert faults(shown) == []
    page = shown.content.decode()
    for said in (
        "−62 kW",
        "−30 kW",
        "32 kW",
        "Tue 31 Dec 2024",
        "−40 kW",
        "extreme: dropped",
        "holiday",
        "−2.5 kW",
    ):
        assert said in page, said
    assert shown.context["chart"].metered.count(",") == 8
    called = client.get(reverse("settlement:line", args=[statement.reference, window.pk])).content.decode()
    assert "91 kWh" in called
    assert f">{january}</a>" in called
