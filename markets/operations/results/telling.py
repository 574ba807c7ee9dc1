"""Sellers hear of their results by mail, queued in the transaction that keeps them: by 19:00 UTC of that day.

Its Message-ID begins with `RESULTS_MAIL`, so that a mail which did not leave in time can be found.
"""

from collections import defaultdict
from collections.abc import Sequence
from uuid import uuid4

from ... import emails
from ...models import Competition, Market, Membership, Seller
from .. import mail
from ..admissions import heard
from .rows import Outcome

RESULTS_MAIL = "<results."


def tell_sellers(market: Market, outcomes: Sequence[Outcome]) -> None:
    """Queues a mail to each member who bids, of each seller that may be written to."""
    of_seller: dict[int, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        of_seller[outcome.seller_id].append(outcome)
    sellers = heard(market, Seller.objects.filter(pk__in=of_seller).order_by("pk"))
    names = Competition.objects.in_bulk({outcome.competition_id for outcome in outcomes})
    people: dict[int, list[str]] = defaultdict(list)
    bidders = Membership.objects.filter(seller__in=sellers, user__is_active=True).exclude(role=Membership.Role.VIEWER)
    for seller_id, email in bidders.order_by("pk").values_list("seller", "user__email"):
        people[seller_id].append(email)
    mails = [
        written
        for seller in sellers
        for written in emails.results(
            seller=seller,
            market=market,
            recipients=people[seller.pk],
            results=_by_competition(of_seller[seller.pk], names),
        )
    ]
    for written in mails:
        written.message_id = f"{RESULTS_MAIL}{uuid4().hex}@{mail.sender_domain()}>"
    mail.queue(mails)


def _by_competition(outcomes: Sequence[Outcome], names: dict[int, Competition]) -> list[emails.CompetitionResult]:
    groups: dict[int, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        groups[outcome.competition_id].append(outcome)
    return [
        emails.CompetitionResult(
            names[key].name,
            names[key].reference,
            [emails.Alike(o.accepted, o.reason, o.count, o.named) for o in group],
        )
        for key, group in groups.items()
    ]
