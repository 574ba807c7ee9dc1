"""The sellers' addresses under /api/v1/ for registration and bidding. They translate; the operations decide."""

from .urls import urlpatterns

__all__ = ["urlpatterns"]
