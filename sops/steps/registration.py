"""Registration: a seller's assets are checked and put to the operator, who decides on them."""

from datetime import timedelta

from django.db.models import DateTimeField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Now

from markets.models import (
    Admission,
    Asset,
    Market,
    MpanClash,
    Qualification,
    QualificationChange,
    Seller,
    Zone,
)
from markets.operations.assets import offer_assets
from markets.operations.journal import By
from markets.problems import Refused

from .declaration import Lane, Mode, Phase, StepDeclaration

OPERATOR_DECIDES_WITHIN = timedelta(days=5)  # assumption: NGED has not said how long a decision takes


def _markets_where(asset: Combinable, area: Combinable) -> QuerySet[Market]:
    """Markets of the operators in whose zones or licence area an asset stands. Test parties take assets in by themselves."""
    in_a_zone = Asset.zones.through.objects.filter(asset=asset, zone__operator=OuterRef("operator"))
    in_the_area = Zone.objects.exclude(licence_area="").filter(operator=OuterRef("operator"), licence_area=area)
    return Market.objects.filter(Exists(in_a_zone) | Exists(in_the_area), test_party=None)


def assets_to_check() -> QuerySet[Asset]:
    """Assets of verified sellers that a market open to their seller was not offered yet; or that stand in no market.

    While two sellers have one meter, the asset waits for that to be resolved. A stand-in of a test party has no assets to
    offer: they are nobody's.
    """
    here = _markets_where(OuterRef(OuterRef("pk")), OuterRef(OuterRef("licence_area")))
    offered = Qualification.objects.filter(asset=OuterRef("pk"))
    admitted = Admission.objects.filter(market=OuterRef("pk"), seller=OuterRef(OuterRef("seller")))
    to_everyone, to_invited = Q(stage=Market.Stage.OPEN), Q(stage=Market.Stage.INVITED)
    to_it = here.filter(
        to_everyone | (to_invited & Exists(admitted)) | Exists(admitted.filter(wave=Admission.Wave.PILOT)),
        ~Exists(Qualification.objects.filter(asset=OuterRef(OuterRef("pk")), market=OuterRef("pk"))),
    )
    clashing = MpanClash.objects.filter(Q(asset=OuterRef("pk")) | Q(other=OuterRef("pk")), resolved_at=None)
    return (
        Asset.objects.filter(retired_at=None, seller__status=Seller.Status.VERIFIED, seller__stand_in=None)
        .filter(Exists(to_it) | (~Exists(offered) & ~Exists(here)), ~Exists(clashing))
        .annotate(fell_due_at=F("registered_at"))
        .select_related("seller")
    )


def offer_where_it_stands(subject: Asset, *, by: By) -> None:
    """Offers the asset to every market that is open to its seller, of the operators in whose area it stands.

    Raises Refused where there is none: a foreign MPAN prefix is a question for a person, not an error of the seller.
    """
    here = _markets_where(Value(subject.pk), Value(subject.licence_area))
    markets = list(here.filter(pk__in=Market.objects.open_to(subject.seller).values("pk")))
    if not markets:
        raise Refused(
            f"{subject} stands in no licence area or zone of a market we know. Ask the seller for its postcode and MPAN."
        )
    for market in markets:
        offer_assets(market=market, assets=[subject], by=by)


def meters_of_two_sellers() -> QuerySet[MpanClash]:
    """Meters that two sellers have registered, and nobody has asked them about yet."""
    clashes = MpanClash.objects.filter(resolved_at=None).select_related("asset__seller", "other__seller")
    return clashes.annotate(fell_due_at=F("found_at"))


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
        key="resolve-mpan-clash",
        phase=Phase.REGISTRATION,
        lane=Lane.CUSTOMER_SUCCESS,
        title="Ask whose meter it is",
        modes=(Mode.MANUAL,),
        minutes_by_hand=30,
        due=meters_of_two_sellers,
        called=lambda clash: f"{clash.mpan}: {clash.asset.seller} and {clash.other.seller}",
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
