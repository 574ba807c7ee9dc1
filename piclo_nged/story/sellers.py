"""The sellers' side of the story: who joins. What they then do, the companies of every results file do alike (`playing`)."""

from markets.models import Market, Seller
from markets.operations import admissions, agreements, contacts, invitations, people
from piclo_nged.dso.nged import wire
from piclo_nged.dso.nged.playing import in_letters


def join(season: wire.Season, market: Market) -> dict[str, Seller]:
    """Every company of the season becomes a verified seller with a signed agreement and a dispatch mailbox."""
    joined = {}
    for company in sorted({offer.company for offer in season.offers}):
        name = in_letters(company)
        seller = people.invite_seller(name=company, email=f"trader@{name}.example", by="demo")
        invitations.accept_invitation(invitation=seller.invitations.get(), by="demo")
        people.describe_seller(
            seller=seller, company_number="", address=f"1 {company} Yard, Derby", phone="020 7946 0123", by="demo"
        )
        agreements.sign_agreement(seller=seller, version="2026-1", signatory=f"Director of {company}", by="demo")
        seller = people.verify_seller(seller=seller, by="demo")
        people.name_identity(seller=seller, operator=market.operator, name=company, by="demo")
        address = f"dispatch@{name}.example"
        contact = contacts.add_dispatch_contact(seller=seller, market=market, email=address, by="demo")
        contacts.verify_dispatch_contact(contact=contact, by="demo")
        joined[company] = seller
    for admission in admissions.admit(market=market, sellers=joined.values(), by="demo"):
        admissions.accept_admission(admission=admission, by="demo")
    return joined
