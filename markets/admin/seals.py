"""Opening sealed bids early: one person asks at the competition, another agrees here."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from unfold.decorators import display
from unfold.enums import ActionVariant

from ..models import Competition, MarketTime, SealOpening, User
from ..operations.seals import agree_opening, ask_opening
from .acting import WithReason, operation
from .noun import Noun


class EarlyOpening:
    """The button of a competition whose gate is open."""

    @operation(
        "Ask to open the bids early",
        consequence="Bids are sealed until gate closure. Say why their prices must be seen before: a second person has to agree, and the journal keeps both names and the reason.",
        form=WithReason,
        when=lambda competition: (
            competition.status != Competition.Status.PREVIEW and competition.closes_at > competition.market.now()
        ),
        icon="lock_open",
        variant=ActionVariant.DANGER,
    )
    def ask_opening(self, by: User, competition: Competition, reason: str) -> str:
        ask_opening(competition=competition, reason=reason, by=by)
        return "Asked. Nothing is open yet: another person agrees under 'Openings of sealed bids'."


@admin.register(SealOpening)
class SealOpeningAdmin(Noun):
    list_display = ("competition", "standing", "reason", "asked_by", "asked_at", "agreed_by", "agreed_at")
    list_select_related = ("competition", "asked_by", "agreed_by")
    list_filter = ("competition__market", ("agreed_at", admin.EmptyFieldListFilter))
    search_fields = ("competition__reference", "competition__name", "reason", "asked_by__email")
    date_hierarchy = "asked_at"
    actions_detail = ("agree",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[SealOpening]:
        gate = Q(competition__closes_at__gt=MarketTime("competition__market__clock_offset"))
        return super().get_queryset(request).annotate(gate_is_open=gate)

    @display(description="Stands", label={"Waits for a second person": "info", "Opened": "danger"})
    def standing(self, opening: Any) -> str:
        if opening.agreed_at:
            return "Opened"
        return "Waits for a second person" if opening.gate_is_open else "Over: the gate has closed"

    @operation(
        "Agree to open the bids",
        consequence="The console shows the prices of every bid in this competition from now on, to all of customer success. It cannot be undone.",
        when=lambda opening: opening.agreed_at is None and opening.gate_is_open,
        icon="lock_open",
        variant=ActionVariant.DANGER,
    )
    def agree(self, by: User, opening: SealOpening) -> str:
        agree_opening(opening=opening, by=by)
        return f"The bids in {opening.competition} are open."
