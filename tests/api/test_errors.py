"""Every error leaves as a problem that says what to do: whatever is wrong with address, token, type or body."""

import json
from typing import Any

import pytest
from django.db import OperationalError

from markets.models import Competition, JournalEntry, Market

from .conftest import Machine, problem_of
from .test_nged_bidding import V1, published

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "path", ["/api/", "/api/nged/v1/", "/api/nged/v1/bidz", "/api/v2/bids", "/api/v1/bids/", "/api/\x00"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_unknown_addresses(path: str, method: str) -> None:
    assert "/api/docs/" in problem_of(Machine().call(method, path), 404)["detail"]


def test_a_method_that_an_address_does_not_have(nged: Machine, market: Market) -> None:
    answer = nged.call("DELETE", f"{V1}/bids?market={market.key}")
    assert "This address takes GET, HEAD." in problem_of(answer, 405)["detail"]
    assert answer["Allow"] == "GET, HEAD"


def test_a_type_that_an_address_does_not_take(nged: Machine, market: Market) -> None:
    answer = nged.post(f"{V1}/results?market={market.key}", "results: []", content_type="application/yaml")
    detail = problem_of(answer, 415)["detail"]
    assert "application/yaml" in detail
    assert "Content-Type application/json or text/csv." in detail


def test_an_answer_that_cannot_be_given(nged: Machine, market: Market) -> None:
    answer = nged.get(f"{V1}/bids?market={market.key}", HTTP_ACCEPT="text/html")
    assert "answers application/json" in problem_of(answer, 406)["detail"]


@pytest.mark.parametrize(
    ("body", "line", "column"),
    [
        ('{"results": [\n  {"bid": "B-1",, "accepted": true}]}', 2, "character 17"),
        ('[{"bid": "B-1"}', 1, "character 16"),
        ("\n", 2, "character 1"),
    ],
)
def test_malformed_json_says_where(nged: Machine, market: Market, body: str, line: int, column: str) -> None:
    problem = problem_of(nged.post(f"{V1}/results?market={market.key}", body), 400)
    assert [(error["line"], error["column"]) for error in problem["errors"]] == [(line, column)]
    assert f"Line {line}" in problem["detail"]


@pytest.mark.parametrize("body", [b'{"a": NaN}', b"\xff\xfe{", b"[" * 100_000, b'{"a": ' + b"9" * 5000 + b"}"])
def test_json_that_no_machine_should_send(nged: Machine, market: Market, body: bytes) -> None:
    problem_of(nged.post(f"{V1}/results?market={market.key}", body), 400)


@pytest.mark.parametrize("body", ["", "null", "3", '"x"', "{}", "[[]]", "[null]"])
def test_json_of_another_shape(nged: Machine, market: Market, body: str) -> None:
    problem_of(nged.post(f"{V1}/qualifications?market={market.key}", body), 422)
    problem_of(nged.post(f"{V1}/results?market={market.key}", body), 422)


def test_letters_that_no_database_keeps_come_back_as_a_mark(nged: Machine, market: Market) -> None:
    rows = [{"asset": 1, "status": "a\u0000b\ud800"}]
    answer = nged.post(f"{V1}/qualifications?market={market.key}", json.dumps(rows), HTTP_IDEMPOTENCY_KEY="k")
    [error] = problem_of(answer, 422)["errors"]
    assert (error["column"], error["value"]) == ("status", "a\ufffdb\ufffd")


def test_also_beside_what_was_kept(nged: Machine, market: Market) -> None:
    rows = [published(reference="A"), published(reference="B", zone="a\u0000\ud800")]
    answer = nged.post(f"{V1}/competitions/import?market={market.key}", json.dumps(rows), HTTP_IDEMPOTENCY_KEY="k")
    assert answer.status_code == 207
    assert [problem["value"] for problem in answer.json()["problems"]] == ["a\ufffd\ufffd"]


@pytest.mark.parametrize(
    ("query", "column"),
    [
        ("", "market"),
        ("?market={m}&after=x", "after"),
        ("?market={m}&after=-1", "after"),
        ("?market={m}&after=99999999999999999999", "after"),
        ("?market={m}&limit=0", "limit"),
        ("?market={m}&limit=5001", "limit"),
        ("?market=%00", "market"),
        ("?market={m}&format=xml", "format"),
    ],
)
def test_bad_queries_name_the_parameter(nged: Machine, market: Market, query: str, column: str) -> None:
    problem = problem_of(nged.get(f"{V1}/bids{query.format(m=market.key)}"), 400)
    assert [error["column"] for error in problem["errors"]] == [column]


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("required_kw", "-1", "Not below zero."),
        ("required_kw", "1e12", "Too large"),
        ("required_kw", "1 MW", "valid number"),
        ("opens_at", "1 November", "wrong format"),
        ("opens_at", "2026-11-01", "Say the offset"),
        ("opens_at", "2026-11-01T12:00:00", "Say the offset"),
        ("opens_at", "1926-11-01T12:00:00Z", "Not between"),
        ("last_day", "31.01.2027", "wrong format"),
        ("last_day", "2999-01-31", "Not between"),
        ("zone", "CMZ T9A", "a code such as"),
        ("capacity", "5", "There is no such field."),
        ("product", "Dynamo", "Unknown product. Known are"),
    ],
)
def test_each_bad_value_gets_its_sentence(nged: Machine, market: Market, column: str, value: str, reason: str) -> None:
    answer = nged.put(f"{V1}/competitions/X-1?market={market.key}", published(**{column: value}))
    [error] = problem_of(answer, 422)["errors"]
    assert (error["column"], error["value"]) == (column, value)
    assert reason in error["reason"]
    assert not Competition.objects.exists()
    assert not JournalEntry.objects.filter(verb="publish_competitions").exists()


def test_too_large_a_body(nged: Machine, market: Market, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    problem_of(nged.post(f"{V1}/results?market={market.key}", " " * 1001), 413)


def test_too_many_rows(nged: Machine, market: Market) -> None:
    answer = nged.post(f"{V1}/bids/receipts?market={market.key}", "[" + "0," * 50_000 + "0]")
    assert "50,000" in problem_of(answer, 422)["detail"]


def test_a_database_that_does_not_answer(nged: Machine, market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: Any) -> None:
        raise OperationalError("canceling statement due to statement timeout")

    monkeypatch.setattr("piclo_nged.dso.nged.api.bids.bid_changes_after", fail)
    answer = nged.get(f"{V1}/bids?market={market.key}")
    problem_of(answer, 503)
    assert answer["Retry-After"] == "1"


def test_a_fault_of_ours_is_a_problem_and_loud(
    nged: Machine, market: Market, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(**_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("piclo_nged.dso.nged.api.bids.bid_changes_after", fail)
    with pytest.raises(ZeroDivisionError):  # the test client hears the signal; a server would go on
        nged.get(f"{V1}/bids?market={market.key}")
    assert "ZeroDivisionError" in caplog.text
