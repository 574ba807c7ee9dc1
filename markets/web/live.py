"""Pages that keep themselves up to date: htmx asks for a part of them anew, and is told where nothing has changed.

The part holds an element [data-poll] (`static/site/live.js`), which sends the version that the page shows.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_cache_control
from django_htmx.middleware import HtmxDetails


def version_of(shown: Iterable[Any]) -> str:
    """An ETag of all that a part shows: it changes with any of it, and with nothing else."""
    return f'"{hashlib.sha256(repr(list(shown)).encode()).hexdigest()[:32]}"'


def asked_with(version: str) -> str:
    """The headers by which the part is asked for anew, for `hx-headers`."""
    return json.dumps({"If-None-Match": version})


def asks_for_part(request: HttpRequest) -> bool:
    """Whether htmx wants the part alone. Where it restores a page of the history, it wants the page."""
    htmx = HtmxDetails(request)
    return bool(htmx) and not htmx.history_restore_request


def unless_seen(request: HttpRequest, version: str, answer: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """304, and nothing is rendered, where the asking page shows this version already."""
    if not asks_for_part(request):
        return answer()
    part: HttpResponseBase = get_conditional_response(request, etag=version) or answer()
    part.headers["ETag"] = version
    patch_cache_control(part, private=True, no_cache=True)
    return part
