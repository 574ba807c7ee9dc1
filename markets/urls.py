"""Addresses of the sellers' pages of registration and bidding."""

from django.urls import path

from .views import (
    assets,
    bids,
    company,
    competition,
    competitions,
    contacts,
    contracts,
    joining,
    members,
    preview,
    sellers,
    zone_map,
)

app_name = "markets"
urlpatterns = [
    path("competitions/", competitions.CompetitionList.as_view(), name="competitions"),
    path("preview/<str:token>/", preview.PreviewPage.as_view(), name="preview"),
    path("competitions/map/", zone_map.ZoneMapPage.as_view(), name="competition-map"),
    path("competitions/<int:pk>/", competition.CompetitionPage.as_view(), name="competition"),
    path("bids/", bids.BidList.as_view(), name="bids"),
    path("bids/<slug:reference>/", bids.BidPage.as_view(), name="bid"),
    path("bids/<slug:reference>/revise/", bids.BidRevision.as_view(), name="bid-revise"),
    path("bids/<slug:reference>/withdraw/", bids.BidWithdrawal.as_view(), name="bid-withdraw"),
    path("contracts/", contracts.ContractList.as_view(), name="contracts"),
    path("contracts/contracts.csv", contracts.ContractFile.as_view(), name="contracts-file"),
    path("assets/", assets.AssetList.as_view(), name="assets"),
    path("assets/register/", assets.AssetRegistration.as_view(), name="asset-register"),
    path("join/", joining.Join.as_view(), name="join"),
    path("join/sent/", joining.JoinSent.as_view(), name="join-sent"),
    path("invitation/<str:token>/", joining.InvitationPage.as_view(), name="invitation"),
    path("contact-test/<str:token>/", joining.ContactTest.as_view(), name="contact-test"),
    path("company/", company.Company.as_view(), name="company"),
    path("company/profile/", company.Profile.as_view(), name="company-profile"),
    path("company/agreement/", company.AgreementPage.as_view(), name="company-agreement"),
    path("company/account/", company.Account.as_view(), name="company-account"),
    path("company/markets/<int:pk>/", company.TakePart.as_view(), name="take-part"),
    path("company/members/", members.Members.as_view(), name="company-members"),
    path("company/members/<int:pk>/", members.Member.as_view(), name="company-member"),
    path("company/members/<int:pk>/remove/", members.MemberRemoval.as_view(), name="member-remove"),
    path("company/invitations/<int:pk>/revoke/", members.InvitationRevocation.as_view(), name="invitation-revoke"),
    path("company/invitations/<int:pk>/renew/", members.InvitationRenewal.as_view(), name="invitation-renew"),
    path("company/contacts/", contacts.Contacts.as_view(), name="company-contacts"),
    path("company/contacts/<int:pk>/", contacts.Contact.as_view(), name="company-contact"),
    path("company/contacts/<int:pk>/test/", contacts.ContactRetest.as_view(), name="contact-retest"),
    path("company/contacts/<int:pk>/remove/", contacts.ContactRemoval.as_view(), name="contact-remove"),
    path("seller/", sellers.SellerChoice.as_view(), name="choose-seller"),
]
