"""The verbs of dispatch: receive and instruct, answer, match, decide, lock. The only place that changes its state."""

from .alarms import alarm_bounced, alarm_unsent
from .aliases import Lesson, correct_alias, end_alias, lessons_of, meaning_called
from .answers import AnswerLink, answer_instruction, answer_token, read_answer_token
from .canary import CanaryState, canary_state, forget_canaries, prepare_canary, send_canary
from .decisions import decide_match, lock_matches, undo_match
from .matches import candidates_of, match_instruction, match_open
from .receive import ContradictoryTrigger, FailedTrigger, Receipt, UnreadableTrigger, receive_trigger
from .reminders import remind, reminders_due

__all__ = [
    "AnswerLink",
    "CanaryState",
    "ContradictoryTrigger",
    "FailedTrigger",
    "Lesson",
    "Receipt",
    "UnreadableTrigger",
    "alarm_bounced",
    "alarm_unsent",
    "answer_instruction",
    "answer_token",
    "canary_state",
    "candidates_of",
    "correct_alias",
    "decide_match",
    "end_alias",
    "forget_canaries",
    "lessons_of",
    "lock_matches",
    "match_instruction",
    "match_open",
    "meaning_called",
    "prepare_canary",
    "read_answer_token",
    "receive_trigger",
    "remind",
    "reminders_due",
    "send_canary",
    "undo_match",
]
