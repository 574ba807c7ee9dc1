"""Who is let into a market: it opens to pilot sellers, then to invited ones, then to everyone in the area."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from ..models import Admission, Market, Seller
from ..problems import Refused
from .journal import By, record, user_of

STAGES = [Market.Stage.PILOT, Market.Stage.INVITED, Market.Stage.OPEN]


@transaction.atomic
def admit(*, market: Market, sellers: Iterable[Seller], by: By, wave: str = Admission.Wave.INVITED) -> list[Admission]:
    """Lets sellers into the market with the pilot or the invited. Who is in already stays, and may come in earlier."""
    wanted = [Admission(market=market, seller=seller, wave=wave) for seller in sellers]
    Admission.objects.bulk_create(wanted, ignore_conflicts=True)
    if wave == Admission.Wave.PILOT:
        Admission.objects.filter(market=market, seller__in=[a.seller for a in wanted]).update(wave=wave)
    record(by=by, verb="admit", subject=market, sellers=[str(a.seller) for a in wanted], wave=str(wave))
    return list(Admission.objects.filter(market=market, seller__in=[a.seller for a in wanted]).select_related("seller"))


@transaction.atomic
def accept_admission(*, admission: Admission, by: By) -> Admission:
    """The seller says yes: from now on mail about this market may reach it, also where the market is a mock one."""
    admission = Admission.objects.select_for_update().get(pk=admission.pk)
    if admission.accepted_at is None:
        admission.accepted_at, admission.accepted_by = timezone.now(), user_of(by)
        admission.save(update_fields=["accepted_at", "accepted_by"])
        record(by=by, verb="accept_admission", subject=admission.seller, market=admission.market.key)
    return admission


def next_stage(market: Market) -> str:
    """The stage after the market's own; empty where it is open to everyone already."""
    later = STAGES[STAGES.index(Market.Stage(market.stage)) + 1 :]
    return later[0] if later else ""


@transaction.atomic
def move_stage(*, market: Market, stage: str, by: By) -> Market:
    """Opens the market to the next sellers. Raises Refused where it would shut out those it is open to."""
    market = Market.objects.select_for_update().get(pk=market.pk)
    if STAGES.index(Market.Stage(stage)) < STAGES.index(Market.Stage(market.stage)):
        raise Refused(f"{market} is open to {market.get_stage_display().lower()}: it can't be closed to them again.")
    if stage != market.stage:
        market.stage = stage
        market.save(update_fields=["stage"])
        record(by=by, verb="move_stage", subject=market, stage=str(stage))
    return market


def heard(market: Market, sellers: Iterable[Seller]) -> list[Seller]:
    """Those of the sellers who may get mail about the market: of a mock one, only who accepted to take part.

    Whatever queues mail about a market asks this first.
    """
    sellers = list(sellers)
    if not market.is_mock:
        return sellers
    accepted = Admission.objects.filter(market=market, accepted_at__isnull=False).values_list("seller", flat=True)
    willing = set(accepted)
    return [seller for seller in sellers if seller.pk in willing]
