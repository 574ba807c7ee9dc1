"""The service around the story: people learn the rules, and rehearse the market before it is real."""

from datetime import timedelta

from django.db.models import DateTimeField, ExpressionWrapper, F, QuerySet, Value
from django.db.models.functions import Least, Now

from markets.models import Mail, TestParty, Webhook
from markets.operations.parties import close_party

from ..help.publishing import review_article
from ..models.article import Article
from .declaration import Lane, Mode, Phase, StepDeclaration

REVIEWED_EVERY = timedelta(days=365)
ANSWERS_WITHIN = timedelta(hours=1)  # the tries after 5 s, 5 and 30 minutes have failed by then


def articles_to_review() -> QuerySet[Article]:
    """Published articles that nobody has read through for a year."""
    due_since = ExpressionWrapper(F("reviewed_at") + Value(REVIEWED_EVERY), output_field=DateTimeField())
    return (
        Article.objects.filter(status=Article.Status.PUBLISHED)
        .annotate(fell_due_at=due_since)
        .filter(fell_due_at__lte=Now())
    )


def mail_given_up() -> QuerySet[Mail]:
    """Ordinary mail that the mail server refused for good. Instructions have a step of their own."""
    return Mail.objects.filter(lane=Mail.Lane.ORDINARY, status=Mail.Status.FAILED).annotate(fell_due_at=F("created_at"))


def webhooks_failing() -> QuerySet[Webhook]:
    """Addresses of an operator or a seller that have answered no call for an hour, or that said they are gone."""
    since = ExpressionWrapper(F("failing_since") + Value(ANSWERS_WITHIN), output_field=DateTimeField())
    return (
        Webhook.objects.filter(failing_since__isnull=False)
        .annotate(fell_due_at=Least(since, F("stopped_at")))
        .filter(fell_due_at__lte=Now())
        .select_related("operator", "seller")
    )


def parties_under_way() -> QuerySet[TestParty]:
    """Test parties that nobody has ended yet."""
    return TestParty.objects.under_way().defer("source").annotate(fell_due_at=F("created_at"))


STEPS = (
    StepDeclaration(
        key="reach-recipient",
        phase=Phase.SERVICE,
        lane=Lane.CUSTOMER_SUCCESS,
        title="Reach someone whose mail came back",
        modes=(Mode.MANUAL,),
        minutes_by_hand=10,
        due=mail_given_up,
        deadline=timedelta(days=1),
        rests=None,
    ),
    StepDeclaration(
        key="webhook-failing",
        phase=Phase.SERVICE,
        lane=Lane.CUSTOMER_SUCCESS,
        title="Tell whose webhook does not answer",
        modes=(Mode.MANUAL,),
        minutes_by_hand=10,
        due=webhooks_failing,
        deadline=timedelta(days=1),
        rests=timedelta(days=3),
    ),
    StepDeclaration(
        key="write-article",
        phase=Phase.SERVICE,
        lane=Lane.CUSTOMER_SUCCESS,
        title="Write or review an article",
        modes=(Mode.MANUAL,),
        minutes_by_hand=60,
        due=articles_to_review,
        do=lambda subject, *, by: review_article(article=subject, by=by),
        deadline=timedelta(days=30),
    ),
    StepDeclaration(
        key="test-party",
        phase=Phase.SERVICE,
        lane=Lane.CUSTOMER_SUCCESS,
        title="Hold a test party before the season",
        modes=(Mode.MANUAL,),
        minutes_by_hand=240,
        people=4,
        due=parties_under_way,
        do=lambda subject, *, by: close_party(party=subject, by=by),
        deadline=timedelta(days=28),
    ),
)
