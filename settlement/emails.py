"""The emails of settlement, as mails ready for the ordinary lane of the outbox."""

from collections.abc import Iterator

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from markets.models import Mail

from .models import Statement


def statement_issued(statement: Statement, changed: str) -> Iterator[Mail]:
    """Tells every member of the seller. `changed`: what a rerun changed, in a sentence; empty for a first version."""
    run = statement.run
    address = f"{settings.SITE_URL}{reverse('settlement:statement', args=[statement.reference])}"
    text = render_to_string(
        "emails/settlement/statement_issued.txt",
        {"statement": statement, "run": run, "changed": changed, "address": address},
    )
    subject = f"Statement {statement.reference}: {run.month:%B %Y}, £{statement.total_gbp:,.2f}"
    for membership in statement.seller.memberships.all():
        yield Mail(lane=Mail.Lane.ORDINARY, recipient=membership.user.email, subject=subject, text=text)
