"""Competitions as their operator tells them: published or previewed, revised, approved, withdrawn; and who hears of it."""

from .approving import BadPreviewLink, approve_competition, preview_token, read_preview_token
from .noting import ask_for_change, settle_note
from .publishing import Published, publish_competitions
from .revising import as_notice
from .telling import why_to_revise
from .withdrawing import withdraw_competition

__all__ = [
    "BadPreviewLink",
    "Published",
    "approve_competition",
    "as_notice",
    "ask_for_change",
    "preview_token",
    "publish_competitions",
    "read_preview_token",
    "settle_note",
    "why_to_revise",
    "withdraw_competition",
]
