"""The verbs of the service: steps and their modes, the conductor, and what people do with cases."""

from .cases import CaseNotYours, claim_case, drop_case, finish_case, hand_over_case
from .conductor import Conducted, ConductorFailed, conduct
from .modes import ModeNotAllowed, set_mode, sync_steps

__all__ = [
    "CaseNotYours",
    "Conducted",
    "ConductorFailed",
    "ModeNotAllowed",
    "claim_case",
    "conduct",
    "drop_case",
    "finish_case",
    "hand_over_case",
    "set_mode",
    "sync_steps",
]
