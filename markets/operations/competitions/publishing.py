"""Publishing: the operator's notices become competitions with windows, or revise them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from ...models import Competition, Market, Product, ServiceWindow, Zone
from ...problems import Refused, RowProblem
from ...rules.notices import CompetitionNotice
from ...rules.revisions import COMPETITION_FIELDS, changes
from ...rules.words import to_correct
from ..calendars import off_the_calendar
from ..gate import close_windows
from ..journal import By, record
from .checking import notice_problems, revision_problems
from .revising import Revision, as_notice, revise, window_of
from .telling import tell_revised


@dataclass
class Published:
    """What became of the notices: references by outcome, and what was wrong with the others.

    `previews`: those of them that wait for the operator's approval. `notes`: what was kept though it is unusual.
    """

    created: list[str] = field(default_factory=list)
    revised: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    previews: list[str] = field(default_factory=list)
    notes: list[RowProblem] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)

    @property
    def kept(self) -> list[str]:
        """References of all that stand now as they were sent."""
        return [*self.created, *self.revised, *self.unchanged]


@transaction.atomic
def publish_competitions(
    *, market: Market, notices: Sequence[CompetitionNotice], by: By, keep_good: bool = False
) -> Published:
    """Publishes new competitions and revises known ones; the same content again changes nothing.

    Where the market previews first, a new one waits for `approve_competition`. Sellers with standing bids are told what
    a revision changes. With `keep_good` the bad notices are reported in `problems` and the others kept; otherwise
    Refused is raised with all problems and nothing is written.
    """
    market = Market.objects.select_for_update(no_key=True).get(pk=market.pk)  # one publication at a time
    products = {p.name.casefold(): p for p in Product.objects.filter(operator=market.operator_id)}
    sound, published = _sound(notices, products)
    known = _known(market, sound)
    fresh = [notice for notice in sound if notice.reference not in known]
    revisions = _revisions(known, sound)
    _wait_for_bids(revision.competition for revision in revisions if revision.changes)
    now = market.now()  # not before the bids under way are in
    allowed = _allowed(revisions, now, published)
    if published.problems and not keep_good:
        raise Refused(f"Nothing was published: {to_correct(len(published.problems))}.", published.problems)
    _create(market, fresh, products, now)
    _revise(market, [revision for revision in allowed if revision.changes], now)
    _complete(published, market, fresh, allowed)
    record(
        by=by,
        verb="publish_competitions",
        subject=market,
        created=len(published.created),
        revised=published.revised[:100],
        problems=len(published.problems),
    )
    return published


def _sound(
    notices: Sequence[CompetitionNotice], products: Mapping[str, Product]
) -> tuple[list[CompetitionNotice], Published]:
    """The notices with nothing wrong in themselves, and an account that begins with the faults of the others."""
    sound, seen, published = [], set[str](), Published()
    for notice in notices:
        problems = notice_problems(notice, products)
        if notice.reference in seen:
            twice = "This reference stands twice in what was sent."
            problems.insert(0, RowProblem(notice.line, "reference", notice.reference, twice))
        seen.add(notice.reference)
        published.problems += problems
        sound += [] if problems else [notice]
    return sound, published


def _known(market: Market, notices: Sequence[CompetitionNotice]) -> dict[str, Competition]:
    """What is known under the references, locked; not its key, to which bids under way refer."""
    rows = (
        Competition.objects.select_for_update(of=("self",), no_key=True)
        .filter(market=market, reference__in=[n.reference for n in notices])
        .select_related("market__operator", "product", "zone")
        .prefetch_related("windows")
    )
    return {competition.reference: competition for competition in rows}


def _revisions(known: Mapping[str, Competition], notices: Sequence[CompetitionNotice]) -> list[Revision]:
    """What each notice about a known competition would change of it; nothing where it says the same."""
    return [
        Revision(known[notice.reference], notice, changes(as_notice(known[notice.reference]), notice))
        for notice in notices
        if notice.reference in known
    ]


def _wait_for_bids(competitions: Iterable[Competition]) -> None:
    """A bid is checked against what stands before the revision, or after it; and whoever holds one is told."""
    keys = [window.pk for competition in competitions for window in competition.windows.all()]
    if keys:
        close_windows(keys)


def _allowed(revisions: Sequence[Revision], now: datetime, published: Published) -> list[Revision]:
    """The revisions that may be made; what speaks against the others goes to the account."""
    allowed = []
    for revision in revisions:
        problems = revision_problems(revision.competition, revision.notice, revision.changes, now)
        published.problems += problems
        allowed += [] if problems else [revision]
    return allowed


def _create(
    market: Market, notices: Sequence[CompetitionNotice], products: Mapping[str, Product], now: datetime
) -> None:
    if not notices:
        return
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
    ServiceWindow.objects.bulk_create(
        window_of(competition, wanted)
        for competition, n in zip(competitions, notices, strict=True)
        for wanted in n.windows
    )
    if not market.previews_first:
        fresh = Competition.objects.filter(pk__in=[c.pk for c in competitions])
        fresh.update(status=Competition.Status.PUBLISHED, published_at=now)


def _revise(market: Market, revisions: Sequence[Revision], now: datetime) -> None:
    if revisions:
        revise(revisions, now=now)
        tell_revised(market, [r for r in revisions if r.competition.status == Competition.Status.PUBLISHED], now)


def _complete(
    published: Published, market: Market, fresh: Sequence[CompetitionNotice], allowed: Sequence[Revision]
) -> None:
    """The account of what stands now, beside the faults that are in it already."""
    published.created = [notice.reference for notice in fresh]
    published.revised = [revision.notice.reference for revision in allowed if revision.changes]
    published.unchanged = [revision.notice.reference for revision in allowed if not revision.changes]
    published.problems.sort(key=lambda problem: problem.line)
    kept = [*fresh, *(revision.notice for revision in allowed)]
    published.previews = _waiting(market, kept)
    published.notes = off_the_calendar(market=market, notices=kept)


def _waiting(market: Market, notices: Sequence[CompetitionNotice]) -> list[str]:
    """References of those that wait for approval."""
    rows = Competition.objects.filter(market=market, status=Competition.Status.PREVIEW)
    return list(rows.filter(reference__in=[n.reference for n in notices]).values_list("reference", flat=True))
