"""Waiting for a NOTIFY of PostgreSQL: what workers do between two pieces of work."""

from contextlib import suppress

import psycopg
from django.db import InterfaceError, OperationalError, connection

DATABASE_AWAY = (OperationalError, InterfaceError, psycopg.OperationalError)


class Listener:
    """Listens to one channel over a connection of its own, opened when it first waits. For one thread at a time."""

    def __init__(self, channel: str):
        self._channel = channel
        self._connection: psycopg.Connection | None = None

    def wait(self, seconds: float) -> None:
        """Until a NOTIFY, at most `seconds`. A new connection returns at once: it may have missed one."""
        if self._connection is None:
            self._connection = connection.get_new_connection(connection.get_connection_params())
            self._connection.autocommit = True
            self._connection.execute(f"LISTEN {self._channel}")
            return
        for _ in self._connection.notifies(timeout=seconds, stop_after=1):
            pass

    def close(self) -> None:
        """Ends the connection; whatever the database says to that does not matter any more."""
        ended, self._connection = self._connection, None
        if ended is not None:
            with suppress(psycopg.Error):
                ended.close()
