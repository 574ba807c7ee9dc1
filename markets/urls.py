"""Addresses of the sellers' pages of registration and bidding."""

from django.urls import path

from .views import assets, bids, competitions, contracts, sellers

app_name = "markets"
urlpatterns = [
    path("competitions/", competitions.CompetitionList.as_view(), name="competitions"),
    path("competitions/<int:pk>/", competitions.CompetitionPage.as_view(), name="competition"),
    path("bids/", bids.BidList.as_view(), name="bids"),
    path("bids/<slug:reference>/", bids.BidPage.as_view(), name="bid"),
    path("bids/<slug:reference>/revise/", bids.BidRevision.as_view(), name="bid-revise"),
    path("bids/<slug:reference>/withdraw/", bids.BidWithdrawal.as_view(), name="bid-withdraw"),
    path("contracts/", contracts.ContractList.as_view(), name="contracts"),
    path("contracts/contracts.csv", contracts.ContractFile.as_view(), name="contracts-file"),
    path("assets/", assets.AssetList.as_view(), name="assets"),
    path("assets/register/", assets.AssetRegistration.as_view(), name="asset-register"),
    path("seller/", sellers.SellerChoice.as_view(), name="choose-seller"),
]
