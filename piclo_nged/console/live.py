"""Dispatch as it happens: every trigger with how far it got, those with trouble first. The page asks anew by itself.

It is asked every two seconds by everybody who watches: the answer is 304 without a word where nothing has changed.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views import View

from dispatch.models import Instruction
from dispatch.models.canary import CANARY
from dispatch.operations.watching import LOOKED_AT, instructions_watched, today, watched
from dispatch.rules.watched import Today, seconds
from markets.models import Market
from markets.web.live import asked_with, asks_for_part, unless_seen, version_of

PER_PAGE, INSTRUCTIONS_PER_PAGE = 25, 50
PERIODS = {
    "hour": ("Last hour", timedelta(hours=1)),
    "day": ("Last day", timedelta(days=1)),
    "week": ("Last week", timedelta(days=7)),
}
USUAL = "day"


@dataclass(frozen=True)
class Asked:
    """What the address asks for; what it says wrongly is as if it said nothing."""

    market: str
    period: str
    only_troubles: bool
    with_tests: bool
    unfolded: int

    @classmethod
    def by(cls, query: Any) -> "Asked":
        period, unfolded = query.get("period", ""), query.get("open", "")
        return cls(
            market=query.get("market", ""),
            period=period if period in PERIODS else USUAL,
            only_troubles="troubles" in query,
            with_tests="tests" in query,
            unfolded=int(unfolded) if unfolded.isascii() and unfolded.isdigit() else 0,
        )


class DispatchLive(View):
    """The whole page, or to htmx the board alone. `open` unfolds the instructions of a trigger."""

    console: Any = None

    def get(self, request: HttpRequest) -> HttpResponseBase:
        asked = Asked.by(request.GET)
        rows = watched(
            since=timezone.now() - PERIODS[asked.period][1], market=asked.market, with_tests=asked.with_tests
        )
        figures = today(market=asked.market, with_tests=asked.with_tests)
        in_trouble = sum(bool(row.troubles) for row in rows)
        shown = [row for row in rows if row.troubles] if asked.only_troubles else rows
        page = Paginator(shown, PER_PAGE).get_page(request.GET.get("page"))
        unfolded = _unfolded(asked, page, request)
        seen = [figures, in_trouble, len(rows), len(shown), *page, *map(_facts, unfolded or ())]
        version = version_of(seen)
        context = {
            "asked": asked,
            "page_obj": page,
            "in_trouble": in_trouble,
            "figures": _told(figures),
            "is_cut": len(rows) >= LOOKED_AT,
            "looked_at": LOOKED_AT,
            "unfolded": unfolded,
            "version": asked_with(version),
            "said": _said(figures, in_trouble, len(rows)),
            "period": PERIODS[asked.period][0].lower(),
        }
        answer = unless_seen(request, version, lambda: self._answer(request, context))
        patch_vary_headers(answer, ["HX-Request"])
        return answer

    def _answer(self, request: HttpRequest, context: dict[str, Any]) -> HttpResponseBase:
        if asks_for_part(request):
            return render(request, "admin/dispatch_live.html#board", context)
        whole = {
            "title": "Dispatch live",
            "markets": Market.objects.exclude(key=CANARY).order_by("name"),
            "periods": [(key, label) for key, (label, _) in PERIODS.items()],
        }
        return render(request, "admin/dispatch_live.html", self.console.each_context(request) | context | whole)


def _unfolded(asked: Asked, page: Page, request: HttpRequest) -> Page | None:
    """The instructions of the trigger that is to be unfolded, where it is on this page."""
    chosen = next((row for row in page if row.trigger_id == asked.unfolded), None)
    if chosen is None:
        return None
    rows = instructions_watched(trigger_id=chosen.trigger_id)
    paginator = Paginator(rows, INSTRUCTIONS_PER_PAGE)
    paginator.count = chosen.counts.instructions  # known already
    return paginator.get_page(request.GET.get("of"))


def _facts(instruction: Instruction) -> list[Any]:
    mails = [
        (mail.status, mail.sent_at, mail.delivered_at, mail.opened_at, mail.bounced_at)
        for mail in (notice.mail for notice in instruction.notices.all())
    ]
    annotated = [getattr(instruction, name) for name in ("is_overdue", "answer_due_at", "answered_at", "reason")]
    match = getattr(instruction, "match", None)
    return [instruction.pk, instruction.answer, *annotated, mails, match and (match.status, match.contract_id)]


def _told(figures: Today) -> list[tuple[str, str]]:
    """The strip of totals: label and figure."""
    return [
        ("Mails sent today", f"{figures.mails:,}"),
        ("Median to sent", seconds(figures.median) or "–"),
        ("Worst to sent", seconds(figures.worst) or "–"),
        ("Unsent now", f"{figures.unsent:,}"),
    ]


def _said(figures: Today, in_trouble: int, triggers: int) -> str:
    """What is said aloud where it changes: short, since a burst changes it often."""
    return f"{triggers} trigger{'' if triggers == 1 else 's'}, {in_trouble} with trouble, {figures.unsent} unsent."
