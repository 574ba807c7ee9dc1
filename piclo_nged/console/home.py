"""The console's home: what needs a person now, most urgent first. One query per need."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Window
from django.urls import reverse

from .waiting import WAITING, Waiting

SHOWN = 5


@dataclass(frozen=True)
class Item:
    """One record that waits: what it is called, what else to know, and since or until when."""

    title: str
    beside: str
    at: datetime | None
    url: str


@dataclass(frozen=True)
class Need:
    """A kind of work: how much of it waits, its first records, and the list of all. `aged`: the first is the oldest."""

    title: str
    icon: str
    total: int
    items: list[Item]
    url: str
    aged: bool = False

    @property
    def oldest_at(self) -> datetime | None:
        return self.items[0].at if self.aged and self.items else None


def needs() -> list[Need]:
    """Everything that waits for a person. What does not wait is there too, with a total of 0."""
    return [_need(kind) for kind in WAITING]


def _need(kind: Waiting) -> Need:
    rows = kind.rows().annotate(total=Window(Count("*")))
    first = list(rows[:SHOWN])
    place = f"admin:{rows.model._meta.app_label}_{rows.model._meta.model_name}"
    items = [Item(*kind.told(row), reverse(f"{place}_change", args=[row.pk])) for row in first]
    url = f"{reverse(f'{place}_changelist')}?{kind.filters}"
    return Need(kind.title, kind.icon, first[0].total if first else 0, items, url, kind.aged)
