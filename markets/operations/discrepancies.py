"""Where the operator and we hold different things: kept until a person resolves it, or both lists agree again."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from ..models import PRICES, Contract, Discrepancy, Market
from ..problems import Refused
from ..rules.notices import ListedContract
from ..rules.reconciliation import Difference, differences
from ..rules.words import moment
from .journal import By, record

LENGTHS = {"bid": 100, "field": 60, "theirs": 500, "ours": 500}
"""What is kept of a difference, and how many letters of it."""
MOST = 1000
"""Kept of one call. More are no differences to be settled one by one: something whole was sent that is not ours."""


@transaction.atomic
def keep_discrepancies(*, market: Market, found: Sequence[Discrepancy], by: By) -> int:
    """Keeps what differs, once while it waits and at most `MOST` of a call. Returns how many are new.

    Call it where it outlives the refusal: outside the transaction that is undone.
    """
    if not found:
        return 0
    kept = found[:MOST]
    for discrepancy in kept:
        for name, length in LENGTHS.items():
            setattr(discrepancy, name, getattr(discrepancy, name)[:length])
    waiting = Discrepancy.objects.filter(market=market, resolved_at=None)
    before = waiting.count()
    Discrepancy.objects.bulk_create(kept, ignore_conflicts=True)
    fresh = waiting.count() - before
    if fresh:
        record(by=by, verb="keep_discrepancies", subject=market, count=fresh, left_out=len(found) - len(kept))
    return fresh


@transaction.atomic
def resolve_discrepancy(*, discrepancy: Discrepancy, reason: str, by: By) -> Discrepancy:
    """A person says how it was settled. It changes neither bid nor contract. Raises Refused."""
    if not reason.strip():
        raise Refused("Say how it was settled, and with whom.")
    discrepancy = Discrepancy.objects.select_for_update().get(pk=discrepancy.pk)
    if discrepancy.resolved_at is not None:
        raise Refused(f"It was resolved already: {discrepancy.resolution}")
    discrepancy.resolved_at, discrepancy.resolution = timezone.now(), reason.strip()[:500]
    discrepancy.save(update_fields=["resolved_at", "resolution"])
    record(by=by, verb="resolve_discrepancy", subject=discrepancy, reason=reason)
    return discrepancy


@transaction.atomic
def reconcile(*, market: Market, listed: Sequence[ListedContract], by: By) -> list[Difference]:
    """The operator's whole list of a market's contracts against ours, field by field. Changes no contract.

    Every difference is kept until it is resolved. One that an earlier list had and this one has not any more is
    resolved by that; what results contradicted waits for a person all the same.
    """
    contracts = Contract.objects.filter(market=market).values_list("bid__reference", "accepted_kw", *PRICES)
    found = differences(listed, {bid: ListedContract(bid, *numbers) for bid, *numbers in contracts})
    kept = [Discrepancy(market=market, kind=Discrepancy.Kind.CONTRACT, **vars(difference)) for difference in found]
    resolved = _resolve_gone(market, found)
    fresh = keep_discrepancies(market=market, found=kept, by=by)
    record(
        by=by, verb="reconcile", subject=market, listed=len(listed), differences=len(found), new=fresh, gone=resolved
    )
    return found


def _resolve_gone(market: Market, found: Sequence[Difference]) -> int:
    still = {(difference.bid, difference.field, difference.theirs, difference.ours) for difference in found}
    waiting = Discrepancy.objects.filter(market=market, kind=Discrepancy.Kind.CONTRACT, resolved_at=None)
    gone = [key for key, *facts in waiting.values_list("pk", *LENGTHS) if tuple(facts) not in still]
    now = timezone.now()
    sentence = f"The operator's list of {moment(now)} does not differ so any more."
    return waiting.filter(pk__in=gone).update(resolved_at=now, resolution=sentence)
