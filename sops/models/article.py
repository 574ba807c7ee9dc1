"""An article of the help centre."""

from django.db import models

from markets.models.guards import guarded_states


@guarded_states()
class Article(models.Model):
    """Plain English for sellers, in Markdown; its headings are the sections that pages link to.

    Articles begin as files in `sops/help/articles/`. An edit in the console stands until the file itself changes.
    """

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
    file_sha256 = models.CharField(
        max_length=64, blank=True, editable=False, help_text="Of the project's file when it was last published."
    )

    class Meta:
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title
