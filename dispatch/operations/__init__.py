"""The verbs of dispatch: receive and instruct, answer, match, decide, lock. The only place that changes its state."""

from .alarms import alarm_unsent
from .aliases import Lesson, correct_alias, end_alias, lessons_of
from .answers import AnswerLink, answer_instruction, answer_token, read_answer_token
from .decisions import decide_match, lock_matches, undo_match
from .matches import candidates_of, match_instruction, match_open
from .receive import ContradictoryTrigger, FailedTrigger, Receipt, UnreadableTrigger, receive_trigger

__all__ = [
    "AnswerLink",
    "ContradictoryTrigger",
    "FailedTrigger",
    "Lesson",
    "Receipt",
    "UnreadableTrigger",
    "alarm_unsent",
    "answer_instruction",
    "answer_token",
    "candidates_of",
    "correct_alias",
    "decide_match",
    "end_alias",
    "lessons_of",
    "lock_matches",
    "match_instruction",
    "match_open",
    "read_answer_token",
    "receive_trigger",
    "undo_match",
]
