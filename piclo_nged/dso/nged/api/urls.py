"""NGED's addresses, in the order of the story."""

from django.urls import path

from . import (
    assets,
    bids,
    competitions,
    dispatch,
    faults,
    invoices,
    readings,
    reconciliations,
    results,
    sandbox,
    webhooks,
)

app_name = "nged-api"
urlpatterns = [
    path("competitions/import", competitions.ImportView.as_view(), name="competitions-import"),
    path("competitions/<str:reference>", competitions.CompetitionView.as_view(), name="competition"),
    path("competitions/<str:reference>/approval", competitions.ApprovalView.as_view(), name="approval"),
    path("competitions/<str:reference>/withdrawal", competitions.WithdrawalView.as_view(), name="withdrawal"),
    path("assets", assets.AssetsView.as_view(), name="assets"),
    path("qualifications", assets.QualificationsView.as_view(), name="qualifications"),
    path("bids", bids.BidsView.as_view(), name="bids"),
    path("bids/receipts", bids.ReceiptsView.as_view(), name="receipts"),
    path("results", results.ResultsView.as_view(), name="results"),
    path("reconciliations", reconciliations.ReconciliationsView.as_view(), name="reconciliations"),
    path("dispatch/triggers", dispatch.TriggersView.as_view(), name="triggers"),
    path("dispatch/triggers/<str:reference>", dispatch.TriggerView.as_view(), name="trigger"),
    path("readings", readings.ReadingsView.as_view(), name="readings"),
    path("invoices", invoices.InvoicesView.as_view(), name="invoices"),
    path("webhooks", webhooks.WebhooksView.as_view(), name="webhooks"),
    path("webhooks/<int:key>", webhooks.WebhookView.as_view(), name="webhook"),
    path("webhooks/<int:key>/secret", webhooks.SecretView.as_view(), name="webhook-secret"),
    path("sandbox/clock", sandbox.ClockView.as_view(), name="clock"),
    path("sandbox/faults", faults.FaultsView.as_view(), name="faults"),
]
