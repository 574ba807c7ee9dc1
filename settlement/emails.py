"""The emails of settlement, as mails ready for the ordinary lane of the outbox."""

from collections.abc import Iterator, Sequence

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from markets.models import Mail

from .models import LineQuery, Statement


def statement_issued(statement: Statement, recipients: Sequence[str], changed: str) -> Iterator[Mail]:
    """One mail to each recipient. `changed`: what a rerun changed, in a sentence; empty for a first version."""
    run = statement.run
    address = f"{settings.SITE_URL}{reverse('settlement:statement', args=[statement.reference])}"
    total = f"{statement.total_gbp:,.2f}"
    text = render_to_string(
        "emails/settlement/statement_issued.txt",
        {"statement": statement, "total": total, "run": run, "changed": changed, "address": address},
    )
    subject = f"Statement {statement.reference}: {run.month:%B %Y}, £{total}"
    for recipient in recipients:
        yield Mail(lane=Mail.Lane.ORDINARY, recipient=recipient, subject=subject, text=text)


def query_answered(query: LineQuery) -> Mail:
    """To whoever asked."""
    address = f"{settings.SITE_URL}{reverse('settlement:statement', args=[query.statement.reference])}#queries"
    text = render_to_string("emails/settlement/query_answered.txt", {"query": query, "address": address})
    subject = f"Query {query}: {query.get_outcome_display().lower()}"
    return Mail(lane=Mail.Lane.ORDINARY, recipient=query.raised_by.email, subject=subject, text=text)
