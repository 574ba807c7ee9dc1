"""What every form of sellers is made of: figures with their units, and where a refusal is shown."""

from decimal import Decimal
from typing import Any

from django import forms

from ..problems import Refused


def show_refusal(form: forms.BaseForm, refused: Refused) -> None:
    """Puts what an operation refused beside the fields it names, and the rest above the form."""
    for row in refused.rows:
        form.add_error(row.column if row.column in form.fields else None, row.reason)
    if not refused.rows:
        form.add_error(None, str(refused))


class Measured(forms.DecimalField):
    """A figure with four decimals at most and the unit that stands beside its box."""

    def __init__(self, *, unit: str, before: str = "", **options: Any):
        messages = {
            "required": f"Give a number ({unit}).",
            "invalid": f"Give a number ({unit}), for example 12.5.",
            "min_value": "Give a number that is not negative.",
            "max_decimal_places": "Give at most four decimals.",
        }
        super().__init__(max_digits=14, decimal_places=4, min_value=Decimal(0), error_messages=messages, **options)
        self.unit = unit
        self.before = before

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"inputmode": "decimal", "autocomplete": "off", "step": "any", "min": "0"}


class Minutes(forms.IntegerField):
    """A whole number of minutes, with the word beside its box."""

    unit = "minutes"
