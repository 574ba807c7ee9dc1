"""Opening sealed bids before gate closure: one person asks and says why, another agrees; the journal tells both."""

from django.db import transaction
from django.utils import timezone

from ..models import Competition, SealOpening, User
from ..problems import Refused
from .journal import record


@transaction.atomic
def ask_opening(*, competition: Competition, reason: str, by: User) -> SealOpening:
    """Asks to see the prices of a competition's bids early. Nothing opens yet. Raises Refused."""
    _staff(by)
    if not reason.strip():
        raise Refused("Say why the bids must be opened: whoever agrees, and whoever asks later, will want to know.")
    competition = _still_sealed(competition)
    waiting = SealOpening.objects.filter(competition=competition, agreed_at=None).select_related("asked_by").first()
    if waiting is not None:
        raise Refused(f"{waiting.asked_by} has asked for it already: somebody else can agree to that.")
    opening = SealOpening.objects.create(competition=competition, reason=reason.strip(), asked_by=by)
    record(by=by, verb="ask_opening", subject=competition, reason=opening.reason)
    return opening


@transaction.atomic
def agree_opening(*, opening: SealOpening, by: User) -> SealOpening:
    """A second person agrees: from now on the console shows the prices of the competition's bids. Raises Refused."""
    _staff(by)
    _still_sealed(opening.competition)
    opening = SealOpening.objects.select_for_update(of=("self",)).select_related("asked_by").get(pk=opening.pk)
    if opening.asked_by == by:
        raise Refused("You asked for it yourself: another person must agree.")
    opening.agreed_by, opening.agreed_at = by, timezone.now()
    opening.save(update_fields=["agreed_by", "agreed_at"])
    record(
        by=by, verb="agree_opening", subject=opening.competition, reason=opening.reason, asked_by=opening.asked_by.email
    )
    return opening


def _staff(by: User) -> None:
    if not (by.is_staff and by.is_active):
        raise Refused("Only people of customer success open bids early.")


def _still_sealed(competition: Competition) -> Competition:
    """The competition, locked, so that of two who ask at once the second is told. Raises Refused."""
    competition = Competition.objects.select_for_update(of=("self",), no_key=True).get(pk=competition.pk)
    if competition.closes_at <= competition.market.now():
        raise Refused("The gate has closed: its bids are open anyway.")
    if SealOpening.objects.filter(competition=competition, agreed_at__isnull=False).exists():
        raise Refused("Its bids were opened already: look at them under Bids.")
    return competition
