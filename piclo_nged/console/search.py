"""One search over all nouns, by whatever people read aloud: our reference, NGED's, an MPAN, an email, a name.

Each noun's own admin says in `search_fields` what it answers to; the first of them is its title, the second
stands beside it. All are asked in one query, a few hits each.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib.admin import AdminSite, ModelAdmin
from django.db.models import Case, F, IntegerField, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, Coalesce
from django.http import HttpRequest
from django.urls import reverse
from unfold.dataclasses import SearchResult

HITS_PER_NOUN = 6
SHORTEST = 2
# What nobody looks up by name: rows that are reached from their record.
NOT_SEARCHED = {
    "bidline",
    "bidchange",
    "confirmation",
    "receipt",
    "mailattempt",
    "idempotentcall",
    "journalentry",
    "membership",
    "notice",
}


@dataclass(frozen=True)
class Found:
    """A record that answers to the term."""

    noun: str
    title: str
    beside: str
    url: str


def find(site: AdminSite, request: HttpRequest, term: str) -> list[Found]:
    """What answers to the term, exact titles first, then those that begin with it. Empty for a term of one letter."""
    asked = [admin for admin in site._registry.values() if admin.opts.model_name not in NOT_SEARCHED]
    if len(term) < SHORTEST or not asked:
        return []
    first, *others = (_hits(number, admin, request, term) for number, admin in enumerate(asked))
    rows = first.union(*others, all=True).order_by("hit_rank", "hit_noun", "-pk")
    return [_found(asked[noun], pk, title, beside) for noun, pk, title, beside, _ in rows]


def palette(request: HttpRequest, term: str) -> list[SearchResult]:
    """The same search for the palette that opens on Ctrl+K."""
    from django.contrib.admin import site  # the site is this package's: it is not there while it is imported

    return [
        SearchResult(
            title=found.title, description=f"{found.noun} {found.beside}", link=found.url, icon="arrow_outward"
        )
        for found in find(site, request, term)
    ]


def _hits(number: int, admin: ModelAdmin, request: HttpRequest, term: str) -> QuerySet[Any]:
    title, beside = (admin.get_search_fields(request) * 2)[:2]
    searched, _ = admin.get_search_results(request, admin.model._default_manager.all(), term)
    return (
        admin.model._default_manager.filter(pk__in=searched.order_by().values("pk"))
        .annotate(
            hit_noun=Value(number, IntegerField()),
            hit_title=Coalesce(Cast(F(title), TextField()), Value("", TextField())),
            hit_beside=Coalesce(Cast(F(beside), TextField()), Value("", TextField())),
            hit_rank=Case(
                When(**{f"{title}__iexact": term}, then=0),
                When(**{f"{title}__istartswith": term}, then=1),
                default=2,
                output_field=IntegerField(),
            ),
        )
        .order_by("hit_rank", "-pk")
        .values_list("hit_noun", "pk", "hit_title", "hit_beside", "hit_rank")[:HITS_PER_NOUN]
    )


def _found(admin: ModelAdmin, pk: Any, title: str, beside: str) -> Found:
    place = f"{admin.admin_site.name}:{admin.opts.app_label}_{admin.opts.model_name}_change"
    noun = str(admin.opts.verbose_name).capitalize()
    return Found(noun, title, "" if beside == title else beside, reverse(place, args=[pk]))
