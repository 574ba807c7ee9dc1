"""A seller's CSV of bids: kept as it was sent, previewed with every fault at once, then placed at one moment or not at all.

Between the steps only the file is kept. It is read and checked again when it is placed: gates may have closed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal

from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import OuterRef

from ..models import Asset, Bid, BidLine, BidUpload, Competition, Market, Qualification, Seller
from ..problems import Refused, RowProblem
from ..rules.bidding import Overbooked, overbooked
from ..rules.bids_file import BETWEEN, LABELS, BidsFile, read_bids_file
from ..rules.notices import ZERO, Offer
from ..rules.spans import LONDON
from ..rules.words import count
from .bids.checking import Checked
from .bids.placing import look_at, place
from .journal import By, record, user_of


@dataclass(frozen=True)
class Planned:
    """What would be placed in one competition."""

    competition: Competition
    bids: int
    capacity_kw: Decimal


@dataclass(frozen=True)
class Preview:
    """What a file would do if it were placed now; `repeats` stand already, `empty_rows` nobody filled in."""

    problems: list[RowProblem]
    planned: list[Planned]
    repeats: int
    empty_rows: int
    overbooked: list[Overbooked]

    @property
    def bids(self) -> int:
        return sum(planned.bids for planned in self.planned)

    @property
    def capacity_kw(self) -> Decimal:
        return sum((planned.capacity_kw for planned in self.planned), ZERO)


@transaction.atomic
def keep_upload(*, seller: Seller, market: Market, filename: str, content: bytes, by: By) -> BidUpload:
    """Keeps a file to be previewed and placed. Raises UnreadableFile where it is no CSV of bids."""
    file = read_bids_file(content)
    if not file.offers and not file.problems:
        raise Refused("No row of this file has a capacity or a price. Fill in the template first.")
    upload = BidUpload.objects.create(
        seller=seller, market=market, uploaded_by=user_of(by), filename=filename[:200], content=content
    )
    record(by=by, verb="keep_upload", subject=upload, market=market.key, rows=len(file.offers))
    return upload


def preview_upload(*, upload: BidUpload) -> Preview:
    """What placing the file would do at this moment of market time. Changes nothing."""
    file = read_bids_file(bytes(upload.content))
    checked = look_at(seller=upload.seller, market=upload.market, offers=file.offers)
    totals: dict[str, tuple[int, Decimal]] = {}
    for offer in checked.fresh:
        bids, kw = totals.get(offer.competition, (0, ZERO))
        totals[offer.competition] = bids + 1, kw + offer.capacity_kw
    planned = [Planned(checked.competitions[reference], *total) for reference, total in totals.items()]
    wrong = {problem.line for problem in checked.problems}
    return Preview(
        problems=_problems(file, checked),
        planned=sorted(planned, key=lambda p: (p.competition.closes_at, p.competition.reference)),
        repeats=sum(offer.seller_ref in checked.repeats and offer.line not in wrong for offer in file.offers),
        empty_rows=file.empty_rows,
        overbooked=_overbooked(upload.seller, checked),
    )


@transaction.atomic
def place_upload(*, upload: BidUpload, by: By, confirmed: str, only_whole: bool) -> BidUpload:
    """Places the bids of a kept file at one moment of market time; once placed, again changes nothing.

    With `only_whole` nothing is placed unless every row is valid; else the valid rows are, and `left_out` says what
    was not. Raises Refused with all problems where nothing is placed.
    """
    upload = BidUpload.objects.select_for_update(of=("self",)).select_related("seller", "market").get(pk=upload.pk)
    if upload.placed_at:
        return upload
    file = read_bids_file(bytes(upload.content))
    if only_whole and file.problems:
        checked = look_at(seller=upload.seller, market=upload.market, offers=file.offers)
        raise _refusal(_problems(file, checked))
    checked, placed = place(
        seller=upload.seller,
        market=upload.market,
        offers=file.offers,
        by=by,
        confirmed=confirmed,
        keep_good=True,
    )
    problems = _problems(file, checked)
    if problems and (only_whole or not (placed or checked.repeats)):
        raise _refusal(problems)
    upload.placed_at, upload.placed_count = checked.now, len(placed)
    upload.left_out = [asdict(problem) for problem in problems]
    upload.save(update_fields=["placed_at", "placed_count", "left_out"])
    return upload


def _refusal(problems: list[RowProblem]) -> Refused:
    rows = len({problem.line for problem in problems})
    return Refused(f"Nothing was placed: {count(rows, 'row')} can't be placed as sent.", problems)


def _problems(file: BidsFile, checked: Checked) -> list[RowProblem]:
    """All problems in the order of the lines, by the labels of the file."""
    labelled = (replace(p, column=LABELS.get(p.column, p.column)) for p in checked.problems)
    return sorted([*file.problems, *labelled], key=lambda problem: problem.line)


def _overbooked(seller: Seller, checked: Checked) -> list[Overbooked]:
    """Counts what stands already in the same competitions, whose assets may be others than the file's."""
    standing = list(_standing(seller, [c.pk for c in checked.competitions.values()]))
    refs = {ref for offer in standing for ref in offer.assets}
    assets = [*checked.assets.values(), *seller.assets.filter(ref__in=refs - set(checked.assets))]
    installed_kw = {a.ref: max(a.max_export_capacity_kw, a.max_import_capacity_kw) for a in assets}
    return overbooked([*checked.fresh, *standing], installed_kw)


def _standing(seller: Seller, competition_ids: Sequence[int]) -> Iterator[Offer]:
    lines = BidLine.objects.filter(bid=OuterRef("pk")).order_by().values("window__name")
    assets = Bid.assets.through.objects.filter(bid=OuterRef("pk")).order_by().values("asset__ref")
    rows = seller.bids.filter(competition__in=competition_ids, status=Bid.Status.PLACED).values_list(
        "competition__reference", ArraySubquery(lines), "capacity_kw", ArraySubquery(assets)
    )
    for competition, windows, capacity_kw, refs in rows:
        yield Offer(competition, tuple(windows), capacity_kw, assets=tuple(refs))


def template_rows(*, seller: Seller, market: Market) -> Iterator[dict[str, str]]:
    """One row to be filled in per open window of the market, with the seller's qualified assets of its zone."""
    qualified = Asset.objects.filter(
        seller=seller,
        retired_at=None,
        qualifications__market=market,
        qualifications__status=Qualification.Status.QUALIFIED,
    )
    by_zone: dict[int, list[str]] = {}
    for ref, zone in qualified.values_list("ref", "zones"):
        by_zone.setdefault(zone, []).append(ref)
    open_now = Competition.objects.open_to(seller).biddable().filter(market=market).prefetch_related("windows")
    for competition in open_now:
        row = {
            "competition": competition.reference,
            "name": competition.name,
            "closes": f"{competition.closes_at.astimezone(LONDON):%d/%m/%Y %H:%M}",
            "assets": BETWEEN.join(by_zone.get(competition.zone_id, ())),
        }
        for window in competition.windows.all():
            yield row | {"windows": window.name}
