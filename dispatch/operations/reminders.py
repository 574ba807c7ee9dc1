"""The day before: sellers are reminded of what they deliver by schedule. No trigger comes for it."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from markets.models import BidLine, Contract, Market, Membership, Product, Seller
from markets.models.clock import MarketTime
from markets.operations import mail
from markets.operations.admissions import heard
from markets.operations.journal import By, record

from .. import emails
from ..models import Reminder
from ..rules.reminding import Asked, Service, asked, span_on


def reminders_due() -> dict[int, datetime]:
    """Markets in which somebody is to be reminded, by key: since when, in real time. Two queries."""
    wanted = {}
    markets = Market.objects.exclude(remind_at=None).annotate(time_now=MarketTime())
    for key, offset, remind_at, now in markets.values_list("pk", "clock_offset", "remind_at", "time_now"):
        if remind_at is not None and (due := asked(now, remind_at)):
            wanted[key] = (due, due.at - offset)
    lines = _unreminded((key, due) for key, (due, _) in wanted.items())
    return {key: wanted[key][1] for key in lines.values_list("bid__competition__market", flat=True).distinct()}


@transaction.atomic
def remind(*, market: Market, by: By) -> int:
    """Queues a mail per mailbox of each seller that delivers tomorrow, once a day. Returns how many sellers that is.

    It goes to the confirmed dispatch mailboxes; where there is none, to the members who may act for the seller.
    """
    market = Market.objects.select_for_update(no_key=True).get(pk=market.pk)
    due = asked(market.now(), market.remind_at) if market.remind_at else None
    if due is None:
        return 0
    services: dict[Seller, list[Service]] = defaultdict(list)
    for line in _unreminded([(market.pk, due)]):
        if service := _service(line, due):
            services[line.bid.seller].append(service)
    willing = set(heard(market, services))
    reminders = []
    for seller, on_day in services.items():
        written = emails.reminder(
            market=market,
            seller=seller,
            recipients=_mailboxes(market, seller) if seller in willing else [],
            day=due.day,
            services=sorted(on_day, key=lambda service: (service.starts_at, service.contract)),
        )
        reminders.append(Reminder(market=market, seller=seller, day=due.day, mails=len(mail.queue(written))))
    Reminder.objects.bulk_create(reminders)
    if reminders:
        mails = sum(reminder.mails for reminder in reminders)
        record(by=by, verb="remind", subject=market, day=due.day.isoformat(), sellers=len(reminders), mails=mails)
    return len(reminders)


def _unreminded(wanted: Iterable[tuple[int, Asked]]) -> QuerySet[BidLine]:
    """What is to be delivered by schedule on the markets' days, by sellers who were not reminded of them yet."""
    those = Q(pk__in=[])
    for market_id, due in wanted:
        told = Reminder.objects.filter(market=market_id, day=due.day, seller=OuterRef("bid__seller"))
        on_day = Q(
            window__first_day__lte=due.day,
            window__last_day__gte=due.day,
            window__weekdays__contains=[due.day.isoweekday()],
        )
        those |= Q(~Exists(told), on_day, bid__competition__market=market_id)
    lines = BidLine.objects.filter(
        those,
        Exists(Contract.objects.filter(bid=OuterRef("bid"))),
        bid__competition__product__call=Product.Call.SCHEDULED,
    )
    return lines.select_related(
        "window", "bid__seller", "bid__contract", "bid__competition__zone", "bid__competition__product"
    )


def _service(line: BidLine, due: Asked) -> Service | None:
    window, bid, competition = line.window, line.bid, line.bid.competition
    span = span_on(due.day, window.local_start, window.local_end)
    if span is None:
        return None
    return Service(
        *span,
        capacity_kw=bid.contract.accepted_kw,
        window=window.name,
        competition=competition.name,
        zone=competition.zone.code,
        product=competition.product.name,
        contract=bid.contract.reference,
    )


def _mailboxes(market: Market, seller: Seller) -> list[str]:
    contacts = market.dispatch_contacts.filter(seller=seller, verified_at__isnull=False)
    acting = seller.memberships.exclude(role=Membership.Role.VIEWER)
    return list(contacts.order_by("pk").values_list("email", flat=True)) or list(
        acting.order_by("pk").values_list("user__email", flat=True)
    )
