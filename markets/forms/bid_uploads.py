"""What sellers choose when they send a file of bids, and when they place it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet

from ..models import Market
from ..problems import RowProblem
from ..rules.csv_text import MOST_BYTES


class BidUploadForm(forms.Form):
    """A file, and the market that it is for; where there is one market only, it is chosen."""

    market = forms.ModelChoiceField(
        Market.objects.none(),
        label="Market",
        empty_label="Choose a market",
        error_messages={
            "required": "Choose the market that these bids are for.",
            "invalid_choice": "Choose one of the markets in the list.",
        },
    )
    file = forms.FileField(
        label="CSV file",
        allow_empty_file=True,
        max_length=200,
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        help_text="One row per bid, at most 30,000. Nothing is placed yet: you see every row checked first.",
        error_messages={
            "required": "Choose the file to send.",
            "max_length": "Give the file a shorter name, at most 200 characters.",
        },
    )

    def __init__(self, *args: Any, markets: QuerySet[Market], **kwargs: Any):
        super().__init__(*args, **kwargs)
        choices: Any = self.fields["market"]
        choices.queryset = markets
        if len(markets) == 1:
            choices.empty_label, choices.initial = None, markets[0]

    def content(self) -> bytes:
        """The file's bytes; of one that is too large, only so many that it is seen to be."""
        return bytes(self.cleaned_data["file"].read(MOST_BYTES + 1))


class PlacingForm(forms.Form):
    """Which rows to place, and the confirmation of what software cannot check."""

    ALL, VALID = "all", "valid"

    which = forms.ChoiceField(
        choices=[(ALL, "All rows or none"), (VALID, "All valid rows")],
        label="What to place",
        error_messages={"required": "Choose what to place.", "invalid_choice": "Choose one of the two."},
    )
    confirmed = forms.CharField(
        label="Your confirmation",
        max_length=20,
        error_messages={"required": "Read these sentences and tick the box: no bid is taken without it."},
    )
    seen = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    """How many rows could not be placed when the seller looked."""

    @property
    def only_whole(self) -> bool:
        return bool(self.cleaned_data["which"] == self.ALL)

    def since_then(self, problems: Sequence[RowProblem]) -> str:
        """A sentence where more rows are wrong now than the seller saw; empty otherwise."""
        seen = self.cleaned_data["seen"]
        more = row_count(problems) - seen if seen is not None else 0
        if more < 1:
            return ""
        return (
            f" {more:,} of them could still be placed when you looked: something has changed since, "
            "most often a gate that has closed. The reasons are below."
        )


def row_count(problems: Sequence[RowProblem]) -> int:
    """In how many rows there is something wrong."""
    return len({problem.line for problem in problems})
