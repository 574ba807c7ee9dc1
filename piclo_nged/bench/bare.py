"""The bare program that dispatch is measured against: take a POST, commit once, answer, send the emails.

`python -m piclo_nged.bench.bare HTTP_PORT SMTP_PORT DATABASE_URL TEXT_BYTES HTML_BYTES`: no framework, kept connections,
one thread. The message has the same parts and sizes as ours. Where the path says `/N`, N emails are sent.
"""

import smtplib
import sys
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer

import psycopg


def main(http_port: int, smtp_port: int, database: str, text_bytes: int, html_bytes: int) -> None:
    """Serves until it is ended."""
    connection = psycopg.connect(database)
    connection.execute("CREATE TABLE IF NOT EXISTS bare_trigger (id bigserial PRIMARY KEY, raw bytea)")
    connection.commit()
    smtp = smtplib.SMTP("127.0.0.1", smtp_port)

    class Post(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            connection.execute("INSERT INTO bare_trigger (raw) VALUES (%s)", [raw])
            connection.commit()
            self.send_response(202)
            self.send_header("Content-Length", "0")
            self.end_headers()
            self.wfile.flush()
            for _ in range(int(self.path.rpartition("/")[2])):
                smtp.send_message(_message(text_bytes, html_bytes))

        def log_message(self, format: str, *args: object) -> None:
            pass

    HTTPServer(("127.0.0.1", http_port), Post).serve_forever()


def _message(text_bytes: int, html_bytes: int) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@piclo.example", "b@piclo.example", "Bare"
    message.set_content(("x" * 70 + "\n") * (text_bytes // 71))
    message.add_alternative(("y" * 70 + "\n") * (html_bytes // 71), subtype="html")
    return message


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))
