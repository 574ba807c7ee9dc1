"""What was accepted: the seller's contracts, as a list and as a file."""

from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.views.generic import ListView, View

from ..filters import ContractFilter
from ..models import Contract
from ..rules.sheets import csv_lines
from ..templatetags.figures import instant_text
from ..web.access import SellerPage
from ..web.downloads import csv_file
from ..web.lists import FilteredList

COLUMNS = (
    "Contract",
    "Bid",
    "Your reference",
    "Market",
    "Competition reference",
    "Competition",
    "Zone",
    "Product",
    "First day",
    "Last day",
    "Windows",
    "Accepted [kW]",
    "Availability [GBP/MW/h]",
    "Utilisation [GBP/MWh]",
    "Sustain [GBP/kW]",
    "Awarded (London time)",
)


def with_their_competition(rows: QuerySet[Contract]) -> QuerySet[Contract]:
    """Contracts with what the list and the file say of them, the latest first."""
    return rows.select_related("market", "bid__competition__product", "bid__competition__zone").order_by("-pk")


class ContractList(FilteredList, SellerPage, ListView):
    """The seller's contracts, the latest first."""

    section = "contracts"
    help = "bidding#results-and-contracts"
    template_name = "markets/contracts.html"
    filterset_class = ContractFilter

    def get_queryset(self) -> QuerySet[Contract]:
        return self.filtered(with_their_competition(self.own(Contract.objects.all())))


class ContractFile(SellerPage, View):
    """The same rows, same filters, as CSV: decimals with a point, days as ISO writes them."""

    def get(self, request: HttpRequest) -> StreamingHttpResponse:
        contracts = with_their_competition(self.own(Contract.objects.all())).prefetch_related("bid__lines__window")
        rows = ContractFilter(request.GET, queryset=contracts).qs.iterator(chunk_size=1000)
        return csv_file("contracts.csv", csv_lines(COLUMNS, (_row(contract) for contract in rows)))


def _row(contract: Contract) -> tuple[object, ...]:
    bid, competition = contract.bid, contract.bid.competition
    return (
        contract.reference,
        bid.reference,
        bid.seller_ref,
        contract.market.name,
        competition.reference,
        competition.name,
        competition.zone.code,
        competition.product.name,
        competition.first_day.isoformat(),
        competition.last_day.isoformat(),
        "; ".join(line.window.name for line in bid.lines.all()),
        contract.accepted_kw,
        contract.availability_gbp_per_mw_h,
        contract.utilisation_gbp_per_mwh,
        contract.sustain_gbp_per_kw,
        instant_text(contract.awarded_at),
    )
