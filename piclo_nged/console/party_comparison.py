"""What a test party came to, beside what really happened: a page to sort and leaf through, and files to keep."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import localtime
from django.views import View

from markets.models import TestParty
from markets.rules.sheets import csv_lines
from markets.web.downloads import csv_file

from ..dso.nged.hindsight import Compared, Side, main_price, totals
from ..dso.nged.party import season_of
from ..dso.nged.standing import comparison_of
from .party import notes_of

PER_PAGE = 50
SORTS: dict[str, tuple[str, Callable[[Compared], Any]]] = {
    "": ("Order of the file", lambda item: 0),
    "name": ("Name", lambda item: item.competition.name),
    "kw": ("Difference in capacity", lambda item: -abs(item.more_kw)),
    "price": ("Difference in price", lambda item: -abs(item.dearer_by)),
    "winners": ("Other winners", lambda item: -len(item.newly) - len(item.lost)),
}


class Comparison(View):
    """Reads the party of the address and compares it; `product`, `differing` and `q` choose, `sort` sorts."""

    console: Any = None

    @cached_property
    def party(self) -> TestParty:
        return get_object_or_404(TestParty.objects.select_related("market"), pk=self.kwargs["pk"])

    @cached_property
    def everything(self) -> list[Compared]:
        return comparison_of(self.party, season_of(self.party))

    def chosen(self, asked: Any) -> list[Compared]:
        """What the address asks for, in its order."""
        product, words = asked.get("product", ""), asked.get("q", "").casefold().split()
        rows = [
            item
            for item in self.everything
            if (not product or item.competition.product == product)
            and (not asked.get("differing") or item.differs)
            and all(word in f"{item.competition.name} {item.competition.zone}".casefold() for word in words)
        ]
        return sorted(rows, key=SORTS.get(asked.get("sort", ""), SORTS[""])[1])

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        page = Paginator(self.chosen(request.GET), PER_PAGE).get_page(request.GET.get("page"))
        context = {
            "title": f"{self.party}: what really happened, and what the party came to",
            "party": self.party,
            "totals": totals(self.everything),
            "page_obj": page,
            "sorts": [(key, label) for key, (label, _) in SORTS.items()],
            "products": sorted({item.competition.product for item in self.everything}),
            "asked": request.GET,
        }
        return render(request, "admin/party_comparison.html", self.console.each_context(request) | context)


class ComparisonFile(Comparison):
    """The same rows as CSV, in the units of the field."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        rows = (_cells(item) for item in self.chosen(request.GET))
        return csv_file(f"{self.party.market.key}-comparison.csv", csv_lines(COLUMNS, rows))


class NotesFile(Comparison):
    """The notes with what was decided from them, as CSV."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        rows = (
            [
                f"{localtime(note.left_at):%Y-%m-%d %H:%M %Z}",
                str(note.seller or ""),
                str(note.user or ""),
                note.page,
                note.text,
                note.get_decision_display(),
                note.decided_what,
                str(note.decided_by or ""),
                f"{localtime(note.decided_at):%Y-%m-%d %H:%M %Z}" if note.decided_at else "",
            ]
            for note in notes_of(self.party)
        )
        return csv_file(f"{self.party.market.key}-notes.csv", csv_lines(NOTE_COLUMNS, rows))


NOTE_COLUMNS = ("Left", "Seller", "Person", "Page", "Note", "Decision", "What was done", "Decided by", "Decided")
_SIDE = (
    "offers",
    "offered kW",
    "accepted kW",
    "availability GBP/MW/h",
    "utilisation GBP/MWh",
    "Sustain GBP/kW",
    "winners",
)
COLUMNS = (
    *("Competition", "Name", "Zone", "Product", "Peak required kW"),
    *(f"Really: {name}" for name in _SIDE),
    *(f"Party: {name}" for name in _SIDE),
    *("More kW in the party", "Dearer by (main price)", "New winners", "Lost winners"),
    *("Offers made again", "Same outcome", "Same price"),
)


def _cells(item: Compared) -> list[str]:
    competition = item.competition
    return [
        *(competition.reference, competition.name, competition.zone, competition.product),
        f"{competition.peak_required_kw:f}",
        *_side_cells(item.really),
        *_side_cells(item.party),
        f"{item.more_kw:f}",
        f"{main_price(item.party.prices) - main_price(item.really.prices):f}",
        "; ".join(item.newly),
        "; ".join(item.lost),
        *map(str, (item.repeated.offers, item.repeated.outcome_matches, item.repeated.price_matches)),
    ]


def _side_cells(side: Side) -> list[str]:
    numbers = (side.offered_kw, side.accepted_kw, *side.prices)
    return [str(side.offers), *(f"{number:f}" for number in numbers), "; ".join(sorted(side.winners))]
