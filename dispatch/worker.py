"""The instruction worker: woken by the commit of a mail, it claims, sends and records, over connections it keeps open.

A few senders (threads) take turns at listening: the one whose turn it is waits for a NOTIFY, or a second at most, and
claims what is due; then the next one listens while it sends. Any number of copies of this may run, on any machines:
claims keep them apart. PostgreSQL or the mail server may go away and come back. `manage.py instructions` runs it.
"""

import logging
import threading
from time import monotonic, sleep

from django.db import connection

from markets.models import Mail, MailAttempt
from markets.operations import mail
from markets.operations.listening import DATABASE_AWAY, Listener

logger = logging.getLogger(__name__)

SENDERS = 8
"""Kept connections to the mail server, a thread each."""
SWEEP_SECONDS = 1.0
"""How long a lost wake-up, a retry or a claim that ran out waits at most."""
AT_ONCE = 10
"""Mails claimed at a time: as many as one sender is done with well before its claim runs out."""
RECONNECT_SECONDS = 0.2
RECORD_SECONDS = 60
"""How long an accepted mail's record is tried again while the database is away; after that it may be sent twice."""


class Worker:
    """`run` serves the lane until `stop` is called, from a signal or from another thread."""

    def __init__(self, *, senders: int = SENDERS):
        self._stopping = threading.Event()
        self._turn = threading.Lock()
        self._listener = Listener(mail.CHANNEL)
        self._more = False
        self._threads = [threading.Thread(target=self._send, name=f"sender-{n + 1}") for n in range(senders)]

    def run(self) -> None:
        """Returns when every sender has recorded what it had begun to send."""
        for thread in self._threads:
            thread.start()
        for thread in self._threads:
            while thread.is_alive():  # with a time-out, so that signals are heard
                thread.join(SWEEP_SECONDS)
        self._listener.close()

    def stop(self) -> None:
        self._stopping.set()

    def _send(self) -> None:
        with mail.Line() as line:
            while not self._stopping.is_set():
                try:
                    mail.send_all(self._take_turn(), line, record=_record)
                except DATABASE_AWAY as error:
                    logger.warning("The database is away, trying again: %s", error)
                    _reconnect()
                except Exception:  # a sender that ends would be missed by nobody until the next instruction
                    logger.exception("A sender failed and goes on")
                    _reconnect()
        connection.close()

    def _take_turn(self) -> list[Mail]:
        """Waits for mail and claims it. A full claim means that there may be more: the next one need not wait."""
        with self._turn:
            if self._stopping.is_set():
                return []
            try:
                if not self._more:
                    self._listener.wait(SWEEP_SECONDS)
                mails = mail.claim(lane=Mail.Lane.INSTRUCTION, at_most=AT_ONCE)
            except DATABASE_AWAY:
                self._listener.close()
                raise
            self._more = len(mails) == AT_ONCE
            return mails


def _record(attempt: MailAttempt) -> bool:
    """What was accepted must be known, or it is sent twice: so this outlasts a restart of the database, and says so."""
    until, was_away = monotonic() + RECORD_SECONDS, False
    while True:
        try:
            mail.record_attempt(attempt)
            return was_away
        except DATABASE_AWAY:
            if monotonic() > until:
                raise
            was_away = True
            _reconnect()


def _reconnect() -> None:
    """Drops this sender's connection; the next statement opens another."""
    connection.close()
    sleep(RECONNECT_SECONDS)
