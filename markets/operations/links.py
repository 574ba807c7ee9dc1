"""Signed links: whoever has one acts without signing in, so each is for one page and one row.

Nothing secret is stored: the link is the row's key under the site's signature, and the row says whether it still stands.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.urls import reverse

from ..problems import Refused


class BadLink(Refused):
    """The link can't be used: damaged, too old, or what it was for is over. The message says what to do."""

    status = 404
    title = "This link cannot be used"


def link(page: str, *content: Any) -> str:
    """The whole address of a page that takes a token, to be sent."""
    return f"{settings.SITE_URL}{reverse(page, args=[token_for(page, *content)])}"


def token_for(page: str, *content: Any) -> str:
    """The signed part of the link; it fits no other page."""
    return signing.dumps(list(content), salt=page)


def read_link(
    page: str, token: str, *, lasts: timedelta | None = None, instead: str = "Ask whoever sent it to send another."
) -> list[Any]:
    """What stands in a link to that page. Changes nothing: scanners of mail open every link.

    Raises BadLink; where the link is too old, `instead` says what to do.
    """
    try:
        content: list[Any] = signing.loads(token, salt=page, max_age=lasts)
    except signing.SignatureExpired as error:
        raise BadLink(f"This link is older than {lasts.days if lasts else 0} days. {instead}") from error
    except (signing.BadSignature, ValueError) as error:
        raise BadLink("This link is damaged. Copy it whole from where it was sent to you.") from error
    return content
