"""One line of a statement, unfolded to the readings it came from: for whoever wants to recompute it."""

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.views.generic import DetailView

from dispatch.models import Instruction
from markets.models import Product
from markets.problems import Refused
from markets.web.access import SellerPage

from ..models import SettlementLine, Statement
from ..operations import unfold
from ..rules.events import minutes_of
from ..rules.unfolding import Unfolded, UnfoldedAsset
from .event_chart import event_chart

PARTS = {"used": "counts", "lowest": "extreme: dropped", "highest": "extreme: dropped", "too few": "too few days"}


class LinePage(SellerPage, DetailView):
    """The event as a drawing and as a table, asset by asset, like day by like day."""

    section = "statements"
    help = "settlement#reading-a-statement"
    market_path = "run.market"
    template_name = "settlement/line.html"
    context_object_name = "line"
    object: SettlementLine

    @cached_property
    def statement(self) -> Statement:
        statements = self.own(Statement.objects.select_related("run__market__operator"))
        return get_object_or_404(statements, reference=self.kwargs["reference"])

    def get_queryset(self) -> QuerySet[SettlementLine]:
        product = "contract__bid__competition__product"
        lines = SettlementLine.objects.filter(run=self.statement.run_id)
        return self.own(lines).select_related("run__market", "run__terms", "window", "instruction", product)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        line = self.object
        told: dict[str, Any] = {"statement": self.statement}
        try:
            found = unfold(line)
        except Refused as refused:
            told["changed"] = str(refused)
        else:
            turn_up = line.contract.bid.competition.product.direction == Product.Direction.TURN_UP
            told |= {
                "found": found,
                "assets": [_shown(asset, minutes_of(line.starts_at, line.ends_at)) for asset in found.assets],
            }
            told |= {"chart": event_chart(found.intervals, turn_up=turn_up), "calls": _calls(found)}
        return super().get_context_data(**told | kwargs)


def _shown(asset: UnfoldedAsset, minutes: int) -> dict[str, Any]:
    """An asset with its like days in words; mean power in kW."""
    changed = asset.baseline.adjustment_w if asset.baseline else None
    days = [
        {"day": like.day, "mean_kw": Decimal(sum(like.wmin)) / minutes / 1000, "part": PARTS[like.role]}
        for like in reversed(asset.like_days)
    ]
    return {"asset": asset, "days": days, "moved_kw": Decimal(changed) / 1000 if changed else None}


def _calls(found: Unfolded) -> list[tuple[Instruction, Any]]:
    """The instructions within a window that was kept available, each with what it delivered."""
    instructions = Instruction.objects.in_bulk([call.instruction_id for call in found.within])
    return [(instructions[call.instruction_id], call) for call in found.within]
