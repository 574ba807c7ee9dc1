"""Statements out: one per seller, by mail announced, never edited."""

from django.db import transaction
from django.db.models import Sum

from markets.operations import mail
from markets.operations.admissions import heard
from markets.operations.journal import By, record
from markets.problems import Refused

from .. import emails
from ..models import SettlementRun, Statement
from ..rules.changes import change_sentence
from .runs import newest
from .versions import TOTAL, changes_by_seller


@transaction.atomic
def issue_run(*, run: SettlementRun, by: By) -> list[Statement]:
    """Issues an approved run: a statement per seller with a line, and a mail to each member of the seller.

    Raises Refused for a run that is not approved or not the latest version.
    """
    run = newest(run)
    if run.status != SettlementRun.Status.APPROVED:
        raise Refused(f"{run} is {run.get_status_display().lower()}: only an approved run is issued.")
    totals = run.lines.order_by("seller").values_list("seller").annotate(total=Sum(TOTAL))
    now = run.market.now()
    Statement.objects.bulk_create(
        [Statement(run=run, seller_id=seller, total_gbp=total, issued_at=now) for seller, total in totals]
    )
    statements = list(
        Statement.objects.filter(run=run)
        .select_related("seller", "run__market")
        .prefetch_related("seller__memberships__user")
        .order_by("pk")
    )
    changed = changes_by_seller(run)
    told = {seller.pk for seller in heard(run.market, [statement.seller for statement in statements])}
    mails = [
        letter
        for statement in statements
        if statement.seller_id in told
        for letter in emails.statement_issued(
            statement,
            [member.user.email for member in statement.seller.memberships.all()],
            change_sentence(changed.get(statement.seller_id, [])),
        )
    ]
    mail.queue(mails)
    run.status = SettlementRun.Status.ISSUED
    run.save(update_fields=["status"])
    unreached = [s.seller.name for s in statements if s.seller_id not in told or not s.seller.memberships.all()]
    record(
        by=by, verb="issue_run", subject=run, statements=len(statements), mails=len(mails), without_mailbox=unreached
    )
    return statements
