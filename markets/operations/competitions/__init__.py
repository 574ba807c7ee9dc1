"""Competitions as their operator tells them: published or previewed, revised, approved, withdrawn; and who hears of it."""

from .approving import approve_competition, preview_link, read_preview
from .noting import ask_for_change, settle_note
from .publishing import Published, publish_competitions
from .revising import as_notice
from .telling import why_to_revise
from .withdrawing import withdraw_competition

__all__ = [
    "Published",
    "approve_competition",
    "as_notice",
    "ask_for_change",
    "preview_link",
    "publish_competitions",
    "read_preview",
    "settle_note",
    "why_to_revise",
    "withdraw_competition",
]
