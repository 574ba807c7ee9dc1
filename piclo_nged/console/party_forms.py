"""What customer success fills in for a test party: where its season comes from, and who is invited."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminFileFieldWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from markets.models import Seller, TestParty

from .nged_file import LARGEST_BYTES

SAMPLE, FILE, PORTAL = "sample", "file", "portal"
SOURCES = (
    (SAMPLE, "The made-up season that comes with Piclo × NGED (62 competitions, 7 companies)"),
    (FILE, "A file of mine: NGED's Trade Results or Trade Results Summary, as CSV"),
    (PORTAL, "NGED's data portal"),
)


class InvitedSellers(forms.ModelMultipleChoiceField):
    """Sellers that can bid. Stand-ins of other parties are nobody, and are not offered."""

    def __init__(self, **options: Any):
        super().__init__(
            Seller.objects.none(), required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget, **options
        )

    def offer(self, *, except_of: TestParty | None = None) -> None:
        """Those who can still be invited."""
        sellers = Seller.objects.filter(status=Seller.Status.VERIFIED, stand_in=None)
        if except_of:
            sellers = sellers.exclude(admissions__market=except_of.market_id)
        self.queryset = sellers.order_by("name")


class StartPartyForm(forms.Form):
    """A party to be started."""

    name = forms.CharField(
        max_length=150,
        widget=UnfoldAdminTextInputWidget,
        help_text="Sellers read it with “(mock)” behind it, for example “Spring rehearsal 2027”.",
        error_messages={"required": "Give the party a name: sellers see it on their pages."},
    )
    source = forms.ChoiceField(
        label="Fill it from", choices=SOURCES, initial=SAMPLE, widget=UnfoldAdminRadioSelectWidget
    )
    file = forms.FileField(label="The file of mine", required=False, widget=UnfoldAdminFileFieldWidget)
    resource = forms.CharField(
        label="The dataset on NGED's portal",
        max_length=500,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text="The address of its page, as your browser shows it: …/dataset/NAME or …/dataset/NAME/resource/ID.",
    )
    with_original_offers = forms.BooleanField(
        label="The companies of the file bid too",
        required=False,
        initial=True,
        widget=UnfoldBooleanWidget,
        help_text="Each is played by a stand-in that bids as the company really did. A company that takes part itself "
        "and bids is not played: its stand-in withdraws before bidding closes.",
    )
    sellers = InvitedSellers(
        label="Invite these sellers",
        help_text="Each sees the invitation on its own pages and says yes there. No email is sent: tell them yourself.",
    )

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        self.fields["sellers"].offer()  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        """Refuses what is too large to be one of NGED's files."""
        file = self.cleaned_data["file"]
        if file and file.size > LARGEST_BYTES:
            raise ValidationError(f"The file has {file.size:,} bytes; at most {LARGEST_BYTES:,} are taken.")
        return file

    def clean(self) -> dict[str, Any]:
        """What the chosen source needs must be there."""
        given = super().clean() or {}
        source = given.get("source")
        if source == FILE and not given.get("file") and "file" not in self.errors:
            self.add_error("file", "Choose the file, or fill the party from the made-up season.")
        if source == PORTAL and not given.get("resource"):
            self.add_error("resource", "Give the address of the dataset's page on the portal.")
        return given


class InviteForm(forms.Form):
    """More sellers for a party that is under way."""

    sellers = InvitedSellers(label="Invite these sellers too")

    def __init__(self, *args: Any, party: TestParty, **options: Any):
        super().__init__(*args, **options)
        self.fields["sellers"].offer(except_of=party)  # type: ignore[attr-defined]
