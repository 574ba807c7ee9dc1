"""What every form of sellers is made of: figures with their units, and where a refusal is shown.

Figures are typed into boxes for text. A browser's own box for numbers takes a comma or a unit away without a word, so
that 12,5 becomes 125, and turns a figure over when somebody scrolls.
"""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from ..problems import Refused
from ..rules.numbers import NUMBER, why_no_number

ADDRESS = "Give an email address, for example control.room@company.example."
EMAIL_WORDS = {"required": ADDRESS, "invalid": ADDRESS}


def show_refusal(form: forms.BaseForm, refused: Refused) -> None:
    """Puts what an operation refused beside the fields it names, and the rest above the form."""
    for row in refused.rows:
        form.add_error(row.column if row.column in form.fields else None, row.reason)
    if not refused.rows:
        form.add_error(None, str(refused))


class Measured(forms.DecimalField):
    """A figure with four decimals at most and the unit that stands beside its box."""

    widget = forms.TextInput

    def __init__(self, *, unit: str, before: str = "", **options: Any):
        messages = {"required": f"Give a number ({unit})."}
        super().__init__(max_digits=14, decimal_places=4, min_value=Decimal(0), error_messages=messages, **options)
        self.unit = unit
        self.before = before

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]  # the stubs of the parent say int
        """Raises ValidationError with what to do: decimals after a point, the number alone."""
        text = str(value).strip()
        if value not in self.empty_values and text and not NUMBER.fullmatch(text):
            raise ValidationError(why_no_number(text), code="invalid")
        return super().to_python(text if value is not None else None)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"inputmode": "decimal", "autocomplete": "off"}


class Whole(forms.IntegerField):
    """A whole number, `least` at the least."""

    widget = forms.TextInput

    def __init__(self, *, least: int, example: str, **options: Any):
        sentence = f"Write a whole number, {least} or more, for example {example}: the number alone."
        messages = {
            "required": sentence,
            "invalid": sentence,
            "min_value": sentence,
            "max_value": "This number is too large.",
        }
        super().__init__(min_value=least, max_value=2**31 - 1, error_messages=messages, **options)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"inputmode": "numeric", "autocomplete": "off"}


class Minutes(Whole):
    """A whole number of minutes, with the word beside its box."""

    unit = "minutes"

    def __init__(self, *, least: int = 0, **options: Any):
        super().__init__(least=least, example="120", required=False, **options)
