"""A participant's note about a page, in a test party."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.http import url_has_allowed_host_and_scheme

LONGEST = 2000
OF_NO_PAGE = "This form is of no page here. Open the page that you mean and write the note there."


class NoteForm(forms.Form):
    """The words, and the path of the page that they are about."""

    page = forms.CharField(
        max_length=300, widget=forms.HiddenInput, error_messages=dict.fromkeys(("required", "max_length"), OF_NO_PAGE)
    )
    text = forms.CharField(
        label="Your note",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": "Write what you noticed, for example a word that you did not expect.",
            "max_length": f"Keep it within {LONGEST:,} characters: leave two notes, or call us.",
        },
    )

    def clean_page(self) -> str:
        """A path of this site, so that nobody is led elsewhere by it."""
        page = self.cleaned_data["page"]
        if not page.startswith("/") or not url_has_allowed_host_and_scheme(page, allowed_hosts=None):
            raise ValidationError(OF_NO_PAGE)
        return str(page)
