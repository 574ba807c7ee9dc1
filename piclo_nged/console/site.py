"""The admin site: which nouns stand in it, how each is dressed, and the addresses that are no model's."""

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.views.decorators.csp import csp_override
from unfold.sites import UnfoldAdminSite

from .dressing import dressed
from .home import needs
from .search import find

STORY = ("markets", "dispatch", "settlement", "sops")
# Unfold's Alpine evaluates expressions of its templates and sets styles; no page outside the console allows either.
CONSOLE_CSP = settings.SECURE_CSP | {
    "script-src": ["'self'", "'unsafe-eval'"],
    "style-src": ["'self'", "'unsafe-inline'"],
}


class Console(UnfoldAdminSite):
    """Holds the nouns of the story and nothing else: what other packages register is not shown."""

    index_title = "What needs me now"
    index_template = "admin/home.html"
    enable_nav_sidebar = True

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        models: Iterable[type[Model]] = (
            [model_or_iterable] if isinstance(model_or_iterable, type) else list(model_or_iterable)
        )
        for model in models:
            if model._meta.app_label in STORY:
                super().register(model, dressed(model, admin_class), **options)

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:
        return csp_override(CONSOLE_CSP)(super().admin_view(view, cacheable))

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Everybody's door: it alone counts failed attempts and asks for a second factor."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied("The console is for customer success.")
        wanted = request.GET.get(REDIRECT_FIELD_NAME, reverse(f"{self.name}:index"))
        if request.user.is_authenticated:
            return HttpResponseRedirect(reverse(f"{self.name}:index"))
        return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({REDIRECT_FIELD_NAME: wanted})}")

    def extra_urls(self) -> list[URLPattern]:
        """Unfold asks for these when it builds the site's addresses."""
        from .emails import EmailPreview
        from .live import DispatchLive
        from .nged_file import ImportNgedFile  # they stand on the apps' admins, which register with this site
        from .party import PartyPage, StartParty
        from .party_comparison import Comparison, ComparisonFile, NotesFile

        of_parties: dict[str, tuple[str, Any]] = {
            "party_start": ("start/", StartParty),
            "party": ("<int:pk>/", PartyPage),
            "party_comparison": ("<int:pk>/comparison/", Comparison),
            "party_comparison_file": ("<int:pk>/comparison.csv", ComparisonFile),
            "party_notes_file": ("<int:pk>/notes.csv", NotesFile),
        }

        return [
            path("find/", self.admin_view(self.find), name="find"),
            path("live/", self.admin_view(DispatchLive.as_view(console=self)), name="dispatch_live"),
            path("emails/", self.admin_view(EmailPreview.as_view(console=self)), name="emails"),
            path("emails/<slug:key>/", self.admin_view(EmailPreview.as_view(console=self)), name="email_preview"),
            path("nged-file/", self.admin_view(ImportNgedFile.as_view(console=self)), name="nged_file"),
            *(
                path(f"party/{address}", self.admin_view(page.as_view(console=self)), name=name)
                for name, (address, page) in of_parties.items()
            ),
        ]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """What needs me now, first."""
        return super().index(request, {"needs": needs(), **(extra_context or {})})

    def find(self, request: HttpRequest) -> TemplateResponse:
        """Every noun that answers to a reference: ours, NGED's, an MPAN, an email."""
        term = request.GET.get("q", "").strip()
        found = find(self, request, term) if term else []
        context = {**self.each_context(request), "title": "Search", "term": term, "found": found}
        return TemplateResponse(request, "admin/find.html", context)
