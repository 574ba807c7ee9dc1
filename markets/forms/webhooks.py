"""What an owner types to have the company's own system called."""

from django import forms


class WebhookForm(forms.Form):
    """The address of a program of the company."""

    url = forms.URLField(
        label="Address",
        max_length=500,
        assume_scheme="https",
        help_text="https://, reached from the open internet, for example https://flex.example/instructions.",
        error_messages={
            "required": "Give the address that we shall call.",
            "invalid": "Give a whole address, such as https://flex.example/instructions.",
        },
    )
