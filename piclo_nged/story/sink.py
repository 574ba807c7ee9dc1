"""A local mail server: takes every email over SMTP and keeps it as a file, so that it can be opened."""

import time
from pathlib import Path
from types import TracebackType
from typing import Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from piclo_nged.processes.readiness import LOCAL, free_port


class Sink:
    """A context: while it is open, it listens on `port` of the loopback. It runs in a thread of this process."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.port = free_port()
        self.arrived_at: list[float] = []
        """When each email was accepted, by `time.perf_counter`."""
        self.arrived_to: list[str] = []
        """To whom, in the same order."""
        self._server = Controller(self, hostname=LOCAL, port=self.port)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        content = envelope.original_content or b""
        (self.folder / f"{len(self.arrived_at) + 1:05}.eml").write_bytes(content)
        self.arrived_at.append(time.perf_counter())
        self.arrived_to.append(", ".join(envelope.rcpt_tos))
        return "250 Accepted"

    def delivered(self, *, besides: str) -> int:
        """Emails accepted, without those to one mailbox: our own canary's, which come every minute as long as it runs."""
        return sum(mailbox != besides for mailbox in self.arrived_to)

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True)
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.stop()
