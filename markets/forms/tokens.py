"""What an owner types to make a token for the company's own system."""

from django import forms


class TokenForm(forms.Form):
    """A token's name, by which people know what it is for."""

    name = forms.CharField(
        label="Name",
        max_length=100,
        help_text="What it is for, for example: trading desk, or meter upload.",
        error_messages={"required": "Give it a name, so that you know later what stops when you revoke it."},
    )
