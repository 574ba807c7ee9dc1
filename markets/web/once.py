"""A form that is sent twice - by a double click, a slow line, a tab that came back - does its work once.

The form carries a key of its own, made when the page was. What it led to is kept in the person's session: the same
content under the same key is answered with that, other content under it is new. A page made afresh has a new key.
"""

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest

FIELD = "form_key"
SENT = "sent_forms"
MOST_KEPT = 20


def new_key() -> str:
    return secrets.token_urlsafe(9)


@contextmanager
def sent_once(request: HttpRequest) -> Iterator[str]:
    """In one transaction, alone with this form: what it led to before; "" for the first time.

    The session's row is read after the wait, for it was written while the other request held the lock.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"form {_digest(request)}"])
        kept = import_module(settings.SESSION_ENGINE).SessionStore(request.session.session_key).get(SENT, {})
        yield kept.get(_digest(request), "")


def keep_what_came_of_it(request: HttpRequest, reference: str) -> None:
    """To be called within `sent_once`: the next one of the same form finds `reference`."""
    earlier = list(request.session.get(SENT, {}).items())[1 - MOST_KEPT :]
    request.session[SENT] = dict(earlier) | {_digest(request): reference}
    request.session.save()


def _digest(request: HttpRequest) -> str:
    """Over all that was typed, the form's key included; the token against forgery changes and is no part of it."""
    typed = sorted((name, request.POST.getlist(name)) for name in request.POST if name != "csrfmiddlewaretoken")
    return hashlib.sha256(repr((request.session.session_key, request.path, typed)).encode()).hexdigest()
