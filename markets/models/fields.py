"""The few column types of the field: kW, prices, money, and the references people read aloud on the phone."""

from typing import Any

from django.db import models
from django.db.models.functions import Cast, Concat


def Kw(**options: Any) -> models.DecimalField:  # noqa: N802 - reads as a type
    """Power in kW with four decimals: offers of 0.3996 kW are real."""
    return models.DecimalField(max_digits=14, decimal_places=4, **options)


def Price(**options: Any) -> models.DecimalField:  # noqa: N802
    """A price with four decimals; its unit stands in the field's name."""
    return models.DecimalField(max_digits=14, decimal_places=4, **options)


def Gbp(**options: Any) -> models.DecimalField:  # noqa: N802
    """Money in pounds and pence."""
    return models.DecimalField(max_digits=14, decimal_places=2, **options)


def Reference(prefix: str) -> models.GeneratedField:  # noqa: N802
    """Our reference of a row, e.g. `B-48213`: made by the database from the key, so bulk and COPY have it too."""
    return models.GeneratedField(
        expression=Concat(models.Value(f"{prefix}-"), Cast("id", models.TextField()), output_field=models.TextField()),
        output_field=models.TextField(),
        db_persist=True,
        unique=True,
    )
