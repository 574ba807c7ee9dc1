"""Sellers' addresses of this app."""

from django.urls import path

from . import readings, statements

urlpatterns = [
    path("readings", readings.ReadingsView.as_view(), name="readings"),
    path("statements", statements.StatementsView.as_view(), name="statements"),
    path("statements/<slug:reference>", statements.StatementView.as_view(), name="statement"),
]
