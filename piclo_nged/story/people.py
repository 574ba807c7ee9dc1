"""The people of the demo, so that a visitor can sign in as each of them."""

from dataclasses import dataclass

from django.db.models import Count

from markets.models import Membership, Seller, User
from markets.operations.tokens import issue_token

PASSWORD = "flexible-demo"


@dataclass(frozen=True)
class Logins:
    """How a visitor signs in: as customer success, and as a seller by page or by machine."""

    customer_success: User
    member: User
    seller: Seller
    seller_token: str


def hire() -> tuple[User, User]:
    """Two colleagues of customer success: one who works, and one who approves what the first has done."""
    return (
        User.objects.create_superuser("casey@piclo.example", PASSWORD, first_name="Casey"),
        User.objects.create_superuser("sam@piclo.example", PASSWORD, first_name="Sam"),
    )


def logins(worker: User) -> Logins:
    """Opens a seller's account to the visitor: of the seller with the most to look at."""
    seller = Seller.objects.annotate(seen=Count("instructions", distinct=True)).order_by("-seen", "pk")[0]
    member = Membership.objects.filter(seller=seller).select_related("user").order_by("pk")[0].user
    member.set_password(PASSWORD)
    member.save(update_fields=["password"])
    _, token = issue_token(name="Demo visitor", seller=seller, by="demo")
    return Logins(worker, member, seller, token)
