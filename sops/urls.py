"""Addresses of the help centre."""

from django.urls import path

from . import views

app_name = "sops"
urlpatterns = [
    path("help/", views.HelpIndex.as_view(), name="help"),
    path("help/<slug:slug>/", views.ArticlePage.as_view(), name="article"),
]
