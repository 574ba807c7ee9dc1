"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path

from piclo_nged.canary import CanaryTriggers
from piclo_nged.health import dispatch_health, health
from piclo_nged.party_results import PartyResults
from sops.views import Home

urlpatterns = [
    path("", Home.as_view(), name="home"),
    path("", include("markets.urls")),
    path("", include("dispatch.urls")),
    path("", include("settlement.urls")),
    path("", include("sops.urls")),
    path("test-parties/<int:pk>/results/", PartyResults.as_view(), name="party-results"),
    path("accounts/", include("allauth.urls")),
    path("api/canary/dispatch/triggers", CanaryTriggers.as_view(), name="canary-triggers"),
    path("api/", include("piclo_nged.api_urls")),
    path("console/", admin.site.urls),
    path("health/", health, name="health"),
    path("health/dispatch", dispatch_health, name="health-dispatch"),
    path("mail-events/", include("piclo_nged.mail_events")),
]
