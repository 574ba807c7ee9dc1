"""A seller and its people: it is invited, describes its company, is verified, and keeps its members and their roles."""

from django.db import transaction

from ..models import Membership, Operator, Seller, SellerIdentity
from ..problems import Refused, RowProblem
from ..rules.company import company_number as tidy
from ..rules.company import company_number_problem, phone_problem
from .invitations import invite_member
from .journal import By, record


@transaction.atomic
def invite_seller(
    *, name: str, email: str, by: By, role: str = Membership.Role.OWNER, company_number: str = "", phone: str = ""
) -> Seller:
    """Registers the company, if it is not there yet, and invites a person to act for it.

    A name that differs in case or spaces alone is the same company's. Raises Refused where the email is no address
    of one person, or is a member's already.
    """
    name = " ".join(name.split())
    if not name:
        raise Refused("Give the registered name of the company.")
    seller, is_new = Seller.objects.get_or_create(
        name__iexact=name, defaults={"name": name, "company_number": tidy(company_number), "phone": phone}
    )
    if is_new:
        record(by=by, verb="invite_seller", subject=seller)
    invite_member(seller=seller, email=email, role=role, by=by)
    return seller


@transaction.atomic
def describe_seller(*, seller: Seller, company_number: str, address: str, phone: str, by: By) -> Seller:
    """Keeps the company's particulars. Its number stands once customer success has verified it.

    Raises Refused with one problem per field.
    """
    seller = Seller.objects.select_for_update().get(pk=seller.pk)
    number, phone = tidy(company_number), phone.strip()
    problems = [
        RowProblem(0, column, value, reason)
        for column, value, reason in (
            ("company_number", number, company_number_problem(number) or _why_fixed(seller, number)),
            ("phone", phone, phone_problem(phone)),
        )
        if reason
    ]
    if problems:
        raise Refused("Nothing was kept: see the fields below.", problems)
    described = {"company_number": number, "address": address.strip(), "phone": phone}
    changed = [field for field, value in described.items() if getattr(seller, field) != value]
    if changed:
        for field in changed:
            setattr(seller, field, described[field])
        seller.save(update_fields=changed)
        record(by=by, verb="describe_seller", subject=seller, changed=changed)
    return seller


@transaction.atomic
def correct_seller(*, seller: Seller, name: str, company_number: str, reason: str, by: By) -> Seller:
    """Corrects what members can't change themselves: the registered name, and the number of a verified company.

    Raises Refused where the name is another seller's, the number none, or no reason is given.
    """
    seller = Seller.objects.select_for_update().get(pk=seller.pk)
    name, number = " ".join(name.split()), tidy(company_number)
    if not (name and reason.strip()):
        raise Refused("Give the registered name, and say why it is corrected.")
    if problem := company_number_problem(number):
        raise Refused(problem)
    if Seller.objects.filter(name__iexact=name).exclude(pk=seller.pk).exists():
        raise Refused(f"Another seller is called '{name}'. Find out which of the two is meant.")
    before = {"name": seller.name, "company_number": seller.company_number}
    seller.name, seller.company_number = name, number
    seller.save(update_fields=["name", "company_number"])
    record(by=by, verb="correct_seller", subject=seller, reason=reason, before=before)
    return seller


def _why_fixed(seller: Seller, number: str) -> str:
    if seller.status == Seller.Status.INVITED or number == seller.company_number or not seller.company_number:
        return ""
    return f"{seller} was verified as company {seller.company_number}. Ask customer success to change the number."


@transaction.atomic
def verify_seller(*, seller: Seller, by: By) -> Seller:
    """Says that the company is who it claims to be. A verified seller stays verified."""
    seller = Seller.objects.select_for_update().get(pk=seller.pk)
    if seller.status != Seller.Status.VERIFIED:
        seller.status = Seller.Status.VERIFIED
        seller.save(update_fields=["status"])
        record(by=by, verb="verify_seller", subject=seller)
    return seller


@transaction.atomic
def suspend_seller(*, seller: Seller, by: By, reason: str) -> Seller:
    """Stops a verified seller from bidding until it is verified again."""
    seller = Seller.objects.select_for_update().get(pk=seller.pk)
    if seller.status != Seller.Status.VERIFIED:
        raise Refused(f"{seller} is {seller.get_status_display().lower()}: only a verified seller can be suspended.")
    seller.status = Seller.Status.SUSPENDED
    seller.save(update_fields=["status"])
    record(by=by, verb="suspend_seller", subject=seller, reason=reason)
    return seller


@transaction.atomic
def change_role(*, membership: Membership, role: str, by: By) -> Membership:
    """Gives a member another role. Raises Refused where the seller would have no owner any more."""
    membership = _with_its_seller_locked(membership)
    if membership.role == role:
        return membership
    _keeps_an_owner(membership)
    before, membership.role = membership.role, role
    membership.save(update_fields=["role"])
    record(
        by=by,
        verb="change_role",
        subject=membership.seller,
        email=membership.user.email,
        before=str(before),
        after=str(role),
    )
    return membership


@transaction.atomic
def remove_member(*, membership: Membership, by: By) -> None:
    """Ends a membership at once; the person's account stays. Raises Refused for the last owner."""
    membership = _with_its_seller_locked(membership)
    _keeps_an_owner(membership)
    membership.delete()
    record(by=by, verb="remove_member", subject=membership.seller, email=membership.user.email)


def _with_its_seller_locked(membership: Membership) -> Membership:
    """Two owners who give up at once do so one after the other."""
    Seller.objects.select_for_update(no_key=True).get(pk=membership.seller_id)
    found = Membership.objects.select_related("seller", "user").filter(pk=membership.pk).first()
    if found is None:
        raise Refused(f"{membership.user} is no member any more.")
    return found


def _keeps_an_owner(membership: Membership) -> None:
    others = Membership.objects.filter(seller=membership.seller, role=Membership.Role.OWNER).exclude(pk=membership.pk)
    if membership.role == Membership.Role.OWNER and not others.exists():
        raise Refused(f"{membership.user} is the only owner of {membership.seller}. Make somebody else an owner first.")


@transaction.atomic
def name_identity(
    *, seller: Seller, operator: Operator, name: str, by: By, kind: str = SellerIdentity.Kind.COMPANY
) -> SellerIdentity:
    """Keeps a name by which the operator knows the seller. Raises Refused where it already means another seller."""
    known = (
        SellerIdentity.objects.filter(operator=operator, kind=kind, name__iexact=name).select_related("seller").first()
    )
    if known is None:
        known = SellerIdentity.objects.create(seller=seller, operator=operator, kind=kind, name=name)
        record(by=by, verb="name_identity", subject=seller, operator=operator.key, name=name)
    elif known.seller_id != seller.pk:
        raise Refused(f"{operator} already calls another seller '{name}'. Ask {operator} which one is meant.")
    return known
