"""What people type who are not in yet: a company that asks to join, and a person who accepts an invitation."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password

from ..models import User
from .fields import EMAIL_WORDS


class JoinForm(forms.Form):
    """Who asks, for which company, with what."""

    company = forms.CharField(
        label="Company",
        max_length=200,
        help_text="The registered name.",
        error_messages={"required": "Give the company's registered name."},
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    company_number = forms.CharField(
        label="Company number",
        max_length=20,
        required=False,
        help_text="Eight characters, for example 01234567. Leave it empty if you are no registered company.",
    )
    name = forms.CharField(
        label="Your name",
        max_length=200,
        error_messages={"required": "Give your name."},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label="Your email",
        help_text="We answer there.",
        error_messages=EMAIL_WORDS,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    phone = forms.CharField(
        label="Telephone", max_length=40, required=False, widget=forms.TextInput(attrs={"autocomplete": "tel"})
    )
    message = forms.CharField(
        label="What you have, and where",
        max_length=4000,
        required=False,
        help_text="For example: 40 charge points at a depot in Derby, about 280 kW.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class AcceptForm(forms.Form):
    """The name and the password of a new account; the email is the invited one."""

    name = forms.CharField(
        label="Your name",
        max_length=200,
        error_messages={"required": "Give your name."},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label="Password",
        strip=False,
        error_messages={"required": "Choose a password."},
        help_text="At least 12 characters. A sentence you remember is better than signs you do not.",
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, email: str, **options: Any):
        super().__init__(*args, **options)
        self.email = email

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, User(email=self.email))
        return password
