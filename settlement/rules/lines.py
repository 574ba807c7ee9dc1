"""The lines of one contract: each event metered, compared with its baselines, and paid. Ties the other rules together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from . import explanation as say
from .baseline import MID_8_OF_10, Historical
from .delivery import Delivery, kwh, share
from .events import ContractTerms, Event, Season
from .measure import AssetMeter, Measured, measure
from .pay import ONE, ZERO, Scale, availability_gbp, paid_share, sustain_gbp, utilisation_gbp

MOST_STORIES = 5
"""Of a contract with more assets the baselines are told in one sentence; each is the same arithmetic."""


@dataclass(frozen=True)
class Rules:
    """The terms of the market for the month."""

    interval_minutes: int
    scale: Scale
    sustain_is_scaled: bool
    historical: Historical = MID_8_OF_10


@dataclass(frozen=True)
class Line:
    """A settlement line; the names are those of the model. Energy in kWh, + export; money in GBP."""

    seller_id: int
    contract_id: int
    window_id: int | None
    instruction_id: int | None
    starts_at: datetime
    ends_at: datetime
    instructed_kw: Decimal
    delivered_share: Decimal
    availability_gbp: Decimal
    sustain_gbp: Decimal
    explanation: str
    delivered_kwh: Decimal = ZERO
    baseline_kwh: Decimal | None = None
    metered_kwh: Decimal | None = None
    price_gbp_per_mwh: Decimal = ZERO
    utilisation_gbp: Decimal = ZERO
    assets_without_readings: int = 0


@dataclass(frozen=True)
class _ServicePay:
    """What a service day pays by its performance, and sentences."""

    availability_gbp: Decimal
    sustain_gbp: Decimal
    sentences: list[str]


def lines_of(
    contract: ContractTerms, season: Season, events: Sequence[Event], meters: Sequence[AssetMeter], rules: Rules
) -> list[Line]:
    """One line per event, in order of time; the performance of a window kept available is that of its instructions."""
    measured = {event: measure(event, contract, meters, rules.interval_minutes) for event in events if event.is_asked}
    found = []
    for event in sorted(events, key=lambda e: (e.starts_at, e.instruction_id or 0, e.window_id or 0)):
        if event in measured:
            found.append(_asked_line(contract, season, event, measured[event], rules))
        else:
            within = [m.delivery for e, m in measured.items() if event.starts_at <= e.starts_at < event.ends_at]
            found.append(_available_line(contract, season, event, within, rules))
    return found


def _sentences(measured: Measured, rules: Rules) -> tuple[int, list[str]]:
    """How many assets count for nothing, and the words on the line about faults and baselines."""
    stories: list[str] = []
    faults: list[str] = []
    for asset in measured.assets:
        if asset.metered_wmin is None:
            faults.append(say.no_readings(asset.ref))
        elif asset.baseline is None:
            faults.append(say.no_baseline(asset.ref, rules.historical.fewest))
        elif len(stories) < MOST_STORIES:
            stories.append(say.baseline_story(asset.ref, asset.baseline))
    if measured.read > MOST_STORIES:
        stories.append(f"So are the baselines of {measured.read - MOST_STORIES} further assets.")
    if not measured.assets:
        faults.append("No asset stands behind this contract, so nothing counts as delivered.")
    return len(faults), faults + stories


def _asked_line(contract: ContractTerms, season: Season, event: Event, measured: Measured, rules: Rules) -> Line:
    """A line for what was asked. A triggered product's availability stands on the line of its window, not here."""
    done = measured.delivery
    missing, sentences = _sentences(measured, rules)
    delivered_share, delivered_kwh = share(done.delivered_dwmin, done.instructed_dwmin), kwh(done.delivered_dwmin)
    pay = _service_pay(contract, season, event, delivered_share, rules)
    return Line(
        **_head(contract, event),
        delivered_share=delivered_share,
        delivered_kwh=delivered_kwh,
        baseline_kwh=kwh(done.baseline_dwmin) if measured.read else None,
        metered_kwh=kwh(done.metered_dwmin) if measured.read else None,
        availability_gbp=pay.availability_gbp,
        sustain_gbp=pay.sustain_gbp,
        price_gbp_per_mwh=contract.utilisation_gbp_per_mwh,
        utilisation_gbp=utilisation_gbp(contract.utilisation_gbp_per_mwh, delivered_kwh),
        assets_without_readings=missing,
        explanation=" ".join(sentences + pay.sentences),
    )


def _available_line(
    contract: ContractTerms, season: Season, event: Event, within: Sequence[Delivery], rules: Rules
) -> Line:
    """A window of a triggered product that had to be kept available."""
    performed = share(sum(d.delivered_dwmin for d in within), sum(d.instructed_dwmin for d in within))
    pay = _service_pay(contract, season, event, performed, rules)
    return Line(
        **_head(contract, event),
        delivered_share=performed,
        availability_gbp=pay.availability_gbp,
        sustain_gbp=pay.sustain_gbp,
        explanation=" ".join([say.available(bool(within)), *pay.sentences]),
    )


def _head(contract: ContractTerms, event: Event) -> dict[str, Any]:
    return {
        "seller_id": contract.seller_id,
        "contract_id": contract.id,
        "window_id": event.window_id,
        "instruction_id": event.instruction_id,
        "starts_at": event.starts_at,
        "ends_at": event.ends_at,
        "instructed_kw": event.instructed_kw,
    }


def _service_pay(
    contract: ContractTerms, season: Season, event: Event, delivered_share: Decimal, rules: Rules
) -> _ServicePay:
    """Availability and Sustain are paid per service day; an instruction of a triggered product has neither."""
    day = event.service_day
    if day is None:
        return _ServicePay(ZERO, ZERO, [])
    availability, sustain, sentences = ZERO, ZERO, []
    scaled = paid_share(delivered_share, rules.scale)
    if contract.availability_gbp_per_mw_h:
        availability = availability_gbp(contract.availability_gbp_per_mw_h, contract.accepted_kw, day.minutes, scaled)
        sentences += _why_less("Availability", delivered_share, scaled, rules)
    if contract.sustain_gbp_per_kw:
        paid = scaled if rules.sustain_is_scaled else ONE
        sustain = sustain_gbp(
            contract.sustain_gbp_per_kw,
            contract.accepted_kw,
            minutes_before=day.minutes_before,
            minutes=day.minutes,
            season_minutes=season.minutes,
            paid=paid,
        )
        sentences += [
            say.part_of_season(day.minutes, season.minutes),
            *_why_less("Sustain", delivered_share, paid, rules),
        ]
    return _ServicePay(availability, sustain, sentences)


def _why_less(what: str, delivered_share: Decimal, paid: Decimal, rules: Rules) -> list[str]:
    return [say.scaled(what, delivered_share, paid, rules.scale)] if paid < ONE else []
