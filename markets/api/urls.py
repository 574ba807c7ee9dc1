"""Sellers' addresses of this app."""

from django.urls import path

from . import bids, lists

urlpatterns = [
    path("assets", lists.AssetsView.as_view(), name="assets"),
    path("competitions", lists.CompetitionsView.as_view(), name="competitions"),
    path("bids", bids.BidsView.as_view(), name="bids"),
    path("contracts", lists.ContractsView.as_view(), name="contracts"),
]
