"""Django's way to an SMTP server, with an end: a server that hangs, or answers a little at a time, holds up no claim."""

import math
import smtplib
import socket
from collections.abc import Sequence
from time import monotonic
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

CONNECT_SECONDS = 3.0
WHOLE_SECONDS = 8.0
"""For one attempt, connecting included; each answer may take the `timeout` of MAIL_OPTIONS."""
NO_TIME = 0.05


class _Bounded(smtplib.SMTP):
    """Every wait for the server ends at `until`."""

    until = math.inf

    def __init__(self, *args: Any, **options: Any):
        self.until = monotonic() + WHOLE_SECONDS
        super().__init__(*args, **options)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connected: socket.socket = super()._get_socket(  # type: ignore[misc]
            host, port, min(timeout, CONNECT_SECONDS)
        )
        connected.settimeout(timeout)
        return connected

    def getreply(self) -> tuple[int, bytes]:
        if self.sock is not None:
            self.sock.settimeout(max(NO_TIME, min(self.timeout, self.until - monotonic())))
        return super().getreply()


class _BoundedOverTls(_Bounded, smtplib.SMTP_SSL):
    """The same for a server that speaks TLS from the start."""


class Backend(EmailBackend):
    """The `BACKEND` of MAILERS for a provider that is reached by SMTP."""

    def __init__(self, timeout: float = 5, **options: Any):
        super().__init__(timeout=timeout, **options)

    @property
    def connection_class(self) -> type[_Bounded]:
        return _BoundedOverTls if self.use_ssl else _Bounded

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        kept: Any = self.connection
        if kept is not None and kept.until == math.inf:  # not opened for this very attempt
            kept.until = monotonic() + WHOLE_SECONDS
        try:
            return super().send_messages(email_messages)
        finally:
            kept = self.connection
            if kept is not None:
                kept.until = math.inf
