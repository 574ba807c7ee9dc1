"""How a noun of the story looks in the console: people of customer success read it, operations change it.

The other apps build on the same classes. Who is staff may see every noun; nobody deletes here.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import DecimalField, Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.admin import ModelAdmin, TabularInline

from ..operations.journal import record
from .acting import offered, person
from .columns import amount


def with_units(model: type[Model], names: Sequence[str]) -> list[Any]:
    """Fields to be read: decimals under their unit and without needless zeros."""
    decimals = {field.name for field in model._meta.fields if isinstance(field, DecimalField)}
    return [amount(name) if name in decimals else name for name in names]


class Noun(ModelAdmin):
    """Read only. A subclass says what is listed, searched and filtered, and which operations it offers."""

    list_per_page = 50
    show_full_result_count = False
    list_filter_sheet = False
    hidden_fields: tuple[str, ...] = ()
    never_looked_up: tuple[str, ...] = ()

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.admin_site.has_permission(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """Everything that is stored, in the model's order, unless the class names its fields."""
        stored = [field for field in (*self.opts.fields, *self.opts.many_to_many) if not field.primary_key]
        names = self.fields or [field.name for field in stored if field.name not in self.hidden_fields]
        return names if self.may_write(request, obj) else with_units(self.model, names)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return self.readonly_fields if self.may_write(request, obj) else self.get_fields(request, obj)

    def may_write(self, request: HttpRequest, obj: Model | None) -> bool:
        return self.has_change_permission(request, obj) if obj else self.has_add_permission(request)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """A filter typed into the address may not feel its way to what the page hides."""
        return not lookup.startswith(self.never_looked_up) and super().lookup_allowed(lookup, value, request)

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[Any]:
        """The operations that are possible for this record as it stands."""
        actions = super().get_actions_detail(request, object_id)
        subject = self.get_object(request, str(object_id)) if actions else None
        return [action for action in actions if offered(action.method, subject)]

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The history of a record is its part of the journal."""
        journal = reverse(f"{self.admin_site.name}:markets_journalentry_changelist")
        return HttpResponseRedirect(f"{journal}?subject_type={self.opts.label_lower}&subject_id={object_id}")


class EditableNoun(Noun):
    """Reference data that customer success keeps: it may be added and edited, and each time the journal says so."""

    readonly_after_adding: tuple[str, ...] = ()
    called: Mapping[str, str] = {}
    """Labels of fields that their names do not say."""

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:
        return super().get_form(request, obj, change, **{"labels": self.called} | options)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.admin_site.has_permission(request)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        generated = [field.name for field in self.opts.fields if not field.editable]
        fixed = (*super().get_readonly_fields(request, obj), *generated, *(self.readonly_after_adding if obj else ()))
        return [name for name in dict.fromkeys(fixed) if name in self.get_fields(request, obj)]

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> None:
        record(by=person(request), verb=f"add_{self.opts.model_name}", subject=obj)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> None:
        changed = [name for part in message for name in part.get("changed", {}).get("fields", [])]
        record(by=person(request), verb=f"edit_{self.opts.model_name}", subject=obj, changed=changed)


class Rows(TabularInline):
    """Rows that belong to a record, shown below it, read only."""

    extra = 0
    can_delete = False
    show_change_link = True
    hide_title = True
    tab = True

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return with_units(self.model, self.fields)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return self.get_fields(request, obj)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.admin_site.has_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
