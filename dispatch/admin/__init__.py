"""Dispatch as customer success sees it: what arrived, whom it reached, what they answered, and what it belongs to."""

from .aliases import AliasAdmin
from .matches import MatchAdmin
from .received import AcknowledgementAdmin, InstructionAdmin, NoticeAdmin, TriggerAdmin
from .reminders import ReminderAdmin

__all__ = [
    "AcknowledgementAdmin",
    "AliasAdmin",
    "InstructionAdmin",
    "MatchAdmin",
    "NoticeAdmin",
    "ReminderAdmin",
    "TriggerAdmin",
]
