"""The sellers' addresses for readings and statements. They translate; the operations decide."""

from .urls import urlpatterns

__all__ = ["urlpatterns"]
