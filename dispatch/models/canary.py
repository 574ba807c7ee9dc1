"""The canary's part of the books: an operator of its own, so that nothing of it is anybody's figure or case."""

from typing import Any, Self

from django.db import models

CANARY = "canary"
"""The key of its operator and of its market."""


class WithoutCanary[Row: models.Model](models.QuerySet[Row]):
    """Rows of real operators. `operator_path` leads from the model to the operator."""

    operator_path = "instruction__market__operator"

    def not_canary(self) -> Self:
        return self.exclude(**{f"{self.operator_path}__key": CANARY})

    def canary(self) -> Self:
        return self.filter(**{f"{self.operator_path}__key": CANARY})


class Triggers(WithoutCanary[Any]):
    """Triggers, with or without the canary's."""

    operator_path = "operator"


class Notices(WithoutCanary[Any]):
    """Notices, with or without the canary's."""
