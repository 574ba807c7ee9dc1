"""Test parties: who takes part, what stands in for the companies that do not, and how a party ends.

What is particular to an operator (its files, its auction rule) is in the operator's folder.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.text import slugify

from ..models import (
    Admission,
    Asset,
    Competition,
    Market,
    Operator,
    PartyNote,
    Qualification,
    Seller,
    StandIn,
    TestParty,
)
from ..problems import Refused
from ..rules.agreement import VERSION
from ..rules.notices import QualificationDecision
from .admissions import accept_admission, admit
from .agreements import sign_agreement
from .assets import decide_qualifications, offer_assets
from .feeds import read_qualifications
from .journal import By, record, user_of
from .markets import open_market
from .people import name_identity, verify_seller


@transaction.atomic
def start_party(
    *,
    operator: Operator,
    name: str,
    source: bytes,
    source_name: str,
    opens_at: datetime,
    sellers: Iterable[Seller],
    by: By,
    with_original_offers: bool = True,
) -> TestParty:
    """Opens a mock market of its own at market time `opens_at`, and invites the sellers.

    No mail is sent: who has not accepted gets nothing from a mock market, so the invitation stands on the sellers'
    pages. Raises Refused where the name is taken or says nothing.
    """
    party = TestParty.objects.create(
        market=_mock_market(operator, name, opens_at, by),
        name=name,
        source=source,
        source_name=source_name,
        with_original_offers=with_original_offers,
        created_by=user_of(by),
    )
    record(by=by, verb="start_party", subject=party, source=source_name, original_offers=with_original_offers)
    invite_to_party(party=party, sellers=sellers, by=by)
    return party


def _mock_market(operator: Operator, name: str, opens_at: datetime, by: By) -> Market:
    key = f"party-{slugify(name)[:43]}".rstrip("-")
    if key == "party":
        raise Refused("Give the party a name with letters or figures.")
    if Market.objects.filter(key=key).exists():
        raise Refused(f"There is already a test party called '{name}', or nearly so. Choose another name.")
    return open_market(
        operator=operator,
        key=key,
        name=f"{name} (mock)",
        is_mock=True,
        stage=Market.Stage.INVITED,
        market_time=opens_at,
        by=by,
    )


@transaction.atomic
def invite_to_party(*, party: TestParty, sellers: Iterable[Seller], by: By) -> list[Admission]:
    """Lets the sellers in; each sees the invitation on its pages and says yes there. Refused once the party has ended."""
    _refuse_ended(party)
    wanted = list(sellers)
    return admit(market=party.market, sellers=wanted, by=by) if wanted else []


@transaction.atomic
def join_party(*, admission: Admission, by: By) -> Admission:
    """The seller takes part. Its assets qualify at once: in a party the operator's decision is not what is rehearsed.

    Raises Refused once the party has ended.
    """
    party = TestParty.objects.select_for_update(of=("self",)).get(market=admission.market_id)
    _refuse_ended(party)
    admission = accept_admission(admission=admission, by=by)
    qualify_assets(party=party, by=by)
    return admission


@transaction.atomic
def qualify_assets(*, party: TestParty, by: By) -> int:
    """Every asset of those who take part is offered and qualified, also what they registered since. Returns how many.

    It is read as the operator would read it, so that nothing of a party waits to be sent to anybody.
    """
    market = party.market
    accepted = Admission.objects.filter(market=market, accepted_at__isnull=False).values("seller")
    assets = list(Asset.objects.filter(seller__in=accepted, retired_at=None))
    offer_assets(market=market, assets=assets, by=by)
    waiting = Qualification.objects.filter(market=market, asset__in=assets, status=Qualification.Status.OFFERED)
    decisions = [
        QualificationDecision(asset_id, Qualification.Status.QUALIFIED)
        for asset_id in waiting.values_list("asset", flat=True)
    ]
    read_qualifications(market=market, after=0, limit=0)
    return decide_qualifications(market=market, decisions=decisions, by=by) if decisions else 0


@transaction.atomic
def cast_stand_ins(*, party: TestParty, companies: Iterable[str], by: By) -> dict[str, Seller]:
    """A stand-in for each company of the file: a seller of its own, with no person and no mailbox behind it."""
    cast = {}
    for company in companies:
        seller = Seller.objects.create(name=f"{company[:160]} (stand-in, party {party.pk})")
        sign_agreement(seller=seller, version=VERSION, signatory=f"Nobody: test party {party.pk}", by=by)
        seller = verify_seller(seller=seller, by=by)
        name_identity(seller=seller, operator=party.market.operator, name=seller.name, by=by)
        StandIn.objects.create(party=party, seller=seller, company=company)
        cast[company] = seller
    for admission in admit(market=party.market, sellers=cast.values(), by=by):
        accept_admission(admission=admission, by=by)
    return cast


@transaction.atomic
def mark_cleared(*, party: TestParty, by: By) -> TestParty:
    """Every competition has its result. Raises Refused where the party was over before."""
    party = TestParty.objects.select_for_update(of=("self",)).get(pk=party.pk)
    if party.status != TestParty.Status.BIDDING:
        raise Refused(f"{party} is {party.get_status_display().lower()} already.")
    party.status = TestParty.Status.CLEARED
    party.save(update_fields=["status"])
    record(by=by, verb="mark_cleared", subject=party)
    return party


@transaction.atomic
def close_party(*, party: TestParty, by: By) -> TestParty:
    """Ends the party: nobody is asked for notes any more, and what is not decided yet is withdrawn.

    Its market and its comparison stay to be looked at. Raises Refused while notes wait for a decision.
    """
    party = TestParty.objects.select_for_update(of=("self",)).get(pk=party.pk)
    _refuse_ended(party)
    if waiting := party.notes.filter(decision=PartyNote.Decision.WAITING).count():
        wait = "1 note waits" if waiting == 1 else f"{waiting} notes wait"
        raise Refused(f"{wait} for a decision. Decide on each, also where nothing changes; then end the party.")
    undecided = Competition.objects.filter(market=party.market_id, status=Competition.Status.PUBLISHED)
    withdrawn = undecided.update(status=Competition.Status.WITHDRAWN)
    party.status = TestParty.Status.CLOSED
    party.save(update_fields=["status"])
    record(by=by, verb="close_party", subject=party, withdrawn=withdrawn)
    return party


def _refuse_ended(party: TestParty) -> None:
    if party.status == TestParty.Status.CLOSED:
        raise Refused(f"The test party '{party}' has ended. Start another one.")
