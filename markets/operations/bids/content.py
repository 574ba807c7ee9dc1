"""A bid as the operator reads it, and the history of bids: one change per revision."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from ...models import Asset, Bid, BidChange, Competition
from ...rules.notices import Offer


def bid_content(
    *,
    bid: str,
    revision: int,
    competition: Competition,
    company: str,
    windows: Sequence[str],
    terms: Bid | Offer,
    assets: Sequence[dict[str, Any]],
) -> dict[str, Any]:
    """A bid as it then stood. Numbers are text, so that no decimal is lost."""
    return {
        "bid": bid,
        "revision": revision,
        "competition": competition.reference,
        "company": company,
        "windows": windows,
        "capacity_kw": figure(terms.capacity_kw),
        "availability_gbp_per_mw_h": figure(terms.availability_gbp_per_mw_h),
        "utilisation_gbp_per_mwh": figure(terms.utilisation_gbp_per_mwh),
        "sustain_gbp_per_kw": figure(terms.sustain_gbp_per_kw),
        "max_runtime_minutes": terms.max_runtime_minutes,
        "assets": assets,
    }


def asset_content(asset: Asset) -> dict[str, Any]:
    """What the operator is told of an asset behind a bid."""
    return {
        "ref": asset.ref,
        "technology": asset.technology,
        "device_count": asset.device_count,
        "installed_kw": figure(max(asset.max_export_capacity_kw, asset.max_import_capacity_kw)),
    }


def figure(number: Decimal) -> str:
    """A number with the four decimals in which it is stored."""
    return f"{number:.4f}"


def keep_change(bid: Bid, kind: BidChange.Kind, windows: Sequence[str], assets: Iterable[Asset]) -> None:
    """Adds the bid as it stands now to its history."""
    content = bid_content(
        bid=bid.reference,
        revision=bid.revision,
        competition=bid.competition,
        company=bid.seller.name,
        windows=windows,
        terms=bid,
        assets=[asset_content(asset) for asset in assets],
    )
    BidChange.objects.create(
        market_id=bid.competition.market_id,
        competition=bid.competition,
        bid=bid,
        kind=kind,
        revision=bid.revision,
        content=content,
        changed_at=bid.changed_at,
    )
