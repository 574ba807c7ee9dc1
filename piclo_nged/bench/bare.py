"""The bare program that dispatch is measured against: take a POST, commit once, answer, build and send the emails.

`python -m piclo_nged.bench.bare HTTP_PORT SMTP_PORT DATABASE_URL CONNECTIONS SAMPLE`: no framework; as many kept
connections to the mail server as ours, a thread each. Every message has the parts and sizes of the email in the file
SAMPLE, one of ours. Where the path of the POST says `/N`, N emails are sent.
"""

import smtplib
import sys
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import SimpleQueue

import psycopg

LINE = 71


def main(http_port: int, smtp_port: int, database: str, connections: int, sample: Path) -> None:
    """Serves until it is ended."""
    with psycopg.connect(database) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS bare_trigger (id bigserial PRIMARY KEY, raw bytea)")
    parts = parts_of(sample.read_bytes())
    ready: SimpleQueue[None] = SimpleQueue()

    def send() -> None:
        smtp = smtplib.SMTP("127.0.0.1", smtp_port)
        while True:
            ready.get()
            smtp.send_message(build(parts))

    class Post(BaseHTTPRequestHandler):
        """One thread and one connection to the database for each caller that stays."""

        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def setup(self) -> None:
            super().setup()
            self.database = psycopg.connect(database)

        def finish(self) -> None:
            self.database.close()
            super().finish()

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            self.database.execute("INSERT INTO bare_trigger (raw) VALUES (%s)", [raw])
            self.database.commit()
            self.send_response(202)
            self.send_header("Content-Length", "0")
            self.end_headers()
            self.wfile.flush()
            for _ in range(int(self.path.rpartition("/")[2])):
                ready.put(None)

        def log_message(self, format: str, *args: object) -> None:
            pass

    for _ in range(connections):
        threading.Thread(target=send, daemon=True).start()
    ThreadingHTTPServer(("127.0.0.1", http_port), Post).serve_forever()


type Part = tuple[str, str, int, str]
"""Main type, subtype, size in bytes, and the name of the file where it is attached."""


def parts_of(message: bytes) -> list[Part]:
    """The parts of an email that hold something."""
    leaves = [part for part in message_from_bytes(message, policy=policy.default).walk() if not part.is_multipart()]
    return [
        (part.get_content_maintype(), part.get_content_subtype(), len(part.get_payload(decode=True)), _name(part))
        for part in leaves
    ]


def _name(part: EmailMessage) -> str:
    return (part.get_filename() or "") if part.is_attachment() else ""


def build(parts: list[Part]) -> EmailMessage:
    """A message of such parts, filled with lines."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@piclo.example", "b@piclo.example", "Bare"
    for number, (kind, subtype, size, name) in enumerate(parts):
        content = ("x" * (LINE - 1) + "\n") * (size // LINE)
        if name:
            message.add_attachment(content.encode(), maintype=kind, subtype=subtype, filename=name)
        elif number:
            message.add_alternative(content, subtype=subtype)
        else:
            message.set_content(content)
    return message


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4]), Path(sys.argv[5]))
