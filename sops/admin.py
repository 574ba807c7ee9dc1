"""The service around the story: cases for people, the steps and who does them, the articles sellers read."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from unfold.decorators import display
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm
from unfold.widgets import PROSE_CLASSES, UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from markets.admin.acting import WithReason, operation
from markets.admin.columns import state
from markets.admin.noun import EditableNoun, Noun
from markets.models import User

from .help import rendered
from .help.publishing import review_article
from .models import Article, Case, Step, Tally
from .operations import claim_case, drop_case, finish_case, hand_over_case, set_mode
from .steps import StepDeclaration, declared


def is_open(case: Case) -> bool:
    return case.status in Case.OPEN


def declaration_of(step: Step) -> StepDeclaration | None:
    """None where the blueprint has the step no more; its cases stay."""
    try:
        return declared(step.key)
    except KeyError:
        return None


def procedure_of(step: Step) -> str:
    """The standard operating procedure as safe HTML."""
    declaration = declaration_of(step)
    return as_page(declaration.sop) if declaration else "The blueprint has this step no more."


def as_page(markdown: str) -> str:
    """Markdown as it is read: `rendered` makes it safe, the classes give lists their numbers."""
    return format_html('<div class="{}">{}</div>', " ".join(PROSE_CLASSES), mark_safe(rendered(markdown)))


class OutcomeForm(BaseDialogForm):
    """What came of it."""

    outcome = forms.CharField(required=False, widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}))


class HandOverForm(WithReason):
    """Whose case it is from now on."""

    to = forms.ModelChoiceField(
        User.objects.filter(is_staff=True, is_active=True),
        required=False,
        empty_label="Nobody: back into the queue",
        widget=UnfoldAdminSelectWidget,
    )
    field_order = ("to", "reason")


class ModeForm(WithReason):
    """Who does the step from now on; only what the step allows."""

    mode = forms.ChoiceField(widget=UnfoldAdminSelectWidget)
    field_order = ("mode", "reason")

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        step = Step.objects.get(pk=self.object_id)
        self.fields["mode"].choices = [(mode.value, mode.label) for mode in declared(step.key).modes]
        self.fields["mode"].widget.choices = self.fields["mode"].choices


class IsOpen(admin.SimpleListFilter):
    """Cases that still wait for somebody."""

    title = "open"
    parameter_name = "open"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Yes")]

    def queryset(self, request: HttpRequest, cases: Any) -> Any:
        return cases.open() if self.value() else cases


@admin.register(Case)
class CaseAdmin(Noun):
    list_display = ("reference", "step_title", "subject", "standing", "claimed_by", "due_at", "opened_at")
    list_select_related = ("step", "claimed_by")
    list_filter = (IsOpen, "status", "step", "claimed_by")
    search_fields = ("reference", "subject", "step__key", "claimed_by__email")
    date_hierarchy = "opened_at"
    actions_detail = ("claim", "finish", "hand_over", "drop")
    fields = (
        "reference",
        "step_title",
        "subject_link",
        "problem",
        "found_out",
        "procedure",
        "status",
        "claimed_by",
        "fell_due_at",
        "due_at",
        "opened_at",
        "closed_at",
        "outcome",
    )
    standing = state()

    @display(description="Step", ordering="step")
    def step_title(self, case: Case) -> str:
        declaration = declaration_of(case.step)
        return declaration.title if declaration else case.step.key

    @display(description="Subject")
    def subject_link(self, case: Case) -> str:
        """The row that is due, on its own page."""
        declaration = declaration_of(case.step)
        model = declaration.subject_model() if declaration else None
        if model is None:
            return case.subject
        place = f"{self.admin_site.name}:{model._meta.app_label}_{model._meta.model_name}_change"
        return format_html(
            '<a href="{}" class="text-primary-600">{}</a>', reverse(place, args=[case.subject_id]), case.subject
        )

    @display(description="What the machine found out")
    def found_out(self, case: Case) -> str:
        return as_page(case.prepared) if case.prepared else "-"

    @display(description="How to do it")
    def procedure(self, case: Case) -> str:
        return procedure_of(case.step)

    @operation(
        "Claim",
        consequence="The case is in your hand, and in nobody else's.",
        when=lambda case: case.status == Case.Status.WAITING,
        icon="back_hand",
        variant=ActionVariant.PRIMARY,
    )
    def claim(self, by: User, case: Case) -> str:
        claim_case(case=case, by=by)
        return f"{case} is in your hand."

    @operation(
        "Do it and finish",
        consequence="What the software can do of the step, it does now for the subject. Then the case is closed.",
        form=OutcomeForm,
        when=is_open,
        icon="task_alt",
        variant=ActionVariant.SUCCESS,
    )
    def finish(self, by: User, case: Case, outcome: str) -> str:
        finish_case(case=case, by=by, outcome=outcome)
        return f"{case} is done."

    @operation(
        "Hand over",
        consequence="Another person takes the case, or it goes back into the queue.",
        form=HandOverForm,
        when=is_open,
        icon="swap_horiz",
    )
    def hand_over(self, by: User, case: Case, to: User | None, reason: str) -> str:
        hand_over_case(case=case, to=to, by=by, reason=reason)
        return f"{case} is handed over to {to}." if to else f"{case} is back in the queue."

    @operation(
        "Not needed",
        consequence="The case is closed without doing the step.",
        form=WithReason,
        when=is_open,
        icon="close",
        variant=ActionVariant.DANGER,
    )
    def drop(self, by: User, case: Case, reason: str) -> str:
        drop_case(case=case, by=by, reason=reason)
        return f"{case} is closed as not needed."


@admin.register(Step)
class StepAdmin(EditableNoun):
    """Steps are declared in the code; here stands who does them now, and what hands can do."""

    list_display = ("title", "phase", "lane", "mode", "minutes_by_hand", "people")
    list_filter = ("mode",)
    search_fields = ("key",)
    fields = ("title", "key", "phase", "lane", "mode", "minutes_by_hand", "people", "procedure")
    readonly_fields = ("title", "key", "phase", "lane", "mode", "procedure")
    actions_detail = ("set_mode",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @display(description="Step", ordering="pk")
    def title(self, step: Step) -> str:
        declaration = declaration_of(step)
        return declaration.title if declaration else step.key

    @display(description="Phase")
    def phase(self, step: Step) -> str:
        declaration = declaration_of(step)
        return declaration.phase if declaration else "-"

    @display(description="Owner")
    def lane(self, step: Step) -> str:
        declaration = declaration_of(step)
        return declaration.lane if declaration else "-"

    @display(description="How to do it by hand")
    def procedure(self, step: Step) -> str:
        return procedure_of(step)

    @operation(
        "Change mode",
        consequence="Takes effect at once: manual makes cases for people, automated does by machine what is due.",
        form=ModeForm,
        when=lambda step: (declaration := declaration_of(step)) is not None and not declaration.locked,
        icon="conversion_path",
    )
    def set_mode(self, by: User, step: Step, mode: str, reason: str) -> str:
        set_mode(step=step, mode=mode, reason=reason, by=by)
        return f"'{declared(step.key).title}' is now {Step.Mode(mode).label.lower()}."


@admin.register(Article)
class ArticleAdmin(EditableNoun):
    """Articles begin as files of the project. An edit stands until the file itself changes."""

    list_display = ("title", "slug", "standing", "reviewed_at")
    list_filter = ("status",)
    search_fields = ("title", "slug", "body")
    readonly_fields = ("slug", "status", "reviewed_at")
    hidden_fields = ("file_sha256",)
    actions_detail = ("review",)
    standing = state()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @operation(
        "Reviewed",
        consequence="You have read the article through and stand by it: its year begins again.",
        when=lambda article: article.status == Article.Status.PUBLISHED,
        icon="rate_review",
    )
    def review(self, by: User, article: Article) -> str:
        review_article(article=article, by=by)
        return f"'{article}' is reviewed."


@admin.register(Tally)
class TallyAdmin(Noun):
    list_display = ("step", "day", "by_machine", "failed", "most_waiting")
    list_display_links = ("step", "day")
    list_select_related = ("step",)
    list_filter = ("step",)
    search_fields = ("step__key",)
    date_hierarchy = "day"
