"""Sellers' addresses of this app."""

from django.urls import path

from . import assets, bids, lists

urlpatterns = [
    path("assets", assets.AssetsView.as_view(), name="assets"),
    path("competitions", lists.CompetitionsView.as_view(), name="competitions"),
    path("bids", bids.BidsView.as_view(), name="bids"),
    path("bids/<str:reference>", bids.BidView.as_view(), name="bid"),
    path("results", lists.ResultsView.as_view(), name="results"),
    path("rules", lists.RulesView.as_view(), name="rules"),
    path("contracts", lists.ContractsView.as_view(), name="contracts"),
]
