"""A CKAN of our own, over real HTTP, with every trap of the real one. It keeps what it was asked."""

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

TOKEN = "a-token-that-is-raw"
RESOURCE = "0a1b2c3d-0000-4000-8000-00000000000"
FRONT = (403, "text/html", b"<html>Just a moment...</html>")


class FakePortal:
    """Datasets: `results` has one file (latin-1), `many` has two, `table` has rows and no file, `closed` is refused."""

    def __init__(self, file: bytes, rows: list[dict[str, Any]] | None = None):
        self.file, self.rows = file, rows or []
        self.fails_first: dict[str, list[Any]] = {}
        """By path: answers given before the right one; a callable acts on the open connection."""
        self.asked: list[tuple[str, dict[str, str], str]] = []
        """Path, query, Authorization."""
        self.largest_page = 2
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self) -> Self:
        Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.server.shutdown()
        self.server.server_close()

    def paths(self) -> list[str]:
        return [path for path, _, _ in self.asked]

    def answer(self, path: str, query: dict[str, str], token: str) -> tuple[int, str, bytes]:
        if path.startswith("/files/"):
            return self._file(path, token)
        action = path.removeprefix("/api/3/action/")
        known = {"package_show": self._package, "resource_show": self._resource, "datastore_search": self._rows}
        if token != TOKEN:  # as CKAN says it here: a denial with status 200
            return _json(
                200, {"success": False, "error": {"__type": "Authorization Error", "message": "Access denied"}}
            )
        return known[action](query)

    def _file(self, path: str, token: str) -> tuple[int, str, bytes]:
        if path == "/files/login":
            return 200, "text/html", b"\n<!doctype html><title>Sign in</title>"
        if token != TOKEN:
            return _json(200, {"success": False, "error": {"message": "Access denied"}})
        return 200, "text/csv", self.file

    def _package(self, query: dict[str, str]) -> tuple[int, str, bytes]:
        packages = {
            "results": [
                self._entry(1),
                self._entry(9, format="PDF", name="Read me", url=f"{self.url}/files/readme.pdf"),
            ],
            "many": [self._entry(2, name="Winter"), self._entry(3, name="Summer")],
            "table": [self._entry(4, url_type="datastore")],
            "behind-a-login": [self._entry(5, url=f"{self.url}/files/login")],
        }
        if query["id"] == "closed":
            error = {"__type": "Authorization Error", "message": "User not authorized to read package"}
            return _json(403, {"success": False, "error": error})
        if query["id"] not in packages:
            return _json(404, {"success": False, "error": {"__type": "Not Found Error", "message": "Not found"}})
        return _json(200, {"success": True, "result": {"resources": packages[query["id"]]}})

    def _resource(self, query: dict[str, str]) -> tuple[int, str, bytes]:
        return _json(200, {"success": True, "result": self._entry(int(query["id"][-1]))})

    def _entry(self, number: int, **more: str) -> dict[str, str]:
        usual = {"name": "Trade Results Summary", "format": "CSV", "url": f"{self.url}/files/{number}.csv"}
        return {"id": f"{RESOURCE}{number}", **usual, **more}

    def _rows(self, query: dict[str, str]) -> tuple[int, str, bytes]:
        start = int(query["offset"])
        page = self.rows[start : start + min(int(query["limit"]), self.largest_page)]
        fields = [{"id": "_id", "type": "int"}, *({"id": name, "type": "text"} for name in self.rows[0])]
        records = [{"_id": number, **row} for number, row in enumerate(page, start + 1)]
        return _json(200, {"success": True, "result": {"fields": fields, "records": records, "total": len(self.rows)}})

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        portal = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                token = self.headers.get("Authorization", "")
                query = dict(parse_qsl(parts.query))
                portal.asked.append((parts.path, query, token))
                before: list[Any] = portal.fails_first.get(parts.path, [])
                given: Any = before.pop(0) if before else portal.answer(parts.path, query, token)
                if isinstance(given, Callable):  # type: ignore[arg-type]
                    given(self)
                    return
                status, kind, body = given
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                """Says nothing."""

        return Handler


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    """The connection breaks in the middle of an answer."""
    handler.send_response(200)
    handler.send_header("Content-Type", "text/csv")
    handler.send_header("Content-Length", "1000000")
    handler.end_headers()
    handler.wfile.write(b"CMZ Code,")
    handler.wfile.flush()
    handler.connection.close()


def _json(status: int, told: Any) -> tuple[int, str, bytes]:
    return status, "application/json;charset=utf-8", json.dumps(told).encode()
