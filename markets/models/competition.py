"""What is bought: a competition (NGED: trade opportunity) and its service windows (NGED: trade windows)."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from .clock import MarketTime
from .fields import Kw, Price
from .guards import append_only, guarded_states, not_negative, written_once
from .operator import Market, Product, Zone
from .people import Seller


class CompetitionQuerySet(models.QuerySet["Competition"]):
    """Competitions by where market time stands."""

    def visible(self) -> Self:
        """What sellers may see: everything published, also what was withdrawn since; never what was only a preview."""
        never_out = models.Q(status=Competition.Status.WITHDRAWN, published_at=None)
        return self.exclude(models.Q(status=Competition.Status.PREVIEW) | never_out)

    def open_to(self, seller: Seller) -> Self:
        """What this seller may see and bid in: published, in a market whose stage takes it in.

        Those of a test party only once the seller has said yes: nobody finds rehearsals in its list unasked.
        """
        said_yes = models.Q(admissions__seller=seller, admissions__accepted_at__isnull=False)
        markets = Market.objects.open_to(seller).filter(models.Q(test_party=None) | said_yes)
        return self.visible().filter(market__in=markets)

    def biddable(self) -> Self:
        """Open for bids at this moment of market time."""
        return self.filter(
            status=Competition.Status.PUBLISHED,
            opens_at__lte=MarketTime("market__clock_offset"),
            closes_at__gt=MarketTime("market__clock_offset"),
        )

    def closed(self) -> Self:
        """Past gate closure."""
        return self.filter(closes_at__lte=MarketTime("market__clock_offset"))


@guarded_states()
class Competition(models.Model):
    """A purchase of one product in one zone. Its reference, the operator's, is never used again."""

    class Status(models.TextChoices):
        PREVIEW = "preview", "Preview for the operator"
        PUBLISHED = "published", "Published"
        WITHDRAWN = "withdrawn", "Withdrawn by the operator"
        DECIDED = "decided", "Results are in"

    MOVES = (
        (Status.PREVIEW, Status.PUBLISHED),
        (Status.PREVIEW, Status.WITHDRAWN),
        (Status.PUBLISHED, Status.WITHDRAWN),
        (Status.PUBLISHED, Status.DECIDED),
    )

    market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="competitions")
    reference = models.CharField(max_length=100)
    name = models.CharField(max_length=300)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="competitions")
    zone = models.ForeignKey(Zone, on_delete=models.PROTECT, related_name="competitions")
    status = models.CharField(max_length=20, choices=Status, default=Status.PREVIEW)
    revision = models.PositiveIntegerField(default=1)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField(help_text="Gate closure: bids are taken before this instant.")
    first_day = models.DateField(help_text="First day of delivery.")
    last_day = models.DateField(help_text="Last day of delivery.")
    required_kw = Kw(help_text="The peak over all windows.")
    availability_ceiling_gbp_per_mw_h = Price(default=0)
    utilisation_ceiling_gbp_per_mwh = Price(default=0)
    sustain_ceiling_gbp_per_kw = Price(default=0)
    max_connection_kv = models.DecimalField(
        max_digits=7, decimal_places=3, null=True, blank=True, help_text="Assets connected above it can't take part."
    )
    published_at = models.DateTimeField(
        null=True, blank=True, help_text="Market time at which sellers could see it first; empty while it is a preview."
    )

    objects = CompetitionQuerySet.as_manager()

    class Meta:
        ordering = ["closes_at", "reference"]
        indexes = [models.Index(fields=["market", "closes_at"])]
        constraints = [
            models.UniqueConstraint(fields=["market", "reference"], name="competition_reference_never_reused"),
            models.CheckConstraint(
                condition=models.Q(opens_at__lt=models.F("closes_at")), name="competition_opens_first"
            ),
            models.CheckConstraint(
                condition=models.Q(first_day__lte=models.F("last_day")), name="competition_days_in_order"
            ),
            models.CheckConstraint(
                condition=not_negative(
                    "required_kw",
                    "availability_ceiling_gbp_per_mw_h",
                    "utilisation_ceiling_gbp_per_mwh",
                    "sustain_ceiling_gbp_per_kw",
                ),
                name="competition_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ServiceWindow(models.Model):
    """Days and local times in which a competition asks for delivery. An end at or before the start is the next day's."""

    competition = models.ForeignKey(Competition, on_delete=models.CASCADE, related_name="windows")
    name = models.CharField(max_length=200)
    first_day = models.DateField()
    last_day = models.DateField()
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(7)]),
        help_text="ISO weekdays: Monday is 1.",
    )
    local_start = models.TimeField()
    local_end = models.TimeField()
    required_kw = Kw()
    minimum_kw = Kw(default=0, help_text="The smallest offer that the operator takes here; 0: any.")
    no_response_at = models.DateTimeField(
        null=True, blank=True, help_text="When the operator said that nobody bid: a fact of the window, not of a bid."
    )

    class Meta:
        ordering = ["competition", "first_day", "local_start", "name"]
        constraints = [
            models.UniqueConstraint(fields=["competition", "name"], name="window_name_once"),
            models.CheckConstraint(
                condition=models.Q(first_day__lte=models.F("last_day")), name="window_days_in_order"
            ),
            models.CheckConstraint(condition=not_negative("required_kw", "minimum_kw"), name="window_not_negative"),
        ]

    def __str__(self) -> str:
        return self.name


class CompetitionRevision(models.Model):
    """What a revision changed, so that sellers can be told and look it up."""

    competition = models.ForeignKey(Competition, on_delete=models.PROTECT, related_name="revisions")
    revision = models.PositiveIntegerField()
    changes = models.JSONField(help_text="[{what, before, after}], in words of the field.")
    revised_at = models.DateTimeField(help_text="Market time.")

    class Meta:
        ordering = ["-revision"]
        constraints = [models.UniqueConstraint(fields=["competition", "revision"], name="competition_revision_once")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.competition} revision {self.revision}"


class PreviewNote(models.Model):
    """What the operator asks to change in a preview. It waits until a revision, an approval or a person settles it."""

    competition = models.ForeignKey(Competition, on_delete=models.CASCADE, related_name="preview_notes")
    revision = models.PositiveIntegerField(help_text="The revision that was looked at.")
    note = models.TextField(max_length=2000)
    asked_by = models.CharField(max_length=200, help_text="As the journal names who did it.")
    asked_at = models.DateTimeField(auto_now_add=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolution = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-id"]
        triggers = [written_once("resolved_at")]

    def __str__(self) -> str:
        return f"{self.competition}: {self.note[:60]}"
