"""What members type about their own company: its particulars, its people, its mailboxes, its account elsewhere."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from ..models import Market, Membership, Operator
from .fields import EMAIL_WORDS

ROLE_WORDS = dict.fromkeys(("required", "invalid_choice"), "Choose one of the roles: owner, trader or viewer.")


class ProfileForm(forms.Form):
    """The company's particulars, without its name: that is fixed."""

    company_number = forms.CharField(
        label="Company number",
        max_length=20,
        required=False,
        help_text="Eight characters, for example 01234567. Leave it empty if you are no registered company.",
    )
    address = forms.CharField(
        label="Registered address",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "street-address"}),
        error_messages={"required": "Give the address as it is registered: customer success compares it."},
    )
    phone = forms.CharField(
        label="Telephone",
        max_length=40,
        help_text="Whom we call when nobody answers an instruction. A number that is answered at all hours is best.",
        widget=forms.TextInput(attrs={"autocomplete": "tel"}),
        error_messages={"required": "Give a number that is answered: we call it when nobody answers an instruction."},
    )


class RoleForm(forms.Form):
    """What a member may do."""

    role = forms.ChoiceField(label="Role", choices=Membership.Role, error_messages=ROLE_WORDS)


class InviteForm(RoleForm):
    """A colleague to be invited."""

    email = forms.EmailField(
        label="Email of your colleague", error_messages=EMAIL_WORDS, help_text="They get a link that works for 14 days."
    )
    role = forms.ChoiceField(
        label="Role", choices=Membership.Role, initial=Membership.Role.TRADER, error_messages=ROLE_WORDS
    )
    field_order = ("email", "role")


class SignForm(forms.Form):
    """The signature under the version of the agreement that was on the page."""

    version = forms.CharField(
        widget=forms.HiddenInput,
        error_messages={"required": "Open this page anew and sign there: this form does not say what it is for."},
    )
    signatory = forms.CharField(
        label="Name of the signatory",
        max_length=200,
        error_messages={"required": "Give the full name of the person who signs."},
    )
    position = forms.CharField(
        label="Position in the company",
        max_length=200,
        help_text="For example: director.",
        error_messages={"required": "Say what the signatory is in the company, for example director."},
    )
    agreed = forms.BooleanField(
        label="I may sign for the company, and it agrees to the text above.",
        error_messages={"required": "Tick the box: without it nothing is signed."},
    )


class ContactForm(forms.Form):
    """A mailbox for instructions, and whom to call about it."""

    email = forms.EmailField(
        label="Email", error_messages=EMAIL_WORDS, help_text="A mailbox that is read at all hours of your windows."
    )
    name = forms.CharField(label="Who reads it", max_length=200, required=False, help_text="For example: control room.")
    phone = forms.CharField(label="Telephone", max_length=40, required=False)


class NewContactForm(ContactForm):
    """The same, for one of the markets that the seller takes part in."""

    field_order = ("market", "email", "name", "phone")

    def __init__(self, *args: Any, markets: QuerySet[Market], **options: Any):
        super().__init__(*args, **options)
        self.fields["market"] = forms.ModelChoiceField(
            markets,
            label="Market",
            empty_label=None if len(markets) == 1 else "Choose a market",
            error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose the market that the mailbox is for."),
        )
        self.order_fields(self.field_order)


class AccountForm(forms.Form):
    """The account on the operator's own platform."""

    account = forms.CharField(
        label="Account",
        max_length=200,
        help_text="Name or number, exactly as the platform shows it.",
        error_messages={"required": "Give the account's name or number."},
    )

    def __init__(self, *args: Any, operators: QuerySet[Operator], **options: Any):
        super().__init__(*args, **options)
        self.fields["operator"] = forms.ModelChoiceField(
            operators,
            label="Operator",
            empty_label=None if len(operators) == 1 else "Choose an operator",
            error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose whose platform the account is on."),
        )
        self.order_fields(["operator", "account"])
