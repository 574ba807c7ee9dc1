"""Is the site up, does its database answer, and do instructions reach a mailbox? For load balancers and monitors."""

from django.db import connection
from django.db.models import Count, Min
from django.http import HttpRequest, JsonResponse

from dispatch.operations import canary_state
from markets.models import Mail


def health(request: HttpRequest) -> JsonResponse:
    """200 where one query is answered; an error of the database is a 500 like any other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


def dispatch_health(request: HttpRequest) -> JsonResponse:
    """200 where a canary arrived lately; else 503, and what is wrong in a sentence. Times are UTC."""
    canary = canary_state()
    waiting = Mail.objects.filter(status=Mail.Status.READY, lane=Mail.Lane.INSTRUCTION)
    unsent = waiting.aggregate(mails=Count("pk"), oldest=Min("created_at"))
    told = {
        "status": "failing" if canary.problem else "ok",
        "problem": canary.problem,
        "canary": {"sent_at": canary.sent_at, "arrived_at": canary.arrived_at, "seconds": canary.seconds},
        "unsent": {"mails": unsent["mails"], "oldest_queued_at": unsent["oldest"]},
    }
    return JsonResponse(told, status=503 if canary.problem else 200)
