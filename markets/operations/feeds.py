"""What the operator reads: gap-free, ordered feeds whose positions are given at read time.

Rows commit out of order, so neither a sequence nor a timestamp is a safe cursor. The reader, under an advisory lock,
numbers what is committed and not yet numbered: a late commit is never skipped, and nothing waits behind a long
transaction.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Max

from ..models import Bid, BidChange, Competition, Market, Qualification, QualificationChange, Receipt, ServiceWindow
from ..problems import Refused, RowProblem
from ..rules.checksum import SealedBid, completeness
from ..rules.words import to_correct
from .gate import close_windows
from .journal import By, record


@transaction.atomic
def number(*, numbered: models.QuerySet[Any], unnumbered: models.QuerySet[Any], feed: str) -> int:
    """Gives the rows of `unnumbered`, in order of their keys, the positions after the last of `numbered`.

    `feed` names the advisory lock. Returns how many were numbered.
    """
    if not unnumbered.exists():
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [feed])
        last = numbered.aggregate(last=Max("position"))["last"] or 0
        keys = list(unnumbered.order_by("pk").values_list("pk", flat=True))
        table = connection.ops.quote_name(unnumbered.model._meta.db_table)
        cursor.execute(
            f"UPDATE {table} SET position = %s + fresh.place "
            f"FROM unnest(%s::bigint[]) WITH ORDINALITY AS fresh(id, place) WHERE {table}.id = fresh.id",
            [last, keys],
        )
    return len(keys)


def bid_changes_after(*, market: Market, after: int, limit: int) -> models.QuerySet[BidChange]:
    """The bid changes after position `after`, in order. Sealed ones appear only once their competition is closed.

    Positions have no gaps: where the last of the page has its own, the page is whole, and nothing else is looked for.
    """
    changes = BidChange.objects.filter(market=market)
    if not changes.filter(position=after + limit).exists():
        close_competitions(market=market, by="gate closure")
        visible = changes if market.feed_is_live else changes.filter(competition__closes_at__lte=market.now())
        number(numbered=changes, unnumbered=visible.filter(position=None), feed=f"bids of market {market.pk}")
    return changes.filter(position__gt=after).order_by("position")[:limit]


def read_bid_changes(*, market: Market, after: int, limit: int) -> list[BidChange]:
    """The same, read."""
    return list(bid_changes_after(market=market, after=after, limit=limit))


def read_qualifications(*, market: Market, after: int, limit: int) -> list[QualificationChange]:
    """Offers of assets after position `after`, in order. An asset that changed is offered, and stands here, again."""
    offers = QualificationChange.objects.filter(market=market, status=Qualification.Status.OFFERED)
    number(numbered=offers, unnumbered=offers.filter(position=None), feed=f"assets of market {market.pk}")
    page = offers.filter(position__gt=after).order_by("position")
    assets = page.select_related("qualification__asset__seller").prefetch_related("qualification__asset__zones")
    return list(assets[:limit])


@transaction.atomic
def close_competitions(*, market: Market, by: By) -> int:
    """Adds the `closed` entry to each competition that gate closure has passed. Returns how many were closed."""
    due = Competition.objects.visible().closed().filter(market=market).exclude(bid_changes__kind=BidChange.Kind.CLOSED)
    if not due.exists():
        return 0
    Market.objects.select_for_update(no_key=True).get(pk=market.pk)  # a revision under way may yet move a gate
    closing = list(due.order_by("pk"))
    close_windows(ServiceWindow.objects.filter(competition__in=closing).values_list("pk", flat=True))
    sealed: dict[int, list[SealedBid]] = {competition.pk: [] for competition in closing}
    terms = ("revision", "capacity_kw", "availability_gbp_per_mw_h", "utilisation_gbp_per_mwh", "sustain_gbp_per_kw")
    for competition_id, *bid in (
        Bid.objects.standing().filter(competition__in=closing).values_list("competition_id", "reference", *terms)
    ):
        sealed[competition_id].append(SealedBid(*bid))
    now = market.now()
    entries = [_closed_entry(competition, sealed[competition.pk], now) for competition in closing]
    BidChange.objects.bulk_create(entries, ignore_conflicts=True)
    record(by=by, verb="close_competitions", subject=market, count=len(entries))
    return len(entries)


def _closed_entry(competition: Competition, bids: Sequence[SealedBid], now: datetime) -> BidChange:
    proof = completeness(bids)
    return BidChange(
        market_id=competition.market_id,
        competition=competition,
        kind=BidChange.Kind.CLOSED,
        content={
            "competition": competition.reference,
            "count": proof.count,
            "total_kw": f"{proof.total_kw:f}",
            "sha256": proof.sha256,
        },
        changed_at=now,
    )


@transaction.atomic
def receive_receipts(*, market: Market, receipts: Sequence[tuple[str, int]], by: By) -> int:
    """Keeps which revisions of bids the operator holds, all or none. Returns how many were new.

    Raises Refused with a problem per bid or revision that was never sent.
    """
    wanted = {reference for reference, _ in receipts}
    sent = {
        (reference, revision): bid_id
        for reference, revision, bid_id in BidChange.objects.filter(market=market, position__isnull=False)
        .filter(bid__reference__in=wanted)
        .values_list("bid__reference", "revision", "bid_id")
    }
    problems = [
        RowProblem(line, "bid", f"{reference} revision {revision}", "The feed has not sent this revision of this bid.")
        for line, (reference, revision) in enumerate(receipts, start=1)
        if (reference, revision) not in sent
    ]
    if problems:
        raise Refused(f"No receipt was kept: {to_correct(len(problems), 'row')}.", problems)
    held = set(Receipt.objects.filter(bid_id__in=sent.values()).values_list("bid_id", "revision"))
    fresh = {(sent[key], key[1]) for key in receipts} - held
    Receipt.objects.bulk_create((Receipt(bid_id=b, revision=r) for b, r in sorted(fresh)), ignore_conflicts=True)
    record(by=by, verb="receive_receipts", subject=market, count=len(fresh))
    return len(fresh)
