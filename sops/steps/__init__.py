"""Every step of the service blueprint, declared once, in the order of the story.

A new step is one `StepDeclaration` in the module of its phase and one text in `texts/`; `sync_steps` gives it its row.
"""

from . import around, auctions, bidding, dispatch, held, joining, registration, settlement
from .declaration import Lane, Mode, Phase, StepDeclaration

STEPS: tuple[StepDeclaration, ...] = (
    *joining.STEPS,
    *registration.STEPS,
    *auctions.STEPS,
    *bidding.STEPS,
    *dispatch.STEPS,
    *held.STEPS,
    *settlement.STEPS,
    *around.STEPS,
)
_BY_KEY = {declaration.key: declaration for declaration in STEPS}


def declared(key: str) -> StepDeclaration:
    """The declaration of a step. KeyError where the blueprint has no such step (any more)."""
    return _BY_KEY[key]


__all__ = ["STEPS", "Lane", "Mode", "Phase", "StepDeclaration", "declared"]
