"""The OpenAPI document and its two browsable forms, all from installed files: nothing is loaded from elsewhere.

Swagger UI and Redoc set styles from scripts, and Redoc searches in a worker, so these two pages alone have a policy
that allows that. Scripts still come from here only.
"""

from django.conf import settings
from django.utils.csp import CSP
from django.utils.decorators import method_decorator
from django.views.decorators.cache import cache_page
from django.views.decorators.csp import csp_override
from drf_spectacular.views import SpectacularAPIView, SpectacularRedocView, SpectacularSwaggerSplitView

POLICY = settings.SECURE_CSP | {
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "worker-src": [CSP.SELF, "blob:"],
}
KEPT_SECONDS = 600


@method_decorator(cache_page(KEPT_SECONDS), name="dispatch")
class SchemaView(SpectacularAPIView):
    """The document, made at most once in ten minutes: it is public, and slow to make. Choices stand where they are used."""

    custom_settings = {"POSTPROCESSING_HOOKS": []}


@method_decorator(csp_override(POLICY), name="dispatch")
class DocsView(SpectacularSwaggerSplitView):
    """To try calls: Swagger UI."""

    url_name = "api-schema"


@method_decorator(csp_override(POLICY), name="dispatch")
class RedocView(SpectacularRedocView):
    """To read: Redoc."""

    url_name = "api-schema"
    template_name = "api/redoc.html"
