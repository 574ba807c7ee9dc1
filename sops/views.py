"""What surrounds the story: the front page with what a seller should look at now, and the help centre."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.generic import DetailView, ListView, TemplateView

from dispatch.models import Instruction
from markets.models import Bid, Competition, MarketTime
from markets.web.access import Page, SellerPage
from settlement.models import Statement

from .help import rendered, sections
from .models import Article

SHOWN = 5


class Home(SellerPage, TemplateView):
    """For members of a seller: what waits for them. For everyone else: what this is, and the way in."""

    template_name = "home.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.response_class(request, ["landing.html"], {})
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        bids = self.own(Bid.objects.select_related("competition__market"))
        decided = bids.filter(status__in=(Bid.Status.ACCEPTED, Bid.Status.REJECTED))
        instructions = self.own(Instruction.objects.unanswered()).select_related("trigger", "market__operator")
        competitions = Competition.objects.open_to(self.seller).biddable().select_related("market", "product", "zone")
        statements = self.own(Statement.objects.select_related("run__market"))
        waiting = list(instructions[:SHOWN])
        closing = list(
            competitions.annotate(market_time=MarketTime("market__clock_offset")).order_by("closes_at")[:SHOWN]
        )
        context = super().get_context_data(
            waiting=waiting,
            closing=closing,
            standing=bids.filter(status=Bid.Status.PLACED).count(),
            results=decided.order_by("-changed_at", "-pk")[:SHOWN],
            statement=statements.order_by("-run__month", "-run__version").first(),
            **kwargs,
        )
        return context | {"mock_markets": self.mock_markets([*waiting, *closing])}


class HelpIndex(Page, ListView):
    """The help centre's articles; `q` finds those that hold all its words. Open to everyone."""

    section = "help"
    template_name = "sops/help.html"

    def get_queryset(self) -> QuerySet[Article]:
        articles = Article.objects.filter(status=Article.Status.PUBLISHED)
        self.words = self.request.GET.get("q", "").replace("\0", " ").strip()  # no text of the database holds it
        for word in self.words.split():
            articles = articles.filter(Q(title__icontains=word) | Q(body__icontains=word))
        return articles.order_by("title")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        articles = [(article, [s for s in sections(article.body) if s.level == 2]) for article in self.object_list]
        return super().get_context_data(articles=articles, words=self.words, **kwargs)


class ArticlePage(Page, DetailView):
    """One published article, its sections beside it."""

    section = "help"
    template_name = "sops/article.html"
    context_object_name = "article"
    object: Article

    def get_queryset(self) -> QuerySet[Article]:
        return Article.objects.filter(status=Article.Status.PUBLISHED)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        body = self.object.body
        return super().get_context_data(
            html=rendered(body), contents=[s for s in sections(body) if s.level == 2], **kwargs
        )
