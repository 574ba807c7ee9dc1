"""Every address under /api/: NGED's, the sellers', and the documents of both."""

from django.urls import include, path, re_path

import dispatch.api
import markets.api
import settlement.api
from markets.rest.endpoints import UnknownAddress

from .api_docs import DocsView, RedocView, SchemaView

sellers = [*markets.api.urlpatterns, *dispatch.api.urlpatterns, *settlement.api.urlpatterns]

urlpatterns = [
    path("nged/v1/", include("piclo_nged.dso.nged.api.urls")),
    path("v1/", include((sellers, "seller-api"))),
    path("schema/", SchemaView.as_view(), name="api-schema"),
    path("docs/", DocsView.as_view(), name="api-docs"),
    path("redoc/", RedocView.as_view(), name="api-redoc"),
    re_path("", UnknownAddress.as_view()),
]
