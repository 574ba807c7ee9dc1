"""Publishing: the operator's notices become competitions with windows, or revise them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet

from ..models import Competition, Market, Product, ServiceWindow, Zone
from ..problems import Refused, RowProblem
from ..rules.notices import CompetitionNotice
from .gate import why_closed
from .journal import By, record

COMPETITION_FIELDS = (
    "name",
    "opens_at",
    "closes_at",
    "first_day",
    "last_day",
    "required_kw",
    "availability_ceiling_gbp_per_mw_h",
    "utilisation_ceiling_gbp_per_mwh",
    "sustain_ceiling_gbp_per_kw",
    "max_connection_kv",
)
WINDOW_FIELDS = ("first_day", "last_day", "weekdays", "local_start", "local_end", "required_kw", "minimum_kw")
FOUR_PLACES = Decimal("0.0001")


@dataclass
class Published:
    """What became of the notices: references by outcome, and what was wrong with the others."""

    created: list[str] = field(default_factory=list)
    revised: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)


@transaction.atomic
def publish_competitions(
    *, market: Market, notices: Sequence[CompetitionNotice], by: By, keep_good: bool = False
) -> Published:
    """Publishes new competitions and revises known ones; the same content again changes nothing.

    With `keep_good` the bad notices are reported in `problems` and the others kept; otherwise Refused is raised
    with all problems and nothing is written.
    """
    Market.objects.select_for_update(no_key=True).get(pk=market.pk)  # one publication at a time
    known = {
        c.reference: c
        for c in Competition.objects.select_for_update(of=("self",), no_key=True)  # bids under way refer to its key
        .filter(market=market, reference__in=[n.reference for n in notices])
        .select_related("product", "zone")
        .prefetch_related("windows")
    }
    products = {p.name.casefold(): p for p in Product.objects.filter(operator=market.operator_id)}
    published, seen, now = Published(), set[str](), market.now()
    fresh: list[CompetitionNotice] = []
    for notice in notices:
        old = known.get(notice.reference)
        problems = _problems(notice, seen, products) + (_revision_problems(old, notice, now) if old else [])
        seen.add(notice.reference)
        published.problems += problems
        if not problems and old is None:
            fresh.append(notice)
        elif not problems and old is not None:
            outcome = published.revised if _revise(old, notice) else published.unchanged
            outcome.append(notice.reference)
    if published.problems and not keep_good:
        raise Refused(f"Nothing was published: {len(published.problems)} things need correcting.", published.problems)
    _create(market, fresh, products)
    published.created = [notice.reference for notice in fresh]
    record(
        by=by,
        verb="publish_competitions",
        subject=market,
        created=len(published.created),
        revised=published.revised[:100],
        problems=len(published.problems),
    )
    return published


def _problems(notice: CompetitionNotice, seen: set[str], products: dict[str, Product]) -> list[RowProblem]:
    def wrong(column: str, value: object, reason: str) -> None:
        problems.append(RowProblem(notice.line, column, str(value), reason))

    problems: list[RowProblem] = []
    if notice.reference in seen:
        wrong("reference", notice.reference, "This reference stands twice in what was sent.")
    product = products.get(notice.product.casefold())
    if product is None:
        wrong("product", notice.product, f"Unknown product. Known are: {', '.join(p.name for p in products.values())}.")
    elif notice.direction not in ("", product.direction):
        reason = f"{product.name} is {product.get_direction_display().lower()}, and is settled so."
        wrong("direction", notice.direction, f"{reason} Ask Piclo for a product of this direction.")
    if notice.opens_at >= notice.closes_at:
        wrong("closes_at", notice.closes_at.isoformat(), "Bidding must close after it opens.")
    if notice.first_day > notice.last_day:
        wrong("last_day", notice.last_day, "Delivery must end after it begins.")
    if not notice.windows:
        wrong("windows", "", "A competition needs at least one service window.")
    if len({w.name for w in notice.windows}) < len(notice.windows):
        wrong("windows", "", "Two windows have the same name.")
    for asked in notice.windows:
        if asked.first_day > asked.last_day or asked.required_kw < 0 or not asked.weekdays:
            wrong("windows", asked.name, "A window needs days in order, at least one weekday and no negative capacity.")
        if not 0 <= asked.minimum_kw <= asked.required_kw:
            wrong("windows", asked.name, "The smallest offer taken lies between 0 and what the window requires.")
    ceilings = [getattr(notice, name) for name in COMPETITION_FIELDS if "ceiling" in name]
    if notice.required_kw < 0 or any(ceiling < 0 for ceiling in ceilings):
        wrong("required_kw", notice.required_kw, "Capacity and ceilings are not negative.")
    if notice.max_connection_kv is not None and not 0 < notice.max_connection_kv <= 1000:
        wrong("max_connection_kv", notice.max_connection_kv, "A connection voltage is above 0 and at most 1,000 kV.")
    return problems


def _revision_problems(old: Competition, notice: CompetitionNotice, now: datetime) -> list[RowProblem]:
    def wrong(column: str, value: str, reason: str) -> RowProblem:
        return RowProblem(notice.line, column, value, reason)

    changed = _differences(old, notice)
    if (old.product.name.casefold(), old.zone.code) != (notice.product.casefold(), notice.zone_code):
        reason = "This reference belongs to another product or zone; use a new one."
        return [wrong("reference", notice.reference, reason)]
    if old.status != Competition.Status.PUBLISHED and changed:
        reason = f"It is {old.get_status_display().lower()}: it can't be revised."
        return [wrong("reference", notice.reference, reason)]
    if "closes_at" in changed and notice.closes_at <= now < old.closes_at:
        reason = "Bidding is open: it can be made to close earlier, but not in the past, for that would open the bids."
        return [wrong("closes_at", notice.closes_at.isoformat(), reason)]
    if "closes_at" in changed and old.closes_at <= now:
        # The operator has read the bids, and the proof of completeness says that there are no more.
        reason = f"{why_closed(old, now)} It does not open again: publish a new competition."
        return [wrong("closes_at", notice.closes_at.isoformat(), reason)]
    if old.closes_at <= now and set(changed) - {"name"}:
        reason = f"{why_closed(old, now)} Sellers bid on what it asked for then: {', '.join(changed)} can't change."
        return [wrong("reference", notice.reference, reason)]
    left_out = _left_out(old, notice).filter(bid_lines__isnull=False).distinct() if "windows" in changed else ()
    reason = "It has bids and can't be left out; withdraw the competition instead."
    return [wrong("windows", window.name, reason) for window in left_out]


def _create(market: Market, notices: Sequence[CompetitionNotice], products: dict[str, Product]) -> None:
    zones = {
        n.zone_code: Zone(
            operator_id=market.operator_id,
            code=n.zone_code,
            name=n.zone_name,
            licence_area=n.licence_area,
            level=n.zone_level,
        )
        for n in notices
    }
    Zone.objects.bulk_create(zones.values(), ignore_conflicts=True)
    kept = dict(Zone.objects.filter(operator=market.operator_id, code__in=zones).values_list("code", "pk"))
    competitions = Competition.objects.bulk_create(
        Competition(
            market=market,
            reference=n.reference,
            product=products[n.product.casefold()],
            zone_id=kept[n.zone_code],
            **{name: getattr(n, name) for name in COMPETITION_FIELDS},
        )
        for n in notices
    )
    Competition.objects.filter(pk__in=[c.pk for c in competitions]).update(status=Competition.Status.PUBLISHED)
    ServiceWindow.objects.bulk_create(
        _window(competition, wanted)
        for competition, n in zip(competitions, notices, strict=True)
        for wanted in n.windows
    )


def _window(competition: Competition, wanted: object) -> ServiceWindow:
    values = {name: getattr(wanted, name) for name in ("name", *WINDOW_FIELDS)}
    return ServiceWindow(competition=competition, **values | {"weekdays": list(values["weekdays"])})


def _same(old: object, new: object) -> bool:
    if isinstance(old, Decimal) and isinstance(new, Decimal):
        return old.quantize(FOUR_PLACES) == new.quantize(FOUR_PLACES)
    return (list(old) == list(new)) if isinstance(old, list) and isinstance(new, tuple) else old == new


def _differences(old: Competition, notice: CompetitionNotice) -> list[str]:
    """What the notice would change, in words of the columns."""
    changed = [name for name in COMPETITION_FIELDS if not _same(getattr(old, name), getattr(notice, name))]
    windows = {w.name: w for w in old.windows.all()}
    if set(windows) != {w.name for w in notice.windows}:
        changed.append("windows")
    for wanted in notice.windows:
        window = windows.get(wanted.name)
        if window and not all(_same(getattr(window, name), getattr(wanted, name)) for name in WINDOW_FIELDS):
            changed.append(f"window {wanted.name}")
    return changed


def _revise(old: Competition, notice: CompetitionNotice) -> bool:
    """Applies what differs. Windows with bids keep their rows, so that the bids keep their windows."""
    if not _differences(old, notice):
        return False
    for name in COMPETITION_FIELDS:
        setattr(old, name, getattr(notice, name))
    old.revision += 1
    old.save(update_fields=[*COMPETITION_FIELDS, "revision"])  # not its key, for which bids under way would wait
    windows = {w.name: w for w in old.windows.all()}
    for wanted in notice.windows:
        window = _window(old, wanted)
        if wanted.name in windows:
            window.pk = windows[wanted.name].pk
            window.save(update_fields=WINDOW_FIELDS)
        else:
            window.save()
    _left_out(old, notice).delete()
    return True


def _left_out(old: Competition, notice: CompetitionNotice) -> QuerySet[ServiceWindow]:
    """Windows of the competition that the notice does not name any more."""
    return ServiceWindow.objects.filter(competition=old).exclude(name__in=[w.name for w in notice.windows])


@transaction.atomic
def withdraw_competition(*, competition: Competition, by: By, reason: str) -> Competition:
    """The operator takes a competition back. Its bids stand as history; nothing more can be bid."""
    competition = Competition.objects.select_for_update(no_key=True).get(pk=competition.pk)
    if competition.status == Competition.Status.DECIDED:
        raise Refused(f"{competition} has results: it can't be withdrawn any more.")
    if competition.status != Competition.Status.WITHDRAWN:
        competition.status = Competition.Status.WITHDRAWN
        competition.save(update_fields=["status"])
        record(by=by, verb="withdraw_competition", subject=competition, reason=reason)
    return competition
