"""Joining: a company asks or is invited, is checked, and is linked to what the operator calls it."""

from datetime import timedelta

from django.db.models import Exists, F, Min, OuterRef, QuerySet

from markets.models import AccountLink, JoiningRequest, Operator, Qualification, Seller, SellerIdentity
from markets.operations.account_links import link_account
from markets.operations.joining import invite_asked
from markets.operations.journal import By
from markets.operations.people import name_identity, verify_seller

from .declaration import Lane, Mode, Phase, StepDeclaration


def companies_that_ask() -> QuerySet[JoiningRequest]:
    """Companies that asked to join and have no answer yet."""
    return JoiningRequest.objects.filter(status=JoiningRequest.Status.ASKED).annotate(fell_due_at=F("asked_at"))


def companies_to_verify() -> QuerySet[Seller]:
    """Invited sellers that have signed the agreement."""
    return (
        Seller.objects.filter(status=Seller.Status.INVITED)
        .annotate(fell_due_at=Min("agreements__signed_at"))
        .filter(fell_due_at__isnull=False)
    )


def company_findings(seller: Seller) -> str:
    """What the machine can say before a person approves the company."""
    agreement = seller.agreements.order_by("signed_at").first()
    signatory = f"{agreement}, {agreement.position or 'position not given'}" if agreement else "not signed"
    people = ", ".join(seller.members.order_by("email").values_list("email", flat=True)) or "nobody yet"
    return (
        f"- Agreement: {signatory}\n"
        f"- Company number: {seller.company_number or 'not given'}\n"
        f"- Registered address: {', '.join(seller.address.splitlines()) or 'not given'}\n"
        f"- Telephone: {seller.phone or 'not given'}\n"
        f"- People: {people}"
    )


def accounts_to_link() -> QuerySet[AccountLink]:
    """Accounts that sellers named and about which the operator is to be asked."""
    return (
        AccountLink.objects.filter(status=AccountLink.Status.ASKED)
        .annotate(fell_due_at=F("asked_at"))
        .select_related("seller", "operator")
    )


def _nameless_at_an_operator() -> QuerySet[Qualification]:
    named = SellerIdentity.objects.filter(seller=OuterRef("asset__seller"), operator=OuterRef("market__operator"))
    return Qualification.objects.filter(~Exists(named))


def sellers_to_name() -> QuerySet[Seller]:
    """Verified sellers that offered an asset to an operator which has no name for them yet."""
    offered = _nameless_at_an_operator().filter(asset__seller=OuterRef("pk"))
    return Seller.objects.filter(Exists(offered), status=Seller.Status.VERIFIED).annotate(fell_due_at=F("created_at"))


def name_seller(subject: Seller, *, by: By) -> None:
    """Takes the company name under which the seller joined as the operator's name of it."""
    operators = Operator.objects.filter(
        pk__in=_nameless_at_an_operator().filter(asset__seller=subject).values("market__operator")
    )
    for operator in operators:
        name_identity(seller=subject, operator=operator, name=subject.name, by=by)


STEPS = (
    StepDeclaration(
        key="invite",
        phase=Phase.REGISTRATION,
        lane=Lane.CUSTOMER_SUCCESS,
        title="Invite a seller",
        modes=(Mode.MANUAL,),
        minutes_by_hand=10,
        due=companies_that_ask,
        do=lambda subject, *, by: invite_asked(request=subject, by=by),
        deadline=timedelta(days=2),
    ),
    StepDeclaration(
        key="verify-company",
        phase=Phase.REGISTRATION,
        lane=Lane.CUSTOMER_SUCCESS,
        title="Verify the company",
        modes=(Mode.MANUAL, Mode.ASSISTED, Mode.AUTOMATED),
        minutes_by_hand=20,
        due=companies_to_verify,
        do=lambda subject, *, by: verify_seller(seller=subject, by=by),
        prepare=company_findings,
        deadline=timedelta(days=2),
    ),
    StepDeclaration(
        key="link-account",
        phase=Phase.REGISTRATION,
        lane=Lane.CUSTOMER_SUCCESS,
        title="Link the seller's account at NGED",
        modes=(Mode.MANUAL,),
        minutes_by_hand=10,
        due=accounts_to_link,
        do=lambda subject, *, by: link_account(link=subject, by=by),
        deadline=timedelta(days=5),
    ),
    StepDeclaration(
        key="name-seller",
        phase=Phase.REGISTRATION,
        lane=Lane.CUSTOMER_SUCCESS,
        title="Learn NGED's name of the seller",
        modes=(Mode.MANUAL, Mode.AUTOMATED),
        minutes_by_hand=10,
        due=sellers_to_name,
        do=name_seller,
        deadline=timedelta(days=5),
    ),
)
