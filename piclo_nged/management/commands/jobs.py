"""`manage.py jobs`: the job cluster, which ends as a whole where one of its processes was killed.

django-q2 starts a killed worker again, but a lock of the queue between its processes that the dead one held is given back
by nobody: the cluster then lives and does nothing for ever (its issue 23). So ours ends at once, and whoever supervises
it starts another. What it had begun is done again after `retry`; what is due every minute, in the next minute.
"""

import os
from multiprocessing.process import BaseProcess
from typing import Any

from django.core.management.base import BaseCommand
from django_q import cluster

ENDED_EARLY = 1


class Sentinel(cluster.Sentinel):
    """Guards the cluster's processes. A worker that has done its share and leaves in order is replaced, as ever."""

    def reincarnate(self, process: BaseProcess) -> None:
        if process.exitcode == 0:
            super().reincarnate(process)
            return
        cluster.logger.critical(f"{process.name} was killed or hung: the cluster ends, to be started anew.")
        for each in (*self.pool, self.monitor, self.pusher):
            each.kill()
        os._exit(ENDED_EARLY)


class Command(BaseCommand):
    help = "Runs the job cluster: what is due by schedule, and what need not be done at once. In as many copies as you like."

    def handle(self, *args: Any, **options: Any) -> None:
        cluster.Sentinel = Sentinel  # the cluster starts the one of its own module
        jobs = cluster.Cluster()
        jobs.start()
        jobs.sentinel.join()
        if jobs.sentinel.exitcode:
            raise SystemExit(ENDED_EARLY)
