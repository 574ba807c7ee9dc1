"""What the database itself refuses: illegal moves between states, and edits of what must stand for ever.

States are declared once, as `TextChoices` with their legal moves beside them on the model; these functions
turn them into database triggers, so that bulk updates and raw SQL cannot go round them.
"""

from collections.abc import Callable, Sequence

import pgtrigger
from django.db import models
from django.db.models import Q


def guarded_states[M: models.Model](field: str = "status") -> Callable[[type[M]], type[M]]:
    """Class decorator: rows are born in the field's default state and change it only along the model's `MOVES`.

    `MOVES` are pairs (from, to); to stay in a state is always legal.
    """

    def guard(model: type[M]) -> type[M]:
        born = str(model._meta.get_field(field).default)  # type: ignore[union-attr]
        moves = [(str(before), str(after)) for before, after in model.MOVES]  # type: ignore[attr-defined]
        illegal = pgtrigger.Q(**{f"old__{field}__df": pgtrigger.F(f"new__{field}")})
        for before, after in moves:
            illegal &= ~pgtrigger.Q(**{f"old__{field}": before, f"new__{field}": after})
        pgtrigger.register(
            pgtrigger.Protect(
                name=f"{field}_born", operation=pgtrigger.Insert, condition=~pgtrigger.Q(**{f"new__{field}": born})
            ),
            # The condition costs nothing beside the function, which is thus called for what it refuses alone.
            pgtrigger.FSM(name=f"{field}_moves", field=field, transitions=moves, condition=illegal),
        )(model)
        return model

    return guard


def append_only(*, may_change: Sequence[str] = ()) -> list[pgtrigger.Trigger]:
    """Rows can be added, never deleted, and never edited except in the fields that `may_change`."""
    if not may_change:
        return [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
    return [
        pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete),
        pgtrigger.ReadOnly(name="no_edit", exclude=list(may_change)),
    ]


def written_once(field: str) -> pgtrigger.Trigger:
    """A field that is empty at first (a feed position, a lock) and is never changed once it is set."""
    return pgtrigger.Protect(
        name=f"{field}_once",
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(**{f"old__{field}__isnull": False})
        & pgtrigger.Q(**{f"old__{field}__df": pgtrigger.F(f"new__{field}")}),
    )


def not_negative(*fields: str) -> Q:
    """The condition of a check constraint: none of the fields is below zero (NULL passes)."""
    condition = Q()
    for field in fields:
        condition &= Q(**{f"{field}__gte": 0})
    return condition
