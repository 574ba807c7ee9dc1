"""The nouns of dispatch."""

from .alias import Alias
from .canary import CANARY
from .instruction import Acknowledgement, Instruction, Notice
from .match import Match
from .reminder import Reminder
from .trigger import Kind, Trigger

__all__ = ["CANARY", "Acknowledgement", "Alias", "Instruction", "Kind", "Match", "Notice", "Reminder", "Trigger"]
