"""What the operator asks to change in a preview: kept as a fact, until a revision, an approval or a person settles it."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from ...models import Competition, PreviewNote
from ...problems import Refused
from ..journal import By, actor_name, record

LONGEST = 2000


@transaction.atomic
def ask_for_change(*, competition: Competition, revision: int, note: str, by: By) -> PreviewNote:
    """Keeps what the operator wants otherwise, beside the revision it looked at; the same once more changes nothing.

    Raises Refused where it is no preview any more, or nothing is said.
    """
    note = note.strip()
    if not note:
        raise Refused("Say what should change.")
    if len(note) > LONGEST:
        raise Refused(f"Say it in at most {LONGEST:,} characters.")
    competition = Competition.objects.select_for_update(no_key=True).get(pk=competition.pk)
    if competition.status != Competition.Status.PREVIEW:
        state = competition.get_status_display().lower()
        raise Refused(f"{competition} is no preview any more but {state}. Revise it by publishing it again.")
    same = competition.preview_notes.filter(note=note, resolved_at=None).first()
    if same:
        return same
    asked = PreviewNote.objects.create(
        competition=competition, revision=revision, note=note, asked_by=actor_name(by)[:200]
    )
    record(by=by, verb="ask_for_change", subject=competition, reason=note[:500], revision=revision)
    return asked


@transaction.atomic
def settle_note(*, note: PreviewNote, by: By, resolution: str = "Settled with the operator.") -> PreviewNote:
    """A person has settled what was asked for. Once more changes nothing."""
    note = PreviewNote.objects.select_for_update().get(pk=note.pk)
    if note.resolved_at is None:
        note.resolved_at, note.resolution = timezone.now(), resolution[:500]
        note.save(update_fields=["resolved_at", "resolution"])
        record(by=by, verb="settle_note", subject=note.competition, reason=resolution)
    return note


def settle_notes(competitions: Iterable[Competition], *, resolution: str) -> None:
    """What was asked for is settled by what the operator did since. Part of that operation, which writes the journal."""
    waiting = PreviewNote.objects.filter(competition__in=list(competitions), resolved_at=None)
    waiting.update(resolved_at=timezone.now(), resolution=resolution)
