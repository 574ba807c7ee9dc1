"""The caller: woken by the commit of a call, it calls sellers' programs at once, each in a thread of its own.

A process apart from the one that sends the emails, so that nothing a seller's address does can delay an email. One
thread claims, the others call; a connection to the database is held while something is recorded, never during a call.
Any number of copies may run: claims keep them apart. `manage.py calls` runs it; a job sweeps behind it.
"""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from time import sleep

from django.db import connection

from .models import WebhookCall
from .operations import calls
from .operations.listening import DATABASE_AWAY, Listener
from .operations.webhooks import CHANNEL

logger = logging.getLogger(__name__)

AT_ONCE = 48
"""Calls under way. Who hangs takes a few of them for 20 s, and there are few such."""
SWEEP_SECONDS = 1.0
"""How long a lost wake-up or a retry waits at most."""
RECONNECT_SECONDS = 0.2


class Caller:
    """`run` makes the calls of sellers' webhooks until `stop` is called, from a signal or from another thread."""

    def __init__(self, *, at_once: int = AT_ONCE):
        self._stopping = threading.Event()
        self._free = threading.Semaphore(at_once)
        self._at_once = at_once

    def stop(self) -> None:
        self._stopping.set()

    def run(self) -> None:
        """Returns when what was begun is recorded."""
        listener = Listener(CHANNEL)
        with ThreadPoolExecutor(self._at_once, thread_name_prefix="caller") as pool:
            while not self._stopping.is_set():
                try:
                    self._round(pool, listener)
                except DATABASE_AWAY as error:
                    logger.warning("The database is away, trying again: %s", error)
                    listener.close()
                    connection.close()
                    sleep(RECONNECT_SECONDS)
        listener.close()
        connection.close()

    def _round(self, pool: ThreadPoolExecutor, listener: Listener) -> None:
        """Hands over all that is due, then waits for more."""
        while not self._stopping.is_set() and self._free.acquire(timeout=SWEEP_SECONDS):
            call = None
            try:
                call = calls.claim_for_seller()
            finally:
                if call is None:
                    self._free.release()
            if call is None:
                break
            pool.submit(self._call, call)
        listener.wait(SWEEP_SECONDS)

    def _call(self, call: WebhookCall) -> None:
        """This call, then what waits for the same address. The connection is closed before each: a hanging address holds none."""
        waiting: WebhookCall | None = call
        try:
            while waiting is not None:
                connection.close()
                calls.make_call(waiting)
                waiting = None if self._stopping.is_set() else calls.claim_for_seller(webhook_id=call.webhook_id)
        except Exception:
            logger.exception("A call to %s is not recorded: it is made again when its claim runs out", call.webhook_id)
        finally:
            connection.close()
            self._free.release()
