"""NGED's JSON becomes a notice, or every fault of it is named at once."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.rules.notice import KINDS, Call, TriggerNotice, Unreadable, content_of, content_sha256
from dispatch.rules.reading import read_notice
from piclo_nged.dso.nged.triggers import read_trigger

from .conftest import body, call


def read(sent: dict[str, Any]) -> TriggerNotice:
    return read_trigger(json.dumps(sent).encode())


def faults(sent: dict[str, Any] | bytes) -> dict[str, str]:
    with pytest.raises(Unreadable) as raised:
        read_trigger(sent if isinstance(sent, bytes) else json.dumps(sent).encode())
    return {fault.field: fault.reason for fault in raised.value.faults}


def test_a_trigger_is_read_into_utc_and_kw() -> None:
    notice = read(body(call(account="A-7", starts_at="2026-07-03T18:00:00+01:00", ends_at=None, capacity_kw=0.39961)))
    assert notice.calls == (
        Call(
            seller="Voltwise Energy Ltd",
            account="A-7",
            capacity_kw=Decimal("0.3996"),
            starts_at=datetime(2026, 7, 3, 17, tzinfo=UTC),
        ),
    )
    assert (notice.reference, notice.revision, notice.kind, notice.product) == ("T-1", 1, "start", "Dynamic")


def test_every_fault_is_named_at_once_in_the_words_of_nged() -> None:
    bad = body(
        call(capacity_kw=None, capacity_mw=0.05, starts_at="tomorrow"),
        call(company=7, ends_at="2026-11-03T16:00:00Z"),
        call(starts_at="2026-11-03T17:00:00", ends_at=None, capacity_kw="12 MW"),
        kind="begin",
        reference=None,
        revision=0,
    )
    found = faults(bad)
    assert found.keys() == {
        "reference",
        "revision",
        "kind",
        "calls[0].capacity_mw",
        "calls[0].starts_at",
        "calls[1].company",
        "calls[1].ends_at",
        "calls[2].starts_at",
        "calls[2].capacity_kw",
    }
    assert found["calls[0].capacity_mw"] == "Send the capacity in kW, as 'capacity_kw'."
    assert found["calls[1].ends_at"] == "The call must end after it starts."
    assert "zone of this time" in found["calls[2].starts_at"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"market": None}, "market"),
        ({"product": None}, "product"),
        ({"zone": ""}, "zone"),
        ({"issued_at": None}, "issued_at"),
        ({"issued_at": "1066-10-14T09:00:00Z"}, "issued_at"),
        ({"calls": []}, "calls"),
        ({"calls": ["start"]}, "calls[0]"),
        ({"reference": "T-1\nBcc: everyone@example.org"}, "reference"),
        ({"zone": "Z" * 101}, "zone"),
        ({"zones": "CMZ"}, "zones"),
        ({"revision": True}, "revision"),
        ({"calls": [call(), call()]}, "calls[1]"),
        ({"calls": [call(capacity_kw=-1)]}, "calls[0].capacity_kw"),
        ({"calls": [call(capacity_kw="1e99")]}, "calls[0].capacity_kw"),
        ({"calls": [call(capacity_kw=True)]}, "calls[0].capacity_kw"),
        ({"calls": [call(starts_at=None)]}, "calls[0].starts_at"),
        ({"calls": [call(end_at="2026-11-03T19:00:00Z")]}, "calls[0].end_at"),
        ({"calls": [call(seller="ours, not NGED's")]}, "calls[0].seller"),
    ],
)
def test_a_bad_field_is_named(changes: dict[str, Any], field: str) -> None:
    sent = {name: value for name, value in (body() | changes).items() if value is not None}
    assert list(faults(sent)) == [field]


@pytest.mark.parametrize(
    "raw",
    [b"", b"start, please", b"\xff\xfe\x00", b"[]", b'{"a": NaN}', b"[" * 100_000, b'{"market": "a", "market": "b"}'],
)
def test_what_is_no_json_object_is_one_fault_of_the_body(raw: bytes) -> None:
    assert list(faults(raw)) == ["body"]


def test_a_syntax_error_is_placed() -> None:
    assert faults(b'{"market": \n oops}') == {"body": "No JSON: Expecting value in line 2, column 2."}


def test_an_emergency_stop_gets_through_with_little() -> None:
    notice = read(body({"company": "Voltwise"}, kind="emergency_stop", product=None, zone=None))
    assert notice.calls == (Call(seller="Voltwise"),)


def test_what_identifies_the_seller_is_never_required() -> None:
    assert read(body(call(company=None))).calls[0].named == ""


def test_a_repeat_is_known_whatever_its_order_time_of_issue_and_writing_of_numbers() -> None:
    one = read(body(call(), call(company="Gridbeam Limited")))
    other = read(
        body(call(company="Gridbeam Limited", capacity_kw="50.5000"), call(), issued_at="2026-11-03T16:46:00Z")
    )
    assert content_sha256(one) == content_sha256(other)
    assert content_sha256(one) != content_sha256(read(body(call(), call(company="Gridbeam Limited", capacity_kw=50.6))))


words = st.text(st.characters(categories=("L", "N", "P")), max_size=20)
instants = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


@st.composite
def calls(draw: st.DrawFn) -> Call:
    starts_at, ends_at = sorted([draw(instants), draw(instants)])
    kw = draw(st.decimals(0, 10**6, places=4, allow_nan=False))
    ends = draw(st.booleans()) and starts_at < ends_at
    return Call(draw(words), draw(words), draw(words), draw(words), kw, starts_at, ends_at if ends else None)


notices = st.builds(
    TriggerNotice,
    reference=words.filter(bool),
    revision=st.integers(1, 9),
    kind=st.sampled_from(KINDS),
    market=words.filter(bool),
    product=words.filter(bool),
    zone=words.filter(bool),
    issued_at=instants,
    calls=st.lists(calls(), min_size=1, max_size=4, unique=True).map(tuple),
)


@given(notices)
def test_what_is_kept_of_a_notice_reads_back_as_the_same_notice(notice: TriggerNotice) -> None:
    kept = json.loads(json.dumps(content_of(notice)))
    assert read_notice(kept) == notice


@given(notices, st.randoms())
def test_the_order_of_calls_does_not_matter(notice: TriggerNotice, random: Any) -> None:
    shuffled = list(notice.calls)
    random.shuffle(shuffled)
    other = TriggerNotice(
        notice.reference,
        notice.revision,
        notice.kind,
        notice.market,
        notice.product,
        notice.zone,
        notice.issued_at,
        tuple(shuffled),
    )
    assert content_sha256(notice) == content_sha256(other)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ["market", "reference", "revision", "kind", "product", "zone", "issued_at", "calls"]


@given(st.dictionaries(st.sampled_from(FIELDS), anything) | anything, anything)
def test_whatever_is_sent_is_read_or_refused_in_words_that_can_be_stored(head: Any, entry: Any) -> None:
    sent = head | {"calls": [entry]} if isinstance(head, dict) else head
    unreadable = _refusal(json.dumps(sent).encode())
    if unreadable is not None:
        assert unreadable.faults
        for fault in unreadable.faults:
            assert (fault.field + fault.value + fault.reason).isprintable()
        assert all(value.isprintable() for value in unreadable.content.values())


def _refusal(raw: bytes) -> Unreadable | None:
    try:
        read_trigger(raw)
    except Unreadable as unreadable:
        return unreadable
    return None
