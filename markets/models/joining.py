"""How a seller comes in: it asks or is invited, is admitted to markets as they open, and names its account there."""

from django.db import models
from django.db.models.functions import Lower

from .guards import append_only, guarded_states, written_once
from .operator import Market, Operator
from .people import Membership, Seller, User


@guarded_states()
class JoiningRequest(models.Model):
    """A company that nobody invited asks to join."""

    class Status(models.TextChoices):
        ASKED = "asked", "Asked"
        INVITED = "invited", "Invited"
        DECLINED = "declined", "Declined"

    MOVES = ((Status.ASKED, Status.INVITED), (Status.ASKED, Status.DECLINED), (Status.DECLINED, Status.INVITED))

    company = models.CharField(max_length=200)
    company_number = models.CharField(max_length=20, blank=True)
    name = models.CharField("name of the person", max_length=200)
    email = models.EmailField()
    phone = models.CharField(max_length=40, blank=True)
    message = models.TextField(blank=True, help_text="What they have and where, in their own words.")
    status = models.CharField(max_length=20, choices=Status, default=Status.ASKED)
    seller = models.ForeignKey(Seller, on_delete=models.SET_NULL, null=True, blank=True, related_name="requests")
    reason = models.CharField(max_length=500, blank=True)
    asked_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"), condition=models.Q(status="asked"), name="joining_request_open_once_per_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.company} ({self.email})"


class Invitation(models.Model):
    """A person is asked, by an emailed link, to act for a seller. The link is the signed key of this row."""

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=20, choices=Membership.Role, default=Membership.Role.TRADER)
    invited_by = models.CharField(max_length=200, help_text="As the journal names who did it.")
    invited_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-invited_at"]
        constraints = [
            models.UniqueConstraint(
                "seller",
                Lower("email"),
                condition=models.Q(accepted_at=None, revoked_at=None),
                name="invitation_open_once_per_person",
            )
        ]
        triggers = [written_once("accepted_at"), written_once("revoked_at")]

    def __str__(self) -> str:
        return f"{self.email} for {self.seller}"


class Admission(models.Model):
    """A seller is let into a market that is not open to everyone yet, or into a test party.

    `accepted_at` is the seller's own yes: mail of a mock market goes to nobody who has not said it.
    """

    class Wave(models.TextChoices):
        PILOT = "pilot", "Pilot"
        INVITED = "invited", "Invited"

    market = models.ForeignKey(Market, on_delete=models.CASCADE, related_name="admissions")
    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="admissions")
    wave = models.CharField(max_length=20, choices=Wave, default=Wave.INVITED)
    admitted_at = models.DateTimeField(auto_now_add=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["market", "seller"], name="admission_once_per_market")]
        triggers = [written_once("accepted_at")]

    def __str__(self) -> str:
        return f"{self.seller} in {self.market}"


@guarded_states()
class AccountLink(models.Model):
    """A seller says which account on the operator's own platform is its; the operator is asked by hand."""

    class Status(models.TextChoices):
        ASKED = "asked", "Asked"
        LINKED = "linked", "Linked"
        REFUSED = "refused", "Refused"

    MOVES = ((Status.ASKED, Status.LINKED), (Status.ASKED, Status.REFUSED))

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="account_links")
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="account_links")
    account = models.CharField(max_length=200, help_text="As the operator's platform shows it.")
    status = models.CharField(max_length=20, choices=Status, default=Status.ASKED)
    reason = models.CharField(max_length=500, blank=True)
    asked_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "operator"], condition=models.Q(status="asked"), name="account_link_asked_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.account} ({self.operator}) of {self.seller}"


class Confirmation(models.Model):
    """A seller confirmed the rules that software cannot check, in the wording of a version, when it bid."""

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="confirmations")
    market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="confirmations")
    version = models.CharField(max_length=20, help_text="Of the rules' wording.")
    confirmed_by = models.CharField(max_length=200, help_text="As the journal names who did it.")
    confirmed_at = models.DateTimeField(auto_now_add=True)
    bid_count = models.PositiveIntegerField(help_text="How many bids were placed with it.")

    class Meta:
        ordering = ["-id"]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.seller} confirmed rules {self.version}"
