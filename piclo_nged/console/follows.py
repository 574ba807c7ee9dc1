"""The panel "what follows": from any record backward to what it belongs to and forward to what came of it.

Built from the models' relations alone, so that a new noun stands in it without a line here. One query counts
all; nothing is counted beyond a limit.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import ForeignObjectRel, Model, OuterRef
from django.urls import reverse

COUNTED_TO = 100


@dataclass(frozen=True)
class Neighbour:
    """A link of the panel. `count` is empty where the link is one record."""

    label: str
    url: str
    count: str = ""


@dataclass(frozen=True)
class Neighbours:
    """Backward: what the record belongs to. Forward: what belongs to it."""

    backward: list[Neighbour]
    forward: list[Neighbour]
    journal: str


def neighbours(site: AdminSite, record: Model) -> Neighbours:
    """Every neighbour that the console has a page for, and the record's part of the journal."""
    place = f"{site.name}:{record._meta.app_label}_{record._meta.model_name}"
    return Neighbours(
        list(_backward(site, record)), list(_forward(site, record)), reverse(f"{place}_history", args=[record.pk])
    )


def _backward(site: AdminSite, record: Model) -> Iterator[Neighbour]:
    for field in record._meta.fields:
        if field.related_model is not None and site.is_registered(field.related_model):
            target = getattr(record, field.name)
            if target is not None:
                yield Neighbour(
                    f"{_capital(field.verbose_name)}: {target}", _address(site, target, "change", target.pk)
                )


def _forward(site: AdminSite, record: Model) -> Iterator[Neighbour]:
    relations = [r for r in record._meta.related_objects if site.is_registered(r.related_model)]
    counts = _counts(record, relations)
    for relation, count in zip(relations, counts, strict=True):
        if not count:
            continue
        names = relation.related_model._meta
        if relation.one_to_one:
            yield Neighbour(_capital(names.verbose_name), _address(site, relation.related_model, "change", count[0]))
        else:
            listed = _address(site, relation.related_model, "changelist")
            address = f"{listed}?{relation.field.name}__id__exact={record.pk}"
            shown = f"more than {COUNTED_TO}" if len(count) > COUNTED_TO else str(len(count))
            yield Neighbour(_capital(names.verbose_name_plural), address, shown)


def _counts(record: Model, relations: list[ForeignObjectRel]) -> list[list[Any]]:
    """Per relation the keys of what points here, at most `COUNTED_TO` and one more."""
    if not relations:
        return []
    keys = {
        f"r{i}": ArraySubquery(
            relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")})
            .order_by()
            .values("pk")[: COUNTED_TO + 1]
        )
        for i, relation in enumerate(relations)
    }
    found = type(record)._base_manager.filter(pk=record.pk).annotate(**keys).values_list(*keys)
    return list(found.get())


def _address(site: AdminSite, model: Any, page: str, *args: Any) -> str:
    return reverse(f"{site.name}:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def _capital(label: Any) -> str:
    text = str(label)
    return text[:1].upper() + text[1:]
