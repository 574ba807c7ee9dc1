"""The preview: the operator looks at a competition as sellers will see it, by a signed link, and lets it out."""

from datetime import timedelta

from django.db import transaction

from ...models import Competition
from ...problems import Contradiction, Refused
from ...rules.words import moment
from ..journal import By, record
from ..links import BadLink, link, read_link
from .noting import settle_notes

PAGE = "markets:preview"
LINK_LASTS = timedelta(days=60)
"""Longer than any market lets between publication and gate closure; a new link comes with every publication."""


def preview_link(competition: Competition) -> str:
    """The address to send to whoever approves. Whoever has it may look, ask for a change and approve: no login."""
    return link(PAGE, competition.pk)


def read_preview(token: str) -> Competition:
    """The competition behind a link. Changes nothing. Raises BadLink."""
    [key] = read_link(PAGE, token, lasts=LINK_LASTS, instead="Publish the competition again for a new one.")
    competition = Competition.objects.select_related("market__operator", "product", "zone").filter(pk=key).first()
    if competition is None:
        raise BadLink("The competition of this link is not here any more.")
    return competition


@transaction.atomic
def approve_competition(*, competition: Competition, by: By, revision: int | None = None) -> Competition:
    """Lets a preview out to the sellers; where its opening has passed, bidding opens at once. Once more changes nothing.

    With `revision`, only what was looked at: raises Contradiction where it was revised since. Raises Refused where its
    gate would have closed, and where it is withdrawn.
    """
    competition = Competition.objects.select_for_update(no_key=True).get(pk=competition.pk)
    now = competition.market.now()
    if competition.status == Competition.Status.WITHDRAWN:
        raise Refused(f"{competition} is withdrawn: it can't be approved. Publish it under a new reference.")
    if competition.status != Competition.Status.PREVIEW:
        return competition
    if revision not in (None, competition.revision):
        seen = f"You looked at revision {revision}; revision {competition.revision} stands now."
        raise Contradiction(f"{seen} Look at the preview again, then approve.")
    if competition.closes_at <= now:
        closed = f"Its bidding would have closed on {moment(competition.closes_at)}."
        raise Refused(f"{closed} Publish it again with a later closing time, then approve.")
    competition.status, competition.published_at = Competition.Status.PUBLISHED, now
    competition.save(update_fields=["status", "published_at"])
    settle_notes([competition], resolution="The operator approved the preview.")
    record(by=by, verb="approve_competition", subject=competition, revision=competition.revision)
    return competition
