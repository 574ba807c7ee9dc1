"""A seller's assets as one competition sees them: what can stand behind a bid there, and what can't, with the reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import OuterRef, Subquery

from ..models import Asset, Competition, Qualification, Seller, ServiceWindow
from ..operations.eligibility import facts
from ..rules.eligibility import AssetFacts, Kind, Place, verdict

MOST_CHOICES = 200
MOST_OTHERS = 20
OFTEN_MENDED = (Kind.TOO_SMALL, Kind.ASK_PERSON)
"""No certain no: together with other assets, or once a person has looked, it may do."""


@dataclass(frozen=True)
class Judged:
    """An asset with the sentence that says what the market will say of it."""

    asset: Asset
    kind: Kind
    sentence: str
    offered_kw: Decimal

    @property
    def is_eligible(self) -> bool:
        return self.kind is Kind.ELIGIBLE


@dataclass(frozen=True)
class AssetChoices:
    """`usable` may be ticked, the eligible first; `others` can't stand behind a bid here. Both lists may be cut short."""

    usable: list[Judged]
    others: list[Judged]
    usable_count: int
    others_count: int
    eligible_kw: Decimal

    @property
    def eligible(self) -> list[Asset]:
        return [judged.asset for judged in self.usable if judged.is_eligible]


NO_ASSETS = AssetChoices([], [], 0, 0, Decimal(0))


def asset_choices(seller: Seller, competition: Competition, windows: Sequence[ServiceWindow]) -> AssetChoices:
    """All standing assets of the seller, judged. Two queries for any number of them."""
    decided = Qualification.objects.filter(asset=OuterRef("pk"), market=competition.market_id).values("status")
    assets = seller.assets.filter(retired_at=None).annotate(standing=Subquery(decided))
    known, place = facts(seller.assets.filter(retired_at=None)), place_of(competition, windows)
    judged = [(_judged(asset, known[asset.pk], place), asset.standing) for asset in assets.order_by("ref")]
    usable = [
        j
        for j, standing in judged
        if standing == Qualification.Status.QUALIFIED and (j.is_eligible or j.kind in OFTEN_MENDED)
    ]
    kept = {j.asset.pk for j in usable}
    others = [_undecided(j, standing) for j, standing in judged if j.asset.pk not in kept]
    return AssetChoices(
        sorted(usable, key=lambda j: not j.is_eligible)[:MOST_CHOICES],
        sorted(others, key=lambda j: j.kind is Kind.TOO_FAR)[:MOST_OTHERS],
        len(usable),
        len(others),
        sum((j.offered_kw for j in usable if j.is_eligible), Decimal(0)),
    )


def place_of(competition: Competition, windows: Sequence[ServiceWindow]) -> Place:
    """What the rule of eligibility needs of a competition that was read with its zone and its windows."""
    return Place(
        competition.zone.code,
        competition.zone.licence_area,
        competition.zone.level,
        min((window.minimum_kw for window in windows), default=Decimal(0)),
        competition.max_connection_kv,
    )


def _judged(asset: Asset, known: AssetFacts, place: Place) -> Judged:
    said = verdict(known, place)
    return Judged(asset, said.kind, said.sentence, known.capacity_kw)


def _undecided(judged: Judged, standing: str | None) -> Judged:
    """What stands in the way first: where nothing speaks against the asset, the operator's decision does."""
    waits: dict[str | None, str] = {
        None: "It is not offered to this market yet.",
        Qualification.Status.OFFERED: "The operator has not decided on it yet.",
        Qualification.Status.REFUSED: "The operator refused it for this market; your list of assets says why.",
    }
    sentence = waits.get(standing) if judged.kind is not Kind.TOO_FAR else None
    return Judged(judged.asset, judged.kind, sentence, judged.offered_kw) if sentence else judged
