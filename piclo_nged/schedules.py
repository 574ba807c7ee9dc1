"""Every background job and its cadence, in one table. The job cluster is django-q2 on the project's own database.

Nothing that must happen within seconds relies on it alone: the instruction mails have a worker of their own, woken by
the database, and the sweep below stands behind it. What else shaped this table, all of it seen and not supposed:

- *Schedules fire up to 30 s late*, and with `catch_up` off a missed round is skipped. So a job looks for what is due
  and never relies on having run before; a minute is the shortest cadence that means something.
- *SIGKILL of an idle worker can stop a whole cluster* while it still reports "Working", so `manage.py jobs` ends as a whole
  where one of its processes was killed; `kill -9` of its main process leaves orphans that go on working, where nothing
  holds them. So several small clusters rather than a big one, and every job safe to run twice at once.
- *A task whose worker died comes back only after `retry`*, and that clock starts when a task is prefetched: with a
  large `queue_limit` tasks run twice (30 tasks ran 60 times). So `queue_limit` is about the number of workers, `retry`
  is well above `timeout`, and a job takes a batch and leaves the rest to its next round, rather than a task per row.
- *Another SECRET_KEY or cluster name silently deletes what is queued*: change neither while tasks wait.
- *Arguments are pickled*: give ids only. The jobs below take none.
- *Django's psycopg pool breaks the cluster* (it forks): `CONN_MAX_AGE` instead. A restart of PostgreSQL costs 10 s.
- *`save_limit` above 0 caps throughput* at about 64 tasks a second; a few a minute are far below that, and the log of
  what ran stays short.
"""

from dataclasses import dataclass

from django.db import connection, transaction
from django_q.models import Schedule


@dataclass(frozen=True)
class Job:
    """A job without arguments, every so many minutes; `reason` is why it is there at this cadence."""

    name: str
    function: str
    minutes: int
    reason: str


JOBS = (
    Job("sweep instructions", "dispatch.jobs.sweep_instructions", 1, "proves that no instruction mail was left behind"),
    Job(
        "remind sellers",
        "dispatch.jobs.remind_sellers",
        1,
        "of what they deliver by schedule tomorrow, from an hour on",
    ),
    Job("send canary", "dispatch.jobs.send_canary", 1, "proves that the whole way of an instruction is open"),
    Job("forget canaries", "dispatch.jobs.forget_canaries", 1440, "a week of them is enough to look at"),
    Job(
        "send ordinary mail",
        "markets.jobs.send_ordinary_mail",
        1,
        "results, invitations and reminders may wait a minute",
    ),
    Job("close competitions", "markets.jobs.close_competitions", 1, "the proof of completeness follows gate closure"),
    Job("call webhooks", "markets.jobs.call_webhooks", 1, "an operator is told within about a minute that it may read"),
    Job("call on-call", "markets.jobs.call_oncall", 1, "an alarm is called at once; this stands behind that"),
    Job("call sellers", "markets.jobs.call_sellers", 1, "behind the caller: no seller's program was left uncalled"),
    Job("match instructions", "dispatch.jobs.match_instructions", 1, "what could not be matched at once, once more"),
    Job("make runs", "settlement.jobs.make_runs", 1, "behind the jobs that a run begins with: no seller of it is left"),
    Job("plan auctions", "markets.jobs.plan_auctions", 60, "the timetable of repeating auctions stands weeks ahead"),
    Job("conduct", "sops.jobs.conduct", 1, "what is due becomes automated runs or cases"),
    Job("forget kept answers", "markets.jobs.forget_idempotent_calls", 1440, "an Idempotency-Key is kept for 30 days"),
)


@transaction.atomic
def install_schedules() -> list[str]:
    """Makes the cluster's schedules what the table says. Returns the names that were changed; again: none.

    A schedule that stands as declared keeps its next run; one that the table does not name is removed.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('install_schedules', 0))")
    rows = {row.name: row for row in Schedule.objects.order_by("-pk")}  # of two with one name the first stays
    kept = {job.name: rows[job.name].pk for job in JOBS if job.name in rows}
    removed = Schedule.objects.exclude(pk__in=kept.values())
    changed = [str(name) for name in removed.values_list("name", flat=True)]
    removed.delete()
    for job in JOBS:
        wanted = {"func": job.function, "schedule_type": Schedule.MINUTES, "minutes": job.minutes, "repeats": -1}
        if not Schedule.objects.filter(pk=kept.get(job.name), **wanted).exists():
            Schedule.objects.update_or_create(name=job.name, defaults=wanted)
            changed.append(job.name)
    return changed
