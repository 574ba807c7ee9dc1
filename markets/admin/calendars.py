"""Auctions that repeat: calendars are kept by customer success, auctions follow from them."""

from dataclasses import fields
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from unfold.widgets import (
    UnfoldAdminDateWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldAdminTimeWidget,
)

from ..models import Auction, AuctionCalendar
from ..operations.calendars import change_calendar, make_calendar
from ..rules.calendar import CalendarTerms, terms_problems
from ..rules.words import DAYS
from .acting import person
from .noun import EditableNoun, Noun

TERMS = [field.name for field in fields(CalendarTerms)]
_WIDGETS = {
    forms.DateField: UnfoldAdminDateWidget,
    forms.TimeField: UnfoldAdminTimeWidget,
    forms.IntegerField: UnfoldAdminIntegerFieldWidget,
    forms.CharField: UnfoldAdminTextInputWidget,
    forms.ModelChoiceField: UnfoldAdminSelectWidget,
}


class CalendarForm(forms.ModelForm):
    """When everything happens. What no auction could follow from is said beside its field."""

    delivery_weekdays = forms.TypedMultipleChoiceField(
        label="Delivery begins on",
        coerce=int,
        choices=list(enumerate(DAYS, start=1)),
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = AuctionCalendar
        fields = ("market", "name", *TERMS)

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        for name, field in self.fields.items():
            if widget := _WIDGETS.get(type(field)):
                choices = getattr(field, "choices", None)
                field.widget = widget()
                if choices is not None:
                    field.widget.choices = choices
            moment, _, part = name.partition("_")
            if part == "days_before":
                field.label = f"{moment.capitalize()}: days before delivery"
            elif part == "local":
                field.label, field.help_text = f"{moment.capitalize()} at", "London time."

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            for name, reason in terms_problems(self.terms()):
                self.add_error(name, reason)
        return cleaned

    def terms(self) -> CalendarTerms:
        """What repeats, as the operations take it."""
        values = {name: self.cleaned_data[name] for name in TERMS}
        return CalendarTerms(**values | {"delivery_weekdays": tuple(sorted(values["delivery_weekdays"]))})


@admin.register(AuctionCalendar)
class AuctionCalendarAdmin(EditableNoun):
    """Added and changed by its operations, which also plan the auctions of the coming weeks."""

    form = CalendarForm
    list_display = ("name", "market", "opens", "closes", "first_day", "last_day")
    list_select_related = ("market",)
    list_filter = ("market",)
    search_fields = ("name", "market__name")
    readonly_after_adding = ("market", "name")

    @admin.display(description="Bidding opens")
    def opens(self, calendar: AuctionCalendar) -> str:
        return _before(calendar.opens_days_before, calendar.opens_local)

    @admin.display(description="Bidding closes")
    def closes(self, calendar: AuctionCalendar) -> str:
        return _before(calendar.closes_days_before, calendar.closes_local)

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return ["market", "name", *TERMS]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            change_calendar(calendar=obj, terms=form.terms(), by=person(request))
        else:
            made = make_calendar(market=obj.market, name=obj.name, terms=form.terms(), by=person(request))
            obj.pk = made.pk

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> None:
        """The operation wrote the journal."""

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> None:
        """The operation wrote the journal."""


@admin.register(Auction)
class AuctionAdmin(Noun):
    list_display = ("delivery", "calendar", "published_by", "opens_at", "closes_at", "results_by")
    list_select_related = ("calendar__market",)
    list_filter = ("calendar__market", "calendar__name")
    search_fields = ("calendar__name", "calendar__market__name")
    date_hierarchy = "first_day"
    ordering = ("first_day", "calendar")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Auction]:
        return super().get_queryset(request).select_related("calendar__market")

    @admin.display(description="Delivery from", ordering="first_day")
    def delivery(self, auction: Auction) -> Any:
        return auction.first_day


def _before(days: int, at: Any) -> str:
    return f"{days} day{'' if days == 1 else 's'} before, {at:%H:%M}"
