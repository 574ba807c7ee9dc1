"""The nouns of dispatch."""

from .alias import Alias
from .instruction import Acknowledgement, Instruction, Notice
from .match import Match
from .trigger import Kind, Trigger

__all__ = ["Acknowledgement", "Alias", "Instruction", "Kind", "Match", "Notice", "Trigger"]
