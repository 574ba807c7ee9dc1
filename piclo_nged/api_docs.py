"""The OpenAPI document and its two browsable forms, all from installed files: nothing is loaded from elsewhere.

Swagger UI and Redoc set styles from scripts, and Redoc searches in a worker, so these two pages alone have a policy
that allows that. Scripts still come from here only.
"""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.csp import CSP
from django.utils.decorators import method_decorator
from django.views.decorators.cache import cache_page
from django.views.decorators.csp import csp_override
from drf_spectacular.views import SpectacularAPIView, SpectacularRedocView, SpectacularSwaggerSplitView

from .dso import nged

POLICY = settings.SECURE_CSP | {
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "worker-src": [CSP.SELF, "blob:"],
}
KEPT_SECONDS = 600
IN_THE_ORDER_OF_THE_STORY = (
    "NGED: competitions",
    "NGED: assets",
    "NGED: bids",
    "NGED: results",
    "NGED: dispatch",
    "NGED: settlement",
    "NGED: webhooks",
    "NGED: sandbox",
    "Sellers: bidding",
    "Sellers: dispatch",
    "Sellers: settlement",
)


def _what_holds_for_every_call() -> str:
    """The rules of the integrator's README, so that they stand in one place."""
    readme = (Path(nged.__file__).parent / "README.md").read_text()
    return readme.partition("## What holds for every call")[2].partition("\n## ")[0].strip()


def with_the_bodies_of_webhooks(result: dict[str, Any], generator: Any, **_: Any) -> dict[str, Any]:
    """The generator lists the components before it comes to what we send."""
    return result | {"components": generator.registry.build({})}


@method_decorator(cache_page(KEPT_SECONDS), name="dispatch")
class SchemaView(SpectacularAPIView):
    """The document, made at most once in ten minutes: it is public, and slow to make. Choices stand where they are used."""

    custom_settings = {
        "POSTPROCESSING_HOOKS": ["piclo_nged.api_docs.with_the_bodies_of_webhooks"],
        "DESCRIPTION": _what_holds_for_every_call(),
        "TAGS": [{"name": name} for name in IN_THE_ORDER_OF_THE_STORY],
    }


@method_decorator(csp_override(POLICY), name="dispatch")
class DocsView(SpectacularSwaggerSplitView):
    """To try calls: Swagger UI."""

    url_name = "api-schema"


@method_decorator(csp_override(POLICY), name="dispatch")
class RedocView(SpectacularRedocView):
    """To read: Redoc."""

    url_name = "api-schema"
    template_name = "api/redoc.html"
