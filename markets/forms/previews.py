"""What an operator says of a preview: approved as it was looked at, or what should change."""

from django import forms


class ApprovalForm(forms.Form):
    """The revision that was looked at, so that nothing else is approved."""

    revision = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class ChangeForm(ApprovalForm):
    """What should change."""

    note = forms.CharField(
        label="What should change?",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Piclo's customer success reads it and comes back to you. To change it yourself, publish it again.",
        error_messages={"required": "Say what should change."},
    )
