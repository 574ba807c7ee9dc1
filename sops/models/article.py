"""An article of the help centre."""

from django.db import models

from markets.models.guards import guarded_states


@guarded_states()
class Article(models.Model):
    """Plain English for sellers, in Markdown; its headings are the sections that pages link to."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "Published"
        RETIRED = "retired", "Retired"

    MOVES = (
        (Status.DRAFT, Status.PUBLISHED),
        (Status.PUBLISHED, Status.DRAFT),
        (Status.PUBLISHED, Status.RETIRED),
        (Status.RETIRED, Status.DRAFT),
    )

    slug = models.SlugField(unique=True)
    title = models.CharField(max_length=200)
    body = models.TextField(help_text="Markdown.")
    status = models.CharField(max_length=20, choices=Status, default=Status.DRAFT)
    reviewed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title
