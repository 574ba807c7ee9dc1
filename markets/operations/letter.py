"""How a mail of the outbox becomes a message. Building it is most of what sending costs, so the usual case has a short way."""

import email.policy
from email.header import Header
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.policy import Policy
from email.utils import formataddr, formatdate, parseaddr

from django.core.mail import EmailMultiAlternatives

from ..models import Mail

POLICY = email.policy.compat32.clone(linesep="\r\n", mangle_from_=False)
MOST_OCTETS = 998
"""Of a line, by RFC 5321."""


class Letter(EmailMultiAlternatives):
    """One recipient, text and HTML, headers in one line each: built by the older half of Python's email package.

    That takes a fifth of the time of the newer half (0.4 ms against 2 ms), which any other message goes through.
    """

    def message(self, *, policy: Policy = email.policy.default) -> Message:  # type: ignore[override]
        headers: dict[str, str] = {
            "Subject": str(self.subject),
            "To": self.to[0],
            "Date": formatdate(),
        } | self.extra_headers
        name, address = parseaddr(self.from_email)
        text, html = str(self.body), str(self.alternatives[0][0]) if len(self.alternatives) == 1 else ""
        addresses = address + self.to[0]
        if not (html and addresses.isascii() and all(map(str.isprintable, headers.values())) and _fits(text, html)):
            return super().message(policy=policy)
        message = MIMEMultipart("alternative", policy=POLICY)
        message["From"] = formataddr((name, address))
        for header, value in headers.items():
            message[header] = value if value.isascii() else Header(value, "utf-8", header_name=header).encode()
        message.attach(_part(text, "plain"))
        message.attach(_part(html, "html"))
        return message


def letter(mail: Mail) -> Letter:
    """The message of a mail; its Message-ID is the same at every attempt."""
    headers = {"Message-ID": mail.message_id, **mail.headers}
    written = Letter(subject=mail.subject, body=mail.text, to=[mail.recipient], headers=headers)
    if mail.html:
        written.attach_alternative(mail.html, "text/html")
    return written


def _fits(*texts: str) -> bool:
    return all(len(line.encode()) <= MOST_OCTETS for text in texts for line in text.splitlines())


def _part(text: str, subtype: str) -> MIMENonMultipart:
    part = MIMENonMultipart("text", subtype, charset="utf-8", policy=POLICY)
    part["Content-Transfer-Encoding"] = "7bit" if text.isascii() else "8bit"
    part.set_payload(text.encode().decode("ascii", "surrogateescape"))
    return part
