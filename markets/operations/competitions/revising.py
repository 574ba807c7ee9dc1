"""Applying a revision: windows with bids keep their rows, and what changed is kept for sellers to look up."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from ...models import Competition, CompetitionRevision, ServiceWindow
from ...rules.notices import CompetitionNotice, WindowNotice
from ...rules.revisions import COMPETITION_FIELDS, WINDOW_FIELDS, Change
from .noting import settle_notes


@dataclass(frozen=True)
class Revision:
    """A known competition, the notice that revises it, and what that changes."""

    competition: Competition
    notice: CompetitionNotice
    changes: list[Change]


def as_notice(competition: Competition) -> CompetitionNotice:
    """What is known of a competition, as its operator would publish it. Its windows should be prefetched."""
    zone = competition.zone
    return CompetitionNotice(
        reference=competition.reference,
        product=competition.product.name,
        direction=competition.product.direction,
        zone_code=zone.code,
        zone_name=zone.name,
        licence_area=zone.licence_area,
        zone_level=zone.level,
        windows=tuple(_as_notice(window) for window in competition.windows.all()),
        **{name: getattr(competition, name) for name in COMPETITION_FIELDS},
    )


def _as_notice(window: ServiceWindow) -> WindowNotice:
    values = {name: getattr(window, name) for name in WINDOW_FIELDS}
    return WindowNotice(name=window.name, **values | {"weekdays": tuple(window.weekdays)})


def window_of(competition: Competition, wanted: WindowNotice) -> ServiceWindow:
    """The window as the notice asks for it, not stored yet."""
    values: dict[str, Any] = {name: getattr(wanted, name) for name in ("name", *WINDOW_FIELDS)}
    return ServiceWindow(competition=competition, **values | {"weekdays": list(wanted.weekdays)})


def revise(revisions: Sequence[Revision], *, now: datetime) -> None:
    """Applies the revisions. What sellers could see before is kept with what changed; a preview simply becomes the new one."""
    for revision in revisions:
        _apply(revision)
    seen = [r for r in revisions if r.competition.status == Competition.Status.PUBLISHED]
    keep_changes([(r.competition, [_told(change) for change in r.changes]) for r in seen], now=now)
    settle_notes([r.competition for r in revisions], resolution="Revised by the operator.")


def keep_changes(told: Sequence[tuple[Competition, list[dict[str, str]]]], *, now: datetime) -> None:
    """Stores what changed with each competition's present revision: `[{what, before, after}]`."""
    CompetitionRevision.objects.bulk_create(
        CompetitionRevision(competition=competition, revision=competition.revision, changes=changes, revised_at=now)
        for competition, changes in told
    )


def _told(change: Change) -> dict[str, str]:
    return {name: value for name, value in asdict(change).items() if name != "column"}


def _apply(revision: Revision) -> None:
    old, notice = revision.competition, revision.notice
    for name in COMPETITION_FIELDS:
        setattr(old, name, getattr(notice, name))
    old.revision += 1
    old.save(update_fields=[*COMPETITION_FIELDS, "revision"])  # not its key, for which bids under way would wait
    if not any(change.column.startswith("window") for change in revision.changes):
        return
    keys = {window.name: window.pk for window in old.windows.all()}
    wanted = [window_of(old, asked) for asked in notice.windows]
    for window in wanted:
        window.pk = keys.get(window.name)
    ServiceWindow.objects.bulk_update([w for w in wanted if w.pk], WINDOW_FIELDS)
    ServiceWindow.objects.bulk_create(w for w in wanted if not w.pk)
    ServiceWindow.objects.filter(competition=old).exclude(name__in=[w.name for w in wanted]).delete()
