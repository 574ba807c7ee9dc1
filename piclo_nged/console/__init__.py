"""The console of customer success: Django's admin as Unfold dresses it, with a home, a search, and the way onward."""

from .site import Console

__all__ = ["Console"]
