"""What sellers type about their statements."""

from django import forms

from markets.rules.csv_text import MOST_BYTES as MOST_CSV

from .operations.queries import FILES, MOST_BYTES


class QueryForm(forms.Form):
    """What is wrong with a line, and perhaps a file that shows it. The operation says what it cannot keep."""

    text = forms.CharField(
        label="What is wrong with this line?",
        help_text="Say what you would expect, and why: a reading, a stop, a price.",
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": "Say what is wrong with the line, and what you would expect."},
    )
    file = forms.FileField(
        label="A file that shows it",
        required=False,
        allow_empty_file=True,
        max_length=200,
        help_text=f"Readings, a screenshot, a letter: {', '.join(FILES)}, at most {MOST_BYTES // 1_000_000} MB.",
        widget=forms.FileInput(attrs={"accept": ",".join(FILES)}),
        error_messages={"max_length": "Give the file a shorter name, at most 200 characters."},
    )

    def sent(self) -> tuple[bytes | None, str]:
        """The file's bytes and its name; of one that is too large, only so many that it is seen to be."""
        file = self.cleaned_data["file"]
        return (bytes(file.read(MOST_BYTES + 1)), file.name) if file else (None, "")


class ReadingFileForm(forms.Form):
    """A file of readings."""

    file = forms.FileField(
        label="CSV file",
        allow_empty_file=True,
        max_length=200,
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        help_text=f"At most {MOST_CSV // 1_000_000} MB.",
        error_messages={
            "required": "Choose the file to send.",
            "max_length": "Give the file a shorter name, at most 200 characters.",
        },
    )

    def content(self) -> bytes:
        """The file's bytes; of one that is too large, only so many that it is seen to be."""
        return bytes(self.cleaned_data["file"].read(MOST_CSV + 1))
