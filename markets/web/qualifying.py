"""Which competitions a seller's assets qualify for: the rule of eligibility said once more in SQL, for lists of any length.

A test holds both to the same answers.
"""

from decimal import Decimal

from django.db.models import Case, DecimalField, Exists, F, Min, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from ..models import Asset, Competition, Qualification, Seller, ServiceWindow
from ..operations.eligibility import OFFERED_KW
from ..rules.eligibility import LOWEST_KV

_KV = DecimalField(max_digits=7, decimal_places=3)
_NO_LIMIT = Value(Decimal("9999.999"), output_field=_KV)
_LOWEST_KV = Case(*(When(voltage_level=level, then=Value(kv)) for level, kv in LOWEST_KV.items()), output_field=_KV)


def qualifying_for(seller: Seller, competitions: QuerySet[Competition]) -> QuerySet[Competition]:
    """Of the competitions, those for which an asset is qualified in the market and eligible in the place."""
    windows = ServiceWindow.objects.filter(competition=OuterRef("pk")).order_by().values("competition")
    smallest = Subquery(windows.annotate(kw=Min("minimum_kw")).values("kw"))
    asset = Asset.objects.annotate(offered_kw=OFFERED_KW, lowest_kv=_LOWEST_KV).filter(
        Q(zones__licence_area="") | Q(zones__licence_area=F("licence_area")),
        Q(zones__level="hv") | Q(voltage_level="lv"),
        ~Q(licence_area=""),
        seller=seller,
        retired_at=None,
        qualifications__market=OuterRef("market"),
        qualifications__status=Qualification.Status.QUALIFIED,
        zones=OuterRef("zone"),
        offered_kw__gte=OuterRef("smallest_kw"),
        lowest_kv__lt=Coalesce(OuterRef("max_connection_kv"), _NO_LIMIT),
    )
    return competitions.annotate(smallest_kw=Coalesce(smallest, Value(Decimal(0)))).filter(Exists(asset))
