"""Addresses of the sellers' pages of settlement."""

from django.urls import path

from . import views

app_name = "settlement"
urlpatterns = [
    path("readings/", views.ReadingMonth.as_view(), name="readings"),
    path("readings/send/", views.SendReadings.as_view(), name="readings-send"),
    path("readings/sent/<int:pk>/", views.ReadingUploadPage.as_view(), name="reading-upload"),
    path("readings/<int:pk>/", views.AssetReadings.as_view(), name="asset-readings"),
    path("statements/", views.StatementList.as_view(), name="statements"),
    path("statements/<slug:reference>/", views.StatementPage.as_view(), name="statement"),
    path("statements/<slug:reference>/statement.csv", views.StatementCsv.as_view(), name="statement-csv"),
    path("statements/<slug:reference>/statement.pdf", views.StatementPdf.as_view(), name="statement-pdf"),
    path("statements/<slug:reference>/lines/<int:pk>/", views.LinePage.as_view(), name="line"),
    path("statements/<slug:reference>/lines/<int:pk>/query/", views.RaiseQuery.as_view(), name="query"),
    path("queries/<slug:reference>/file/", views.QueryFile.as_view(), name="query-file"),
]
