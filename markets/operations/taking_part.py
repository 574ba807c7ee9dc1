"""A seller says yes to a market. To a test party there is one way in, whichever page it says so on."""

from django.db import transaction

from ..models import Admission, Market, Seller, TestParty
from ..problems import Refused
from .admissions import accept_admission
from .journal import By
from .parties import join_party


@transaction.atomic
def take_part(*, market: Market, seller: Seller, by: By) -> Admission:
    """The seller says yes to a market that is open to it, also to one that is open to everyone.

    Raises Refused where it is not open to the seller (yet), or is that of a test party that has ended.
    """
    if not Market.objects.open_to(seller).filter(pk=market.pk).exists():
        raise Refused(f"This market is not open to {seller} yet. Customer success tells you when it is.")
    admission, _ = Admission.objects.get_or_create(market=market, seller=seller)
    if TestParty.objects.filter(market=market).exists():
        return join_party(admission=admission, by=by)
    return accept_admission(admission=admission, by=by)
