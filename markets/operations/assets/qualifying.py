"""Assets before the operator: offered to its market, decided on, and offered again where they changed.

Every offer and every decision is kept as a change, with who did it: the history of the qualification.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.db import transaction
from django.utils import timezone

from ...models import Asset, Market, Qualification, QualificationChange
from ...problems import Refused, RowProblem
from ...rules.notices import QualificationDecision
from ...rules.words import to_correct
from ..journal import By, actor_name, record

Status = Qualification.Status
DECISIONS = (Status.QUALIFIED, Status.REFUSED)


@transaction.atomic
def offer_assets(*, market: Market, assets: Sequence[Asset], by: By) -> list[Qualification]:
    """Offers assets to a market; those already offered stay as they are. Returns the new offers."""
    Market.objects.select_for_update(no_key=True).get(pk=market.pk)  # offered twice at once is offered once
    known = set(Qualification.objects.filter(market=market, asset__in=assets).values_list("asset_id", flat=True))
    offers = Qualification.objects.bulk_create(
        [Qualification(market=market, asset=asset) for asset in assets if asset.pk not in known]
    )
    _keep(offers, by)
    if offers:
        record(by=by, verb="offer_assets", subject=market, count=len(offers))
    return offers


@transaction.atomic
def decide_qualifications(*, market: Market, decisions: Sequence[QualificationDecision], by: By) -> int:
    """Keeps the operator's decisions, all or none. Returns how many changed; a repeat changes nothing.

    Raises Refused with one problem per decision about an asset that was not offered, or is decided twice in them.
    """
    offered = {
        q.asset_id: q
        for q in Qualification.objects.select_for_update()
        .filter(market=market, asset_id__in=[d.asset_id for d in decisions])
        .order_by("pk")
    }
    problems, now, seen = list[RowProblem](), market.now(), dict[int, QualificationDecision]()
    changed: dict[int, Qualification] = {}
    for decision in decisions:
        qualification = offered.get(decision.asset_id)
        if qualification is None:
            problems.append(
                RowProblem(decision.line, "asset", str(decision.asset_id), "This asset was not offered to this market.")
            )
        elif replace(seen.setdefault(decision.asset_id, decision), line=decision.line) != decision:
            reason = f"Line {seen[decision.asset_id].line} decides otherwise on this asset: say which of both holds."
            problems.append(RowProblem(decision.line, "asset", str(decision.asset_id), reason))
        elif decision.status not in DECISIONS:
            problems.append(RowProblem(decision.line, "status", decision.status, "Say qualified or refused."))
        elif (qualification.status, qualification.reason) != (decision.status, decision.reason):
            qualification.status, qualification.reason = decision.status, decision.reason
            qualification.decided_at = now
            changed[qualification.pk] = qualification
    if problems:
        raise Refused(f"No decision was kept: {to_correct(len(problems), 'row')}.", problems)
    Qualification.objects.bulk_update(changed.values(), ["status", "reason", "decided_at"], batch_size=1000)
    _keep(changed.values(), by)
    if changed:
        record(by=by, verb="decide_qualifications", subject=market, count=len(changed))
    return len(changed)


def ask_again(asset: Asset, by: By) -> list[Market]:
    """Offers an asset that changed to the markets that had decided on it; they decide once more. Returns the markets."""
    decided = list(
        Qualification.objects.select_for_update(of=("self",))
        .filter(asset=asset, status__in=DECISIONS)
        .select_related("market")
        .order_by("market__name")
    )
    for qualification in decided:
        qualification.status, qualification.reason = Status.OFFERED, ""
        qualification.offered_at, qualification.decided_at = timezone.now(), None
    Qualification.objects.bulk_update(decided, ["status", "reason", "offered_at", "decided_at"])
    _keep(decided, by)
    return [qualification.market for qualification in decided]


def _keep(qualifications: Iterable[Qualification], by: By) -> None:
    QualificationChange.objects.bulk_create(
        QualificationChange(
            market_id=q.market_id, qualification=q, status=q.status, reason=q.reason, actor=actor_name(by)
        )
        for q in qualifications
    )
