"""The ordinary emails of registration and bidding, as mails ready for the outbox."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string

from .models import (
    AccountLink,
    Competition,
    DispatchContact,
    Invitation,
    JoiningRequest,
    Mail,
    Market,
    Seller,
)
from .rules.revisions import Change
from .rules.words import moment

MOST_CHANGES = 20
ON_STANDING_BIDS = re.compile(r"^(?:Please revise |Your (?:bid|\d+ bids) stands? as ).*$", re.MULTILINE)
"""What a mail of revisions says of a seller's bids: with a lowered ceiling beside it, it tells of their prices."""
MOST_COMPETITIONS = 40
"""As many are told in a mail of results; the page has them all."""


def invitation(*, invitation: Invitation, link: str, has_account: bool) -> Mail:
    """Who invites the person to what, and the link by which they accept."""
    told = {"invitation": invitation, "seller": invitation.seller, "link": link, "has_account": has_account}
    return Mail(
        recipient=invitation.email,
        subject=f"Join {invitation.seller} on Piclo × NGED"[:300],
        text=render_to_string("emails/markets/invitation.txt", told),
        html=render_to_string("emails/markets/invitation.html", told),
    )


def declined(*, request: JoiningRequest) -> Mail:
    """Why a company that asked to join is not invited now."""
    text = render_to_string("emails/markets/declined.txt", {"request": request, "site_url": settings.SITE_URL})
    return Mail(recipient=request.email, subject="Your request to join Piclo × NGED", text=text)


def contact_test(*, contact: DispatchContact, link: str) -> Mail:
    """The test message of a dispatch mailbox: it goes where instructions go, by the same lane and at once."""
    told = {"contact": contact, "seller": contact.seller, "market": contact.market, "link": link}
    return Mail(
        lane=Mail.Lane.INSTRUCTION,
        recipient=contact.email,
        subject=f"TEST, nothing to deliver: confirm this mailbox for {contact.seller}"[:300],
        text=render_to_string("emails/markets/contact_test.txt", told),
        html=render_to_string("emails/markets/contact_test.html", told),
        headers={"Auto-Submitted": "auto-generated"},
    )


def account_decided(*, link: AccountLink, email: str) -> Mail:
    """What the operator said about the account that a seller named."""
    text = render_to_string("emails/markets/account_decided.txt", {"link": link, "site_url": settings.SITE_URL})
    return Mail(
        recipient=email, subject=f"Your account at {link.operator}: {link.get_status_display().lower()}", text=text
    )


@dataclass(frozen=True)
class Alike:
    """Bids of one competition that were decided alike, for the same reason; the first of them by reference."""

    accepted: bool
    reason: str
    count: int
    bids: Sequence[str]

    @property
    def others(self) -> int:
        """How many are not named."""
        return self.count - len(self.bids)


@dataclass(frozen=True)
class CompetitionResult:
    """What became of a seller's bids in one competition."""

    name: str
    reference: str
    outcomes: Sequence[Alike]


def results(
    *, seller: Seller, market: Market, recipients: Sequence[str], results: Sequence[CompetitionResult]
) -> Iterable[Mail]:
    """What became of a seller's bids, in which competitions and why: one mail to each recipient."""
    counts = Counter[bool]()
    for outcome in (outcome for result in results for outcome in result.outcomes):
        counts[outcome.accepted] += outcome.count
    shown = {
        "seller": seller,
        "market": market,
        "accepted": counts[True],
        "rejected": counts[False],
        "results": results[:MOST_COMPETITIONS],
        "further": len(results[MOST_COMPETITIONS:]),
        "site_url": settings.SITE_URL,
    }
    text = render_to_string("emails/markets/results.txt", shown)
    subject = f"Results of {market}: {counts[True]:,} accepted, {counts[False]:,} not"
    for recipient in recipients:
        yield Mail(recipient=recipient, subject=subject[:300], text=text)


@dataclass(frozen=True)
class Revised:
    """A revised competition, what changed, and how it stands with one seller's bids there."""

    competition: Competition
    changes: Sequence[Change]
    bid_count: int
    to_revise: Sequence[str]
    """References of the bids that it would not take any more."""

    @property
    def changes_shown(self) -> Sequence[Change]:
        return self.changes[:MOST_CHANGES]

    @property
    def more_changes(self) -> int:
        return len(self.changes) - len(self.changes_shown)

    @property
    def closes(self) -> str:
        return moment(self.competition.closes_at)


def revisions(
    *, seller: Seller, market: Market, recipients: Sequence[str], revised: Sequence[Revised]
) -> Iterable[Mail]:
    """What the operator changed in competitions that the seller bids in: one mail to each recipient."""
    told = {"seller": seller, "market": market, "revised": revised, "site_url": settings.SITE_URL}
    text = render_to_string("emails/markets/revisions.txt", told)
    name = revised[0].competition.name if len(revised) == 1 else f"{len(revised)} competitions you bid in"
    subject = f"{market.operator} changed {name}: look at your bids"  # in no other words where one must be revised
    return _to_each(recipients, subject, text)


def withdrawal(
    *, seller: Seller, competition: Competition, recipients: Sequence[str], reason: str, count: int
) -> Iterable[Mail]:
    """That a competition is withdrawn, and why: one mail to each recipient."""
    told = {"seller": seller, "competition": competition, "reason": reason, "count": count}
    text = render_to_string("emails/markets/withdrawal.txt", told | {"site_url": settings.SITE_URL})
    return _to_each(recipients, f"{competition.market.operator} withdrew {competition.name}", text)


def _to_each(recipients: Sequence[str], subject: str, text: str) -> Iterable[Mail]:
    subject = " ".join(subject.split())  # an operator's name may hold line breaks, which no mail leaves with
    for recipient in recipients:
        yield Mail(recipient=recipient, subject=subject[:200], text=text)
