"""Whose market it is: the operator (a DSO), its markets, products and zones. All of it is data, NGED only the first."""

from datetime import datetime, time, timedelta

import pgtrigger
from django.core.validators import RegexValidator
from django.db import models

from .clock import MarketQuerySet


def bids_stay_sealed() -> pgtrigger.Trigger:
    """A feed that goes live would open what sellers were promised is closed: not while a bid is sealed."""
    return pgtrigger.Trigger(
        name="bids_stay_sealed",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(old__feed_is_live=False, new__feed_is_live=True),
        func="""
            IF EXISTS (
                SELECT 1 FROM markets_bid JOIN markets_competition ON markets_competition.id = markets_bid.competition_id
                WHERE market_id = NEW.id AND closes_at > clock_timestamp() + NEW.clock_offset
            ) THEN
                RAISE EXCEPTION 'Bids are sealed in this market until gate closure: its feed cannot go live now.';
            END IF;
            RETURN NEW;
        """,
    )


class Operator(models.Model):
    """A distribution system operator. `key` names its folder in `piclo_nged/dso/` and its part of the API."""

    key = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    short_name = models.CharField(max_length=40)

    def __str__(self) -> str:
        return self.short_name


class Market(models.Model):
    """One auction programme of an operator, e.g. NGED long-term."""

    class Stage(models.TextChoices):
        """To whom it is open. Every next stage takes in the ones before."""

        PILOT = "pilot", "Pilot sellers only"
        INVITED = "invited", "Invited sellers"
        OPEN = "open", "Everyone in the area"

    class Path(models.TextChoices):
        """What comes first when a trigger arrives."""

        INSTRUCT_FIRST = "instruct_first", "Instruct first, match afterwards"
        MATCH_FIRST = "match_first", "Match first, then instruct"

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="markets")
    key = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    is_mock = models.BooleanField(
        default=False, help_text="A rehearsal: its clock may be moved, nothing of it is real."
    )
    clock_offset = models.DurationField(default=timedelta)
    stage = models.CharField(max_length=20, choices=Stage, default=Stage.PILOT)
    previews_first = models.BooleanField(
        default=False, help_text="On: a new competition waits until the operator has approved its preview."
    )
    feed_is_live = models.BooleanField(
        default=False,
        help_text="Off: the operator reads bids only after gate closure. It can't be turned on while a bid is sealed.",
    )
    receipts_before_closure = models.DurationField(
        default=timedelta(minutes=30),
        help_text="With a live feed: a bid without the operator's receipt this long before gate closure is a case.",
    )
    path = models.CharField(
        max_length=20,
        choices=Path,
        default=Path.INSTRUCT_FIRST,
        help_text="Match first: nobody is told before the contract is clear; a person decides what is not.",
    )
    answer_within = models.DurationField(
        default=timedelta(minutes=10),
        help_text="How long a seller may take to confirm, from when a mailbox of it was reached; "
        "after that it is a case. Hours:minutes:seconds of real time. 0: no answer is asked for.",
    )
    remind_at = models.TimeField(
        null=True,
        blank=True,
        default=time(15),
        help_text="London time at which sellers are reminded of what they deliver by schedule on the next day. "
        "Empty: they are not.",
    )
    oncall_email = models.EmailField(blank=True)
    oncall_phone = models.CharField(max_length=40, blank=True)

    objects = MarketQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_mock=True) | models.Q(clock_offset=timedelta()),
                name="only_mock_markets_move_their_clock",
            ),
            models.CheckConstraint(
                condition=models.Q(answer_within__gte=timedelta()), name="market_answers_are_not_due_before_asked"
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="mock_or_real_for_ever", fields=["is_mock", "operator"]),
            bids_stay_sealed(),
        ]

    def __str__(self) -> str:
        return self.name

    def now(self) -> datetime:
        """Market time, read from the database."""
        return Market.objects.time_of(self.pk)


class Product(models.Model):
    """What an operator buys. Names differ between operators and years, so products are data, never an enum."""

    class Call(models.TextChoices):
        TRIGGERED = "triggered", "Called by trigger"
        SCHEDULED = "scheduled", "Delivered by schedule"

    class Direction(models.TextChoices):
        TURN_DOWN = "turn_down", "Demand turn down / generation turn up"
        TURN_UP = "turn_up", "Demand turn up / generation turn down"

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="products")
    key = models.SlugField()
    name = models.CharField(max_length=100, help_text="As the operator writes it.")
    call = models.CharField(max_length=20, choices=Call)
    direction = models.CharField(max_length=20, choices=Direction, default=Direction.TURN_DOWN)
    pays_availability = models.BooleanField(default=False, help_text="GBP/MW/h")
    pays_utilisation = models.BooleanField(default=False, help_text="GBP/MWh")
    pays_sustain = models.BooleanField(default=False, help_text="GBP/kW for the season")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["operator", "key"], name="product_key_once"),
            models.UniqueConstraint(fields=["operator", "name"], name="product_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Zone(models.Model):
    """A constraint management zone: the area behind a network constraint."""

    class Level(models.TextChoices):
        HV = "hv", "High voltage"
        LV = "lv", "Low voltage"

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="zones")
    code = models.CharField(max_length=60, validators=[RegexValidator(r"^\S+$", "A zone code has no spaces.")])
    name = models.CharField(max_length=200, blank=True)
    licence_area = models.CharField(max_length=10, blank=True)
    level = models.CharField(max_length=2, choices=Level, default=Level.HV)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True, help_text="Of its centre.")
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["operator", "code"], name="zone_code_once")]

    def __str__(self) -> str:
        return self.code
