"""A revision says what changed, seller by seller; who is left out is cancelled."""

from dispatch.rules.changes import orders
from dispatch.rules.notice import TriggerNotice
from dispatch.rules.reading import read_notice

from .conftest import body, call


def notice(*calls: dict[str, object], **changes: object) -> TriggerNotice:
    return read_notice(body(*calls, **changes), called={"seller": "company"})


def test_a_first_message_is_an_order_per_call_without_changes() -> None:
    told = list(orders(notice(call(), call(company="Gridbeam Limited")), None))
    assert [(order.call.seller, order.kind, order.changes) for order in told] == [
        ("Voltwise Energy Ltd", "start", ()),
        ("Gridbeam Limited", "start", ()),
    ]


def test_a_revision_names_what_changed_for_each_seller() -> None:
    before = notice(call(), call(company="Gridbeam Limited"), call(company="Left Out Ltd"))
    after = notice(
        call(company="VOLTWISE Energy Ltd", capacity_kw=40, ends_at=None),
        call(company="Gridbeam Limited"),
        call(company="New Ltd"),
        revision=2,
    )
    voltwise, gridbeam, new, left_out = orders(after, before)
    assert voltwise.changes == (
        "capacity: 50.5 kW → 40 kW",
        "end: Tuesday 3 November 2026, 19:00 GMT (19:00 UTC) → until a stop",
    )
    assert gridbeam.changes == ("nothing",)
    assert new.changes == ("this call is new",)
    assert (left_out.kind, left_out.call.seller) == ("cancel", "Left Out Ltd")
    assert left_out.changes == ("this call is no longer part of the instruction",)


def test_two_calls_of_one_seller_are_compared_in_their_order() -> None:
    evening, night = call(), call(starts_at="2026-11-03T20:00:00Z", ends_at="2026-11-03T22:00:00Z")
    first, second = orders(notice(evening, night | {"capacity_kw": 10}, revision=2), notice(evening, night))
    assert (first.changes, second.changes) == (("nothing",), ("capacity: 50.5 kW → 10 kW",))
