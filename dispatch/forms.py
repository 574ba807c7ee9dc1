"""What a seller answers to an instruction."""

from django import forms

from .models import Instruction


class AnswerForm(forms.Form):
    """Confirmed, or declined with the reason. Which of the two, the pressed button says."""

    answer = forms.ChoiceField(
        choices=[choice for choice in Instruction.Answer.choices if choice[0] != Instruction.Answer.WAITING],
        error_messages={"required": "Press one of the two buttons: confirm or decline."},
    )
    reason = forms.CharField(
        label="Reason",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Needed when you decline: what is unavailable, and until when.",
    )
