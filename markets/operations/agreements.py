"""The standard agreement: signed in its current version, or no bid is taken."""

from django.db import transaction
from django.utils import timezone

from ..models import Agreement, Seller
from ..problems import Refused
from ..rules import agreement
from .journal import By, record


def has_signed(seller: Seller) -> bool:
    """Whether the seller has signed the version that counts now."""
    return seller.agreements.filter(version=agreement.VERSION).exists()


@transaction.atomic
def sign_agreement(*, seller: Seller, version: str, signatory: str, by: By, position: str = "") -> Agreement:
    """Keeps that the current version was signed. To sign it again changes nothing.

    Raises Refused for any other version: whoever signs has read the text that counts.
    """
    if version != agreement.VERSION:
        raise Refused(f"The agreement has a new wording, version {agreement.VERSION}. Read it, then sign.")
    signed, is_new = Agreement.objects.get_or_create(
        seller=seller,
        version=version,
        defaults={"signatory": signatory, "position": position, "signed_at": timezone.now()},
    )
    if is_new:
        record(by=by, verb="sign_agreement", subject=seller, version=version, signatory=signatory)
    return signed
