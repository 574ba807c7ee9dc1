"""What was learned of the operators' words: who taught it, from which decision; corrected and ended here."""

from typing import Any

from django import forms
from django.contrib import admin
from unfold.decorators import display
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminTextInputWidget

from markets.admin.acting import WithReason, operation
from markets.admin.noun import Noun
from markets.models import User

from ..models import Alias
from ..operations import correct_alias, end_alias, meaning_called


class CorrectForm(WithReason):
    """What the word means instead."""

    meaning = forms.CharField(
        label="It means",
        max_length=200,
        widget=UnfoldAdminTextInputWidget,
        help_text="Our seller's name, contract (C-17), zone code or product, as the kind of word asks.",
    )
    field_order = ("meaning", "reason")


def stands(alias: Alias) -> bool:
    return alias.ended_at is None


@admin.register(Alias)
class AliasAdmin(Noun):
    list_display = ("reference", "kind", "word", "means", "learned_from", "learned_by", "learned_at", "ended_at")
    list_select_related = (
        *("seller", "contract", "zone", "product", "learned_by", "ended_by", "operator"),
        "learned_from__instruction",
    )
    list_filter = ("kind", "operator", "is_mock", ("ended_at", admin.EmptyFieldListFilter))
    search_fields = ("reference", "word", "seller__name", "contract__reference", "zone__code", "product__name")
    date_hierarchy = "learned_at"
    actions_detail = ("correct", "end")

    @display(description="Means")
    def means(self, alias: Alias) -> str:
        return str(alias.meaning)

    @operation(
        "It means something else",
        consequence="This one ends and another takes its place: from now on triggers with the word are read by that. "
        "What was matched by it stays; undo those matches that are wrong.",
        form=CorrectForm,
        when=stands,
        icon="edit",
        variant=ActionVariant.PRIMARY,
    )
    def correct(self, by: User, alias: Alias, meaning: str, reason: str) -> str:
        corrected = correct_alias(alias=alias, meaning=meaning_called(alias=alias, name=meaning), reason=reason, by=by)
        return f"{corrected}."

    @operation(
        "End it",
        consequence="From now on the word means nothing to us: its triggers go to customer success on call again.",
        form=WithReason,
        when=stands,
        icon="block",
        variant=ActionVariant.DANGER,
    )
    def end(self, by: User, alias: Alias, **why: Any) -> str:
        end_alias(alias=alias, by=by, **why)
        return f"{alias.reference} is ended: '{alias.word}' means nothing to us any more."
