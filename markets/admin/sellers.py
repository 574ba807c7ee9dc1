"""Registration: sellers are invited, verified, suspended; their names, agreements and dispatch contacts."""

from typing import Any

from django import forms
from django.contrib import admin
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from ..models import Agreement, DispatchContact, Market, Membership, Operator, Seller, SellerIdentity, User
from ..operations import contacts, people
from ..operations.tokens import issue_token
from .acting import WithReason, operation
from .columns import state
from .noun import Noun, Rows
from .tokens import TOKEN_ONCE


class InviteForm(BaseDialogForm):
    """The company, and the person who will be its owner here."""

    name = forms.CharField(label="Company", max_length=200, widget=UnfoldAdminTextInputWidget)
    email = forms.EmailField(label="Email of its owner", widget=UnfoldAdminEmailInputWidget)


class CorrectForm(WithReason):
    """What stands in the register."""

    name = forms.CharField(label="Registered name", max_length=200, widget=UnfoldAdminTextInputWidget)
    company_number = forms.CharField(max_length=20, required=False, widget=UnfoldAdminTextInputWidget)
    field_order = ("name", "company_number", "reason")

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        seller = Seller.objects.get(pk=self.object_id)
        self.initial |= {"name": seller.name, "company_number": seller.company_number}


class TokenForm(BaseDialogForm):
    name = forms.CharField(max_length=100, widget=UnfoldAdminTextInputWidget, help_text="Where it will be used.")


class ContactForm(BaseDialogForm):
    """A mailbox that someone reads."""

    market = forms.ModelChoiceField(Market.objects.all(), widget=UnfoldAdminSelectWidget)
    email = forms.EmailField(widget=UnfoldAdminEmailInputWidget)
    name = forms.CharField(max_length=200, required=False, widget=UnfoldAdminTextInputWidget)
    phone = forms.CharField(max_length=40, required=False, widget=UnfoldAdminTextInputWidget)


class IdentityForm(BaseDialogForm):
    """How an operator calls the seller."""

    operator = forms.ModelChoiceField(Operator.objects.all(), widget=UnfoldAdminSelectWidget)
    kind = forms.ChoiceField(choices=SellerIdentity.Kind.choices, widget=UnfoldAdminSelectWidget)
    name = forms.CharField(max_length=200, widget=UnfoldAdminTextInputWidget)


class MembershipRows(Rows):
    model = Membership
    fields = ("user", "role")


class IdentityRows(Rows):
    model = SellerIdentity
    fields = ("operator", "kind", "name")


class ContactRows(Rows):
    model = DispatchContact
    fields = ("market", "email", "name", "phone", "test_sent_at", "verified_at")


@admin.register(Seller)
class SellerAdmin(Noun):
    list_display = ("name", "standing", "company_number", "phone", "created_at")
    list_filter = ("status",)
    search_fields = ("name", "company_number", "identities__name", "members__email")
    date_hierarchy = "created_at"
    fields = ("name", "status", "company_number", "address", "phone", "created_at")
    inlines = (MembershipRows, IdentityRows, ContactRows)
    actions_list = ("invite",)
    actions_detail = ("verify", "add_contact", "name_identity", "correct", "issue_token", "suspend")
    standing = state()

    @operation(
        "Invite seller",
        consequence="The person receives an email with a link that works for 14 days.",
        form=InviteForm,
        icon="add",
    )
    def invite(self, by: User, _: None, name: str, email: str) -> str:
        seller = people.invite_seller(name=name, email=email, by=by)
        return f"{seller} is invited: the email to {email} is on its way."

    @operation(
        "Verify seller",
        consequence="You have checked that the company is who it claims to be. It may bid once the agreement is signed.",
        when=lambda seller: seller.status != Seller.Status.VERIFIED,
        icon="verified",
        variant=ActionVariant.PRIMARY,
    )
    def verify(self, by: User, seller: Seller) -> str:
        people.verify_seller(seller=seller, by=by)
        return f"{seller} is verified."

    @operation(
        "Suspend seller",
        consequence="It can neither bid nor use its tokens until it is verified again. Contracts stand.",
        form=WithReason,
        when=lambda seller: seller.status == Seller.Status.VERIFIED,
        icon="block",
        variant=ActionVariant.DANGER,
    )
    def suspend(self, by: User, seller: Seller, reason: str) -> str:
        people.suspend_seller(seller=seller, by=by, reason=reason)
        return f"{seller} is suspended."

    @operation(
        "Correct name or number",
        consequence="Pages, files and new bids carry the new name. How an operator calls the seller stays as it is.",
        form=CorrectForm,
        icon="edit",
    )
    def correct(self, by: User, seller: Seller, **given: str) -> str:
        corrected = people.correct_seller(seller=seller, by=by, **given)
        return f"{corrected} is corrected."

    @operation(
        "Issue token",
        consequence="Whoever holds the token acts as this seller. It is shown once: pass it on by a safe way.",
        form=TokenForm,
        when=lambda seller: seller.status != Seller.Status.SUSPENDED,
        icon="key",
    )
    def issue_token(self, by: User, seller: Seller, name: str) -> str:
        _, whole = issue_token(name=name, seller=seller, by=by)
        return TOKEN_ONCE.format(whole)

    @operation(
        "Add dispatch contact",
        consequence="It gets a test message; instructions go there once somebody has confirmed it.",
        form=ContactForm,
        icon="contact_mail",
    )
    def add_contact(self, by: User, seller: Seller, **contact: Any) -> str:
        added = contacts.add_dispatch_contact(seller=seller, by=by, **contact)
        return f"{added} is a dispatch contact of {seller} in {added.market}."

    @operation(
        "Name by the operator",
        consequence="A trigger that carries this name will reach this seller.",
        form=IdentityForm,
        icon="badge",
    )
    def name_identity(self, by: User, seller: Seller, **identity: Any) -> str:
        named = people.name_identity(seller=seller, by=by, **identity)
        return f"{named.operator} calls {seller} '{named.name}'."


@admin.register(SellerIdentity)
class SellerIdentityAdmin(Noun):
    list_display = ("name", "kind", "operator", "seller")
    list_select_related = ("operator", "seller")
    list_filter = ("operator", "kind")
    search_fields = ("name", "seller__name")


@admin.register(Agreement)
class AgreementAdmin(Noun):
    list_display = ("seller", "version", "signatory", "position", "signed_at")
    list_select_related = ("seller",)
    list_filter = ("version",)
    search_fields = ("seller__name", "signatory", "version")
    date_hierarchy = "signed_at"


@admin.register(DispatchContact)
class DispatchContactAdmin(Noun):
    list_display = ("email", "name", "phone", "seller", "market", "test_sent_at", "verified_at")
    list_select_related = ("seller", "market")
    list_filter = ("market", ("verified_at", admin.EmptyFieldListFilter))
    search_fields = ("email", "name", "phone", "seller__name")
    actions_detail = ("verify", "send_test")

    @operation(
        "Confirmed by telephone",
        consequence="Somebody told you that they read it. From now on instructions go to this mailbox.",
        when=lambda contact: contact.verified_at is None,
        icon="mark_email_read",
        variant=ActionVariant.PRIMARY,
    )
    def verify(self, by: User, contact: DispatchContact) -> str:
        contacts.verify_dispatch_contact(contact=contact, by=by)
        return f"Instructions for {contact.seller} now go to {contact}."

    @operation(
        "Send the test message",
        consequence="The mailbox gets a message with a button that confirms it.",
        icon="outgoing_mail",
    )
    def send_test(self, by: User, contact: DispatchContact) -> str:
        contacts.send_contact_test(contact=contact, by=by)
        return f"The test message to {contact} is on its way."
