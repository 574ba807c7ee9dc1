"""The shared world of the tests: one of each noun, made through the same operations that everybody uses.

Markets of the tests are mock markets: their clock can be moved. `open_competition` is open for a day from now.
"""

from collections.abc import Callable
from datetime import time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from markets.models import Asset, Bid, Competition, Contract, Market, Operator, Product, Seller, User, Zone
from markets.operations import (
    admissions,
    agreements,
    assets,
    bids,
    clock,
    competitions,
    contacts,
    invitations,
    people,
    results,
    tokens,
)
from markets.rules.mpan import check_digit
from markets.rules.notices import AssetEntry, BidResult, CompetitionNotice, Offer, QualificationDecision, WindowNotice

ZONE = "CMZ_T9A_EM_0001"


SLOW_SECONDS = 1800


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long runs may take long; all others end within the time-out of pyproject.toml."""
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.timeout(SLOW_SECONDS))


def mpan(number: int, area: str = "11") -> str:
    """A number with a right check digit, in the licence area of `area`."""
    twelve = f"{area}{number:010d}"
    return f"{twelve}{check_digit(twelve)}"


@pytest.fixture(autouse=True)
def _no_waiting(settings: Any) -> None:
    """Passwords are not hardened, and not every test's client looks through all static files first."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture
def operator(db: None) -> Operator:
    return Operator.objects.create(key="nged", name="National Grid Electricity Distribution", short_name="NGED")


@pytest.fixture
def products(operator: Operator) -> dict[str, Product]:
    def product(name: str, call: str, **pays: bool) -> Product:
        return Product.objects.create(operator=operator, key=name.lower(), name=name, call=call, **pays)

    return {
        "Dynamic": product("Dynamic", "triggered", pays_availability=True, pays_utilisation=True),
        "Secure": product("Secure", "triggered", pays_availability=True, pays_utilisation=True),
        "Sustain": product("Sustain", "scheduled", pays_sustain=True),
    }


@pytest.fixture
def market(operator: Operator, products: dict[str, Product]) -> Market:
    return Market.objects.create(
        operator=operator,
        key="nged-long-term-mock",
        name="NGED long-term (mock)",
        is_mock=True,
        stage="open",
        oncall_email="oncall@piclo.example",
        oncall_phone="+44 20 7946 0000",
    )


@pytest.fixture
def other_market(market: Market) -> Market:
    """Another operator's market: nobody of NGED may reach it."""
    operator = Operator.objects.create(key="other", name="Another DSO", short_name="Other")
    Product.objects.create(
        operator=operator,
        key="dynamic",
        name="Dynamic",
        call="triggered",
        pays_availability=True,
        pays_utilisation=True,
    )
    return Market.objects.create(operator=operator, key="other-mock", name="Other (mock)", is_mock=True, stage="open")


@pytest.fixture
def customer_success(db: None) -> User:
    return User.objects.create_user(
        "cs@piclo.example", "a-long-password", first_name="Casey", is_staff=True, is_superuser=True
    )


@pytest.fixture
def approver(db: None) -> User:
    return User.objects.create_user(
        "second@piclo.example", "a-long-password", first_name="Sam", is_staff=True, is_superuser=True
    )


@pytest.fixture
def make_seller(market: Market) -> Callable[..., Seller]:
    """A verified seller with a signed agreement, an owner, a name at NGED and a verified dispatch mailbox."""

    def make(name: str, email: str) -> Seller:
        seller = people.invite_seller(name=name, email=email, by="tests")
        invitations.accept_invitation(invitation=seller.invitations.get(), by="tests")
        agreements.sign_agreement(seller=seller, version="2026-1", signatory="A. Signatory", by="tests")
        seller = people.verify_seller(seller=seller, by="tests")
        people.name_identity(seller=seller, operator=market.operator, name=name, by="tests")
        contact = contacts.add_dispatch_contact(seller=seller, market=market, email=f"dispatch+{email}", by="tests")
        contacts.verify_dispatch_contact(contact=contact, by="tests")
        [admission] = admissions.admit(market=market, sellers=[seller], by="tests")
        admissions.accept_admission(admission=admission, by="tests")
        user = seller.members.get()
        user.set_password("a-long-password")
        user.save()
        return seller

    return make


@pytest.fixture
def seller(make_seller: Callable[..., Seller]) -> Seller:
    return make_seller("Voltwise Energy Ltd", "owner@voltwise.example")


@pytest.fixture
def other_seller(make_seller: Callable[..., Seller]) -> Seller:
    return make_seller("Gridbeam Limited", "owner@gridbeam.example")


@pytest.fixture
def member(seller: Seller) -> User:
    return seller.members.get()


@pytest.fixture
def other_member(other_seller: Seller) -> User:
    return other_seller.members.get()


@pytest.fixture
def zone(operator: Operator) -> Zone:
    zone, _ = Zone.objects.get_or_create(
        operator=operator, code=ZONE, defaults={"name": "Testbridge", "licence_area": "EM"}
    )
    return zone


@pytest.fixture
def make_asset(market: Market, zone: Zone) -> Callable[..., Asset]:
    """An asset that is registered, offered to the market and qualified."""

    def make(seller: Seller, ref: str = "EV-1", **more: Any) -> Asset:
        number = Asset.objects.count() + 1
        entry = AssetEntry(
            ref=ref,
            name=f"Depot {ref}",
            technology="EV charge point",
            device_count=12,
            postcode="NG1 1AA",
            import_meter_id=mpan(number),
            max_import_capacity_kw=Decimal(84),
            max_export_capacity_kw=Decimal(84),
            zones=(zone.code,),
            **more,
        )
        [asset] = assets.register_assets(seller=seller, entries=[entry], by="tests")
        assets.offer_assets(market=market, assets=[asset], by="tests")
        decision = QualificationDecision(asset.pk, "qualified")
        assets.decide_qualifications(market=market, decisions=[decision], by="tests")
        return asset

    return make


@pytest.fixture
def asset(make_asset: Callable[..., Asset], seller: Seller) -> Asset:
    return make_asset(seller)


def notice(reference: str = "T9A-DYN-0001", product: str = "Dynamic", **more: Any) -> CompetitionNotice:
    """A competition open now for a day, delivered next month every evening."""
    now = timezone.now()
    first = (now + timedelta(days=40)).date().replace(day=1)
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    ceilings = (
        {"sustain_ceiling_gbp_per_kw": Decimal("35.5")}
        if product == "Sustain"
        else {"availability_ceiling_gbp_per_mw_h": Decimal(125), "utilisation_ceiling_gbp_per_mwh": Decimal(300)}
    )
    windows = (WindowNotice("Evening", first, last, (1, 2, 3, 4, 5), time(16), time(20), Decimal(500)),)
    values = {
        "zone_code": ZONE,
        "zone_name": "Testbridge",
        "licence_area": "EM",
        "opens_at": now - timedelta(hours=1),
        "closes_at": now + timedelta(days=1),
        "first_day": first,
        "last_day": last,
        "required_kw": Decimal(500),
        "windows": windows,
        **ceilings,
    }
    return CompetitionNotice(reference=reference, name=f"{product} at Testbridge", product=product, **values | more)


@pytest.fixture
def make_competition(market: Market) -> Callable[..., Competition]:
    """Publishes what `notice` gives, with changes."""

    def make(reference: str = "T9A-DYN-0001", product: str = "Dynamic", **more: Any) -> Competition:
        competitions.publish_competitions(market=market, notices=[notice(reference, product, **more)], by="tests")
        return Competition.objects.get(market=market, reference=reference)

    return make


@pytest.fixture
def competition(make_competition: Callable[..., Competition]) -> Competition:
    return make_competition()


def offer(competition: str = "T9A-DYN-0001", **more: Any) -> Offer:
    """A fair offer for the competition of `notice`."""
    values = {
        "windows": ("Evening",),
        "capacity_kw": Decimal("50.5"),
        "availability_gbp_per_mw_h": Decimal(100),
        "utilisation_gbp_per_mwh": Decimal(250),
        "assets": ("EV-1",),
    }
    return Offer(competition=competition, **values | more)


@pytest.fixture
def bid(seller: Seller, market: Market, competition: Competition, asset: Asset) -> Bid:
    [bid] = bids.place_bids(seller=seller, market=market, offers=[offer(competition.reference)], by="tests")
    return bid


def close(market: Market, competition: Competition, after: timedelta = timedelta(minutes=1)) -> Market:
    """Moves market time past gate closure."""
    return clock.move_clock(market=market, to=competition.closes_at + after, by="tests")


@pytest.fixture
def contract(bid: Bid, market: Market, competition: Competition) -> Contract:
    """The bid, accepted after gate closure, at its own prices."""
    close(market, competition)
    result = BidResult(bid.reference, True, bid.capacity_kw, Decimal(100), Decimal(250))
    results.record_results(market=market, results=[result], by="tests")
    return Contract.objects.get(bid=bid)


@pytest.fixture
def nged_token(market: Market) -> str:
    """The whole token of NGED's sandbox."""
    return tokens.issue_token(name="NGED sandbox", operator=market.operator, is_sandbox=True, by="tests")[1]


@pytest.fixture
def seller_token(seller: Seller) -> str:
    return tokens.issue_token(name="Voltwise trading", seller=seller, by="tests")[1]
