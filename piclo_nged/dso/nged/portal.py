"""NGED's open data portal: where a season's real results lie. A client of CKAN 2.9, read only.

What the portal does that no manual says, each seen: the token stands raw in `Authorization` (no "Bearer"); who may
not read gets HTTP 200 with `success: false`; the front before it answers 403 in HTML now and then, and the same call
succeeds a moment later; some files are latin-1 (the reader of files knows both). Nothing here is asked inside a
transaction, and nothing at all unless the address is configured.
"""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.conf import settings

from markets.problems import Refused

from .wire import write_cells

PAGE = 10_000
PAUSES = (1.0, 3.0, 6.0)
"""Seconds before the second, third and last try. With the timeouts a person waits a minute and a half at most."""
TIMEOUT = httpx.Timeout(20, connect=5)
LARGEST_BYTES = 50_000_000
PASSING = (403, 429, 500, 502, 503, 504)
"""Of the front, or passing: worth another try."""
DECIDED = (400, 403, 404, 409)
"""Where CKAN itself speaks with one of these, it means it."""
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_DATASET = re.compile(r"/dataset/([^/?#]+)")


class PortalNotSetUp(Refused):
    """Nobody has said where the portal is."""

    title = "The data portal is not set up"


class PortalDenied(Refused):
    """The portal knows us, or not, and does not let us read."""

    title = "The data portal does not let us read this"


class PortalFailed(Refused):
    """No usable answer, after every try."""

    title = "The data portal did not answer"


@dataclass(frozen=True)
class Resource:
    """A file or table of a dataset. `url` is empty where there is no file to download, only rows to read."""

    id: str
    name: str
    format: str
    url: str

    @property
    def is_csv(self) -> bool:
        """Whether it says so itself, by its format or its name."""
        return "csv" in (self.format.lower(), self.url.lower()[-3:], self.name.lower()[-3:])


def portal() -> "Portal":
    """The configured portal. Raises PortalNotSetUp."""
    if not settings.NGED_PORTAL_URL:
        raise PortalNotSetUp(
            "The data portal is not set up: an engineer sets NGED_PORTAL_URL (its address) and NGED_PORTAL_TOKEN. "
            "Until then, download the results file from NGED's portal by hand and choose 'A file of mine'."
        )
    return Portal(settings.NGED_PORTAL_URL, settings.NGED_PORTAL_TOKEN)


class Portal:
    """One portal. Every call is tried four times at most; its errors say what to do."""

    def __init__(
        self, url: str, token: str, *, pauses: Sequence[float] = PAUSES, wait: Callable[[float], None] = time.sleep
    ):
        self.url, self.token = url.rstrip("/"), token
        self.pauses, self.wait = pauses, wait
        self.http = httpx.Client(timeout=TIMEOUT, follow_redirects=True)

    def results_file(self, wanted: str) -> tuple[bytes, str]:
        """The file that a dataset's or resource's address (or a dataset's name) means, and what to call it.

        Of a dataset with one CSV file it is that one. Raises Refused where several could be meant, and names them.
        """
        resource = self.resource(wanted)
        return (self.download(resource) if resource.url else self.table(resource.id)), resource.name

    def resource(self, wanted: str) -> Resource:
        """The resource that is meant. Raises Refused where that is not clear."""
        dataset = _DATASET.search(wanted)
        uuid = _UUID.search(wanted.rpartition("/resource/")[2])
        if uuid and not dataset:
            return _resource(self.call("resource_show", id=uuid[0].lower()))
        name = dataset[1] if dataset else wanted.strip().strip("/")
        if not re.fullmatch(r"[\w-]+", name):
            raise Refused(f"'{wanted}' is no dataset. Copy the address of its page on the portal: .../dataset/NAME.")
        listed = [_resource(row) for row in self.call("package_show", id=name)["resources"]]
        if uuid:
            listed = [resource for resource in listed if resource.id.lower() == uuid[0].lower()]
        else:
            listed = [resource for resource in listed if resource.is_csv]
        if len(listed) == 1:
            return listed[0]
        if not listed:
            raise Refused(f"The dataset '{name}' has no such CSV file. Choose another dataset.")
        choice = "; ".join(f"{r.name}: {self.url}/dataset/{name}/resource/{r.id}" for r in listed[:20])
        raise Refused(
            f"The dataset '{name}' has {len(listed)} CSV files. Give the address of the one you mean: {choice}"
        )

    def download(self, resource: Resource) -> bytes:
        """The file as it lies there. Raises Refused where a page comes in its place, or it is far too large."""
        answer = self._ask(resource.url, {}, what=resource.name)
        if len(answer.content) > LARGEST_BYTES:
            raise Refused(f"{resource.name} has {len(answer.content):,} bytes; at most {LARGEST_BYTES:,} are taken.")
        if (problem := _denial(answer)) is not None:
            raise _refusal(resource.name, problem)
        if answer.content.lstrip()[:1] == b"<":
            raise _refusal(resource.name, "a web page came in place of the file")
        return answer.content

    def table(self, resource_id: str) -> bytes:
        """The rows of a resource that is no file, as CSV, in the portal's order of columns."""
        first = self.call("datastore_search", resource_id=resource_id, limit=PAGE, offset=0, sort="_id")
        labels = [field["id"] for field in first["fields"] if field["id"] != "_id"]
        return write_cells(labels, self._rows(resource_id, first, labels)).encode()

    def _rows(self, resource_id: str, page: dict[str, Any], labels: Sequence[str]) -> Iterator[list[str]]:
        read = 0
        while page["records"]:
            for record in page["records"]:
                yield ["" if record[label] is None else str(record[label]) for label in labels]
            read += len(page["records"])
            page = self.call("datastore_search", resource_id=resource_id, limit=PAGE, offset=read, sort="_id")

    def call(self, action: str, **query: Any) -> Any:
        """One call of CKAN's API; its `result`. Raises PortalDenied and PortalFailed."""
        answer = self._ask(f"{self.url}/api/3/action/{action}", query, what=f"{action} {query.get('id', '')}".strip())
        if (problem := _denial(answer)) is not None:
            raise _refusal(f"{next(iter(query.values()))} ({action})", problem)
        told = _json(answer)
        if told is None or "result" not in told:
            raise PortalFailed(f"The data portal answered {action} with something that is no answer of CKAN's. {TELL}")
        return told["result"]

    def _ask(self, url: str, query: dict[str, Any], *, what: str) -> httpx.Response:
        """Tries until an answer is worth reading: what the front refuses may pass a moment later."""
        said = ""
        for pause in (0.0, *self.pauses):
            if pause:
                self.wait(pause)
            try:
                answer = self.http.get(url, params=query or None, headers=self._headers(url))
            except httpx.TransportError as error:
                said = f"no answer ({type(error).__name__})"
                continue
            if answer.is_success or (answer.status_code in DECIDED and _json(answer) is not None):
                return answer
            said = f"answer {answer.status_code}"
            if answer.status_code not in PASSING:
                break
        raise PortalFailed(f"The data portal did not give {what}: {said}. {TELL}")

    def _headers(self, url: str) -> dict[str, str]:
        """The token goes to the portal alone: files may lie at another host."""
        ours = urlsplit(url)[:2] == urlsplit(self.url)[:2]
        return {"Authorization": self.token} if self.token and ours else {}


TELL = "Try again in some minutes; if it stays so, download the file by hand and choose 'A file of mine'."


def _refusal(what: str, said: str) -> Refused:
    if said.lower().startswith("not found"):
        return Refused(f"The data portal has no {what}. Copy the address of the dataset's page once more.")
    return PortalDenied(
        f"The data portal does not give {what}: {said}. Ask an engineer whether NGED_PORTAL_TOKEN is still valid, "
        "or download the file by hand and choose 'A file of mine'."
    )


def _denial(answer: httpx.Response) -> str | None:
    """What CKAN says where it refuses, whatever the status; None where it does not refuse."""
    told = _json(answer)
    if told is None or told.get("success") is not False:
        return None
    error = told.get("error")
    return str(error.get("message") or error.get("__type") or error) if isinstance(error, dict) else str(error)


def _json(answer: httpx.Response) -> dict[str, Any] | None:
    """The answer where it is one of CKAN's API; a file of JSON is none."""
    if "json" not in answer.headers.get("Content-Type", ""):
        return None
    try:
        told = answer.json()
    except ValueError:
        return None
    return told if isinstance(told, dict) and "success" in told else None


def _resource(row: dict[str, Any]) -> Resource:
    has_file = row.get("url_type") != "datastore"
    return Resource(row["id"], row.get("name") or row["id"], row.get("format") or "", row["url"] if has_file else "")
