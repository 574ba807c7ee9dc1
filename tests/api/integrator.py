"""A program of the operator that is called: a real HTTP server on this machine, which answers as it is told."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import sleep


@dataclass
class Integrator:
    """`answers`: status of the next answers, in order; without any 204. `heard`: headers and body of each call."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    wait: float = 0
    heard: list[tuple[dict[str, str], str]] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.heard]


@contextmanager
def listening() -> Iterator[Integrator]:
    """An integrator that is there as long as the block lasts."""
    program = Integrator()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            program.heard.append(({name.lower(): value for name, value in self.headers.items()}, body))
            sleep(program.wait)
            self.send_response(program.answers.pop(0) if program.answers else 204)
            for name, value in program.headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    program.url = f"http://127.0.0.1:{server.server_port}/piclo"
    try:
        yield program
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def dripping() -> Iterator[str]:
    """The address of one that takes a call and answers a header at a time, without end."""
    with socket.create_server(("127.0.0.1", 0)) as door:

        def drip() -> None:
            caller, _ = door.accept()
            with caller, suppress(OSError):
                caller.sendall(b"HTTP/1.1 200 OK\r\n")
                for _ in range(100):
                    caller.sendall(b"x: y\r\n")
                    sleep(0.05)

        threading.Thread(target=drip, daemon=True).start()
        yield f"http://127.0.0.1:{door.getsockname()[1]}/"
