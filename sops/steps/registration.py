"""Registration: a seller's assets are checked and put to the operator, who decides on them."""

from datetime import timedelta

from django.db.models import DateTimeField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Now

from markets.models import Asset, Market, Qualification, QualificationChange, Seller
from markets.operations.assets import offer_assets
from markets.operations.journal import By
from markets.problems import Refused

from .declaration import Lane, Mode, Phase, StepDeclaration

OPERATOR_DECIDES_WITHIN = timedelta(days=5)  # assumption: NGED has not said how long a decision takes


def assets_to_check() -> QuerySet[Asset]:
    """Assets of verified sellers that were never offered to a market."""
    offered = Qualification.objects.filter(asset=OuterRef("pk"))
    return (
        Asset.objects.filter(~Exists(offered), retired_at=None, seller__status=Seller.Status.VERIFIED)
        .annotate(fell_due_at=F("registered_at"))
        .select_related("seller")
    )


def offer_where_it_stands(subject: Asset, *, by: By) -> None:
    """Offers the asset to every market of the operators in whose zones or licence area it stands.

    Raises Refused where there is none: a foreign MPAN prefix is a question for a person, not an error of the seller.
    """
    here = Q(operator__zones__assets=subject)
    if subject.licence_area:
        here |= Q(operator__zones__licence_area=subject.licence_area)
    markets = list(Market.objects.filter(here).distinct())
    if not markets:
        raise Refused(
            f"{subject} stands in no licence area or zone of a market we know. Ask the seller for its postcode and MPAN."
        )
    for market in markets:
        offer_assets(market=market, assets=[subject], by=by)


def assets_the_operator_has_not_read() -> QuerySet[QualificationChange]:
    """Offers that have no place in the operator's feed yet."""
    offers = QualificationChange.objects.filter(status=Qualification.Status.OFFERED, position=None)
    return offers.annotate(fell_due_at=F("at"))


def decisions_to_record() -> QuerySet[Qualification]:
    """Assets on which the operator has not decided in the time we allow it."""
    late_since = ExpressionWrapper(F("offered_at") + Value(OPERATOR_DECIDES_WITHIN), output_field=DateTimeField())
    return (
        Qualification.objects.filter(status=Qualification.Status.OFFERED)
        .annotate(fell_due_at=late_since)
        .filter(fell_due_at__lte=Now())
        .select_related("asset__seller", "market")
    )


STEPS = (
    StepDeclaration(
        key="check-asset",
        phase=Phase.REGISTRATION,
        lane=Lane.CUSTOMER_SUCCESS,
        title="Check the asset and offer it",
        modes=(Mode.MANUAL, Mode.AUTOMATED),
        minutes_by_hand=5,
        due=assets_to_check,
        do=offer_where_it_stands,
        called=lambda asset: f"{asset} of {asset.seller}",
        deadline=timedelta(days=2),
    ),
    StepDeclaration(
        key="send-to-nged",
        phase=Phase.REGISTRATION,
        lane=Lane.PICLO,
        title="Send assets to NGED",
        modes=(Mode.AUTOMATED,),
        minutes_by_hand=2,
        due=assets_the_operator_has_not_read,
        runs_elsewhere="NGED reads the feed GET assets",
        tallied=True,
    ),
    StepDeclaration(
        key="record-qualification",
        phase=Phase.REGISTRATION,
        lane=Lane.NGED,
        title="Record NGED's decision on the asset",
        modes=(Mode.AUTOMATED, Mode.MANUAL),
        minutes_by_hand=3,
        due=decisions_to_record,
        runs_elsewhere="NGED sends POST qualifications",
        called=lambda qualification: f"{qualification.asset} of {qualification.asset.seller}",
        explain=lambda qualification: f"{qualification.market} has not decided in {OPERATOR_DECIDES_WITHIN.days} days.",
        deadline=timedelta(days=2),
        rests=timedelta(days=5),
    ),
)
