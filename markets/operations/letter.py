"""How a mail of the outbox becomes a message. Building it is most of what sending costs, so the usual case has a short way."""

import email.policy
import secrets
from collections.abc import Sequence
from email.header import Header
from email.message import Message
from email.policy import Policy
from email.utils import formataddr, formatdate, parseaddr
from typing import Any

from django.core.mail import EmailMultiAlternatives

from ..models import Mail

MOST_OCTETS = 998
"""Of a line, by RFC 5321."""
CALENDAR_FILE = "instruction.ics"
AS_CALENDAR = ("calendar; method=PUBLISH", f'Content-Disposition: attachment; filename="{CALENDAR_FILE}"')


class Written(Message):
    """A message that is its bytes: there is nothing left to be put together when it is sent."""

    def __init__(self, raw: bytes):
        super().__init__()
        self._raw = raw

    def as_bytes(self, *_: Any, **__: Any) -> bytes:
        return self._raw


class Letter(EmailMultiAlternatives):
    """One recipient, text and HTML, headers in one line each: written at once, without Python's email package.

    That takes a twentieth of the time (0.1 ms against 2 ms); any other message goes through the package.
    """

    metadata: dict[str, str]
    """For providers that hand it back with what they tell of the mail; SMTP knows none."""

    def message(self, *, policy: Policy = email.policy.default) -> Message:  # type: ignore[override]
        name, address = parseaddr(self.from_email)
        headers: dict[str, str] = {
            "MIME-Version": "1.0",
            "From": formataddr((name, address)),
            "Subject": str(self.subject),
            "To": self.to[0],
            "Date": formatdate(),
        } | self.extra_headers
        text, html = str(self.body), str(self.alternatives[0][0]) if len(self.alternatives) == 1 else ""
        calendar = str(self.attachments[0][1]).replace("\r\n", "\n") if self.attachments else ""
        addresses = address + self.to[0]
        if not (html and addresses.isascii() and all(map(_is_line, headers.values())) and _fits(text, html, calendar)):
            return super().message(policy=policy)
        lines = [f"{header}: {_in_ascii(header, value)}" for header, value in headers.items()]
        bodies = _parts("alternative", [_part(text, "plain"), _part(html, "html")])
        lines += _parts("mixed", [bodies, _part(calendar, *AS_CALENDAR)]) if calendar else bodies
        return Written("\r\n".join([*lines, ""]).encode())


def letter(mail: Mail) -> Letter:
    """The message of a mail; its Message-ID is the same at every attempt."""
    headers = {"Message-ID": mail.message_id, **mail.headers}
    written = Letter(subject=mail.subject, body=mail.text, to=[mail.recipient], headers=headers)
    written.metadata = {"mail": str(mail.pk)}
    if mail.html:
        written.attach_alternative(mail.html, "text/html")
    if mail.calendar:
        written.attach(CALENDAR_FILE, mail.calendar, "text/calendar")
    return written


def _parts(kind: str, parts: Sequence[Sequence[str]]) -> list[str]:
    boundary = f"=_{secrets.token_hex(16)}"
    lines = [f'Content-Type: multipart/{kind}; boundary="{boundary}"', ""]
    for part in parts:
        lines += [f"--{boundary}", *part]
    return [*lines, f"--{boundary}--"]


def _part(content: str, subtype: str, *headers: str) -> list[str]:
    lines = [f'Content-Type: text/{subtype}; charset="utf-8"', *headers]
    lines += [f"Content-Transfer-Encoding: {'7bit' if content.isascii() else '8bit'}", ""]
    return lines + content.removesuffix("\n").split("\n") + [""] * content.endswith("\n")


def _is_line(value: str) -> bool:
    return value.isprintable() and len(value) < MOST_OCTETS // 2


def _in_ascii(header: str, value: str) -> str:
    return value if value.isascii() else Header(value, "utf-8", header_name=header).encode(linesep="\r\n")


def _fits(*texts: str) -> bool:
    """No line too long, and no line end but the usual one."""
    return all(
        "\r" not in text and all(len(line.encode()) <= MOST_OCTETS for line in text.split("\n")) for text in texts
    )
