"""The operator takes a competition back, before or after its gate has closed, with or without bids."""

from django.db import transaction

from ...models import Competition, ServiceWindow
from ...problems import Refused
from ..gate import close_windows
from ..journal import By, record
from .noting import settle_notes
from .revising import keep_changes
from .telling import tell_withdrawn


@transaction.atomic
def withdraw_competition(*, competition: Competition, by: By, reason: str) -> Competition:
    """Its bids stand as history; nothing more can be bid, and whoever has bids in it is told why.

    It waits for the bids under way, as gate closure does: so nobody's bid comes after the mail. Once more changes
    nothing. Raises Refused where results are in.
    """
    competition = Competition.objects.select_for_update(no_key=True).get(pk=competition.pk)
    if competition.status == Competition.Status.DECIDED:
        raise Refused(f"{competition} has results: it can't be withdrawn any more.")
    if competition.status == Competition.Status.WITHDRAWN:
        return competition
    close_windows(ServiceWindow.objects.filter(competition=competition).values_list("pk", flat=True))
    seen = competition.status == Competition.Status.PUBLISHED
    competition.status = Competition.Status.WITHDRAWN
    competition.revision += 1
    competition.save(update_fields=["status", "revision"])
    settle_notes([competition], resolution="The operator withdrew the competition.")
    if seen:
        told = {"what": "Withdrawn by the operator", "before": "", "after": reason}
        keep_changes([(competition, [told])], now=competition.market.now())
        tell_withdrawn(competition, reason)
    record(by=by, verb="withdraw_competition", subject=competition, reason=reason)
    return competition
