"""A file of bids between preview and placing: every fault at once, one moment, nothing twice."""

from datetime import timedelta
from decimal import Decimal

import pytest

from markets.models import BidUpload, Confirmation, JournalEntry
from markets.operations import bid_uploads, bids, people
from markets.problems import Refused
from markets.rules.bids_file import write_bids_file
from markets.rules.confirmations import VERSION
from tests.conftest import close, offer

HEADER = "Competition Ref,Service Window Name,Offered capacity [kW],Utilisation price [GBP/MWh],Assets,Your reference"
GOOD = "T9A-DYN-0001,Evening,20,250,EV-1,A1"


@pytest.fixture
def send(seller, market, competition, asset, member):
    def keep(*rows: str) -> BidUpload:
        content = "\n".join([HEADER, *rows]).encode()
        return bid_uploads.keep_upload(seller=seller, market=market, filename="bids.csv", content=content, by=member)

    return keep


def place(upload, only_whole=False):
    return bid_uploads.place_upload(upload=upload, by="tests", confirmed=VERSION, only_whole=only_whole)


def test_a_preview_tells_every_fault_by_line_and_label_and_places_nothing(send, seller):
    upload = send(
        GOOD,
        "NOPE,Evening,20,250,EV-1,A2",
        'T9A-DYN-0001,Evening,"20,5",250,EV-1,A3',
        "T9A-DYN-0001,Morning,20,999,EV-9,A4",
        "T9A-DYN-0001,Evening,20,250,EV-1|EV-1,A5",
        "T9A-DYN-0001,Evening,,,EV-1,",
    )
    preview = bid_uploads.preview_upload(upload=upload)
    assert [(p.line, p.column) for p in preview.problems] == [
        (3, "Competition Ref"),
        (4, "Offered capacity [kW]"),
        (5, "Service Window Name"),
        (5, "Utilisation price [GBP/MWh]"),
        (5, "Assets"),
        (6, "Assets"),
    ]
    assert (preview.bids, preview.capacity_kw, preview.empty_rows, preview.repeats) == (1, Decimal(20), 1, 0)
    assert not seller.bids.exists()


def test_the_valid_rows_are_placed_at_one_moment_and_the_others_told(send, seller):
    upload = place(send(GOOD, "T9A-DYN-0001,Evening,0,250,EV-1,A2", "T9A-DYN-0001,Evening,21,250,EV-1,A3"))
    assert {bid.placed_at for bid in seller.bids.all()} == {upload.placed_at}
    assert set(seller.bids.values_list("seller_ref", flat=True)) == {"A1", "A3"}
    assert (upload.placed_count, [row["line"] for row in upload.left_out]) == (2, [3])
    assert Confirmation.objects.get().bid_count == 2
    assert JournalEntry.objects.get(verb="place_bids").details == {"market": upload.market.key, "count": 2}


@pytest.mark.parametrize("bad", ["T9A-DYN-0001,Evening,0,250,EV-1,A2", "T9A-DYN-0001,Evening,x,250,EV-1,A2"])
def test_or_nothing_is_placed_unless_every_row_is_valid(send, seller, bad):
    upload = send(GOOD, bad)
    with pytest.raises(Refused, match="Nothing was placed: 1 row can't") as refusal:
        place(upload, only_whole=True)
    assert [p.line for p in refusal.value.rows] == [3]
    assert not seller.bids.exists()
    upload.refresh_from_db()
    assert upload.placed_at is None


def test_placing_again_changes_nothing(send, seller):
    upload = send("T9A-DYN-0001,Evening,20,250,EV-1,")
    first = place(upload)
    again = place(upload)
    assert (again.placed_at, seller.bids.count()) == (first.placed_at, 1)


def test_the_same_file_again_is_known_by_its_references(send, seller):
    place(send(GOOD))
    upload = send(GOOD)
    preview = bid_uploads.preview_upload(upload=upload)
    assert (preview.bids, preview.repeats, preview.problems) == (0, 1, [])
    assert upload.placed_before() is not None
    assert place(upload).placed_count == 0
    assert seller.bids.count() == 1


def test_a_reference_twice_in_a_file_or_standing_with_other_terms_is_named(send):
    place(send(GOOD))
    upload = send("T9A-DYN-0001,Evening,99,250,EV-1,A1", *["T9A-DYN-0001,Evening,5,250,EV-1,B"] * 2)
    preview = bid_uploads.preview_upload(upload=upload)
    assert [(p.line, p.column) for p in preview.problems] == [(n, "Your reference") for n in (2, 3, 4)]
    assert "with other terms" in preview.problems[0].reason
    assert preview.bids == 0


def test_a_gate_that_closed_after_the_preview_is_told(send, seller, market, competition):
    upload = send(GOOD)
    assert bid_uploads.preview_upload(upload=upload).problems == []
    close(market, competition, after=timedelta(0))
    with pytest.raises(Refused) as refusal:
        place(upload)
    assert "Bidding closed on" in refusal.value.rows[0].reason
    assert not seller.bids.exists()


def test_more_than_an_asset_can_do_is_a_warning_that_counts_what_stands(send, seller, market):
    bids.place_bids(seller=seller, market=market, offers=[offer(capacity_kw=Decimal(50))], by="tests")
    preview = bid_uploads.preview_upload(upload=send(GOOD, GOOD.replace("A1", "A2")))
    [warning] = preview.overbooked
    assert (warning.asset, warning.offered_kw, warning.installed_kw, warning.bids) == ("EV-1", 90, 84, 3)
    assert preview.problems == []
    assert bid_uploads.preview_upload(upload=send(GOOD)).overbooked == []


def test_a_file_with_nothing_filled_in_is_refused(send):
    with pytest.raises(Refused, match="Fill in the template"):
        send("T9A-DYN-0001,Evening,,,EV-1,")


def test_the_template_is_the_open_windows_with_the_qualified_assets_of_their_zone(
    send, seller, market, make_competition, make_asset
):
    make_competition("LATER", opens_at=market.now() + timedelta(hours=5))
    make_asset(seller, "EV-2")
    rows = list(bid_uploads.template_rows(seller=seller, market=market))
    assert [(row["competition"], row["windows"], row["assets"]) for row in rows] == [
        ("T9A-DYN-0001", "Evening", "EV-1|EV-2")
    ]
    filled = "".join(write_bids_file([row | {"capacity_kw": "12.5"} for row in rows])).encode()
    upload = bid_uploads.keep_upload(seller=seller, market=market, filename="t.csv", content=filled, by="tests")
    assert place(upload).placed_count == 1


def test_a_seller_that_may_not_bid_hears_why(market, competition):
    newcomer = people.invite_seller(name="Newcomer Ltd", email="new@newcomer.example", by="tests")
    content = f"{HEADER}\n{GOOD}".encode()
    upload = bid_uploads.keep_upload(seller=newcomer, market=market, filename="b.csv", content=content, by="tests")
    assert "must verify" in bid_uploads.preview_upload(upload=upload).problems[0].reason
    with pytest.raises(Refused, match="must verify"):
        place(upload)


def test_a_preview_takes_no_more_queries_for_a_thousand_rows(send, django_assert_max_num_queries):
    upload = send(*[GOOD.replace("A1", f"R{n}") for n in range(1000)])
    with django_assert_max_num_queries(12):
        bid_uploads.preview_upload(upload=upload)
    with django_assert_max_num_queries(26):
        place(upload)
