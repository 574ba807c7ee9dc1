"""Articles from the project's files into the help centre, and the yearly look at each."""

from django.db import transaction
from django.utils import timezone

from markets.operations.journal import By, record

from ..models.article import Article
from .files import ArticleFile, read_articles


@transaction.atomic
def publish_articles(*, by: By) -> list[str]:
    """Publishes the project's articles that are new or whose file changed. Returns their slugs; again: none.

    An article edited in the console stands as edited until its file changes; one that was retired stays retired.
    """
    rows = {article.slug: article for article in Article.objects.select_for_update().order_by("pk")}
    changed = [
        article
        for article in read_articles()
        if article.slug not in rows or rows[article.slug].file_sha256 != article.sha256
    ]
    Article.objects.bulk_create(
        [Article(slug=article.slug) for article in changed if article.slug not in rows], ignore_conflicts=True
    )
    for article in changed:
        _publish(article)
    if changed:
        record(by=by, verb="publish_articles", articles=[article.slug for article in changed])
    return [article.slug for article in changed]


def _publish(article: ArticleFile) -> None:
    row = Article.objects.get(slug=article.slug)
    row.title, row.body, row.file_sha256 = article.title, article.body, article.sha256
    row.reviewed_at = timezone.now()
    if row.status == Article.Status.DRAFT:
        row.status = Article.Status.PUBLISHED
    row.save()


@transaction.atomic
def review_article(*, article: Article, by: By) -> Article:
    """Someone read the article through and stands by it: its year begins again."""
    article = Article.objects.select_for_update().get(pk=article.pk)
    article.reviewed_at = timezone.now()
    article.save(update_fields=["reviewed_at"])
    record(by=by, verb="review_article", subject=article)
    return article
