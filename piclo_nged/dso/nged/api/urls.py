"""NGED's addresses, in the order of the story."""

from django.urls import path

from . import assets, bids, competitions, dispatch, invoices, readings, reconciliations, results, sandbox

app_name = "nged-api"
urlpatterns = [
    path("competitions/import", competitions.ImportView.as_view(), name="competitions-import"),
    path("competitions/<str:reference>", competitions.CompetitionView.as_view(), name="competition"),
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
    path("sandbox/clock", sandbox.ClockView.as_view(), name="clock"),
]
