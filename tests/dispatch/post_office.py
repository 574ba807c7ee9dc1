"""A real mail server on loopback that answers as it is told, and remembers what it accepted."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope

HANG, DROP = "hang", "drop"


class PostOffice:
    """`script`: answers to the next messages, then 250. HANG never answers; DROP closes the connection in mid-DATA."""

    def __init__(self) -> None:
        self.script: list[str] = []
        self.accepted: list[Message] = []
        self.tried = 0
        self.connections = 0
        self.arrived = threading.Event()

    async def handle_EHLO(self, server: SMTP, session: Any, envelope: Envelope, hostname: str, responses: Any) -> Any:  # noqa: N802
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Envelope) -> str:  # noqa: N802
        self.tried += 1
        self.arrived.set()
        answer = self.script.pop(0) if self.script else "250 kept"
        if answer == HANG:
            await asyncio.sleep(3600)
        if answer == DROP:
            server.transport.close()
            return "421 gone"
        if answer.startswith("250"):
            content = envelope.content
            assert isinstance(content, bytes)
            self.accepted.append(message_from_bytes(content, policy=default))
        return answer


@contextmanager
def open_office(port: int = 0) -> Iterator[tuple[PostOffice, int]]:
    """The office and its port; closed at the end."""
    office = PostOffice()
    port = port or free_port()
    controller = Controller(office, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield office, port
    finally:
        controller.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def mailers(port: int, timeout: float = 5) -> dict[str, Any]:
    """The setting MAILERS that leads to the office."""
    options = {"host": "127.0.0.1", "port": port, "timeout": timeout}
    return {"default": {"BACKEND": "markets.operations.smtp.Backend", "OPTIONS": options}}


def until(happened: Callable[[], Any], seconds: float = 15) -> None:
    """Waits until something is true. Raises AssertionError where it does not become so in time."""
    waited = threading.Event()
    for _ in range(int(seconds / 0.02)):
        if happened():
            return
        waited.wait(0.02)
    raise AssertionError(f"It did not happen within {seconds} s.")
