"""A program: fills the campaign's database (`make`), and does by hand what people do after it (`mend`)."""

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "piclo_nged.settings")
django.setup()

from django.core.management import call_command  # noqa: E402

from dispatch.jobs import sweep_instructions  # noqa: E402
from markets.models import Mail, Operator  # noqa: E402
from markets.operations import contacts, people  # noqa: E402
from markets.operations.mail import resend  # noqa: E402
from markets.operations.markets import open_market  # noqa: E402
from markets.operations.tokens import issue_token  # noqa: E402

from .caller import MARKET  # noqa: E402

ONCALL = "oncall@faults.example"


def make(sellers: int) -> dict[str, str]:
    """Sellers with one mailbox each; gives the operator's token."""
    call_command("prepare")
    operator = Operator.objects.get(key="nged")
    market = open_market(operator=operator, key=MARKET, name="Faults", is_mock=True, oncall_email=ONCALL, by="tests")
    for number in range(sellers):
        seller = people.invite_seller(name=f"Seller {number}", email=f"{number}@faults.example", by="tests")
        people.name_identity(seller=seller, operator=operator, name=seller.name, by="tests")
        mailbox = f"dispatch{number}@faults.example"
        contact = contacts.add_dispatch_contact(seller=seller, market=market, email=mailbox, by="tests")
        contacts.verify_dispatch_contact(contact=contact, by="tests")
    return {"token": issue_token(name="faults", operator=operator, is_sandbox=True, by="tests")[1]}


def mend() -> dict[str, int]:
    """On-call is alarmed of what was given up (the job does so every minute), and a person has it sent again."""
    sweep_instructions()
    given_up = list(Mail.objects.filter(lane="instruction", status="failed"))
    for mail in given_up:
        resend(mail=mail, by="tests")
    return {"given_up": len(given_up)}


if __name__ == "__main__":
    done = make(int(sys.argv[2])) if sys.argv[1] == "make" else mend()
    print(json.dumps(done))
