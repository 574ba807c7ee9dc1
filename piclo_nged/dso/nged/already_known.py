"""What a file of NGED means of what we know: its rows carry no reference, and some files cannot say all that we hold."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from markets.models import Competition, Market
from markets.operations.competitions import as_notice
from markets.rules.notices import CompetitionNotice, WindowNotice
from markets.rules.spans import LONDON

from . import wire
from .products import product_called
from .wire.naming import gate_closes_at, gate_opens_at

type Facts = tuple[str, str, str, date, date]


def known_in(market: Market, season: wire.Season) -> dict[str, CompetitionNotice]:
    """By the reference that the file gives each competition: the one of the market with the same zone, product, name and
    days, as it stands. Where several have the same, only the one of that reference."""
    wanted = {_facts(c.zone, c.product, c.name, c.first_day, c.last_day): c.reference for c in season.competitions}
    zones = {facts[0] for facts in wanted}
    alike: dict[Facts, dict[str, CompetitionNotice]] = defaultdict(dict)
    rows = Competition.objects.filter(market=market, zone__code__in=zones).select_related("product", "zone")
    for competition in rows.prefetch_related("windows"):
        for facts in _facts_of(notice := as_notice(competition)):
            if facts in wanted:
                alike[facts][notice.reference] = notice
    found = {}
    for facts, reference in wanted.items():
        notices = alike.get(facts, {})
        one = notices.get(reference) or (next(iter(notices.values())) if len(notices) == 1 else None)
        if one is not None:
            found[reference] = one
    return found


def as_known(notice: CompetitionNotice, known: CompetitionNotice | None, *, in_half_hours: bool) -> CompetitionNotice:
    """The notice under the reference that we know it by, with what its file cannot say left as it stands.

    Short Term Trade Parameters (`in_half_hours`) have no Sustain ceiling. The other files give gates as days, and
    neither a smallest offer nor a highest voltage.
    """
    if known is None:
        return notice
    if in_half_hours:
        ceiling = known.sustain_ceiling_gbp_per_kw
        return replace(notice, reference=known.reference, sustain_ceiling_gbp_per_kw=ceiling)
    minimum = {window.name: window.minimum_kw for window in known.windows}
    return replace(
        notice,
        reference=known.reference,
        opens_at=known.opens_at if gate_opens_at(_day(known.opens_at)) == notice.opens_at else notice.opens_at,
        closes_at=known.closes_at if _closes_that_day(known.closes_at, notice.closes_at) else notice.closes_at,
        first_day=_widest(known, notice)[0],
        last_day=_widest(known, notice)[1],
        max_connection_kv=known.max_connection_kv,
        windows=tuple(_with_minimum(window, minimum) for window in notice.windows),
    )


def _facts(zone: str, product: str, name: str, first_day: date, last_day: date) -> Facts:
    facts = product_called(product)
    return zone, (facts.name if facts else product).casefold(), name, first_day, last_day


def _facts_of(notice: CompetitionNotice) -> Iterable[Facts]:
    """With the days of the competition, and with those from its first window to its last: Trade Results has only these."""
    for days in {(notice.first_day, notice.last_day), _hull(notice)}:
        yield _facts(notice.zone_code, notice.product, notice.name, *days)


def _widest(known: CompetitionNotice, notice: CompetitionNotice) -> tuple[date, date]:
    """The competition's own days, where the file tells those of its windows."""
    told = notice.first_day, notice.last_day
    return (known.first_day, known.last_day) if told == _hull(known) else told


def _hull(notice: CompetitionNotice) -> tuple[date, date]:
    firsts, lasts = [w.first_day for w in notice.windows], [w.last_day for w in notice.windows]
    return min(firsts, default=notice.first_day), max(lasts, default=notice.last_day)


def _closes_that_day(known: datetime, told: datetime) -> bool:
    return gate_closes_at(_day(known)) == told or known == told


def _day(at: datetime) -> date:
    return at.astimezone(LONDON).date()


def _with_minimum(window: WindowNotice, minimum: dict[str, Decimal]) -> WindowNotice:
    least = minimum.get(window.name, window.minimum_kw)
    return replace(window, minimum_kw=min(least, window.required_kw))
