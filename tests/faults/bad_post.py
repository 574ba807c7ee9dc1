"""A mail server that misbehaves as it is told, and keeps what it accepted: every copy, when, and whether it said so."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.policy import default

MOODS = ("well", "refusing", "busy", "hanging", "deferring", "rejecting", "dropping", "cutting", "slow")
"""refusing: no connection; busy: 421 for a greeting; hanging: no answer; deferring: 451; rejecting: 554; dropping: gone in
mid-DATA; cutting: keeps the message, and goes before it says so; slow: every answer takes a while."""
SLOW_SECONDS = 0.1


@dataclass(frozen=True)
class Copy:
    """One acceptance of a message. `told`: the sender got the 250; `at` is of time.monotonic."""

    message: Message
    at: float
    told: bool

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"])


class BadPost:
    """A context; `mood` changes what the next commands meet."""

    def __init__(self) -> None:
        self.copies: list[Copy] = []
        self.mood = "well"
        self.port = 0
        self._listener: socket.socket | None = None
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()

    def __enter__(self) -> "BadPost":
        self._listen()
        return self

    def __exit__(self, *_: object) -> None:
        self.mood = "well"
        self._stop_listening()
        self._hang_up()

    @contextmanager
    def in_mood(self, mood: str) -> Iterator[None]:
        """The server misbehaves for as long as the context lasts."""
        self.mood = mood
        if mood == "refusing":
            self._stop_listening()
            self._hang_up()
        try:
            yield
        finally:
            self.mood = "well"
            if mood in ("refusing",):
                self._listen()

    def _listen(self) -> None:
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind(("127.0.0.1", self.port))
        self._listener.listen(100)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, args=[self._listener], daemon=True).start()

    def _stop_listening(self) -> None:
        listener, self._listener = self._listener, None
        if listener is not None:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()

    def _hang_up(self) -> None:
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        self._open.add(connection)
        try:
            with connection, connection.makefile("rb") as lines, suppress(OSError, _Gone):
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._say(connection, "421 too busy" if self.mood == "busy" else "220 here")
                while line := lines.readline():
                    self._obey(connection, lines, line.decode(errors="replace").strip().upper())
        finally:
            self._open.discard(connection)

    def _obey(self, connection: socket.socket, lines: object, command: str) -> None:
        if command.startswith("DATA"):
            self._take(connection, lines)
        elif command.startswith("QUIT"):
            self._say(connection, "221 bye")
            raise _Gone
        elif command.startswith("EHLO"):
            self._say(connection, "250 here")
        else:
            self._say(connection, "250 fine")

    def _take(self, connection: socket.socket, lines: object) -> None:
        self._say(connection, "354 go on")
        content = []
        while (line := lines.readline()) != b".\r\n":  # type: ignore[attr-defined]
            if not line or (self.mood == "dropping" and len(content) >= 3):
                raise _Gone
            content.append(line[1:] if line.startswith(b"..") else line)
        mood = self.mood
        if mood in ("deferring", "rejecting"):
            self._say(connection, {"deferring": "451 later", "rejecting": "554 5.7.1 not this"}[mood])
            return
        while self.mood == "hanging":  # what it does not answer it does not keep
            time.sleep(0.05)
        if mood == "hanging":
            raise _Gone
        message = message_from_bytes(b"".join(content), policy=default)
        told = mood != "cutting"
        with self._lock:
            self.copies.append(Copy(message, time.monotonic(), told))
        if not told:
            raise _Gone
        try:
            self._say(connection, "250 kept")
        except OSError:
            with self._lock:
                self.copies[self._place(message)] = Copy(message, time.monotonic(), told=False)
            raise

    def _place(self, message: Message) -> int:
        return next(place for place, copy in enumerate(self.copies) if copy.message is message)

    def _say(self, connection: socket.socket, line: str) -> None:
        if self.mood == "slow":
            time.sleep(SLOW_SECONDS)
        connection.sendall(f"{line}\r\n".encode())


class _Gone(Exception):
    """The connection is over."""
