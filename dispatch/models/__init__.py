"""The nouns of dispatch."""

from .instruction import Acknowledgement, Instruction, Notice
from .match import Match
from .trigger import Kind, Trigger

__all__ = ["Acknowledgement", "Instruction", "Kind", "Match", "Notice", "Trigger"]
