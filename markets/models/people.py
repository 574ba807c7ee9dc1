"""Who takes part: users, sellers and their members, the agreement, and whom a dispatch email reaches."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from .guards import append_only, guarded_states


class UserManager(BaseUserManager["User"]):
    """Users are known by their email address."""

    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, **{"is_staff": True, "is_superuser": True} | fields)


class User(AbstractUser):
    """A person: a member of a seller, or (is_staff) of customer success."""

    username = None  # type: ignore[assignment]
    email = models.EmailField("email address", unique=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once_whatever_its_case")]

    def __str__(self) -> str:
        return self.get_full_name() or self.email


@guarded_states()
class Seller(models.Model):
    """A flexibility service provider; NGED calls it company."""

    class Status(models.TextChoices):
        INVITED = "invited", "Invited"
        VERIFIED = "verified", "Verified"
        SUSPENDED = "suspended", "Suspended"

    MOVES = (
        (Status.INVITED, Status.VERIFIED),
        (Status.VERIFIED, Status.SUSPENDED),
        (Status.SUSPENDED, Status.VERIFIED),
    )

    name = models.CharField(max_length=200, unique=True)
    status = models.CharField(max_length=20, choices=Status, default=Status.INVITED)
    company_number = models.CharField(max_length=20, blank=True)
    address = models.TextField("registered address", blank=True)
    phone = models.CharField(max_length=40, blank=True, help_text="Whom customer success calls when nobody answers.")
    created_at = models.DateTimeField(auto_now_add=True)
    members = models.ManyToManyField(User, through="Membership", related_name="sellers")

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(Lower("name"), name="seller_name_once_whatever_its_case")]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person's role with a seller."""

    class Role(models.TextChoices):
        OWNER = "owner", "Owner"
        TRADER = "trader", "Trader"
        VIEWER = "viewer", "Viewer"

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role, default=Role.TRADER)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["seller", "user"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()} of {self.seller}"


class SellerIdentity(models.Model):
    """A name by which an operator knows a seller: what a trigger may carry, ready for one look-up."""

    class Kind(models.TextChoices):
        COMPANY = "company", "Company name"
        ACCOUNT = "account", "Account on the operator's platform"

    operator = models.ForeignKey("markets.Operator", on_delete=models.CASCADE, related_name="seller_identities")
    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="identities")
    kind = models.CharField(max_length=20, choices=Kind)
    name = models.CharField(max_length=200)

    class Meta:
        verbose_name_plural = "seller identities"
        constraints = [models.UniqueConstraint("operator", "kind", Lower("name"), name="identity_means_one_seller")]

    def __str__(self) -> str:
        return f"{self.name} ({self.operator})"


class Agreement(models.Model):
    """A version of the standard agreement, signed: without one there is no bid. What was signed stands."""

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="agreements")
    version = models.CharField(max_length=20)
    signatory = models.CharField(max_length=200)
    position = models.CharField(max_length=200, blank=True, help_text="What the signatory is in the company.")
    signed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["seller", "version"], name="agreement_version_signed_once")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"Agreement {self.version}, signed by {self.signatory}"


class DispatchContact(models.Model):
    """A mailbox that someone reads, per seller and market: where instructions go."""

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="dispatch_contacts")
    market = models.ForeignKey("markets.Market", on_delete=models.CASCADE, related_name="dispatch_contacts")
    name = models.CharField(max_length=200, blank=True)
    email = models.EmailField()
    phone = models.CharField(max_length=40, blank=True)
    test_sent_at = models.DateTimeField(null=True, blank=True, help_text="When the last test message left for it.")
    verified_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint("seller", "market", Lower("email"), name="contact_once_per_market")]

    def __str__(self) -> str:
        return self.email
