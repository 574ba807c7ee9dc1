"""Notes of a test party: left by participants on any page; what was decided from each is kept."""

from django.db import transaction
from django.utils import timezone

from ..models import PartyNote, Seller, TestParty
from ..problems import Refused
from .journal import By, record, user_of


@transaction.atomic
def leave_note(*, party: TestParty, seller: Seller, page: str, text: str, by: By) -> PartyNote:
    """Keeps a participant's note about the page at this path. Raises Refused where the party has ended."""
    if party.status == TestParty.Status.CLOSED:
        raise Refused(f"The test party '{party}' has ended and takes no more notes. Tell customer success instead.")
    note = PartyNote.objects.create(party=party, seller=seller, user=user_of(by), page=page, text=text)
    record(by=by, verb="leave_note", subject=party, page=page)
    return note


@transaction.atomic
def decide_note(*, note: PartyNote, decision: str, what: str, by: By) -> PartyNote:
    """Keeps what was decided from a note, in words too. To decide again replaces it; the journal has both."""
    if decision not in PartyNote.Decision.values or decision == PartyNote.Decision.WAITING:
        raise Refused("Say what was decided: renamed, reordered, changed otherwise, or left as it is.")
    if not what.strip():
        raise Refused("Say in words what was done, or why nothing: whoever left the note will ask.")
    note = PartyNote.objects.select_for_update(of=("self",)).get(pk=note.pk)
    note.decision, note.decided_what = decision, what.strip()
    note.decided_by, note.decided_at = user_of(by), timezone.now()
    note.save(update_fields=["decision", "decided_what", "decided_by", "decided_at"])
    record(by=by, verb="decide_note", subject=note, decision=decision, what=note.decided_what)
    return note
