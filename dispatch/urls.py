"""Addresses of the sellers' pages of dispatch."""

from django.urls import path

from . import views

app_name = "dispatch"
urlpatterns = [
    path("instructions/", views.InstructionList.as_view(), name="instructions"),
    path("instructions/<slug:reference>/", views.InstructionPage.as_view(), name="instruction"),
    path("answer/<str:token>/", views.AnswerByLink.as_view(), name="answer"),
]
