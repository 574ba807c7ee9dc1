"""The console of customer success: the admin site."""

from unfold.sites import UnfoldAdminSite


class Console(UnfoldAdminSite):
    """Unfold's admin, under our name."""
