"""A revision or a withdrawal while bids exist: who hears of it, in which words, and what becomes of the bids."""

from dataclasses import replace
from datetime import time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from markets.models import Admission, Bid, Competition, CompetitionRevision, JournalEntry, Mail, Membership, User
from markets.operations import bids
from markets.operations.competitions import publish_competitions, why_to_revise, withdraw_competition
from markets.operations.feeds import read_bid_changes
from markets.problems import Refused
from markets.rules.notices import WindowNotice
from tests.conftest import close, notice, offer

MOCK = "T9A-DYN-0001"


@pytest.fixture
def revise(market: Any, competition: Competition) -> Any:
    """Publishes the competition once more, with changes."""
    first = replace(notice(), opens_at=competition.opens_at, closes_at=competition.closes_at)

    def revise(**changes: Any) -> Any:
        window = changes.pop("window", {})
        windows = (replace(first.windows[0], **window),)
        return publish_competitions(
            market=market, notices=[replace(first, **{"windows": windows} | changes)], by="tests"
        )

    return revise


def mails() -> list[Mail]:
    return list(Mail.objects.filter(subject__regex="changed|withdrew").order_by("pk"))


def test_every_change_is_kept_in_words_of_the_field(revise: Any, competition: Competition) -> None:
    closes_at = competition.closes_at.replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=1)
    revise(
        closes_at=closes_at,
        required_kw=Decimal(1250),
        utilisation_ceiling_gbp_per_mwh=Decimal("280.5"),
        max_connection_kv=Decimal(33),
        window={"required_kw": Decimal(1250), "minimum_kw": Decimal(50), "weekdays": (6, 7), "local_end": time(21)},
    )
    [revision] = CompetitionRevision.objects.all()
    assert (revision.competition, revision.revision) == (competition, 2)
    told = {change["what"]: (change["before"], change["after"]) for change in revision.changes}
    assert set(revision.changes[0]) == {"what", "before", "after"}
    assert told["Needed at the peak"] == ("500 kW", "1,250 kW")
    assert told["Utilisation ceiling"] == ("£300.00 per MWh", "£280.50 per MWh")
    assert told["Highest connection voltage"] == ("no limit", "33 kV")
    assert told["Window Evening, hours"] == ("16:00–20:00 London time", "16:00–21:00 London time")
    assert told["Window Evening, smallest offer"] == ("any", "50 kW")
    assert told["Window Evening, days"][1].startswith("Sat, Sun, ")
    assert told["Bidding closes"][1].endswith("12:00 GMT") or told["Bidding closes"][1].endswith("13:00 BST")


def test_windows_that_come_and_go_are_told_whole(market: Any, competition: Competition) -> None:
    first = replace(notice(), opens_at=competition.opens_at, closes_at=competition.closes_at)
    night = replace(first.windows[0], name="Night", local_start=time(22), local_end=time(2))
    publish_competitions(market=market, notices=[replace(first, windows=(night,))], by="tests")
    told = {change["what"]: change for change in CompetitionRevision.objects.get().changes}
    assert told["Window Evening"]["after"] == ""
    assert "22:00–02:00 next day London time, 500 kW" in told["Window Night"]["after"]
    assert told["Window Night"]["before"] == ""


def test_only_who_bids_gets_a_mail_and_only_members_who_may_bid(
    revise: Any, bid: Bid, other_seller: Any, seller: Any
) -> None:
    for role in (Membership.Role.TRADER, Membership.Role.VIEWER):
        user = User.objects.create_user(f"{role}@voltwise.example")
        Membership.objects.create(seller=seller, user=user, role=role)
    revise(required_kw=Decimal(600), name="Winter\r\nevenings")
    assert {mail.recipient for mail in mails()} == {"owner@voltwise.example", "trader@voltwise.example"}
    [mail, _] = mails()
    assert "changed Winter evenings" in mail.subject  # with a line break no provider would take it
    assert "Needed at the peak: 600 kW (was 500 kW)" in mail.text
    assert "Your bid stands as it is." in mail.text
    assert f"/competitions/{bid.competition_id}/" in mail.text
    assert "You can revise or withdraw until" in mail.text


def test_a_seller_who_withdrew_its_bid_is_left_alone(revise: Any, bid: Bid) -> None:
    bids.withdraw_bid(bid=bid, by="tests")
    revise(required_kw=Decimal(600))
    assert mails() == []


def test_the_same_again_and_a_rename_after_closure_send_nothing(
    revise: Any, bid: Bid, market: Any, competition: Competition
) -> None:
    revise()
    assert not CompetitionRevision.objects.exists()
    close(market, competition)
    revise(name="Better spelt")
    assert CompetitionRevision.objects.get().changes == [
        {"what": "Name", "before": "Dynamic at Testbridge", "after": "Better spelt"}
    ]
    assert mails() == []


def test_one_mail_tells_of_all_that_was_revised_at_once(
    market: Any, bid: Bid, make_competition: Any, seller: Any
) -> None:
    make_competition("T9A-DYN-0002")
    bids.place_bids(seller=seller, market=market, offers=[offer("T9A-DYN-0002")], by="tests")
    both = [notice(reference, required_kw=Decimal(600)) for reference in (MOCK, "T9A-DYN-0002")]
    publish_competitions(market=market, notices=both, by="tests")
    [mail] = mails()
    assert "2 competitions you bid in" in mail.subject
    assert mail.text.count("You can revise or withdraw until") == 2


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"utilisation_ceiling_gbp_per_mwh": Decimal(200)}, "Above the ceiling of 200 GBP/MWh."),
        ({"window": {"minimum_kw": Decimal(60)}}, "no less than 60 kW here: Evening"),
    ],
)
def test_a_bid_that_would_not_be_taken_any_more_stands_and_its_seller_is_asked_to_revise_it(
    revise: Any, bid: Bid, market: Any, change: Any, why: str, client: Client
) -> None:
    """To refuse the revision would tell the operator of a sealed price."""
    assert revise(**change).revised == [MOCK]
    bid = Bid.objects.get(pk=bid.pk)
    assert (bid.status, bid.revision, bid.utilisation_gbp_per_mwh) == ("placed", 1, Decimal(250))
    [mail] = mails()
    assert mail.subject.endswith(": look at your bids"), "the console lists it, and a bid is sealed"
    assert f"Please revise {bid}" in mail.text
    assert "250" not in mail.text, "a mail is no place for a sealed price"
    [reason] = why_to_revise(bid)
    assert why in reason
    client.force_login(bid.seller.members.get())
    page = client.get(reverse("markets:bid", args=[bid.reference])).content.decode()
    assert "Please revise this bid" in page
    assert why in page
    good = {"capacity_kw": Decimal(60), "utilisation_gbp_per_mwh": Decimal(190)}
    assert why_to_revise(bids.revise_bid(bid=bid, by="tests", **good)) == []
    assert [change.kind for change in bid.changes.order_by("pk")] == ["placed", "revised"]


def test_of_a_mock_market_nobody_hears_who_did_not_accept(revise: Any, bid: Bid, market: Any) -> None:
    Admission.objects.all().delete()
    revise(required_kw=Decimal(600))
    assert mails() == []
    withdraw_competition(competition=bid.competition, by="tests", reason="No need any more.")
    assert mails() == []


def test_bidding_that_is_open_with_bids_cannot_open_later(revise: Any, bid: Bid, market: Any) -> None:
    with pytest.raises(Refused) as refusal:
        revise(opens_at=market.now() + timedelta(hours=1))
    assert "can't open later" in refusal.value.rows[0].reason


def test_a_withdrawal_tells_the_bidders_why_once_and_takes_no_bid_more(
    bid: Bid, competition: Competition, market: Any, seller: Any, other_seller: Any
) -> None:
    for _ in range(2):
        withdraw_competition(competition=competition, by="tests", reason="The cable is mended.")
    [mail] = mails()
    assert (mail.recipient, "The cable is mended." in mail.text) == ("owner@voltwise.example", True)
    assert JournalEntry.objects.filter(verb="withdraw_competition").count() == 1
    [revision] = CompetitionRevision.objects.all()
    assert revision.changes == [{"what": "Withdrawn by the operator", "before": "", "after": "The cable is mended."}]
    with pytest.raises(Refused) as refusal:
        bids.place_bids(seller=seller, market=market, offers=[offer()], by="tests")
    assert "withdrawn this competition" in refusal.value.rows[0].reason
    assert Bid.objects.get().status == "placed", "bids stand as history"
    close(market, competition)
    kinds = [change.kind for change in read_bid_changes(market=market, after=0, limit=9)]
    assert kinds == ["placed", "closed"]


def test_many_windows_and_bids_are_told_in_few_queries(
    market: Any, seller: Any, asset: Any, django_assert_max_num_queries: Any
) -> None:
    base = notice()
    windows = tuple(replace(base.windows[0], name=f"W{i}") for i in range(40))
    first = [replace(base, reference=f"R{i}", windows=windows) for i in range(10)]
    publish_competitions(market=market, notices=first, by="tests")
    offers = [offer(f"R{i}", windows=(f"W{j}",)) for i in range(10) for j in range(20)]
    bids.place_bids(seller=seller, market=market, offers=offers, by="tests")
    later = [replace(n, windows=tuple(_more(w) for w in n.windows)) for n in first]
    with django_assert_max_num_queries(80):
        assert len(publish_competitions(market=market, notices=later, by="tests").revised) == 10
    [mail] = mails()
    assert "and 20 more changes" in mail.text
    assert mail.text.count("Your 20 bids stand as they are.") == 10


def _more(window: WindowNotice) -> WindowNotice:
    return replace(window, required_kw=window.required_kw + 1)
