"""The bare program that the feed of bids is measured against: keyset pages out of one table, and nothing else.

`python -m piclo_nged.bench.bare_feed HTTP_PORT DATABASE`: psycopg, json.dumps, one thread, kept connections. It asks who
calls as little as it closes competitions or gives places: those are in the table already.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import psycopg

PAGE = "SELECT position, kind, changed_at, content FROM bare_change WHERE market_id = %s AND position > %s ORDER BY position LIMIT %s"


def main(http_port: int, database: str) -> None:
    """Serves until it is ended."""
    connection = psycopg.connect(database, autocommit=True)
    row = connection.execute("SELECT min(market_id) FROM bare_change").fetchone()
    assert row is not None
    market = row[0]

    class Get(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked = {name: int(values[0]) for name, values in parse_qs(urlsplit(self.path).query).items()}
            rows = connection.execute(PAGE, [market, asked["after"], asked["limit"]]).fetchall()
            items = [
                {"position": position, "kind": kind, "changed_at": changed_at.isoformat()} | content
                for position, kind, changed_at, content in rows
            ]
            body = json.dumps({"items": items, "next": rows[-1][0] if rows else asked["after"]}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    HTTPServer(("127.0.0.1", http_port), Get).serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
